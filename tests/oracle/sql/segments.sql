-- Where each customer stands at `until` (DOMAIN 5.10), rule cadence; the first that applies, on purchase days:
--
--   new       first purchase at most 60 days ago
--   lapsed    no purchase for longer than W
--   one_time  a single purchase day
--   at_risk   days since the last purchase > 2 x expected gap
--   active    the rest
--
--   low_and_falling, the guides' words: of customers with two purchase days or more, purchase days per day since the
--   first in the lowest quarter (type 7), and the last gap, or the silence since, longer than the mean of those before
--
--   expected gap = (sum of own gaps + 2 x the shop's mean gap) / (number of own gaps + 2)
--   W (DOMAIN 2.5) = 90th percentile (type 7) of all gaps, rounded up to 30 days, held to 60-730; 180 with fewer than
--   100 gaps or 30 customers who have one
--
-- All comparisons are between whole numbers: "30 days, twice over" must not depend on the last bit of a quotient.
create or replace temp table customer_segment as
with ranked as (
    select customer_id, days, row_number() over (order by days) - 1 as place, count(*) over () as n
    from gap
),
pooled as (
    select
        count(*) as n,
        count(distinct customer_id) as customers,
        coalesce(sum(days), 0)::bigint as total,
        -- ten times the percentile: it lies (9 (n - 1)) / 10 places up
        10 * max(days) filter (place = (9 * (n - 1)) // 10) as below,
        10 * max(days) filter (place = least((9 * (n - 1)) // 10 + 1, n - 1)) as above,
        any_value((9 * (n - 1)) % 10) as tenths
    from ranked
),
shop as (
    select
        n,
        total,
        if(
            n < 100 or customers < 30,
            180,
            least(730, greatest(60, 30 * ((below + (above - below) * tenths // 10 + 299) // 300)))
        ) as lapse_days
    from pooled
),
latest as (select customer_id, any_value(days order by day desc) as last_gap from gap group by customer_id),
rated as (
    select customer_id, days::double / (getvariable('until') - first_day)::double as rate from customer where days >= 2
),
lowest as (select quantile_cont(rate, 0.25) as rate from rated),
falling as (
    select
        customer_id,
        rated.rate <= lowest.rate
        and (
            (days >= 3 and last_gap > ratio(last_day - first_day - last_gap, days - 2))
            or getvariable('until') - last_day > ratio(last_day - first_day, days - 1)
        ) as low_and_falling
    from rated join customer using (customer_id) join latest using (customer_id), lowest
),
standing as (
    select
        customer.*,
        coalesce(low_and_falling, false) as low_and_falling,
        getvariable('until') - first_day as age,
        getvariable('until') - last_day as days_since,
        last_day - first_day as own_gaps,
        days - 1 as own_n,
        shop.*
    from customer left join falling using (customer_id), shop
)
select
    customer_id,
    case
        when age <= 60 then 'new'
        when days_since > lapse_days then 'lapsed'
        when days = 1 then 'one_time'
        -- days_since > 2 x (own_gaps + 2 total / n) / (own_n + 2), multiplied out
        when days_since * (own_n + 2) * n > 2 * (own_gaps * n + 2 * total) then 'at_risk'
        else 'active'
    end as segment,
    days_since,
    ratio(own_gaps * n + 2 * total, (own_n + 2) * n) as expected_gap,
    ratio(days_since * (own_n + 2) * n, own_gaps * n + 2 * total) as overdue,
    days,
    orders,
    last_day,
    revenue,
    low_and_falling
from standing;
