-- Members from one month to the next (DOMAIN 5.1-5.3, contractual). A membership is [joined, gone): a member of a day
-- joined on it or before and left later.
with member as (
    select distinct customer_id, joined, gone
    from membership
    where joined is not null and (gone is null or gone >= joined)
),
step as (
    select since::date as since, (since + interval 1 month)::date as until
    from generate_series(
        (select date_trunc('month', min(joined))::timestamp from member),
        getvariable('as_of') - interval 1 day,
        interval 1 month
    ) as series(since)
),
seen as (
    select
        since,
        until,
        customer_id,
        min(joined) as first_joined,
        bool_or(joined <= since - 1 and coalesce(gone > since - 1, true)) as was_there,
        bool_or(joined <= until - 1 and coalesce(gone > until - 1, true)) as is_there
    from step cross join member
    where joined < getvariable('as_of')
    group by all
),
counted as (
    select
        since,
        until,
        bool_or(first_joined < since) as is_observed,
        count(*) filter (was_there) as start,
        count(*) filter (is_there) as "end",
        count(*) filter (is_there and not was_there and first_joined >= since) as new,
        count(*) filter (is_there and not was_there and first_joined < since) as reactivated,
        count(*) filter (was_there and not is_there) as lost,
        count(*) filter (was_there and is_there) as retained
    from seen
    group by since, until
)
select
    strftime(since, '%Y-%m') as period,
    until > getvariable('as_of') as partial,
    "end",
    if(is_observed, start, null) as start,
    if(is_observed, new, null) as new,
    if(is_observed, reactivated, null) as reactivated,
    if(is_observed, lost, null) as lost,
    if(is_observed, retained, null) as retained,
    if(is_observed and start > 0, retained / start, null) as crr_id,
    if(is_observed and start > 0, lost / start, null) as ccr_opening,
    if(is_observed and start > 0, lost / (start + new + reactivated), null) as ccr_served,
    if(is_observed and start > 0, lost / ((start + "end") / 2), null) as ccr_average
from counted
order by since;
