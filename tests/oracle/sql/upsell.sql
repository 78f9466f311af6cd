-- Upsell ratio (DOMAIN 5.12): distinct product kinds per customer in [since, until).
--
--   kinds(c) leaves out lines that are no product, were not completed, or came back in full; a line with a negative
--   amount is a return and buys nothing
--   ratio = customers with two or more kinds / customers with exactly one
--   share_multi_kind = customers with two or more kinds / customers with at least one
--   basket_share = orders with two or more kinds / orders with a known kind (guests in)
--   upgrade_rate = customers of whom a later purchase (day) in a family has a higher tier than on the first day there /
--   customers with two or more purchases (days) in a family
with living_line as (
    select bought.customer_id, bought.day, order_id, line.kind, line.family_id, line.tier
    from bought join line using (order_id)
    where
        not line.is_void
        and not line.is_postage
        and line.amount >= 0
        and not (line.refund > 0 and line.refund >= line.amount)
),
bought_line as (
    from living_line where kind is not null
),
tier_day as (
    select customer_id, family_id, day, max(tier) as tier
    from living_line
    where customer_id is not null and family_id is not null and tier is not null
    group by all
),
tier_step as (
    select *, first_value(tier) over (partition by customer_id, family_id order by day) as first_tier
    from tier_day
),
mover as (
    select customer_id, bool_or(days >= 2) as could, bool_or(moved) as moved
    from (
        select customer_id, family_id, count(*) as days, bool_or(tier > first_tier) as moved
        from tier_step
        group by all
    )
    group by customer_id
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
    ratio(kinds, customers) as kinds_per_customer,
    (select share(count(*) filter (moved), count(*)) from mover where could) as upgrade_rate
from counted;
