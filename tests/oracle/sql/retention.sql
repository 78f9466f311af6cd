-- Customers from one period to the next [since, until) (DOMAIN 5.1-5.3): for the period asked for, or for every
-- calendar period of the data (`grain` is month or quarter), from that of the first purchase of a known customer to
-- that of the last day that counts.
--
--   crr_period  = bought in both / bought in the period before
--   crr_count   = (end - acquired) / start, acquired being everybody who was not there at the start
--   lost        = start + acquired - end;  ccr_opening = lost / start;  ccr_served = lost / (start + acquired);
--   ccr_average = lost / mean(start, end);  start 0 leaves all of them undefined
--   ccr_yearly  = 1 - (1 - ccr_opening)^12, where the period is a calendar month
--   new         = first-ever purchase in the period;  reactivated = bought earlier, not in the period before, and now
--
-- Nothing can be said of a period before which nobody is known to have bought.
with visit as (
    select customer_id, day, min(day) over (partition by customer_id) as first_day
    from history
    where customer_id is not null
),
grid as (
    select
        date_trunc(getvariable('grain'), min(day)) as first_start,
        if(getvariable('grain') = 'month', interval 1 month, interval 3 month) as one
    from visit
),
step as (
    select since::date as since, (since + one)::date as until, (since - one)::date as before_since
    from grid, generate_series(first_start::timestamp, getvariable('until') - interval 1 day, one) as series(since)
    where getvariable('grain') is not null and first_start is not null
    union all
    select getvariable('asked_since'), getvariable('asked_until'), getvariable('asked_before_since')
    where getvariable('grain') is null
),
seen as (
    select
        step.since,
        step.until,
        customer_id,
        any_value(first_day) as first_day,
        bool_or(day >= step.before_since and day < step.since) as was_there,
        bool_or(day >= step.since and day < step.until) as is_there
    from step cross join visit
    group by step.since, step.until, customer_id
),
counted as (
    select
        step.since,
        step.until,
        any_value(step.before_since) as before_since,
        coalesce(bool_or(first_day < step.since), false) as is_observed,
        count(*) filter (was_there) as start,
        count(*) filter (is_there) as "end",
        count(*) filter (was_there and is_there) as retained,
        count(*) filter (is_there and first_day >= step.since) as new,
        count(*) filter (is_there and not was_there and first_day < step.since) as reactivated,
        count(*) filter (is_there and not was_there) as acquired
    from step left join seen on seen.since = step.since and seen.until = step.until
    group by step.since, step.until
)
select
    since,
    until,
    before_since,
    "end",
    if(is_observed, start, null) as start,
    if(is_observed, new, null) as new,
    if(is_observed, reactivated, null) as reactivated,
    if(is_observed, acquired, null) as acquired,
    if(is_observed, start + acquired - "end", null) as lost,
    if(is_observed, retained, null) as retained,
    share(if(is_observed, retained, null), start) as crr_period,
    share(if(is_observed, start + acquired - "end", null), start) as ccr_opening,
    if(is_observed, ratio("end" - acquired, start), null) as crr_count,
    if(is_observed and start > 0, ratio(start + acquired - "end", start + acquired), null) as ccr_served,
    if(is_observed and start > 0, ratio(start + acquired - "end", (start + "end") / 2), null) as ccr_average,
    if(
        day(since) = 1 and until = since + interval 1 month,
        compounded(share(if(is_observed, start + acquired - "end", null), start)),
        compounded(share(null, 0))
    ) as ccr_yearly
from counted
order by since;
