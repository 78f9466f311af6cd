"""The days between two purchases of one customer, pooled over all customers."""

from __future__ import annotations

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.ledger import pooled_gaps
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure

QUANTILES = {"tbp_median": 0.5, "tbp_p80": 0.8, "tbp_p90": 0.9}
BY_ORDER = "tbp_median_by_order"
COUNTS = ("tbp_gaps", "tbp_customers")


def gap_figures(tables: Tables, span: Span, numbered: pl.DataFrame) -> tuple[Figure, ...]:
    """Return quantiles and mean of the gaps between purchase days in the span, with how many there are, and of whom.

    ``numbered`` are all visits before the span's end (:func:`loyalty.derive.ledger.numbered_visits`).
    """
    if "customer_id" not in tables.known:
        return tuple(
            Figure.refused(name, unit, "no_customer_column")
            for name, unit in dict.fromkeys((*QUANTILES, "tbp_mean", BY_ORDER), "days").items()
        ) + tuple(Figure.refused(name, "count", "no_customer_column") for name in COUNTS)
    pooled = pooled_gaps(numbered.lazy().filter(span.inside()))
    by_day = pooled["gap"]
    days = tuple(_quantile(name, by_day, share) for name, share in QUANTILES.items())
    mean = (
        Figure("tbp_mean", int(by_day.sum()) / by_day.len(), "days", n=by_day.len())
        if by_day.len()
        else Figure.undefined("tbp_mean", "days", "no_gaps", n=0)
    )
    by_order = pl.concat([by_day, _same_day(tables[Fact.PURCHASE_DAYS], span)])
    return (
        *days,
        mean,
        _quantile(BY_ORDER, by_order, 0.5),
        Figure("tbp_gaps", by_day.len(), "count"),
        Figure("tbp_customers", pooled["customer"].n_unique(), "count"),
    )


def _quantile(name: str, pooled: pl.Series, share: float) -> Figure:
    if pooled.is_empty():
        return Figure.undefined(name, "days", "no_gaps", n=0)
    return Figure(name, pooled.quantile(share, interpolation="linear"), "days", n=pooled.len())


def _same_day(purchase_days: pl.DataFrame, span: Span) -> pl.Series:
    """Return a gap of 0 for each further order on one day."""
    known = purchase_days.filter(span.inside() & pl.col("customer_id").is_not_null() & (pl.col("orders") > 1))
    further = known.select((pl.col("orders").cast(pl.Int64) - 1).sum()).item()
    return pl.repeat(0, further or 0, dtype=pl.Int64, eager=True).alias("gap")
