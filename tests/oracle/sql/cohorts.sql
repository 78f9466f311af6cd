-- Cohorts by the calendar period of the first purchase (DOMAIN 5.6): `cohort_grain` is week, month, quarter or year.
--
--   classic     bought in the k-th period after that of the first purchase
--   on or after bought in it or later, before `until`
--   A cell whose period is not over by `until` does not exist. The average is weighted by size, over the cohorts
--   observed at k.
create or replace temp table cohort_cell as
with visit as (
    select distinct customer_id, date_trunc(getvariable('cohort_grain'), day)::date as bucket
    from history
    where customer_id is not null
),
began as (
    select customer_id, min(bucket) as cohort from visit group by customer_id
),
money as (
    select customer_id, date_trunc(getvariable('cohort_grain'), day)::date as bucket, value
    from (from history union all by name from refunded_alone)
    where customer_id is not null
),
grid as (
    select
        cohort,
        customers,
        k,
        (cohort + k * one)::date as since,
        (cohort + (k + 1) * one)::date as until
    from (select cohort, count(*) as customers from began group by cohort),
        (select case getvariable('cohort_grain') when 'week' then interval 7 day when 'month' then interval 1 month
            when 'quarter' then interval 3 month else interval 1 year end as one),
        range(0, 1000) as steps(k)
    where cohort + (k + 1) * one <= getvariable('until')
),
counted as (
    select
        grid.cohort,
        k,
        count(distinct customer_id) filter (bucket = since) as active,
        count(distinct customer_id) filter (bucket >= since) as later
    from grid join began using (cohort) join visit using (customer_id)
    group by grid.cohort, k
),
earned as (
    select
        grid.cohort,
        k,
        coalesce(sum(value) filter (bucket = since), 0) as revenue,
        coalesce(sum(value) filter (bucket = grid.cohort), 0) as first_revenue
    from grid join began using (cohort) join money using (customer_id)
    group by grid.cohort, k
)
select cohort, k, customers, active, later, revenue, first_revenue
from grid join counted using (cohort, k) join earned using (cohort, k)
order by cohort, k;

select k, share(sum(active)::bigint, sum(customers)::bigint) as retention from cohort_cell group by k order by k;
