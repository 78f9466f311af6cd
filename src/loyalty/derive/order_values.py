"""What single orders were worth: mean and quantiles from how many orders had which value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span
from loyalty.engine import collect


@dataclass(frozen=True)
class OrderValues:
    """Orders with a known value: how many, their sum, median and 90th percentile (type 7, linear)."""

    orders: int
    total: Decimal
    median: float | None
    p90: float | None


def describe(order_values: pl.DataFrame, span: Span, *, identified_only: bool = False) -> OrderValues:
    """Summarise the values of the orders in a span; guests are in unless ``identified_only``."""
    counted = pl.col("value").is_not_null() & (pl.col("identified") if identified_only else True)
    chosen = order_values.lazy().filter(span.inside() & counted)
    value, orders = pl.col("value"), pl.col("orders")
    total = collect(chosen.select((value * orders).sum())).item()
    # Hardly any are worth the same to the cent on one day: only those are repeated.
    again = chosen.filter(orders > 1).select(value.repeat_by(orders - 1).explode(empty_as_null=False))
    values = pl.concat([collect(each.select(value.cast(pl.Float64))) for each in (chosen, again)])["value"]
    median, p90 = (values.quantile(share, interpolation="linear") for share in (0.5, 0.9))
    return OrderValues(values.len(), total if isinstance(total, Decimal) else Decimal(0), median, p90)
