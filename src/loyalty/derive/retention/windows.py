"""Retention by who was active: bought in the window before a day; and what other windows would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from loyalty.derive.retention.activity import LapseWindow
from loyalty.derive.retention.flows import Flow
from loyalty.derive.retention.journey import tenure_table
from loyalty.derive.retention.presence import last_days, presence, returns
from loyalty.derive.share import share_figure
from loyalty.model.period import previous
from loyalty.model.result import Column, Draw, Figure, Period, ResultTable, Status

BY_WINDOW = {
    "crr_id": "share",
    "ccr_id": "share",
    "reactivation_rate": "share",
    "active_customers": "count",
    "active_customers_share": "share",
}
"""Figures that stand on who bought in the window before a day."""
LENGTHS = (30, 90, 180, 365)
"""Windows, beside the chosen one, under which the rates are shown."""
SHORT = "history_shorter_than_window"


@dataclass(frozen=True)
class Seen:
    """The purchase days of known customers before the end of a headline period, and the window they are judged by."""

    numbered: pl.DataFrame
    window: LapseWindow
    first_day: date | None

    def reaches(self, day: date, days: int) -> bool:
        """Whether the data begin at least ``days`` before a day."""
        return self.first_day is not None and self.first_day <= day - timedelta(days=days)


def window_figures(
    step: Flow | None, missing: str | None, seen: Seen, confidence: float
) -> dict[str, Figure]:
    """Return the figures by name: who stayed active, who came back, who is active, and the window itself.

    ``missing`` says why nothing can be said of the period.
    """
    days = {"window_days": Figure("window_days", seen.window.days, "days", n=seen.window.gaps)}
    if step is None or missing is not None or not step.observed:
        reason = missing or "no_period_before"
        return days | {name: Figure.undefined(name, unit, reason) for name, unit in BY_WINDOW.items()}
    found = presence(last_days(seen.numbered, step.period), step.period, seen.window.days)
    figures = (
        share_figure("crr_id", found.stayed, found.at_start, confidence),
        share_figure("ccr_id", found.at_start - found.stayed, found.at_start, confidence),
        share_figure("reactivation_rate", found.awake, found.dormant, confidence),
        Figure("active_customers", found.at_end, "count", n=found.ever),
        share_figure("active_customers_share", found.at_end, found.ever, confidence),
    )
    return days | {figure.name: _if_observed(figure, step.period, seen) for figure in figures}


def _if_observed(figure: Figure, period: Period, seen: Seen) -> Figure:
    """Keep from people what a window stands on that begins before the data do; machines get the value."""
    moment = period.end if figure.name.startswith("active") else period.start
    if seen.reaches(moment, seen.window.days):
        return figure
    if figure.status is not Status.OK:
        return replace(figure, reason=SHORT)
    return replace(figure, status=Status.INSUFFICIENT, reason=SHORT)


def window_tables(step: Flow, seen: Seen, confidence: float) -> Iterator[ResultTable]:
    """Yield who stayed by tenure, and what the rates would be under other windows."""
    period, before = step.period, previous(step.period)
    ends = last_days(seen.numbered, period)
    if step.observed:
        base = ends.filter(pl.col("before") >= before.start).select(
            tenure=(period.start - pl.col("first_day")).dt.total_days(), stayed=pl.col("last") >= period.start
        )
        yield tenure_table(base, "tenure", "crr_period", confidence)
    lengths = sorted({*LENGTHS, seen.window.days})
    rows = []
    for again in returns(seen.numbered, period.end, lengths):
        days = again.days
        who = presence(ends, period, days)
        by_id = share_figure("crr_id", who.stayed, who.at_start, None)
        by_period = share_figure("crr_period", again.again, again.customers, confidence)
        rows.append(
            (
                days,
                *(
                    (by_period.value, by_period.low, by_period.high, by_period.n)
                    if seen.reaches(period.end, 2 * days)
                    else (None, None, None, None)
                ),
                *((by_id.value, by_id.n) if seen.reaches(period.start, days) else (None, None)),
            )
        )
    columns = (
        Column("window", "days"),
        Column("crr_period", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        Column("crr_id", "share"),
        Column("active_at_start", "count"),
    )
    yield ResultTable("window_sensitivity", columns, tuple(rows), draw=Draw.DOTS)
