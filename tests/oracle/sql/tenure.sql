-- Of the customers of the period before, [`headline_before`, `headline_since`), who bought in the headline period: by
-- the days from their first purchase to its beginning.
with base as (
    select
        getvariable('headline_since') - min(day) as tenure,
        bool_or(day >= getvariable('headline_since')) as stayed
    from history
    where customer_id is not null and day < getvariable('headline_until')
    group by customer_id
    having bool_or(day >= getvariable('headline_before') and day < getvariable('headline_since'))
),
bucket(place, tenure, since, until) as (
    values
        (1, 'under_3_months', 0, 91),
        (2, 'months_3_to_6', 91, 182),
        (3, 'months_6_to_12', 182, 365),
        (4, 'year_2', 365, 730),
        (5, 'later', 730, 1000000)
)
select
    bucket.tenure,
    share(count(stayed) filter (stayed), count(stayed)) as crr_period,
    count(stayed) as n,
    count(stayed) filter (stayed) as retained,
    count(stayed) filter (not stayed) as lost
from bucket left join base on base.tenure >= since and base.tenure < until
group by bucket.place, bucket.tenure
having (select count(*) from base) > 0
order by bucket.place;
