"""How long a silence means that a customer is gone, when nobody signs a contract."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import polars as pl

FALLBACK_DAYS = 180
QUANTILE = 0.90
SHORTEST, LONGEST = 60, 730
MIN_GAPS, MIN_CUSTOMERS = 100, 30


@dataclass(frozen=True)
class LapseWindow:
    """Days without a purchase after which a customer counts as lapsed, and what it rests on."""

    days: int
    from_data: bool
    gaps: int
    customers: int


def lapse_window(gaps: pl.DataFrame) -> LapseWindow:
    """Return the 90th percentile of the pooled gaps, rounded up to 30 days and held to 60-730.

    With fewer than 100 gaps or 30 customers the answer is 180 days and ``from_data`` False (DOMAIN 2.5). Pooled
    gaps over-represent frequent buyers and ignore those who never came back.
    """
    customers = gaps["customer_id"].n_unique()
    quantile = gaps["gap"].quantile(QUANTILE, interpolation="linear")
    if quantile is None or gaps.height < MIN_GAPS or customers < MIN_CUSTOMERS:
        return LapseWindow(FALLBACK_DAYS, from_data=False, gaps=gaps.height, customers=customers)
    days = min(LONGEST, max(SHORTEST, 30 * ceil(quantile / 30)))
    return LapseWindow(days, from_data=True, gaps=gaps.height, customers=customers)
