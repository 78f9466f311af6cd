-- Cohorts by the products of the first purchase day: who bought several stands in several. Cell k is about those of the
-- cohort whose k-th month is over by `until`; the months are those of each customer.
with visit as (
    select distinct customer_id, date_trunc('month', day)::date as bucket from history where customer_id is not null
),
began as (
    select customer_id, min(day) as first_day, date_trunc('month', min(day))::date as month
    from history
    where customer_id is not null
    group by customer_id
),
member as (
    select distinct began.customer_id, began.month, product_id
    from began
    join history on history.customer_id = began.customer_id and history.day = began.first_day
    join line using (order_id)
    where not is_void and not is_postage
),
watched as (
    select product_id, k, member.customer_id, (month + k * interval 1 month)::date as since
    from member, range(0, 1000) as steps(k)
    where month + (k + 1) * interval 1 month <= getvariable('until')
)
select
    product_id,
    k,
    count(distinct watched.customer_id) as customers,
    count(distinct watched.customer_id) filter (bucket = since) as active,
    count(distinct watched.customer_id) filter (bucket >= since) as later
from watched join visit using (customer_id)
group by product_id, k
order by product_id, k;
