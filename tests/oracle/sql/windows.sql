-- Customers by who was active (DOMAIN 2.5, 5.1, 5.3) at both ends of the headline period
-- [`headline_since`, `headline_until`); both are null where there is none, and then only W can be told.
--
--   active(t)    = bought in [t - W, t)
--   crr_id       = active at both ends / active at the start;  ccr_id = 1 - crr_id
--   dormant      = bought before the period, but not in [t0 - W, t0)
--   reactivation_rate = dormant customers who bought in the period / dormant customers
--
--   W = 90th percentile (type 7) of the gaps before `seen_until`, rounded up to 30 days, held to 60-730; 180 with
--   fewer than 100 gaps or 30 customers who have one
--
-- Nothing can be said of a period before which nobody is known to have bought; and what a window stands on that begins
-- before the data do is insufficient.
create or replace temp table active_window as
with visit as (
    select distinct customer_id, day
    from history
    where customer_id is not null and day < getvariable('seen_until')
),
between_visits as (
    select customer_id, day - lag(day) over (partition by customer_id order by day) as days
    from visit
    qualify days is not null
),
pooled as (
    select
        count(*) as n,
        count(distinct customer_id) as customers,
        -- ten times the percentile, in whole numbers: it lies (9 (n - 1)) / 10 places up
        list_sort(list(10 * days)) as tenfold,
        (9 * (count(*) - 1)) // 10 as place,
        (9 * (count(*) - 1)) % 10 as tenths
    from between_visits
)
select
    n as gaps,
    if(
        n < 100 or customers < 30,
        180,
        least(730, greatest(60, 30 * ((
            tenfold[place + 1] + (tenfold[least(place + 2, n)] - tenfold[place + 1]) * tenths // 10 + 299
        ) // 300)))
    )::integer as days
from pooled;

with ends as (
    select
        customer_id,
        bool_or(day < getvariable('headline_since')) as was_known,
        bool_or(day >= getvariable('headline_since') - days and day < getvariable('headline_since')) as at_start,
        bool_or(day >= getvariable('headline_until') - days) as at_end,
        bool_or(day >= getvariable('headline_since')) as bought_in
    from history, active_window
    where customer_id is not null and day < getvariable('headline_until')
    group by customer_id
),
counted as (
    select
        coalesce(bool_or(was_known), false) as is_observed,
        count(*) filter (at_start) as at_start,
        count(*) filter (at_start and at_end) as stayed,
        count(*) filter (was_known and not at_start) as dormant,
        count(*) filter (was_known and not at_start and bought_in) as awake,
        count(*) filter (at_end) as at_end,
        count(*) as ever
    from ends
),
reach as (
    select
        first_day <= getvariable('headline_since') - days as reaches_start,
        first_day <= getvariable('headline_until') - days as reaches_end
    from extent, active_window
)
select
    days as window_days,
    share_if(if(is_observed, stayed, null), at_start, reaches_start) as crr_id,
    share_if(if(is_observed, at_start - stayed, null), at_start, reaches_start) as ccr_id,
    share_if(if(is_observed, awake, null), dormant, reaches_start) as reactivation_rate,
    {
        value: if(is_observed, at_end, null),
        status: if(reaches_end, 'ok', 'insufficient')
    } as active_customers,
    share_if(if(is_observed, at_end, null), ever, reaches_end) as active_customers_share
from counted, active_window, reach;
