"""Products whose list price changed once, and what was sold of them before and after."""

from __future__ import annotations

import polars as pl

from loyalty.derive.base import Span
from loyalty.engine import collect
from loyalty.stats.elasticity import arc

MIN_DAYS = 28
"""Days that each of the two prices must have stood: four of every weekday."""


def price_elasticities(product_days: pl.DataFrame, span: Span) -> list[float]:
    """Return the arc elasticity of each product that had two list prices in the span, one after the other.

    The first price stands from the first sale at it to the first sale at the second, that one to the end of the span;
    units are those sold per day. Products with more prices, or with both at a time, say nothing.
    """
    price = (pl.col("list_value").cast(pl.Float64) / pl.col("units").cast(pl.Float64)).round(2)
    levels = collect(
        product_days.lazy()
        .filter(span.inside())
        .with_columns(price=price)
        .group_by("product", "price")
        .agg(
            first=pl.col("day").min(), last=pl.col("day").max(), units=pl.col("units").sum().cast(pl.Float64)
        )
        .sort("product", "first", "price")
        .group_by("product", maintain_order=True)
        .agg(pl.all())
        .filter(pl.col("price").list.len() == 2)
        .select(
            *(pl.col("price").list.get(at).alias(f"price_{at}") for at in (0, 1)),
            *(pl.col("units").list.get(at).alias(f"units_{at}") for at in (0, 1)),
            overlap=pl.col("last").list.get(0) >= pl.col("first").list.get(1),
            days_0=(pl.col("first").list.get(1) - pl.col("first").list.get(0)).dt.total_days(),
            days_1=(pl.lit(span.until) - pl.col("first").list.get(1)).dt.total_days(),
        )
        .filter(~pl.col("overlap") & (pl.col("days_0") >= MIN_DAYS) & (pl.col("days_1") >= MIN_DAYS))
        .with_columns(
            rate_0=pl.col("units_0") / pl.col("days_0"), rate_1=pl.col("units_1") / pl.col("days_1")
        )
    )
    prices = levels.select("price_0", "price_1").to_numpy()
    rates = levels.select("rate_0", "rate_1").to_numpy()
    return sorted(arc(prices, rates).tolist()) if levels.height else []
