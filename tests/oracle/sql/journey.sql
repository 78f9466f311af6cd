-- After which purchase customers are lost (purchase days, the first ten): of those whose k-th purchase lies at least W
-- days before `seen_until`, how many bought once more within W days.
with visit as (
    select distinct customer_id, day
    from history
    where customer_id is not null and day < getvariable('seen_until')
),
numbered as (
    select
        day,
        row_number() over (partition by customer_id order by day) as k,
        lead(day) over (partition by customer_id order by day) as next_day
    from visit
),
counted as (
    select
        k,
        count(*) as reached,
        count(*) filter (day + days <= getvariable('seen_until')) as due,
        count(*) filter (day + days <= getvariable('seen_until') and next_day - day <= days) as again
    from numbered, active_window
    where k <= 10
    group by k
)
select k || ' → ' || (k + 1) as purchase, share(again, due) as bought_again, due as n, reached
from counted
order by k;
