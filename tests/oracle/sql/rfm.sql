-- Recency, frequency, money of who bought in the 365 days before `until` (DOMAIN 5.9).
--
--   score  1 + floor(5 x strictly worse / n): worse is an older last purchase, fewer purchase days, less money
--   n < 25 fixed thresholds only: days since the last purchase 30/60/120/240, purchase days 1/2/4/9; money has none
create or replace temp table rfm_customer as
with bought_lately as (
    select customer_id, max(day) as last_day, count(distinct day) as visits, sum(value) as sold
    from history
    where customer_id is not null and day >= getvariable('until') - 365
    group by customer_id
),
back as (
    select customer_id, sum(value) as value
    from refunded_alone
    where day >= getvariable('until') - 365
    group by customer_id
),
ranked as (
    select
        customer_id,
        getvariable('until') - last_day as days_since,
        visits,
        last_day,
        sold + coalesce(value, 0) as money,
        count(*) over () as n,
        rank() over (order by last_day) - 1 as older,
        rank() over (order by visits) - 1 as fewer,
        rank() over (order by sold + coalesce(value, 0)) - 1 as poorer
    from bought_lately left join back using (customer_id)
),
scored as (
    select
        *,
        if(n >= 25, 1 + 5 * older // n, case
            when days_since <= 30 then 5 when days_since <= 60 then 4 when days_since <= 120 then 3
            when days_since <= 240 then 2 else 1 end) as r,
        if(n >= 25, 1 + 5 * fewer // n, case
            when visits <= 1 then 1 when visits <= 2 then 2 when visits <= 4 then 3 when visits <= 9 then 4
            else 5 end) as f,
        if(n >= 25, 1 + 5 * poorer // n, null) as m
    from ranked
)
select
    customer_id,
    case
        when r <= 2 and f <= 2 then 'hibernating'
        when r <= 2 and f <= 4 then 'at_risk'
        when r <= 2 then 'cant_lose'
        when r = 3 and f <= 2 then 'about_to_sleep'
        when r = 3 and f = 3 then 'need_attention'
        when r <= 4 and f >= 4 then 'loyal'
        when r = 4 and f = 1 then 'promising'
        when r = 5 and f = 1 then 'new'
        when f <= 3 then 'potential_loyalist'
        else 'champion'
    end as segment,
    r, f, m, days_since, visits, money, last_day
from scored;

with n as (select count(*) as scored, (select count(distinct customer_id) from history) as everybody from rfm_customer)
select
    scored as rfm_scored,
    everybody - scored as rfm_outside,
    share((select count(*) from rfm_customer where segment = 'champion'), scored) as rfm_champion_share,
    share((select count(*) from rfm_customer where segment = 'loyal'), scored) as rfm_loyal_share,
    share((select count(*) from rfm_customer where segment = 'potential_loyalist'), scored)
        as rfm_potential_loyalist_share,
    share((select count(*) from rfm_customer where segment = 'new'), scored) as rfm_new_share,
    share((select count(*) from rfm_customer where segment = 'promising'), scored) as rfm_promising_share,
    share((select count(*) from rfm_customer where segment = 'need_attention'), scored) as rfm_need_attention_share,
    share((select count(*) from rfm_customer where segment = 'about_to_sleep'), scored) as rfm_about_to_sleep_share,
    share((select count(*) from rfm_customer where segment = 'at_risk'), scored) as rfm_at_risk_share,
    share((select count(*) from rfm_customer where segment = 'cant_lose'), scored) as rfm_cant_lose_share,
    share((select count(*) from rfm_customer where segment = 'hibernating'), scored) as rfm_hibernating_share
from n;
