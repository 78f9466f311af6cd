"""Calendar periods: parsing what a user types, cutting a span into months, naming the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from loyalty.errors import UsageError
from loyalty.model.result import Period

EXPECTED = (
    "last-month, last-quarter, last-year, last-week, last-30-days, 2026-10, 2026-Q3, 2026-W44, 2026 or "
    "2026-10-01..2026-11-01"
)


class Every(StrEnum):
    """A calendar grain."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def floor(self, day: date) -> date:
        """Return the first day of the calendar period that holds ``day``; weeks start on Monday."""
        match self:
            case Every.WEEK:
                return day - timedelta(days=day.weekday())
            case Every.MONTH:
                return day.replace(day=1)
            case Every.QUARTER:
                return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
            case Every.YEAR:
                return date(day.year, 1, 1)

    def shift(self, start: date, steps: int) -> date:
        """Return the first day of the period ``steps`` after the one that begins on ``start``."""
        match self:
            case Every.WEEK:
                return start + timedelta(weeks=steps)
            case Every.YEAR:
                return date(start.year + steps, 1, 1)
            case _:
                months = start.year * 12 + start.month - 1 + steps * (3 if self is Every.QUARTER else 1)
                return date(months // 12, months % 12 + 1, 1)

    def label(self, start: date) -> str:
        """Return ``2026-W44``, ``2026-10``, ``2026-Q3`` or ``2026``."""
        match self:
            case Every.WEEK:
                year, week, _ = start.isocalendar()
                return f"{year:04d}-W{week:02d}"
            case Every.MONTH:
                return f"{start:%Y-%m}"
            case Every.QUARTER:
                return f"{start.year:04d}-Q{(start.month - 1) // 3 + 1}"
            case Every.YEAR:
                return f"{start.year:04d}"

    def period(self, start: date, as_of: date | None = None) -> Period:
        """Return the calendar period beginning on ``start``, partial when it is not over by ``as_of``."""
        end = self.shift(start, 1)
        return Period(start, end, partial=as_of is not None and end > as_of, label=self.label(start))

    def cut(self, first: date, as_of: date) -> Iterator[Period]:
        """Yield the calendar periods from the one holding ``first`` to the one holding the day before ``as_of``."""
        start = self.floor(first)
        while start < as_of:
            yield self.period(start, as_of)
            start = self.shift(start, 1)


YEARS = range(1900, 2200)
"""Years that can be meant: a date outside is a slip of the fingers, or a two-digit year read as four digits."""


def parse_day(text: str, what: str) -> date:
    """Return the day written as ``2026-10-31``.

    Raises:
        UsageError: the text is no such day, or one of another age.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{what}: {text!r} is not a day", hint="Write it as 2026-10-31.") from None
    if day.year not in YEARS:
        raise UsageError(
            f"{what}: {text!r} is not a day of the years {YEARS[0]} to {YEARS[-1]}", hint="Check the year."
        )
    return day


def parse_period(text: str, as_of: date) -> Period:
    """Return the period that ``text`` names; ``last-…`` is counted back from ``as_of`` (exclusive).

    Raises:
        UsageError: the text is no period, or ends before it starts.
    """
    spoken = text.strip().lower()
    period = _relative(spoken, as_of) or _stretch(spoken, as_of) or _calendar(spoken, as_of)
    if period is None:
        raise UsageError(f"--period: {text!r} is not a period", hint=f"Write one of {EXPECTED}.")
    return period


def _relative(spoken: str, as_of: date) -> Period | None:
    """``last-month``, ``this-quarter``, ``last-30-days``."""
    if days := re.fullmatch(r"last-(\d{1,4})-days?", spoken):
        return Period(as_of - timedelta(days=max(1, int(days[1]))), as_of)
    if not (named := re.fullmatch(r"(last|this)-(week|month|quarter|year)", spoken)):
        return None
    every = Every(named[2])
    # as_of is exclusive: on the first of November the last finished month is October.
    running = every.floor(as_of - timedelta(days=1))
    finished = every.shift(running, 1) <= as_of
    return every.period(every.shift(running, 0 if named[1] == "this" or finished else -1), as_of)


def _stretch(spoken: str, as_of: date) -> Period | None:
    """``2026-10-01..2026-11-01``."""
    if ".." not in spoken:
        return None
    start_text, end_text = spoken.split("..", 1)
    start, end = parse_day(start_text.strip(), "--period"), parse_day(end_text.strip(), "--period")
    if end <= start:
        raise UsageError(
            f"--period: {spoken!r} ends before it starts",
            hint="The end is the first day that does not count: 2026-10-01..2026-11-01 is October.",
        )
    every = grain(Period(start, end))
    return every.period(start, as_of) if every else Period(start, end, partial=end > as_of)


def _calendar(spoken: str, as_of: date) -> Period | None:
    """``2026-10``, ``2026-Q3``, ``2026-W44`` or ``2026``; None also for a month 13, a week 54 or another age."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})|-?q([1-4])|-?w(\d{1,2}))?", spoken)
    if not found or (year := int(found[1])) not in YEARS:
        return None
    month, quarter, week = (int(part) if part else None for part in found.groups()[1:])
    try:
        if week is not None:
            return Every.WEEK.period(date.fromisocalendar(year, week, 1), as_of)
        if quarter is not None:
            return Every.QUARTER.period(date(year, 3 * quarter - 2, 1), as_of)
        if month is not None:
            return Every.MONTH.period(date(year, month, 1), as_of)
        return Every.YEAR.period(date(year, 1, 1), as_of)
    except ValueError:
        return None


