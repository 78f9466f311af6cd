"""How long customers stay: given, or one over the yearly churn of the last two half years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.derive.flows import flow
from loyalty.derive.ledger import visits
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure, Period
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
    days = visits(tables[Fact.PURCHASE_DAYS], until).select("customer_id", "day")
    step = flow(days, Period(until - 2 * HALF_YEAR, until - HALF_YEAR), Period(until - HALF_YEAR, until))
    bounds = wilson(step.lost, step.start, confidence)
    if bounds is None:
        return Lifespan(None, "short_history")
    lowest, share, highest = (_yearly(churn) for churn in (bounds.low, step.lost / step.start, bounds.high))
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
