"""Customers from one period to the next: who stayed, came, came back and left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.ledger import within
from loyalty.derive.runs import Runs
from loyalty.model.period import Every
from loyalty.model.result import Period


@dataclass(frozen=True)
class Flow:
    """The customer bridge of one period against the one before: ``start + new + reactivated - lost = end``.

    ``start`` counts customers who bought in the period before, ``end`` those who bought in this one; ``new`` bought
    for the first time ever, ``reactivated`` had bought before, but not in the period before.
    """

    period: Period
    start: int
    new: int
    reactivated: int
    lost: int
    end: int
    observed: bool = True
    """False when the data begin in this period, so that nothing is known of the one before."""
    passing: int = 0
    """Members who joined and left within the period: they stand in none of the numbers above."""

    @property
    def retained(self) -> int:
        """Customers who bought in both periods."""
        return self.start - self.lost

    @property
    def acquired(self) -> int:
        """Customers who were not there at the start: new and reactivated."""
        return self.new + self.reactivated


def flow(customer_days: pl.DataFrame, before: Period, period: Period) -> Flow:
    """Return the flow from ``before`` to ``period``, any two stretches of days.

    ``customer_days`` has one row per identified customer and purchase day, sorted: ``customer``, ``day``.
    """
    runs = Runs.of(customer_days, "customer")
    seen = pl.DataFrame(
        {
            "first_day": runs.first("day"),
            "earlier": runs.count(_inside(before)) > 0,
            "here": runs.count(_inside(period)) > 0,
        }
    )
    is_new = pl.col("first_day") >= period.start
    arrived, stayed = pl.col("here") & ~pl.col("earlier"), pl.col("here") & pl.col("earlier")
    found = seen.select(
        pl.col("earlier").sum(),
        pl.col("here").sum(),
        new=(arrived & is_new).sum(),
        reactivated=(arrived & ~is_new).sum(),
        stayed=stayed.sum(),
        observed=(~is_new).any(),
    ).row(0, named=True)
    return Flow(
        period,
        start=found["earlier"],
        new=found["new"],
        reactivated=found["reactivated"],
        lost=found["earlier"] - found["stayed"],
        end=found["here"],
        observed=found["observed"],
    )


def _inside(period: Period) -> pl.Expr:
    return (pl.col("day") >= period.start) & (pl.col("day") < period.end)


def calendar_flows(customer_days: pl.DataFrame, every: Every, as_of: date) -> list[Flow]:
    """Return the flow of every calendar period of the data, in order; the unfinished one is partial.

    ``customer_days`` is as in :func:`flow`.
    """
    first = customer_days["day"].min()
    if not isinstance(first, date):
        return []
    periods = list(every.cut(first, as_of))
    starts = pl.Series([period.start for period in periods], dtype=pl.Date)
    days = within(customer_days, as_of)
    # One row per customer and period, numbered, so that "the period before" is the number minus one.
    placed = days.select("customer", at=starts.search_sorted(days["day"], side="right").cast(pl.Int64) - 1)
    runs = Runs.of(placed, "customer", "at")
    visited = pl.DataFrame({"customer": runs.first("customer"), "at": runs.first("at")})
    again = (pl.col("customer") == pl.col("customer").shift()).fill_null(value=False)
    counts = (
        visited.with_columns(is_new=~again, stayed=again & (pl.col("at") == pl.col("at").shift() + 1))
        .group_by("at")
        .agg(pl.len().cast(pl.Int64), pl.col("is_new", "stayed").sum().cast(pl.Int64))
    )
    end, new, kept = (dict(counts.select("at", name).iter_rows()) for name in ("len", "is_new", "stayed"))
    result = []
    for at, period in enumerate(periods):
        start = end.get(at - 1, 0)
        result.append(
            Flow(
                period,
                start=start,
                new=new.get(at, 0),
                reactivated=end.get(at, 0) - kept.get(at, 0) - new.get(at, 0),
                lost=start - kept.get(at, 0),
                end=end.get(at, 0),
                observed=at > 0,
            )
        )
    return result