MONTHS = (
    ("january", "ocak"),
    ("february", "subat"),
    ("march", "mart"),
    ("april", "nisan"),
    ("may", "mayis"),
    ("june", "haziran"),
    ("july", "temmuz"),
    ("august", "agustos"),
    ("september", "eylul"),
    ("october", "ekim"),
    ("november", "kasim"),
    ("december", "aralik"),
)
"""What people call months, without accents; the first three letters will do."""
_PLAIN = str.maketrans("ışğüöç", "isguoc")


def named_period(name: str, as_of: date) -> Period | None:
    """Return the calendar period that a wave is called by: ``2026-Q4``, ``Q4 2026``, ``2026-11``, ``Nov 2026``.

    None where it is called otherwise.
    """
    spoken = name.strip().replace("İ", "i").lower().translate(_PLAIN)
    quarter = re.fullmatch(r"q([1-4])[\s./-]*(\d{4})|(\d{4})[\s./-]*q([1-4])", spoken)
    if quarter:
        return _calendar(f"{quarter[2] or quarter[3]}-q{quarter[1] or quarter[4]}", as_of)
    month = re.fullmatch(r"(\d{1,2})[./-](\d{4})|(\d{4})[./](\d{1,2})", spoken)
    if month:
        return _calendar(f"{month[2] or month[3]}-{int(month[1] or month[4]):02d}", as_of)
    written = re.fullmatch(r"([a-z]{3,9})[\s.,-]+(\d{4})", spoken)
    if written:
        known = (
            number
            for number, words in enumerate(MONTHS, start=1)
            if any(written[1] in (word, word[:3]) for word in words)
        )
        number = next(known, None)
        return None if number is None else _calendar(f"{written[2]}-{number:02d}", as_of)
    return _calendar(spoken, as_of)


def grain(period: Period) -> Every | None:
    """Return the calendar grain that ``period`` is one of, if any."""
    for every in Every:
        if every.floor(period.start) == period.start and every.shift(period.start, 1) == period.end:
            return every
    return None


def previous(period: Period) -> Period:
    """Return the period before: the calendar one when ``period`` is one, else the same number of days."""
    every = grain(period)
    if every is not None:
        return every.period(every.shift(period.start, -1))
    return Period(period.start - timedelta(days=period.days), period.start)


def year_before(period: Period) -> Period | None:
    """Return the same period of the year before; None of a whole year, a week 53 and the 29th of February."""
    every = grain(period)
    try:
        match every:
            case Every.YEAR:
                return None
            case Every.WEEK:
                year, week, _ = period.start.isocalendar()
                return Every.WEEK.period(date.fromisocalendar(year - 1, week, 1))
            case Every.MONTH:
                return Every.MONTH.period(Every.MONTH.shift(period.start, -12))
            case Every.QUARTER:
                return Every.QUARTER.period(Every.QUARTER.shift(period.start, -4))
            case None:
                start, end = (day.replace(year=day.year - 1) for day in (period.start, period.end))
                return Period(start, end)
    except ValueError:
        return None
