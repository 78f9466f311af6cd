"""Windows of whole months that end or begin on any day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from loyalty.errors import UsageError
from loyalty.model.period import Every
from loyalty.model.result import Period

LONGEST = 12


def asked_months(text: str) -> int:
    """Return the months of a horizon written as ``3m`` or ``3``, 1 to 12.

    Raises:
        UsageError: the text is no such number.
    """
    found = re.fullmatch(r"(\d{1,2})\s*m?", text.strip().lower())
    months = int(found[1]) if found else 0
    if not 1 <= months <= LONGEST:
        raise UsageError(
            f"--horizon: {text!r} is not 1 to {LONGEST} months", hint="Write the months as --horizon 3m."
        )
    return months


def months_after(day: date, months: int) -> date:
    """Return the same day of the month so many months later (or earlier); the last one where it has no such day."""
    first = Every.MONTH.shift(Every.MONTH.floor(day), months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


@dataclass(frozen=True)
class Horizon:
    """So many months from a day on; months are counted from that day, so that none is unfinished.

    The day, its ``origin``, lies ``offset`` months after the ``anchor``: windows of one anchor follow one another
    without a gap, also where months end before the 31st.
    """

    anchor: date
    months: int
    offset: int = 0

    @property
    def origin(self) -> date:
        """The first day that is foretold."""
        return months_after(self.anchor, self.offset)

    @property
    def window(self) -> Period:
        """The days it covers."""
        return self.from_month(0, self.months)

    @property
    def before(self) -> Period:
        """As many months before the origin."""
        return self.from_month(-self.months, 0)

    @property
    def year_before(self) -> Period:
        """The same months of the year before."""
        return self.from_month(-12, self.months - 12)

    def from_month(self, first: int, end: int) -> Period:
        """Return the days from ``first`` months after the origin up to ``end`` months after it."""
        start, stop = (months_after(self.anchor, self.offset + month) for month in (first, end))
        return Period(start, stop)

    def each_month(self) -> Iterator[Period]:
        """Yield its months."""
        for month in range(self.months):
            yield self.from_month(month, month + 1)

    def earlier(self, windows: int) -> Horizon:
        """Return the same number of months from so many horizons before the origin on."""
        return replace(self, offset=self.offset - windows * self.months)


def covered_from(first_day: date, origin: date) -> date:
    """Return from which day on the data count as complete, for months counted from ``origin``.

    Where these are calendar months, the month in which the data begin counts as covered: the shop may just not have
    sold anything on its first days.
    """
    return Every.MONTH.floor(first_day) if origin.day == 1 else first_day


def history_months(first_day: date, origin: date) -> int:
    """Return how many whole months of data there are before a day."""
    begun = covered_from(first_day, origin)
    months = 12 * (origin.year - begun.year) + origin.month - begun.month
    return months if months_after(origin, -months) >= begun else months - 1
