"""What single orders were worth: mean and quantiles from how many orders had which value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span


@dataclass(frozen=True)
class OrderValues:
    """Orders with a known value: how many, their sum, median and 90th percentile (type 7, linear)."""

    orders: int
    total: Decimal
    median: float | None
    p90: float | None


def describe(order_values: pl.DataFrame, span: Span, *, identified_only: bool = False) -> OrderValues:
    """Summarise the values of the orders in a span; guests are in unless ``identified_only``."""
    chosen = order_values.filter(span.inside() & pl.col("value").is_not_null())
    if identified_only:
        chosen = chosen.filter(pl.col("identified"))
    total = chosen.select((pl.col("value") * pl.col("orders")).sum()).item()
    once, often = chosen.filter(pl.col("orders") == 1), chosen.filter(pl.col("orders") > 1)
    # Hardly any are worth the same to the cent on one day: only those are repeated.
    again = often.select(pl.col("value").repeat_by("orders").explode(empty_as_null=False)).to_series()
    each = pl.concat([once["value"], again])
    values = each.cast(pl.Float64)
    median, p90 = (values.quantile(share, interpolation="linear") for share in (0.5, 0.9))
    return OrderValues(each.len(), total if isinstance(total, Decimal) else Decimal(0), median, p90)
