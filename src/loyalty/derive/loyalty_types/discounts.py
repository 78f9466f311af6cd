"""How much a shop lives on discounts, and how its orders answer to promotion days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.loyalty_types.drivers import cannot_tell
from loyalty.derive.share import share_figure
from loyalty.model.metric import Scope, Tables
from loyalty.model.period import Every, parse_day, parse_period
from loyalty.model.result import Column, Draw, Figure, Period, ResultTable, Value
from loyalty.stats.ratio import ratio

MIN_ONLY = 3
"""Orders from which a customer whose orders are all discounted is said to buy on discount only."""


def discount_figures(
    tables: Tables, orders: pl.DataFrame, first_orders: pl.DataFrame, off: str | None, confidence: float
) -> tuple[Figure, ...]:
    """Return the shop's dependency on discounts; ``off`` says why it cannot be told.

    ``first_orders`` are the orders of the day on which customers bought for the first time ever.
    """
    units = {
        "discount_order_share": "share",
        "discount_list_share": "share",
        "discount_depth": "share",
        "discount_only_customers": "count",
        "discount_only_share": "share",
        "first_order_depth": "share",
    }
    if off is not None:
        return tuple(cannot_tell(name, unit, off) for name, unit in units.items())
    discounted = orders.filter("is_discounted")
    regulars = (
        orders.filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(pl.len(), only=pl.col("is_discounted").all())
        .filter(pl.col("len") >= MIN_ONLY)
    )
    only = int(regulars["only"].sum())
    known = "customer_id" in tables.known
    return (
        share_figure("discount_order_share", discounted.height, orders.height, confidence),
        _money_share(
            "discount_list_share", tables, discounted["list_value"], orders["list_value"], orders.height
        ),
        _depth("discount_depth", tables, discounted),
        Figure("discount_only_customers", only, "count")
        if known
        else Figure.refused("discount_only_customers", "count", "no_customer_column"),
        share_figure("discount_only_share", only, regulars.height, confidence)
        if known
        else Figure.refused("discount_only_share", "share", "no_customer_column"),
        _depth("first_order_depth", tables, first_orders)
        if known
        else Figure.refused("first_order_depth", "share", "no_customer_column"),
    )


def _depth(name: str, tables: Tables, orders: pl.DataFrame) -> Figure:
    return _money_share(name, tables, orders["discount_value"], orders["list_value"], orders.height)


def _money_share(name: str, tables: Tables, part: pl.Series, whole: pl.Series, n: int) -> Figure:
    if tables.several_currencies:
        return Figure.refused(name, "share", "mixed_currency", n=n)
    parts, total = _total(part), _total(whole)
    value = ratio(parts, total)
    if value is None:
        return Figure.undefined(name, "share", "denominator_zero", n=n)
    return Figure(name, value, "share", n=n, numerator=parts, denominator=total)


def _total(values: pl.Series) -> Decimal:
    total = values.sum()
    return total if isinstance(total, Decimal) else Decimal(0)


def discounts_by_month(tables: Tables, orders: pl.DataFrame, span: Span) -> ResultTable:
    """Return per calendar month of the span how many orders were discounted, and how deep."""
    months = (
        orders.with_columns(month=pl.col("day").dt.truncate("1mo"))
        .group_by("month")
        .agg(
            pl.len(),
            discounted=pl.col("is_discounted").sum(),
            list_value=pl.col("list_value").filter("is_discounted").sum(),
            discount_value=pl.col("discount_value").filter("is_discounted").sum(),
        )
        .sort("month")
    )
    one_money = not tables.several_currencies
    rows: list[tuple[Value, ...]] = []
    for month, n, discounted, full, off in months.iter_rows():
        end = Every.MONTH.shift(month, 1)
        partial = (span.since is not None and month < span.since) or end > span.until
        depth = ratio(off, full) if one_money else None
        rows.append((Every.MONTH.label(month), partial, discounted / n, n, discounted, depth))
    columns = (
        Column("period", "text"),
        Column("partial", "flag"),
        Column("discount_order_share", "share"),
        Column("orders", "count"),
        Column("discounted_orders", "count"),
        Column("discount_depth", "share"),
    )
    return ResultTable("discounts_by_month", columns, tuple(rows), draw=Draw.TREND)


# --- promotion days


def promo_days(text: str, scope: Scope) -> list[Period]:
    """Return the stretches of days that ``text`` names: days, and periods as ``--period`` takes them, with commas.

    Raises:
        UsageError: a part of it is neither.
    """
    return [_stretch(part.strip(), scope.as_of) for part in text.split(",")]


def _stretch(text: str, as_of: date) -> Period:
    if ".." in text or not text[:4].isdigit() or text.count("-") < 2:
        return parse_period(text, as_of)
    day = parse_day(text, "--promo-days")
    return Period(day, date.fromordinal(day.toordinal() + 1))


def promo_response(orders: pl.DataFrame, tables: Tables, span: Span, promos: Sequence[Period]) -> Figure:
    """Return the orders of a promotion day over those of another day, among the days of the span with data."""
    name = "promo_response_index"
    if not promos:
        return Figure.undefined(name, "ratio", "no_promo_days")
    first = max(day for day in (span.since, tables.first_day) if day is not None)
    total = (span.until - first).days
    days = pl.date_range(first, span.until, closed="left", eager=True).to_frame("day")
    on_promo = pl.any_horizontal(
        (pl.col("day") >= promo.start) & (pl.col("day") < promo.end) for promo in promos
    )
    promoted = days.filter(on_promo).height
    ordered = orders.filter(on_promo).height
    rest = ratio(orders.height - ordered, total - promoted)
    rate = ratio(ordered, promoted)
    value = ratio(rate, rest) if rate is not None and rest is not None else None
    if value is None:
        return Figure.undefined(name, "ratio", "denominator_zero", n=promoted)
    return Figure(name, value, "ratio", n=promoted)
