-- The points programme over ``entry`` (member, day, kind, points, order_no), from ``since`` up to ``until``, members
-- active on or after ``active_since``.
with so_far as (
    select * from entry where day < getvariable('until')
),
moved as (
    select *, kind in ('earn', 'bonus', 'reverse_earn') as earning, kind in ('reverse_earn', 'reverse_redeem') as back,
        abs(points) as amount
    from so_far
    where kind in ('earn', 'bonus', 'reverse_earn', 'redeem', 'reverse_redeem')
),
of_orders as (
    select member, earning, order_no, sum(case when back then -amount else amount end) as over
    from moved
    where order_no is not null
    group by all
    having bool_or(back) and not bool_and(back)
),
turns as (
    select moved.*, row_number() over (partition by moved.member, moved.earning, amount, back order by day) as turn
    from moved left join of_orders using (member, earning, order_no)
    where of_orders.over is null
),
act as (
    select moved.member, day from moved join of_orders using (member, earning, order_no) where not back and over > 0
    union all
    select member, day from turns one
    where not back and not exists (
        select 1 from turns other
        where other.back and other.member = one.member and other.earning = one.earning and other.amount = one.amount
            and other.turn = one.turn
    )
),
flow as (
    select
        coalesce(sum(points) filter (kind in ('earn', 'bonus')), 0) as issued_gross,
        coalesce(-sum(points) filter (kind = 'reverse_earn'), 0) as reversed,
        coalesce(-sum(points) filter (kind in ('redeem', 'reverse_redeem')), 0) as redeemed,
        coalesce(-sum(points) filter (kind = 'expire'), 0) as expired,
        coalesce(sum(points) filter (kind = 'adjust'), 0) as adjusted,
        coalesce(sum(points) filter (kind in ('transfer_in', 'transfer_out')), 0) as transfers
    from so_far
    where day >= getvariable('since')
)
select
    flow.*,
    issued_gross - reversed as issued_net,
    case when issued_gross > reversed then redeemed / (issued_gross - reversed) end as redemption_rate_flow,
    case when redeemed > 0 then (issued_gross - reversed) / redeemed end as earn_burn_ratio,
    (select sum(points) from so_far) as outstanding,
    (select count(distinct member) from so_far) as members,
    (select count(distinct member) from act where day >= getvariable('active_since')) as active_members,
    (
        select count(*)
        from (
            select member from so_far where kind in ('redeem', 'reverse_redeem') group by member having sum(points) < 0
        )
    ) / (select count(distinct member) from so_far) as engaged_redeemers
from flow
