-- Who buys again, how often, for how much (DOMAIN 5.4, 5.5), in [since, until).
with visit as (  -- purchase days, ever
    select distinct customer_id, day from history where customer_id is not null
),
start as (
    select
        customer_id,
        min(day) as first_day,
        list_sort(list(day))[2] as second_day
    from visit
    group by customer_id
),
-- rpr_horizon: second purchase within 90 days / customers whose first one is at least 90 days old (and, where there is
-- a period, became so in it).
ripe as (
    select second_day - first_day <= 90 as came_back
    from start
    where first_day + 90 <= getvariable('until') and first_day + 90 > getvariable('since')
),
-- Time to the second purchase (Kaplan and Meier) of those who bought first in the window, censored at its end: S falls by
-- (n - events) / n on each day, n being those not yet back who have been watched for so long.
newcomer as (
    select coalesce(second_day, getvariable('until')) - first_day as days, second_day is not null as came
    from start
    where first_day >= getvariable('since')
),
leaving as (
    select days, count(*) filter (came) as events, count(*) as people from newcomer group by days
),
exposed as (
    select days, events, sum(people) over (order by days desc) as n from leaving
),
curve as (
    select
        days,
        product((n - events) / n) over (order by days) as survival,
        sum(if(n > events, events / (n * (n - events)), 0)) over (order by days) as spread
    from exposed
),
survived as (
    select
        asked,
        coalesce(arg_max(survival, days) filter (days <= asked), 1.0) as s,
        coalesce(arg_max(spread, days) filter (days <= asked), 0.0) as v,
        max(days) as watched
    from (values (30), (60), (90), (180)) as horizon(asked) left join curve on true
    group by asked
),
second as (
    select
        asked,
        {
            value: if(asked <= watched or s = 0, 1 - s, null),
            -- the interval is that of log(-log S), with Greenwood's variance
            low: if(
                asked <= watched and s > 0 and s < 1, 1 - s ^ exp(1.959963984540054 * sqrt(v) / ln(s)), null
            ),
            high: if(
                asked <= watched and s > 0 and s < 1, 1 - s ^ exp(-1.959963984540054 * sqrt(v) / ln(s)), null
            )
        } as share
    from survived
),
-- returning_share: orders by customers with an earlier order, whenever that was. Of two orders at one moment one is
-- first.
known_order as (
    select day, row_number() over (partition by customer_id order by moment, order_id) > 1 as has_earlier
    from history
    where customer_id is not null
),
later_orders as (
    select count(*) filter (has_earlier) as later, count(*) as orders
    from known_order
    where day >= getvariable('since')
),
buyers as (
    select
        count(*) as customers,
        coalesce(sum(orders), 0)::bigint as orders,
        coalesce(sum(days), 0)::bigint as days,
        count(*) filter (orders >= 2) as with_orders,
        count(*) filter (days >= 2) as with_days,
        coalesce(sum(revenue) filter (orders >= 2), 0) as repeat_revenue,
        coalesce(sum(revenue), 0) as revenue
    from customer
),
-- Order value: guests in; an order that counts, at its own value (returns without an order belong to none).
worth as (
    select
        ratio(sum(value), count(*)) as aov,
        quantile_cont(value::double, 0.5) as aov_median,
        quantile_cont(value::double, 0.9) as aov_p90,
        ratio(sum(value) filter (customer_id is not null), count(*) filter (customer_id is not null)) as aov_identified,
        sum(value) filter (customer_id is not null) as identified_value
    from bought
),
-- Quantiles are of type 7, linear (DOMAIN 2.6).
rhythm as (
    select
        quantile_cont(days::double, 0.5) as tbp_median,
        quantile_cont(days::double, 0.8) as tbp_p80,
        quantile_cont(days::double, 0.9) as tbp_p90,
        ratio(sum(days), count(*)) as tbp_mean,
        count(*) as tbp_gaps,
        count(distinct customer_id) as tbp_customers
    from gap
),
-- The same by order: two orders on one day have no days between them.
rhythm_by_order as (
    select quantile_cont(days::double, 0.5) as tbp_median_by_order
    from (
        select day - lag(day) over (partition by customer_id order by day) as days
        from bought
        where customer_id is not null
        qualify days is not null
    )
)
select
    share(with_days, customers) as rpr_share_by_day,
    share(with_orders, customers) as rpr_share_by_order,
    (select share(count(*) filter (came_back), count(*)) from ripe) as rpr_horizon,
    ratio(later_orders.later, later_orders.orders) as returning_share,
    -- net revenue of customers with two or more orders / net revenue of known customers
    ratio(repeat_revenue, revenue) as repeat_revenue_share,
    ratio(buyers.orders, customers) as purchase_frequency,
    ratio(buyers.days, customers) as purchase_frequency_by_day,
    -- per year: / days of the window x 365.25; a window under 90 days says nothing about a year
    if(window_days < 90, null, ratio(buyers.orders, customers) / window_days * 365.25) as purchase_frequency_per_year,
    share(customers - with_days, customers) as one_time_share,
    (select share from second where asked = 30) as second_purchase_30d,
    (select share from second where asked = 60) as second_purchase_60d,
    (select share from second where asked = 90) as second_purchase_90d,
    (select share from second where asked = 180) as second_purchase_180d,
    (select min(days) from curve where survival <= 0.5 + 1e-12) as time_to_second_purchase,
    aov,
    aov_median,
    aov_p90,
    aov_identified,
    -- order value x frequency
    aov_identified * ratio(buyers.orders, customers) as revenue_per_customer,
    tbp_median,
    tbp_p80,
    tbp_p90,
    tbp_mean,
    tbp_median_by_order,
    tbp_gaps,
    tbp_customers
from
    buyers, later_orders, worth, rhythm, rhythm_by_order,
    (
        select getvariable('until') - if(getvariable('since') > date '0001-01-01', getvariable('since'), first_day)
            as window_days
        from extent
    );
