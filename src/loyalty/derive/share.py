"""A share of a count as a figure, with its Wilson interval; undefined where there is nothing to divide by."""

from __future__ import annotations

import polars as pl

from loyalty.model.result import Figure
from loyalty.stats.proportions import wilson


def share_figure(name: str, part: float, whole: float, confidence: float | None) -> Figure:
    """Return ``part / whole`` with counts and interval; without interval where ``confidence`` is None.

    Both are counts, or as many equal cases as weighted ones are worth.
    """
    if whole == 0:
        return Figure.undefined(name, "share", "denominator_zero", n=0)
    bounds = wilson(part, whole, confidence) if confidence else None
    return Figure(
        name,
        part / whole,
        "share",
        n=whole if isinstance(whole, int) else None,
        numerator=part,
        denominator=whole,
        low=bounds.low if bounds else None,
        high=bounds.high if bounds else None,
        confidence=confidence if bounds else None,
    )


def with_lower_bound(frame: pl.DataFrame, part: str, whole: str, confidence: float) -> pl.DataFrame:
    """Add ``low``, the lower end of the Wilson interval of ``part / whole``; both are columns of counts, whole > 0."""
    pairs = frame.select(part, whole).unique()
    bounds = [wilson(x, n, confidence) for x, n in pairs.iter_rows()]
    lows = pl.Series("low", [each.low if each else None for each in bounds], pl.Float64)
    return frame.join(pairs.with_columns(lows), on=[part, whole], how="left")
