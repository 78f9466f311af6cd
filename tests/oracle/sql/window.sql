-- What lies in the half-open window of a metric, [`since`, `until`), and in all the history before its end.
-- Guests are in order metrics, out of customer metrics (DOMAIN 2.4).
create or replace temp table history as from purchase where day < getvariable('until');
create or replace temp table bought as from history where day >= getvariable('since');
create or replace temp table refunded_alone as
from lone_refund where day >= getvariable('since') and day < getvariable('until');

-- A customer bought at least once in the window; returns without an order are netted at customer level (6.).
create or replace temp table customer as
select
    customer_id,
    count(*) as orders,
    count(distinct day) as days,
    min(day) as first_day,
    max(day) as last_day,
    sum(value) + coalesce(
        (select sum(value) from refunded_alone where refunded_alone.customer_id = bought.customer_id), 0
    ) as revenue
from bought
where customer_id is not null
group by customer_id;

-- Days between consecutive purchase days of one customer, both in the window (DOMAIN 5.5).
create or replace temp table gap as
select customer_id, day, day - lag(day) over (partition by customer_id order by day) as days
from (select distinct customer_id, day from bought where customer_id is not null)
qualify days is not null;
