"""Whether the days of the rows make a whole: no day from another century, no month without rows, no early end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from loyalty.audit.question import EXAMPLES, Finding, Severity
from loyalty.derive.far_dates import far_at_end
from loyalty.model.kind import Kind
from loyalty.model.period import Every

ENOUGH_DAYS = 30
"""Fewer days with rows have no rhythm to judge a silence by."""
WEEK = 7
USUAL = 0.95
TIMES = 3
"""A silence is remarkable when longer than a week and three times as long as 95 of 100 gaps between days with rows."""
FULL = 10
"""Half of the months with rows have at least so many, or an empty month says nothing."""
MOST = 0.25
"""When more of the months are empty than this, that is how the business goes."""

Days = list[tuple[date, int]]


def days(rows: Mapping[Kind, pl.LazyFrame]) -> pl.LazyFrame:
    """Return how many rows there are of each kind, file and day: ``kind``, ``file``, ``day``, ``rows``."""
    dated = [frame.select("file", "day", kind=pl.lit(str(kind))) for kind, frame in rows.items()]
    return (
        pl.concat(dated)
        .filter(pl.col("day").is_not_null())
        .group_by("kind", "file", "day")
        .agg(rows=pl.len())
        .sort("kind", "file", "day")
    )


def findings(found: pl.DataFrame, as_of: date | None) -> Iterator[Finding]:
    """Yield what the collected :func:`days` tell; ``as_of`` is the first day that does not count."""
    calendars = {kind: _calendar(found, kind) for kind in Kind if (found["kind"] == str(kind)).any()}
    last_of_all = max((each.days[-1][0] for each in calendars.values() if each.days), default=None)
    for kind, calendar in calendars.items():
        if calendar.apart:
            shown = tuple(str(day) for day, _ in calendar.apart[:EXAMPLES])
            count = sum(rows for _, rows in calendar.apart)
            yield Finding("dates_apart", Severity.ERROR, kind, count, calendar.rows, shown)
        if as_of is not None:
            later = [(day, rows) for day, rows in calendar.days if day >= as_of]
            if later:
                shown = tuple(str(day) for day, _ in later[:EXAMPLES])
                count = sum(rows for _, rows in later)
                yield Finding("future_dates", Severity.WARNING, kind, count, calendar.rows, shown)
        if kind is not Kind.CUSTOMERS:
            yield from _holes(kind, calendar)
            yield from _end(kind, calendar, as_of, last_of_all)


@dataclass(frozen=True)
class _Calendar:
    """The days of one kind with their rows, in order; ``apart`` are those far from all others."""

    days: Days
    apart: Days

    @property
    def rows(self) -> int:
        return sum(rows for _, rows in (*self.days, *self.apart))

    @property
    def gaps(self) -> list[int]:
        """Days from each day with rows to the next."""
        return [(later - day).days for (day, _), (later, _) in zip(self.days, self.days[1:], strict=False)]

    @property
    def remarkable(self) -> int | None:
        """From how many days on a silence is remarkable; None where there is no rhythm."""
        if len(self.days) < ENOUGH_DAYS:
            return None
        gaps = sorted(self.gaps)
        return max(WEEK, TIMES * gaps[int(USUAL * (len(gaps) - 1))]) + 1


def _calendar(found: pl.DataFrame, kind: Kind) -> _Calendar:
    of_kind = found.filter(pl.col("kind") == str(kind)).group_by("day").agg(pl.col("rows").sum()).sort("day")
    every: Days = list(of_kind.iter_rows())
    late = far_at_end(every)
    early = far_at_end(every[::-1])
    kept = every[early : len(every) - late]
    return _Calendar(kept, [*every[:early], *every[len(every) - late :]])


def _holes(kind: Kind, calendar: _Calendar) -> Iterator[Finding]:
    by_month: dict[date, int] = {}
    for day, rows in calendar.days:
        month = Every.MONTH.floor(day)
        by_month[month] = by_month.get(month, 0) + rows
    empty = _empty_months(by_month)
    if empty:
        labels = tuple(Every.MONTH.label(month) for month in empty)
        span = len(by_month) + len(empty)
        yield Finding("missing_months", Severity.WARNING, kind, len(empty), span, labels[:EXAMPLES])
    limit = calendar.remarkable
    if limit is None:
        return
    silent = [
        (day + timedelta(days=1), day + timedelta(days=gap - 1))
        for (day, _), gap in zip(calendar.days, calendar.gaps, strict=False)
        if gap > limit
    ]
    silent = [(first, last) for first, last in silent if not any(first <= month <= last for month in empty)]
    if silent:
        count = sum((last - first).days + 1 for first, last in silent)
        shown = tuple(f"{first} – {last}" for first, last in silent[:EXAMPLES])
        yield Finding("silent_days", Severity.WARNING, kind, count, None, shown)


def _empty_months(by_month: Mapping[date, int]) -> list[date]:
    """Return the months without rows between the first and the last, where months have rows as a rule."""
    if not by_month or sorted(by_month.values())[len(by_month) // 2] < FULL:
        return []
    month, last, empty = min(by_month), max(by_month), []
    while month < last:
        if month not in by_month:
            empty.append(month)
        month = Every.MONTH.shift(month, 1)
    return empty if len(empty) <= MOST * (len(by_month) + len(empty)) else []


def _end(kind: Kind, calendar: _Calendar, as_of: date | None, last_of_all: date | None) -> Iterator[Finding]:
    """Yield that the rows stop early: before the as-of day, before those of other files, or within a month."""
    limit = calendar.remarkable
    if limit is None or last_of_all is None:
        return
    last = calendar.days[-1][0]
    until = as_of or last_of_all + timedelta(days=1)
    if (until - last).days > limit:
        silent = (until - last).days - 1
        yield Finding("breaks_off", Severity.WARNING, kind, silent, None, (str(last),))
    elif as_of is None:
        month_end = Every.MONTH.shift(Every.MONTH.floor(last), 1)
        silent = (month_end - last).days - 1
        if silent >= limit:
            yield Finding("ends_mid_month", Severity.INFO, kind, silent, None, (str(last),))
