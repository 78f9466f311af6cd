"""What customers and guests spent, cluster by cluster: what the scatter of order value and frequency is drawn from."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_SHOW
from loyalty.derive.ledger import visits
from loyalty.derive.runs import Runs
from loyalty.model.metric import Fact, Tables
from loyalty.stats.bootstrap import ratio_intervals
from loyalty.stats.proportions import Interval

COLUMNS = ("sold", "orders", "days", "one")
SOLD, ORDERS, DAYS, ONE = range(4)
OF_CUSTOMERS = {
    "aov_identified": (SOLD, ORDERS),
    "revenue_per_customer": (SOLD, ONE),
    "purchase_frequency": (ORDERS, ONE),
    "purchase_frequency_by_day": (DAYS, ONE),
}
OF_ALL = {"aov": (SOLD, ORDERS)}


def intervals(tables: Tables, span: Span, confidence: float) -> Mapping[str, Interval]:
    """Return the intervals of order value and frequency by figure name, drawn by customer.

    Each order of a guest is drawn on its own. Below ten clusters there is none: so few say nothing about their scatter.
    """
    customers = _customers(tables[Fact.PURCHASE_DAYS], span)
    guests = _guests(tables[Fact.ORDER_VALUES], span)
    return {
        **_drawn(customers, OF_CUSTOMERS, confidence),
        **_drawn(pl.concat([customers, guests]), OF_ALL, confidence),
    }


def _drawn(
    clusters: pl.DataFrame, ratios: Mapping[str, tuple[int, int]], confidence: float
) -> Mapping[str, Interval]:
    if clusters.height < MIN_SHOW:
        return {}
    # Sorted by what they hold: neither the order of rows nor the spelling of ids may move an interval.
    columns = clusters.sort(COLUMNS).to_numpy()
    return dict(zip(ratios, ratio_intervals(columns, list(ratios.values()), confidence), strict=True))


def _customers(purchase_days: pl.DataFrame, span: Span) -> pl.DataFrame:
    runs = Runs.of(visits(purchase_days, span.until, span.since, ("customer", "orders", "value")), "customer")
    return pl.DataFrame(
        {"sold": runs.total("value"), "orders": runs.total("orders"), "days": runs.rows}
    ).select(pl.col("sold", "orders", "days").cast(pl.Float64), one=pl.lit(1.0))


def _guests(order_values: pl.DataFrame, span: Span) -> pl.DataFrame:
    alone = order_values.filter(span.inside() & ~pl.col("identified") & pl.col("value").is_not_null())
    each = alone.select(sold=pl.col("value").repeat_by("orders").explode(empty_as_null=False))
    return each.select(pl.col("sold").cast(pl.Float64), orders=pl.lit(1.0), days=pl.lit(1.0), one=pl.lit(1.0))
