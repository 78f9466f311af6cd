-- The health score (DOMAIN 5.11) of every customer at `until`, without surveys: weights 0.3 recency, 0.2 frequency trend,
-- 0.2 spend trend of what is known; null where that is less than 0.6 of all weight.
with visit as (
    select customer_id, day, sum(value) as value, true as came from bought group by customer_id, day
    union all
    select customer_id, day, value, false from refunded_alone where day < getvariable('until')
),
halves as (
    select
        customer_id,
        count(*) filter (came and day >= getvariable('until') - 90) as days_now,
        count(*) filter (came and day < getvariable('until') - 90) as days_before,
        greatest(0, coalesce(sum(value) filter (day >= getvariable('until') - 90), 0))::double as spent_now,
        greatest(0, coalesce(sum(value) filter (day < getvariable('until') - 90), 0))::double as spent_before,
        (getvariable('until') - 90) - min(day) filter (came) as age_before
    from visit group by customer_id
),
parts as (
    select
        customer_id,
        case when overdue is not null then greatest(0, least(100, (3 - overdue) / 2 * 100)) end as recency,
        90.0::double / greatest(90, age_before) as of_90,
        case when age_before > 0 then 100 * ratio(days_now, days_now + days_before * of_90) end as frequency_trend,
        case when age_before > 0 then 100 * ratio(spent_now, spent_now + spent_before * of_90) end as spend_trend
    from halves join customer_segment using (customer_id)
),
weighed as (
    select
        customer_id,
        if(recency is null, 0, 0.3) + if(frequency_trend is null, 0, 0.2) + if(spend_trend is null, 0, 0.2) as known,
        0.3 * coalesce(recency, 0) + 0.2 * coalesce(frequency_trend, 0) + 0.2 * coalesce(spend_trend, 0) as total
    from parts
),
scored as (
    select customer_id, known, case when known >= 0.6 then round(total::double / known::double, 9) end as score from weighed
)
select
    customer_id,
    known::double as coverage,
    score,
    case when score >= 70 then 'healthy' when score >= 40 then 'watch' when score is not null then 'at_risk' end as band
from scored order by customer_id;
