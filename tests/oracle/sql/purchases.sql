-- What is a qualifying order, who is a customer (DOMAIN 2.4), from the cells of the file as they stand.
--
-- `cell` holds the file, all text, a column it has not being null. `repeats_total` says that every row of an order
-- repeats the amount of the whole order.

-- 1. Exact duplicate rows of one order are one row. Several lines of one order are no duplicates. Without order
--    numbers, a customer's day is one order (DOMAIN 3), and two equal rows may be two pieces.
create or replace temp table line as
with stamped as (
    -- Stamps in UTC become local time (Europe/Istanbul, three hours ahead all year) before anything is cut into days
    -- (DOMAIN 2.2).
    select *, ordered_at::timestamp + if(ordered_at like '%Z', interval 3 hour, interval 0 hour) as moment from cell
),
single as (
    select distinct * from stamped where order_id is not null
    union all
    select * replace (customer_id || ' on ' || moment::date as order_id) from stamped where order_id is null
),
-- An export that fills in a cell on the first line of an order only means it for all (DOMAIN 3, Shopify).
placed as (
    select
        *,
        lower(coalesce(status, max(status) over (partition by order_id), 'completed')) as fate,
        row_number() over (partition by order_id) = 1 as is_first
    from single
)
select
    order_id,
    customer_id,
    moment,
    product_id,
    coalesce(is_test, 'false') = 'true' as is_test,
    fate,
    -- 3. Not completed.  5. Fully refunded, where the status says so.
    fate in ('cancelled', 'voided', 'failed', 'pending', 'draft', 'refunded') as is_void,
    -- 7. and 2.3: postage is no product and no merchandise.
    coalesce(product_id in ('KARGO', 'POST', 'Shipping Fee'), false) as is_postage,
    -- The kind is the category; the product itself where the file has no category at all.
    if(getvariable('has_category'), category, product_id) as kind,
    family_id,
    tier_rank::double as tier,
    if(getvariable('repeats_total') and not is_first, 0, coalesce(amount::decimal(18, 4), 0)) as amount,
    if(getvariable('repeats_total') and not is_first, 0, coalesce(refund::decimal(18, 4), 0)) as refund,
    if(getvariable('repeats_total') and not is_first, 0, coalesce(points_value::decimal(18, 4), 0)) as points
from placed;

-- An order is the sum of its living merchandise lines: sold, and what came back of it (refunds, negative lines).
create or replace temp table booking as
with summed as (
    select
        order_id,
        any_value(customer_id) as customer_id,
        min(moment) as moment,
        bool_or(is_test) as is_test,
        bool_and(is_void) as is_void,
        coalesce(sum(greatest(amount, 0)) filter (not is_void and not is_postage), 0) as sold,
        coalesce(sum(refund - least(amount, 0)) filter (not is_void and not is_postage), 0) as came_back,
        coalesce(sum(points) filter (not is_void and not is_postage), 0) as points
    from line
    group by order_id
)
select
    order_id,
    customer_id,
    moment,
    moment::date as day,
    sold - came_back as value,
    case
        when is_test then 'test'                                       -- 2.
        when is_void then 'not completed or fully refunded'            -- 3. and 5., by status
        when sold = 0 and points = 0 and came_back = 0 then 'zero'     -- 4. samples, replacements
        when sold = 0 and points = 0 then 'refund without an order'    -- 6. only returns: netted, no purchase
        when came_back > 0 and came_back >= sold then 'fully refunded' -- 5. by money, also where points paid
        else 'purchase'                                                -- also where points paid everything (4.)
    end as fate
from summed;

create or replace temp view purchase as from booking where fate = 'purchase';
create or replace temp view lone_refund as from booking where fate = 'refund without an order';

-- The first and the last event in the data (DOMAIN 2.2): of what is used, purchase or refund. `as_of` is exclusive.
create or replace temp view extent as
select min(day) as first_day, max(day) as last_day from booking where fate in ('purchase', 'refund without an order');
