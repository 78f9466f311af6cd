-- The rates of the headline period under other windows: crr_period between the last two stretches of so many days before
-- its end, crr_id by who bought in so many days before both its ends. Null where the data begin later.
with stretch as (
    select unnest(list_sort(list_distinct([30, 90, 180, 365, days]))) as length from active_window
),
seen as (
    select
        length,
        bool_or(day >= getvariable('headline_until') - 2 * length and day < getvariable('headline_until') - length)
            as was_there,
        bool_or(day >= getvariable('headline_until') - length) as is_there,
        bool_or(day >= getvariable('headline_since') - length and day < getvariable('headline_since')) as at_start
    from stretch, history
    where customer_id is not null and day < getvariable('headline_until')
    group by length, customer_id
),
counted as (
    select
        length,
        count(*) filter (was_there) as base,
        count(*) filter (was_there and is_there) as again,
        count(*) filter (at_start) as at_start,
        count(*) filter (at_start and is_there) as stayed,
        any_value(extent.first_day) <= getvariable('headline_until') - 2 * length as reaches_both,
        any_value(extent.first_day) <= getvariable('headline_since') - length as reaches_start
    from seen, extent
    group by length
)
select
    length as "window",
    share(if(reaches_both, again, null), base) as crr_period,
    if(reaches_both, base, null) as n,
    if(reaches_start, ratio(stayed, at_start), null) as crr_id,
    if(reaches_start, at_start, null) as active_at_start
from counted
order by length;
