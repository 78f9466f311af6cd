"""How long customers stay: given, or one over the yearly churn of the last two half years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from loyalty.engine import collect
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure
from loyalty.stats.proportions import wilson

HALF_YEAR = timedelta(days=182)
LONGEST_YEARS = 5.0
NO_CHURN = 0.02
"""Yearly churn that cannot be told from none: a lifespan of 50 years would be made up."""


@dataclass(frozen=True)
class Lifespan:
    """Years a customer stays, with the yearly churn behind it; ``years`` None carries the reason."""

    years: float | None
    reason: str | None = None
    low: float | None = None
    high: float | None = None
    capped: bool = False
    measured: bool = False


def lifespan(tables: Tables, until: date, given: float | None, confidence: float) -> Lifespan:
    """Return the lifespan that was given, or as measured from the year before a day; or why it cannot be measured."""
    if given is not None:
        return Lifespan(given)
    if tables.first_day is None or tables.first_day > _year_before(until):
        return Lifespan(None, "short_history")
    lost, start = _lost(tables[Fact.PURCHASE_DAYS], until)
    bounds = wilson(lost, start, confidence)
    if bounds is None:
        return Lifespan(None, "short_history")
    lowest, share, highest = (_yearly(churn) for churn in (bounds.low, lost / start, bounds.high))
    if lowest < NO_CHURN:
        return Lifespan(None, "churn_near_zero")
    years = 1 / share
    return Lifespan(
        min(years, LONGEST_YEARS),
        low=min(1 / highest, LONGEST_YEARS),
        high=min(1 / lowest, LONGEST_YEARS),
        capped=years > LONGEST_YEARS,
        measured=True,
    )


def _lost(purchase_days: pl.DataFrame, until: date) -> tuple[int, int]:
    """Return how many customers of the last half year but one did not buy in the last, of how many."""
    middle = until - HALF_YEAR
    known = pl.col("customer_id").is_not_null() & (pl.col("orders") > 0)
    seen = collect(
        purchase_days.lazy()
        .filter(known & (pl.col("day") >= middle - HALF_YEAR) & (pl.col("day") < until))
        .group_by("customer_id")
        .agg(before=(pl.col("day") < middle).any(), after=(pl.col("day") >= middle).any())
        .select(lost=(pl.col("before") & ~pl.col("after")).sum(), start=pl.col("before").sum())
    )
    return seen["lost"].item(), seen["start"].item()


def _year_before(day: date) -> date:
    """Return the same day of the year before; the last of February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _yearly(half_year_churn: float) -> float:
    """Compound, never double."""
    return 1 - (1 - half_year_churn) ** 2


def lifespan_figure(lifespan: Lifespan) -> Figure:
    """Return the lifespan as a figure."""
    if lifespan.years is None:
        return Figure.refused("lifespan_years", "years", lifespan.reason or "short_history")
    return Figure("lifespan_years", lifespan.years, "years", low=lifespan.low, high=lifespan.high)
