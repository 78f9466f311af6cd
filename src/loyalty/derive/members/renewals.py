"""How often memberships came up for renewal, and how often they were renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.engine import collect
from loyalty.model.period import Every

MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


@dataclass(frozen=True)
class Renewals:
    """Counts by renewal, the first one first: of those who were asked, how many renewed and how many left.

    ``present`` has for each number of renewals how many members there are who have renewed so often.
    """

    renewed: tuple[int, ...]
    lost: tuple[int, ...]
    present: dict[int, int]
    contracts: int


def renewals(memberships: pl.DataFrame, until: date, every: Every) -> Renewals:
    """Return the renewals that came up before a day; memberships run ``every`` period from the day of joining.

    Who has not been asked yet, because the period is not over, counts in neither, also when already gone: those who
    leave in the middle of a period would otherwise be counted before those who stay through it.
    """
    last = pl.lit(until).dt.offset_by("-1d")
    gone = (pl.col("left") < until).fill_null(value=False)
    asked = _periods(pl.col("day"), last, every).clip(lower_bound=0)
    refused = (_periods(pl.col("day"), pl.col("left").dt.offset_by("-1d"), every) + 1).clip(lower_bound=1)
    counts = collect(
        memberships.lazy()
        .filter(pl.col("day") < until)
        .select(
            renewed=pl.when(gone).then(pl.min_horizontal(refused - 1, asked)).otherwise(asked),
            lost=gone & (refused <= asked),
            gone=gone,
        )
        .group_by("renewed", "lost", "gone")
        .agg(count=pl.len())
    )
    rows = [*counts.iter_rows()]
    longest = max((times + lost for times, lost, _, _ in rows), default=0)
    renewed, lost_at = [0] * longest, [0] * longest
    present: dict[int, int] = {}
    for times, lost, is_gone, count in rows:
        for place in range(times):
            renewed[place] += count
        if lost:
            lost_at[times] += count
        if not is_gone:
            present[times] = present.get(times, 0) + count
    return Renewals(
        tuple(renewed), tuple(lost_at), dict(sorted(present.items())), sum(count for *_, count in rows)
    )


def _periods(start: pl.Expr, end: pl.Expr, every: Every) -> pl.Expr:
    """Return the whole periods between two days; who joined on the 31st renews on the last day of shorter months."""
    if every is Every.WEEK:
        return (end - start).dt.total_days() // 7
    months = (
        (end.dt.year() - start.dt.year()) * 12
        + end.dt.month().cast(pl.Int32)
        - start.dt.month().cast(pl.Int32)
    )
    short = (end.dt.day() < start.dt.day()) & (end != end.dt.month_end())
    return (months - short.cast(pl.Int32)).cast(pl.Int64) // MONTHS[every]
