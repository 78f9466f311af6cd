-- How many customers stand in each segment, and which share of all customers they are (DOMAIN 5.10).
with counted as (
    select
        count(*) filter (segment = 'active') as active,
        count(*) filter (segment = 'new') as new,
        count(*) filter (segment = 'one_time') as one_time,
        count(*) filter (segment = 'at_risk') as at_risk,
        count(*) filter (segment = 'lapsed') as lapsed,
        count(*) filter (low_and_falling) as low_and_falling,
        count(*) as customers
    from customer_segment
)
select
    active, new, one_time, at_risk, lapsed, low_and_falling,
    share(active, customers) as active_share,
    share(new, customers) as new_share,
    share(one_time, customers) as one_time_share,
    share(at_risk, customers) as at_risk_share,
    share(lapsed, customers) as lapsed_share
from counted;
