"""How long tickets take: of the solved ones how many hours, and what is open beside them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from loyalty.derive.share import share_figure
from loyalty.derive.tickets.cases import HOUR, State
from loyalty.model.result import Figure
from loyalty.stats.median import median_ranks

TIMES = ("resolution_time_median", "resolution_time_mean", "resolution_time_p90")
HOURS_A_DAY = 24


def resolution(found: pl.DataFrame, confidence: float) -> Iterator[Figure]:
    """Yield median, mean and 90th percentile of the hours to the solution, and which share of tickets is solved."""
    hours = found["hours"].drop_nulls().sort()
    if hours.is_empty():
        yield from (Figure.undefined(name, "hours", "none_resolved", n=0) for name in TIMES)
    else:
        n = hours.len()
        ranks = median_ranks(n, confidence)
        yield Figure(
            TIMES[0],
            quantile(hours, 0.5),
            "hours",
            n=n,
            low=hours[ranks[0]] if ranks else None,
            high=hours[ranks[1]] if ranks else None,
            confidence=confidence if ranks else None,
        )
        # Whole seconds add up to the same in any order.
        mean = int((hours * HOUR).round().cast(pl.Int64).sum()) / n / HOUR
        yield Figure(TIMES[1], mean, "hours", n=n)
        yield Figure(TIMES[2], quantile(hours, 0.9), "hours", n=n)
    solved, open_ones = count(found, State.SOLVED), count(found, State.OPEN)
    yield share_figure("resolved_share", solved, solved + open_ones, confidence)


def waiting(found: pl.DataFrame) -> Iterator[Figure]:
    """Yield how many tickets are open, whenever they were opened, and the days that the oldest has waited."""
    open_ones = found.filter(pl.col("state") == State.OPEN.value)
    yield Figure("backlog", open_ones.height, "count")
    oldest = open_ones["age_hours"].max()
    if isinstance(oldest, float):
        yield Figure("oldest_open", oldest / HOURS_A_DAY, "days", n=open_ones.height)
    else:
        yield Figure.undefined("oldest_open", "days", "none_open", n=0)


def count(found: pl.DataFrame, state: State) -> int:
    """Return how many tickets were in a state."""
    return int((found["state"] == state.value).sum())


def quantile(hours: pl.Series, share: float) -> float | None:
    """Return the hours that a share of the tickets with a time did not exceed (type 7); None of none."""
    return hours.quantile(share, interpolation="linear")
