-- Service to the tickets opened in [since, until), from `tickets`: opened, replied, solved (timestamps), rating, status.
-- Nothing at or after `until` is known.
with seen as (
    select
        *,
        date_diff('microsecond', opened, getvariable('until')) / 3.6e9 as age,
        case when replied < getvariable('until') then date_diff('microsecond', opened, replied) / 6e7 end as waited,
        case when solved < getvariable('until') then date_diff('microsecond', opened, solved) / 3.6e9 end as took
    from tickets
    where opened < getvariable('until')
),
of_period as (select * from seen where opened >= getvariable('since'))
select
    count(*) as tickets,
    count(took) as tickets_solved,
    count(*) - count(took) as tickets_open,
    count(took) / count(*) as resolved_share,
    avg(took) as resolution_time_mean,
    quantile_cont(took, 0.5) as resolution_time_median,
    quantile_cont(took, 0.9) as resolution_time_p90,
    count(*) filter (waited <= 60) / count(*) filter (waited is not null or age * 60 > 60) as first_response_within_target,
    count(*) filter (waited is null and age * 60 <= 60) as first_response_not_due,
    quantile_cont(waited, 0.5) as first_response_median,
    count(*) filter (rating >= 4) / count(rating) as ticket_csat,
    (select count(*) from seen where took is null) as backlog,
    (select max(age) / 24 from seen where took is null) as oldest_open
from of_period
