-- Upsell ratio (DOMAIN 5.12): distinct product kinds per customer in [since, until).
--
--   kinds(c) leaves out lines that are no product, were not completed, or came back in full; a line with a negative
--   amount is a return and buys nothing
--   ratio = customers with two or more kinds / customers with exactly one
--   share_multi_kind = customers with two or more kinds / customers with at least one
--   basket_share = orders with two or more kinds / orders with a known kind (guests in)
with bought_line as (
    select bought.customer_id, order_id, line.kind
    from bought join line using (order_id)
    where
        not line.is_void
        and not line.is_postage
        and line.kind is not null
        and line.amount >= 0
        and not (line.refund > 0 and line.refund >= line.amount)
),
basket as (
    select count(distinct kind) as kinds from bought_line group by order_id
),
buyer as (
    select count(distinct kind) as kinds from bought_line where customer_id is not null group by customer_id
),
counted as (
    select
        count(*) filter (kinds >= 2) as several,
        count(*) filter (kinds = 1) as single,
        coalesce(sum(kinds), 0)::bigint as kinds,
        count(*) as customers
    from buyer
)
select
    ratio(several, single) as ratio,
    share(several, several + single) as share_multi_kind,
    (select share(count(*) filter (kinds >= 2), count(*)) from basket) as basket_share,
    several as multi_kind,
    single as single_kind,
    ratio(kinds, customers) as kinds_per_customer
from counted;
