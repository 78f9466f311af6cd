-- Kinds per customer of every month (DOMAIN 5.12), by the lines that count for the upsell ratio.
with buyer as (
    select date_trunc('month', bought.day)::date as month, bought.customer_id, count(distinct line.kind) as kinds
    from bought join line using (order_id)
    where
        not line.is_void
        and not line.is_postage
        and line.kind is not null
        and line.amount >= 0
        and not (line.refund > 0 and line.refund >= line.amount)
        and bought.customer_id is not null
    group by all
)
select
    strftime(month, '%Y-%m') as period,
    ratio(sum(kinds), count(*)) as kinds_per_customer,
    ratio(count(*) filter (kinds >= 2), count(*)) as share_multi_kind,
    count(*) as n
from buyer
group by month
order by month;
