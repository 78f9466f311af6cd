-- Where each customer stands at `until` (DOMAIN 5.10), rule cadence; the first that applies, on purchase days:
--
--   new       first purchase at most 60 days ago
--   lapsed    no purchase for longer than W
--   one_time  a single purchase day
--   at_risk   days since the last purchase > 2 x expected gap
--   active    the rest
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
standing as (
    select
        customer.*,
        getvariable('until') - first_day as age,
        getvariable('until') - last_day as days_since,
        last_day - first_day as own_gaps,
        days - 1 as own_n,
        shop.*
    from customer, shop
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
    revenue
from standing;
