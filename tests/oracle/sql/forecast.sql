-- Naive forecasts of what known customers bring, and how wrong they were (DOMAIN 5.13), `horizon` months from `as_of` on.
--
--   months are counted from `as_of`; the data begin on their first day, or with its month where `as_of` is a first
--   known customers of a window: first purchase before it; what they bring: purchases less returns without an order
--   previous window: as many months before; seasonal naive: the same months of the year before; either needs `horizon`
--   months of data before it
--   tested: up to four windows before `as_of`, one after the other, each with two horizons of data before it
--   wape = sum |told - came| / sum |came|, bias = sum (told - came) / sum |came|
--   nothing is said where the history is shorter than three horizons, or nobody known has bought
with known as (
    select customer_id, min(day) as first_day from purchase
    where customer_id is not null and day < getvariable('as_of') group by customer_id
),
event as (
    select customer_id, day, value from purchase
    union all
    select customer_id, day, value from lone_refund
),
brought as (
    select day, coalesce(value, 0) as value, first_day from event join known using (customer_id)
    where day < getvariable('as_of')
),
begun as (
    select if(day(getvariable('as_of')) = 1, date_trunc('month', first_day)::date, first_day) as day from extent
),
history as (
    select
        day as begun,
        datediff('month', day, getvariable('as_of')) as crossed,
        crossed - if((getvariable('as_of') - to_months(crossed::integer))::date < day, 1, 0) as months
    from begun
),
step as (
    select
        back,
        (getvariable('as_of') - to_months((back * getvariable('horizon'))::integer))::date as origin,
        if(
            back > 0,
            (getvariable('as_of') - to_months(((back - 1) * getvariable('horizon'))::integer))::date,
            (getvariable('as_of') + to_months(getvariable('horizon')))::date
        ) as over,
        (getvariable('as_of') - to_months(((back + 1) * getvariable('horizon'))::integer))::date as before,
        (getvariable('as_of') - to_months((back * getvariable('horizon') + 12)::integer))::date as year_before,
        (getvariable('as_of') - to_months(((back - 1) * getvariable('horizon') + 12)::integer))::date as year_before_over,
        (begun + to_months(getvariable('horizon')))::date as told_apart
    from history, range(5) as t(back)
    where months >= 3 * getvariable('horizon') and back <= months // getvariable('horizon') - 2
        and exists (from known)
),
told as (
    select
        back,
        coalesce(sum(value) filter (day >= origin and day < over and first_day < origin), 0) as came,
        if(
            any_value(before) >= any_value(told_apart),
            coalesce(sum(value) filter (day >= before and day < origin and first_day < before), 0),
            null
        ) as previous,
        if(
            any_value(year_before) >= any_value(told_apart),
            coalesce(sum(value) filter (
                day >= year_before and day < year_before_over and first_day < year_before
            ), 0),
            null
        ) as year_ago
    from step, brought
    group by back
)
select
    any_value(previous) filter (back = 0) as forecast_previous_window,
    any_value(year_ago) filter (back = 0) as forecast_seasonal_naive,
    ratio(
        sum(abs(previous - came)) filter (back > 0), sum(abs(came)) filter (back > 0 and previous is not null)
    ) as forecast_wape_previous_window,
    ratio(
        sum(previous - came) filter (back > 0), sum(abs(came)) filter (back > 0 and previous is not null)
    ) as forecast_bias_previous_window,
    ratio(
        sum(abs(year_ago - came)) filter (back > 0), sum(abs(came)) filter (back > 0 and year_ago is not null)
    ) as forecast_wape_seasonal_naive,
    ratio(
        sum(year_ago - came) filter (back > 0), sum(abs(came)) filter (back > 0 and year_ago is not null)
    ) as forecast_bias_seasonal_naive
from told
