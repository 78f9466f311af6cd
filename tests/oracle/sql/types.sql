-- The four kinds of loyal customers (DOMAIN 10.1) and the dependency on discounts (10.2), at `until`, with the defaults
-- of section 14. `cell` holds the lines of the file as text.
create or replace temp table piece as
select
    order_id,
    nullif(customer_id, '') as customer_id,
    ordered_at::date as day,
    status in ('cancelled', 'refunded') as is_void,
    product_id,
    category,
    quantity::decimal(18, 4) as units,
    list_value::decimal(18, 4) as list_value,
    discount::decimal(18, 4) as discount,
    points_value::decimal(18, 4) as points,
    refund::decimal(18, 4) as refund,
    amount::decimal(18, 4) as amount
from (select distinct * from cell);

-- Orders that count (2.4), with what was bought in them; what came back later was bought on the same terms.
create or replace temp table basket as
select
    order_id,
    any_value(customer_id) as customer_id,
    min(day) as day,
    coalesce(sum(amount) filter (amount >= 0), 0) as sold,
    coalesce(sum(refund - least(amount, 0)), 0) as came_back,
    sum(amount - refund) as value,
    coalesce(sum(list_value) filter (amount >= 0), 0) as list_value,
    coalesce(sum(discount) filter (amount >= 0), 0) as discount,
    sum(points) as points,
    bool_or(is_void) as is_void
from piece
group by order_id
having not bool_or(is_void);
create or replace temp table counted as
from basket where (sold > 0 or points > 0) and not (came_back > 0 and came_back >= sold) and day < getvariable('until');
create or replace temp table windowed as
from counted where day >= getvariable('until') - 365;

-- The lowest price tier: at or below the 33rd percentile of the category's products, three of them or more.
create or replace temp table tier as
with priced as (
    select category, product_id, sum(list_value)::double / sum(units)::double as price
    from piece semi join windowed using (order_id)
    where amount >= 0
    group by category, product_id
),
ended as (
    select category, quantile_cont(price, 0.33) as tier_end, count(*) as products, max(price) as highest
    from priced where price > 0 group by category
)
select category, product_id, price <= tier_end as is_low
from priced join ended using (category)
where price > 0 and products >= 3 and highest > tier_end;

create or replace temp table tiered as
select
    order_id,
    sum(units) filter (is_low)::double as low_units,
    sum(units) filter (is_low is not null)::double as tiered_units,
    sum(units)::double as units
from piece left join tier using (category, product_id)
where amount >= 0
group by order_id;

create or replace temp table depths as
select *, case when list_value > 0 then discount::double / list_value::double else 0 end as depth from windowed;

create or replace temp table shop as
with flags as (
    select
        avg((depth >= 0.05)::int) > 0.7 as always_on,
        quantile_cont(depth, 0.5) filter (depth >= 0.05) as median_depth
    from depths
),
untiered as (
    select avg((coalesce(tiered_units, 0) < 0.5 * units)::int) as share from windowed left join tiered using (order_id)
)
select
    always_on,
    median_depth,
    always_on and (select count(*) from depths where depth > median_depth) = 0 as cannot_tell,
    coalesce(untiered.share > 0.5, true) as no_price
from flags, untiered;

create or replace temp table driven as
with judged as (
    select
        depths.*,
        if(always_on and not cannot_tell, depth > median_depth, depth >= 0.05) as on_discount,
        not no_price and coalesce(low_units, 0) >= 0.5 * units as cheap,
        cannot_tell
    from depths left join tiered using (order_id), shop
)
select
    *,
    case
        when points > 0 and (not on_discount or points >= discount) then 'reward'
        when on_discount then if(cannot_tell, 'unknown', 'discount')
        when cheap then 'price'
        else if(cannot_tell, 'unknown', 'value')
    end as driver
from judged;

create or replace temp table driven_share as
select customer_id, driver, count(*) as orders
from driven where customer_id is not null group by customer_id, driver;

create or replace temp table customer_kind as
with visit as (select distinct customer_id, day from counted where customer_id is not null),
pause as (
    select customer_id, day - lag(day) over (partition by customer_id order by day) as days from visit qualify days is not null
),
lapse as (
    select if(count(*) < 100 or count(distinct customer_id) < 30, 180,
        least(730, greatest(60, 30 * ceil(quantile_cont(days, 0.9) / 30)))) as days
    from pause
),
-- Several drivers may have as many orders.
largest as (
    select
        customer_id,
        sum(orders) as n,
        max(orders) as most,
        any_value(driver order by orders desc, driver) as driver
    from driven_share group by customer_id
),
ties as (
    select customer_id, count(*) as tied from driven_share join largest using (customer_id)
    where orders = most group by customer_id
),
last_visit as (select customer_id, getvariable('until') - max(day) as silent from visit group by customer_id),
occasion as (
    select customer_id, count(distinct day) as days from windowed where customer_id is not null group by customer_id
)
select
    customer_id,
    n::bigint as orders,
    occasion.days as purchase_days,
    ratio(most, n) as largest_share,
    if(most = 0, 0, wilson_middle(most, n) - wilson_half(most, n)) as lower_bound,
    case
        when occasion.days < 4 then 'too_few_orders'
        when silent > lapse.days then 'silent_beyond_window'
        when 2 * most < n then 'no_majority'
        when tied > 1 then 'tie'
        when wilson_middle(most, n) - wilson_half(most, n) < 0.25 then 'weak_majority'
        when driver = 'unknown' then 'driver_unknown'
        else 'majority'
    end as reason,
    case
        when reason = 'majority' then driver
        when reason in ('no_majority', 'tie') then 'mixed'
        else 'unclassified'
    end as type
from largest join ties using (customer_id) join occasion using (customer_id) join last_visit using (customer_id), lapse;

create or replace temp table type_figures as
with regular as (
    select customer_id, bool_and(depth >= 0.05) as only_discounts
    from depths where customer_id is not null group by customer_id having count(*) >= 3
),
first_day as (select customer_id, min(day) as day from counted where customer_id is not null group by customer_id),
first_order as (select depths.* from depths semi join first_day using (customer_id, day)),
people as (
    select
        count(*) as n,
        count(*) filter (type = 'value') as value,
        count(*) filter (type = 'price') as price,
        count(*) filter (type = 'reward') as reward,
        count(*) filter (type = 'discount') as discount,
        count(*) filter (type = 'mixed') as mixed,
        count(*) filter (type = 'unclassified') as unclassified
    from customer_kind
)
select
    if(cannot_tell, share(0, 0), share(value, n)) as value_loyal_share,
    if(no_price, share(0, 0), share(price, n)) as price_loyal_share,
    share(reward, n) as reward_loyal_share,
    if(cannot_tell, share(0, 0), share(discount, n)) as discount_loyal_share,
    share(mixed, n) as mixed_share,
    share(unclassified, n) as unclassified_share,
    n as window_customers,
    (select share(count(*) filter (depth >= 0.05), count(*)) from depths) as discount_order_share,
    (select ratio(coalesce(sum(list_value) filter (depth >= 0.05), 0), sum(list_value)) from depths) as discount_list_share,
    (select ratio(sum(discount), sum(list_value)) from depths where depth >= 0.05) as discount_depth,
    (select count(*) filter (only_discounts) from regular) as discount_only_customers,
    (select share(count(*) filter (only_discounts), count(*)) from regular) as discount_only_share,
    (select ratio(sum(discount), sum(list_value)) from first_order) as first_order_depth
from people, shop;
