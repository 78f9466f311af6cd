"""Customers from one period to the next: who stayed, came, came back and left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

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

    ``customer_days`` has one row per identified customer and purchase day: ``customer_id``, ``day``.
    """
    here, earlier = _customers(customer_days, period), _customers(customer_days, before)
    first_days = customer_days.group_by("customer_id").agg(first_day=pl.col("day").min())
    arrived = here.join(earlier, on="customer_id", how="anti").join(first_days, on="customer_id")
    new = int((arrived["first_day"] >= period.start).sum())
    return Flow(
        period,
        start=earlier.height,
        new=new,
        reactivated=arrived.height - new,
        lost=earlier.join(here, on="customer_id", how="anti").height,
        end=here.height,
        observed=bool((first_days["first_day"] < period.start).any()),
    )


def _customers(customer_days: pl.DataFrame, period: Period) -> pl.DataFrame:
    inside = (pl.col("day") >= period.start) & (pl.col("day") < period.end)
    return customer_days.filter(inside).select("customer_id").unique()


def calendar_flows(customer_days: pl.DataFrame, every: Every, as_of: date) -> list[Flow]:
    """Return the flow of every calendar period of the data, in order; the unfinished one is partial."""
    first = customer_days["day"].min()
    if not isinstance(first, date):
        return []
    periods = list(every.cut(first, as_of))
    starts = pl.DataFrame({"start": [period.start for period in periods]}, schema={"start": pl.Date})
    # One row per customer and period, numbered, so that "the period before" is the number minus one.
    before = customer_days.filter(pl.col("day") < as_of)
    visited = (
        before.select(
            "customer_id", at=starts["start"].search_sorted(before["day"], side="right").cast(pl.Int64) - 1
        )
        .unique()
        .with_columns(first=pl.col("at").min().over("customer_id"))
    )
    stayed = visited.join(visited.select("customer_id", at=pl.col("at") + 1), on=["customer_id", "at"])
    end = _count(visited)
    new = _count(visited.filter(pl.col("at") == pl.col("first")))
    kept = _count(stayed)
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


def _count(visited: pl.DataFrame) -> dict[int, int]:
    return dict(visited.group_by("at").len().iter_rows())
