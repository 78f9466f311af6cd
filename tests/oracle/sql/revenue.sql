-- Revenue retention, bridge, tree and concentration (DOMAIN 5.8) of a period against the one before, equally long.
--
--   the period: the one asked for; or the last six finished months, or as many as the data hold twice, the month in
--   which they begin counting as whole. Before whole months lie as many whole months, before other days as many days.
--   Nothing is said of a period that is not over by `as_of`, or of one before which there are no data.
--   r0, r1 = what a customer brought before and now: purchases less returns without an order
--   nrr = sum of r1 / sum of r0, grr = sum of min(r0, r1) (0 at least) / sum of r0, over customers with r0 > 0
--   bridge, by customer: bought in both and r1 >= r0 (expansion), or r1 < r0 (contraction); bought before only (lost);
--   bought now only, for the first time ever (new) or not (reactivated); the rest, and returns of nobody, are returns
--   tree: purchases of known customers = customers x orders per customer x value per order; the effect of a factor is
--   L(V1, V0) ln(x1 / x0) with the logarithmic mean L (LMDI); the last effect is what is left
--   top_p_share = what the first p in 100 customers (rounded up) brought, of what all who bought did, 0 at least each
with calendar as (
    select
        first_day,
        date_trunc('month', getvariable('as_of'))::date as month_end,
        least(6, datediff('month', date_trunc('month', first_day), date_trunc('month', getvariable('as_of'))) // 2)
            as months
    from extent
),
chosen as (
    select
        first_day,
        case
            when getvariable('period_since') is not null then getvariable('period_since')
            when months >= 1 then (month_end - to_months(months::integer))::date
        end as since,
        coalesce(getvariable('period_until'), month_end) as until
    from calendar
),
term as (
    select
        since,
        until,
        if(
            day(since) = 1 and day(until) = 1,
            (since - to_months(datediff('month', since, until)::integer))::date,
            since - (until - since)::integer
        ) as before_since
    from chosen
    where since is not null and until <= getvariable('as_of') and first_day < since
),
event as (
    select customer_id, day, value, true as is_purchase from purchase
    union all
    select customer_id, day, value, false from lone_refund
),
placed as (
    select
        event.*,
        day >= before_since and day < since as is_before,
        day >= since and day < until as is_now,
        term.since
    from event, term
),
person as (
    select
        customer_id,
        coalesce(sum(value) filter (is_before), 0) as r0,
        coalesce(sum(value) filter (is_now), 0) as r1,
        count(*) filter (is_purchase and is_before) as orders_before,
        count(*) filter (is_purchase and is_now) as orders_now,
        min(day) filter (is_purchase) >= any_value(since) as is_new
    from placed
    where customer_id is not null
    group by customer_id
),
line as (
    select
        case
            when orders_before > 0 and orders_now > 0 then if(r1 >= r0, 'expansion', 'contraction')
            when orders_before > 0 then 'lost'
            when orders_now > 0 then if(is_new, 'new', 'reactivated')
            else 'returns'
        end as kind,
        r1 - r0 as change
    from person
),
bridge as (
    select
        coalesce(sum(change) filter (kind = 'new'), 0) as new_revenue,
        coalesce(sum(change) filter (kind = 'expansion'), 0) as expansion,
        coalesce(sum(change) filter (kind = 'reactivated'), 0) as reactivated_revenue,
        -coalesce(sum(change) filter (kind = 'contraction'), 0) as contraction,
        -coalesce(sum(change) filter (kind = 'lost'), 0) as lost_revenue,
        coalesce(sum(change) filter (kind = 'returns'), 0) as returns_known
    from line
),
total as (
    select
        coalesce(sum(value) filter (is_before), 0) as revenue_before,
        coalesce(sum(value) filter (is_now), 0) as revenue_now,
        coalesce(sum(value) filter (is_now and is_purchase and customer_id is null), 0)
            - coalesce(sum(value) filter (is_before and is_purchase and customer_id is null), 0) as guests_change,
        coalesce(sum(value) filter (is_now and not is_purchase and customer_id is null), 0)
            - coalesce(sum(value) filter (is_before and not is_purchase and customer_id is null), 0) as returns_unknown,
        coalesce(sum(value) filter (is_before and is_purchase and customer_id is not null), 0) as v0,
        coalesce(sum(value) filter (is_now and is_purchase and customer_id is not null), 0) as v1
    from placed
),
kept as (
    select
        sum(r0) as base,
        sum(r1) as retained,
        sum(greatest(0, least(r0, r1))) as kept
    from person
    where r0 > 0
),
habit as (
    select
        count(*) filter (orders_before > 0) as c0,
        count(*) filter (orders_now > 0) as c1,
        sum(orders_before) as o0,
        sum(orders_now) as o1
    from person
),
effect as (
    select
        if(v1 = v0, v0::double, (v1 - v0)::double / ln(v1::double / v0::double)) as l,
        round(l * ln(c1 / c0), 4)::decimal(38, 4) as effect_customers,
        round(l * ln((o1 / c1) / (o0 / c0)), 4)::decimal(38, 4) as effect_frequency,
        v1 - v0 - effect_customers - effect_frequency as effect_aov
    from total, habit
    where v0 > 0 and v1 > 0
),
ranked as (
    select
        greatest(r1, 0) as brought,
        row_number() over (order by r1 desc) as place,
        count(*) over () as buyers
    from person
    where orders_now > 0
),
concentration as (
    select
        ratio(sum(brought) filter (place <= (buyers + 99) // 100), sum(brought)) as top_1_share,
        ratio(sum(brought) filter (place <= (buyers * 10 + 99) // 100), sum(brought)) as top_10_share,
        ratio(sum(brought) filter (place <= (buyers * 20 + 99) // 100), sum(brought)) as top_20_share
    from ranked
)
select
    {value: ratio(retained, base), numerator: retained, denominator: base} as nrr,
    {value: ratio(kept, base), numerator: kept, denominator: base} as grr,
    {value: ratio(base - kept, base), numerator: base - kept, denominator: base} as revenue_churn,
    revenue_before,
    new_revenue,
    expansion,
    reactivated_revenue,
    contraction,
    lost_revenue,
    guests_change,
    returns_known + returns_unknown as returns_change,
    revenue_now,
    revenue_now - revenue_before as revenue_change,
    effect_customers,
    effect_frequency,
    effect_aov,
    top_1_share,
    top_10_share,
    top_20_share
-- Without a period that can be compared, every figure is null.
from (values (1)) as one
left join term on true
left join total on term.since is not null
left join bridge on term.since is not null
left join kept on term.since is not null
left join effect on term.since is not null
left join concentration on term.since is not null;
