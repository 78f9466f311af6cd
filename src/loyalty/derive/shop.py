"""What the purchases of a whole shop say, by which each of its customers is judged - also one by one group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.ledger import customer_ledger, gaps
from loyalty.derive.lifecycle.low_and_falling import low_rate
from loyalty.derive.retention.activity import QUANTILE, LapseWindow, lapse_window
from loyalty.model.metric import Fact, Tables


@dataclass(frozen=True)
class Shop:
    """Days are of the gaps between two purchase days of one customer; None where nobody bought twice.

    ``hiatus`` is longer than 90 % of all gaps; ``low_rate`` is in purchase days per day.
    """

    window: LapseWindow
    mean_gap: float | None
    median_gap: float | None
    hiatus: float | None
    low_rate: float | None


def measured(pooled: pl.DataFrame, ledger: pl.DataFrame, as_of: date) -> Shop:
    """Return what the gaps and the customer ledger as of a day say."""
    gap = pooled["gap"].cast(pl.Float64)
    mean, median = gap.mean(), gap.median()
    return Shop(
        lapse_window(pooled),
        mean if isinstance(mean, float) else None,
        median if isinstance(median, float) else None,
        gap.quantile(QUANTILE, interpolation="linear"),
        low_rate(ledger, as_of),
    )


def shop_of(tables: Tables, as_of: date) -> Shop | None:
    """Return what the whole says by which a group is judged; None where the tables are the whole themselves."""
    whole = tables.whole
    if whole is None:
        return None
    days = whole[Fact.PURCHASE_DAYS]
    found: Shop = whole.once(
        ("shop", as_of), lambda: measured(gaps(days, as_of), customer_ledger(days, as_of), as_of)
    )
    return found
