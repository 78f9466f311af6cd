-- Customer lifetime value (DOMAIN 5.7) at `until`, from all history before it.
--
--   clv_historic     = net revenue to date per customer: mean, median and 90th percentile over customers
--   clv_aov_lifespan = order value x lifespan;  clv_revenue = x orders per year;  clv_margin = x margin
--   order value and orders per year: known customers in the last 365 days (or since the data begin; of less than 90
--   days no frequency by the year is told)
--   clv_discounted   = sum over years t >= 0 of m r^t / (1 + d)^t = m (1 + d) / (1 + d - r), m = margin of a year,
--   r = 1 - 1 / lifespan, d = 0.10;  clv_discounted_later = from t = 1 on = m r / (1 + d - r)
--   clv_to_cac = clv_margin / cac;  payback_months = cac / margin of a month; only where a cac is given
--   a measured lifespan gives the formulas a low and a high
--   lifespan: given, or 1 / yearly churn, at most 5 years; none where the history is shorter than 12 months or where
--   the interval of the churn reaches below 2 % a year. Churn is measured between the last two half years (182 days)
--   and compounded.
with historic as (
    select
        ratio(sum(revenue), count(*)) as clv_historic,
        quantile_cont(revenue::double, 0.5) as clv_historic_median,
        quantile_cont(revenue::double, 0.9) as clv_historic_p90
    from customer
),
recent as (
    select greatest(getvariable('until') - 365, first_day) as since, first_day from extent
),
habit as (
    select
        ratio(sum(value), count(*)) as aov_identified,
        ratio(count(*), count(distinct customer_id))
            / any_value(
                if(getvariable('until') - recent.since >= 90, getvariable('until') - recent.since, null)
            ) * 365.25 as orders_per_year
    from history, recent
    where customer_id is not null and day >= recent.since
),
half_years as (
    select
        customer_id,
        bool_or(day >= getvariable('until') - 364 and day < getvariable('until') - 182) as was_there,
        bool_or(day >= getvariable('until') - 182) as is_there
    from history
    where customer_id is not null
    group by customer_id
),
leaving as (
    select share(count(*) filter (was_there and not is_there), count(*) filter (was_there)) as half_year
    from half_years
),
yearly as (
    select
        1 - (1 - half_year.value)^2 as churn,
        1 - (1 - half_year.low)^2 as low,
        1 - (1 - half_year.high)^2 as high,
        first_day + interval 12 month <= getvariable('until') and 1 - (1 - half_year.low)^2 >= 0.02 as is_known
    from leaving, recent
),
measured as (
    select
        if(is_known, least(1 / nullif(churn, 0), 5), null) as value,
        if(is_known, least(1 / nullif(high, 0), 5), null) as low,
        if(is_known, least(1 / nullif(low, 0), 5), null) as high
    from yearly
),
lifespan as (
    select
        coalesce(getvariable('lifespan'), value) as years,
        if(getvariable('lifespan') is null, low, null) as low,
        if(getvariable('lifespan') is null, high, null) as high
    from measured
)
select
    clv_historic,
    clv_historic_median,
    clv_historic_p90,
    -- a formula needs all of its drivers
    {
        value: if(orders_per_year is null, null, aov_identified * years),
        low: if(orders_per_year is null, null, aov_identified * low),
        high: if(orders_per_year is null, null, aov_identified * high)
    } as clv_aov_lifespan,
    {
        value: aov_identified * orders_per_year * years,
        low: aov_identified * orders_per_year * low,
        high: aov_identified * orders_per_year * high
    } as clv_revenue,
    {
        value: aov_identified * orders_per_year * years * getvariable('margin'),
        low: aov_identified * orders_per_year * low * getvariable('margin'),
        high: aov_identified * orders_per_year * high * getvariable('margin')
    } as clv_margin,
    yearly_margin * 1.1 / (1.1 - (1 - 1 / years)) as clv_discounted,
    yearly_margin * (1 - 1 / years) / (1.1 - (1 - 1 / years)) as clv_discounted_later,
    ratio(yearly_margin * years, getvariable('cac')) as clv_to_cac,
    ratio(getvariable('cac'), yearly_margin / 12) as payback_months,
    aov_identified,
    orders_per_year,
    {value: years, low: low, high: high} as lifespan_years
from
    historic,
    habit,
    lifespan,
    -- without a lifespan nothing is said of the margin of a year either
    (
        select aov_identified * orders_per_year * getvariable('margin') + 0 * years as yearly_margin
        from habit, lifespan
    );
