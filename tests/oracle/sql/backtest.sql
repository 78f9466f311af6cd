-- Precision and recall of rules for customers at risk (DOMAIN 5.10, MODELS 5.3), as of `until`, against what was bought up
-- to `tested_until`: everyone with two purchase days or more. Left = no purchase in [until, tested_until).
-- Stands on customer_segment, the segments of that day.
with came as (
    select distinct customer_id from purchase
    where day >= getvariable('until') and day < getvariable('tested_until')
),
pooled as (
    select count(*) as n, coalesce(sum(days), 0)::bigint as total, quantile_cont(days, 0.9) as hiatus from gap
),
judged as (
    select
        customer.customer_id,
        came.customer_id is null as gone,
        -- the rule, whatever the segment: silent > 2 x (own gaps + 2 x mean gap) / (number of gaps + 2)
        customer_segment.days_since * (customer.days - 1 + 2) * n
            > 2 * ((customer.last_day - customer.first_day) * n + 2 * total) as rule,
        segment = 'at_risk' as at_risk_list,
        low_and_falling,
        customer_segment.days_since > hiatus as pooled_hiatus,
        true as everyone
    from customer join customer_segment using (customer_id) left join came using (customer_id), pooled
    where customer.days >= 2
),
flags as (
    select gone, unnest([
        {name: 'rule', flag: rule},
        {name: 'at_risk_list', flag: at_risk_list},
        {name: 'low_and_falling', flag: low_and_falling},
        {name: 'pooled_hiatus', flag: pooled_hiatus},
        {name: 'everyone', flag: everyone}
    ]) as it
    from judged
)
select
    it.name as rule,
    count(*) filter (it.flag) as flagged,
    count(*) filter (it.flag and gone) as silent,
    ratio(count(*) filter (it.flag and gone), count(*) filter (it.flag)) as precision,
    ratio(count(*) filter (it.flag and gone), count(*) filter (gone)) as recall
from flags group by it.name order by it.name;
