"""Who was a customer at two moments, under any window: three days per customer are enough to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from loyalty.derive.ledger import within
from loyalty.derive.runs import Runs
from loyalty.model.result import Period


@dataclass(frozen=True)
class Presence:
    """Customers active (bought in the ``days`` before) at the start of a period and at its end.

    ``dormant`` are those who had bought before the period, but not in the ``days`` before it; ``awake`` of them bought
    in it. ``ever`` bought at any time before the end.
    """

    days: int
    at_start: int
    at_end: int
    stayed: int
    dormant: int
    awake: int
    ever: int


@dataclass(frozen=True)
class Return:
    """Customers of the ``days`` before the last ``days``, and how many of them bought in the last ones."""

    days: int
    customers: int
    again: int


def last_days(visits: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return what tells presence at both ends of a period: one row per customer with a purchase before its end.

    ``visits`` has ``customer`` and ``day``, sorted. Columns: ``first_day``, ``before`` (the last purchase before the
    period; null where there is none), ``last`` (the last one before its end).
    """
    runs = Runs.of(within(visits, period.end), "customer")
    return pl.DataFrame(
        {
            "first_day": runs.first("day"),
            "before": _last_before(runs, period.start),
            "last": runs.last("day"),
        }
    )


def _last_before(runs: Runs, day: date) -> pl.Series:
    """Return the last day of each run before ``day``; null where there is none."""
    earlier = runs.count(pl.col("day") < day)
    # Of a customer without such a day the place is that of the row before; it is blanked.
    place = (runs.starts.cast(pl.Int64) + earlier - 1).clip(lower_bound=0)
    return runs.table["day"].gather(place).set(earlier == 0, None)


def presence(ends: pl.DataFrame, period: Period, days: int) -> Presence:
    """Count who was active at the start of the period and at its end, given :func:`last_days`."""
    window = timedelta(days=days)
    at_start = (pl.col("before") >= period.start - window).fill_null(value=False)
    at_end = pl.col("last") >= period.end - window
    dormant = pl.col("before").is_not_null() & ~at_start
    found = ends.select(
        at_start=at_start.sum(),
        at_end=at_end.sum(),
        stayed=(at_start & at_end).sum(),
        dormant=dormant.sum(),
        awake=(dormant & (pl.col("last") >= period.start)).sum(),
    ).row(0, named=True)
    return Presence(days, **found, ever=ends.height)


def returns(visits: pl.DataFrame, until: date, lengths: Sequence[int]) -> list[Return]:
    """Count, for stretches of several lengths before ``until``, who bought in one and again in the next."""
    runs = Runs.of(within(visits, until), "customer")
    ends = pl.DataFrame(
        {
            **{f"before_{days}": _last_before(runs, until - timedelta(days=days)) for days in lengths},
            "last": runs.last("day"),
        }
    )
    found = []
    for days in lengths:
        middle = until - timedelta(days=days)
        there = (pl.col(f"before_{days}") >= middle - timedelta(days=days)).fill_null(value=False)
        again = there & (pl.col("last") >= middle)
        counts = ends.select(customers=there.sum(), again=again.sum()).row(0, named=True)
        found.append(Return(days, **counts))
    return found
