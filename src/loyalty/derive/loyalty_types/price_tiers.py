"""Which products are the cheap ones of their kind."""

from __future__ import annotations

import polars as pl

from loyalty.derive.base import Span
from loyalty.engine import collect

MIN_PRODUCTS = 3
"""A kind of fewer products has no lowest tier."""


def price_tiers(product_days: pl.DataFrame, span: Span, quantile: float) -> pl.DataFrame:
    """Return the products of kinds that have a lowest price tier: ``product``, ``is_low``.

    The price of a product is its list value over the pieces sold in the span; the tier ends at the ``quantile``
    (type 7) of the prices of its kind. A kind whose products all cost the same has none: nobody chooses the cheap one.
    """
    sold = (
        product_days.lazy()
        .filter(span.inside())
        .group_by("kind", "product")
        .agg(price=pl.col("list_value").sum().cast(pl.Float64) / pl.col("units").sum().cast(pl.Float64))
        .filter(pl.col("price") > 0)
    )
    ends = sold.group_by("kind").agg(
        products=pl.len(),
        end=pl.col("price").quantile(quantile, interpolation="linear"),
        highest=pl.col("price").max(),
    )
    return collect(
        sold.join(ends, on="kind")
        .filter((pl.col("products") >= MIN_PRODUCTS) & (pl.col("highest") > pl.col("end")))
        .select("product", is_low=pl.col("price") <= pl.col("end"))
    )
