-- The customers at risk by cadence, and what they have brought so far.
select
    count(*) filter (segment = 'at_risk') as at_risk,
    share(count(*) filter (segment = 'at_risk'), count(*)) as at_risk_share,
    coalesce(sum(revenue) filter (segment = 'at_risk'), 0) as at_risk_value
from customer_segment;
