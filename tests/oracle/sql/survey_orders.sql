-- The sample data's answers joined with its orders, from the definitions in `loyalty explain nps`.
-- Reads surveys.csv and orders.csv in the folder of the variable sample; ends with the tables answer, bought, person.

create or replace temp table line as
select distinct * from read_csv(getvariable('sample') || '/orders.csv', all_varchar = true, header = true);

create or replace temp table purchase as
select order_id, any_value(customer_id) as customer_id, any_value(ordered_at)::timestamp::date as day,
       sum(amount::decimal(18, 4) - refund::decimal(18, 4)) as value
from line
where is_test = 'false' and status not in ('cancelled', 'refunded')
group by order_id
having sum(amount::decimal(18, 4)) > 0 and sum(refund::decimal(18, 4)) < sum(amount::decimal(18, 4));

create or replace temp table bought as
select customer_id, day, sum(value) as value from purchase where customer_id is not null group by all;

create or replace temp table rhythm as
with gap as (
    select date_diff('day', lag(day) over (partition by customer_id order by day), day) as days from bought
)
select avg(days) as mean_gap,
       least(730, greatest(60, 30 * ceil(quantile_cont(days, 0.9) / 30))) as lapse
from gap where days is not null;

create or replace temp table response as
select row_number() over () as place, "Customer ID" as who, "Responded at"::timestamp as moment,
       "Responded at"::timestamp::date as day, Wave as wave,
       regexp_extract(column4, '^\s*(\d+)', 1) as written,
       min("Responded at"::timestamp::date) over (partition by Wave) as start
from read_csv(getvariable('sample') || '/surveys.csv', all_varchar = true, header = true,
    names = ['Response ID', 'Customer ID', 'Responded at', 'Wave', 'column4']);

create or replace temp table answer as
with valid as (
    select *, written::int as score from response where written <> '' and written::int between 0 and 10
)
select *, case when score >= 9 then 'promoter' when score >= 7 then 'passive' else 'detractor' end as class
from valid
where who is null
   or not exists (
       select 1 from valid later
       where later.who = valid.who and later.wave = valid.wave and (later.moment, later.place) > (valid.moment, valid.place)
   );

create or replace temp table history as
select answer.place,
       count(bought.day) as days, min(bought.day) as first_day, max(bought.day) as last_day
from answer left join bought on bought.customer_id = answer.who and bought.day < answer.day
group by answer.place;

create or replace temp table segment as
select place,
       case when who is null then 'anonymous'
            when who not in (select customer_id from bought) then 'not_matched'
            when history.days = 0 then 'none_before'
            when answer.day - first_day <= 60 then 'new'
            when answer.day - last_day > lapse then 'lapsed'
            when history.days = 1 then 'one_time'
            when answer.day - last_day > 2 * ((last_day - first_day) + 2 * mean_gap) / (history.days - 1 + 2) then 'at_risk'
            else 'active' end as segment
from answer join history using (place) cross join rhythm;

create or replace temp table tier as
with worth as (
    select start, customer_id, sum(value) as value
    from (select distinct start from answer), bought
    where bought.day between start - 365 and start - 1
    group by all
), ranked as (
    select *, rank() over (partition by start order by value desc) as place,
           count(*) over (partition by start) as customers
    from worth
)
select start, customer_id,
       case when place <= ceil(customers * 20 / 100.0) then 'high'
            when place <= ceil(customers * 50 / 100.0) then 'middle' else 'rest' end as tier
from ranked;

create or replace temp table tiered as
select place,
       case when who is null then 'anonymous'
            when who not in (select customer_id from bought) then 'not_matched'
            else coalesce(tier, 'none_before') end as tier
from answer left join tier on tier.customer_id = answer.who and tier.start = answer.start;
