-- Orders around a minimum purchase (guide B): those worth up to a tenth more, of those worth up to a tenth less or more.
select
    share(
        count(*) filter (value >= getvariable('threshold')),
        count(*)
    ) as just_above_share,
    count(*) filter (value >= getvariable('threshold')) as just_above,
    count(*) filter (value < getvariable('threshold')) as just_below
from bought
where value >= getvariable('threshold') * 0.9 and value < getvariable('threshold') * 1.1;
