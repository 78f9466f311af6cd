-- The base every metric on orders stands on (DOMAIN 2.3, 2.4): customers with a purchase, orders with those of guests,
-- net merchandise less returns that belong to no order.
select
    (select count(*) from customer) as customers,
    count(*) as orders,
    coalesce(sum(value), 0) + coalesce((select sum(value) from refunded_alone), 0) as revenue,
    count(*) filter (customer_id is null) as guest_orders
from bought;
