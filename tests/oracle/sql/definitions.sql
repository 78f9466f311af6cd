-- Words that every query uses. Whole numbers and money stay exact; only the last division is a double.

-- Undefined is null, never 0 or NaN (DOMAIN 2.1).
create or replace temp macro ratio(part, whole) as part::double / nullif(whole, 0)::double;

-- Wilson score interval at 95 % (DOMAIN 2.6).
create or replace temp macro wilson_middle(part, whole) as
    (part + 1.959963984540054^2 / 2) / (whole + 1.959963984540054^2);
create or replace temp macro wilson_half(part, whole) as
    1.959963984540054 * sqrt(part * (whole - part) / whole + 1.959963984540054^2 / 4) / (whole + 1.959963984540054^2);

create or replace temp macro share(part, whole) as {
    value: ratio(part, whole),
    numerator: part,
    denominator: whole,
    low: if(whole = 0, null, wilson_middle(part, whole) - wilson_half(part, nullif(whole, 0))),
    high: if(whole = 0, null, wilson_middle(part, whole) + wilson_half(part, nullif(whole, 0)))
};

-- A month's rate as that of a year: 1 - (1 - c)^12, never 12 c (DOMAIN 5.2).
create or replace temp macro compounded(monthly) as {
    value: 1 - (1 - monthly.value)^12,
    low: 1 - (1 - monthly.low)^12,
    high: 1 - (1 - monthly.high)^12
};

-- A share that people are shown only where the data reach back far enough.
create or replace temp macro share_if(part, whole, is_enough) as
    struct_insert(share(part, whole), status := if(is_enough, 'ok', 'insufficient'));
