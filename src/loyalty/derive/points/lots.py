"""Which points were used up when: lots, taken soonest-expiry-first and then oldest, played through entry by entry.

An entry tells how many points came or went, not which. That follows from a rule (points that expire sooner go first)
and needs each member's entries one after the other: what is there to be taken depends on all before. Nothing depends on
what comes after, so that it is played once and can be looked at as of any day.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.engine.remembered import remembered
from loyalty.model.tables import EntryType

PARTS = 10_000
"""Points are counted in ten-thousandths, the last decimal of the ledger: whole numbers are exact and quick."""
HOWS = REDEEMED, EXPIRED, REVERSED, OTHER = ("redeemed", "expired", "reversed", "other")
"""What became of points of a lot; ``other`` were taken by hand or sent to another member."""
REDEMPTION, EXPIRY, REVERSAL, ANY_OTHER = range(len(HOWS))
TAKES = {EntryType.REDEEM: REDEMPTION, EntryType.EXPIRE: EXPIRY}
ISSUES = (EntryType.EARN, EntryType.BONUS)
NEVER = 2**30
"""The day on which points without an expiry day expire."""


@dataclass(frozen=True)
class Lots:
    """Every lot of a ledger and every taking from one; amounts in ``PARTS`` of a point.

    ``lots``: ``lot`` (a number), ``member_id``, ``day``, ``expires_on`` (null: never), ``issued`` (earned or given as a
    bonus) and ``size``. ``taken``: ``lot``, ``day``, ``how`` and ``amount``, which is negative where a redemption was
    given back.
    """

    lots: pl.DataFrame
    taken: pl.DataFrame

    def at(self, until: date) -> pl.DataFrame:
        """Return the lots from before a day: ``lot``, ``member_id``, ``day``, ``expires_on``, ``issued``, ``size``,
        what was taken of each before that day by how, and what is ``left``.
        """
        taken = (
            self.taken.filter(pl.col("day") < until)
            .group_by("lot")
            .agg(pl.col("amount").filter(pl.col("how") == how).sum().alias(how) for how in HOWS)
        )
        return (
            self.lots.filter(pl.col("day") < until)
            .join(taken, on="lot", how="left")
            .with_columns(pl.col(HOWS).fill_null(0))
            .with_columns(left=pl.col("size") - pl.sum_horizontal(HOWS))
            .sort("lot")
        )


@dataclass(slots=True)
class _Lot:
    number: int
    expires: int
    issued: bool
    left: int


class _Book:
    """What was taken of which lot, when, how and how much, as four columns of numbers."""

    def __init__(self) -> None:
        self.lots, self.days, self.hows, self.amounts = (array("q") for _ in range(4))

    def write(self, lot: _Lot, day: int, how: int, amount: int) -> None:
        """Add a line."""
        self.lots.append(lot.number)
        self.days.append(day)
        self.hows.append(how)
        self.amounts.append(amount)

    def frame(self) -> pl.DataFrame:
        """Return the lines as ``taken`` of :class:`Lots`."""
        how = pl.col("how").replace_strict(dict(enumerate(HOWS)), return_dtype=pl.String)
        columns = {"lot": self.lots, "day": self.days, "how": self.hows, "amount": self.amounts}
        return pl.DataFrame(
            [pl.Series(name, column, pl.Int64) for name, column in columns.items()]
        ).with_columns(pl.col("day").cast(pl.Int32).cast(pl.Date), how)


class _Purse:
    """What one member has: lots in the order in which they expire, and what was taken before there was anything."""

    def __init__(self, member: str, book: _Book) -> None:
        self.member = member
        self._book = book
        self._lots: list[_Lot] = []
        self._owed: deque[tuple[int, int]] = deque()
        self._spent: list[tuple[_Lot, int]] = []
        self._of_order: defaultdict[str, list[_Lot]] = defaultdict(list)

    def give(self, lot: _Lot, day: int, order: str | None) -> None:
        """Add a lot; what was taken before there was anything comes out of it first."""
        insort(self._lots, lot, key=_place)
        if order is not None and lot.issued:
            self._of_order[order].append(lot)
        if self._owed:
            self._pay(lot, day)

    def take(self, amount: int, how: int, day: int) -> None:
        """Take points, soonest expiry first; what has expired goes last, unless this is its expiry."""
        first = 0 if how == EXPIRY else bisect_right(self._lots, day, key=lambda lot: lot.expires)
        self._take_in_order([*self._lots[first:], *self._lots[:first]], amount, how, day)

    def reverse(self, amount: int, day: int, order: str | None) -> None:
        """Take back what was issued: first of that order, then the latest."""
        same = self._of_order.get(order, []) if order is not None else []
        latest = sorted(self._lots, key=lambda lot: (lot.issued, lot.number), reverse=True)
        self._take_in_order([*same, *latest], amount, REVERSAL, day)

    def give_back(self, amount: int, day: int) -> int:
        """Undo redemptions, the latest first; return how many points were redeemed before the ledger begins."""
        while amount and self._spent:
            lot, spent = self._spent.pop()
            back = min(amount, spent)
            if back < spent:
                self._spent.append((lot, spent - back))
            if not lot.left:
                insort(self._lots, lot, key=_place)
            lot.left += back
            amount -= back
            self._book.write(lot, day, REDEMPTION, -back)
        return amount

    def _pay(self, lot: _Lot, day: int) -> None:
        while self._owed and lot.left:
            how, owed = self._owed.popleft()
            paid = self._take_from(lot, owed, how, day)
            if paid < owed:
                self._owed.appendleft((how, owed - paid))
        self._drop_empty()

    def _take_in_order(self, lots: list[_Lot], amount: int, how: int, day: int) -> None:
        for lot in lots:
            if not amount:
                break
            amount -= self._take_from(lot, amount, how, day)
        if amount:
            self._owed.append((how, amount))
        self._drop_empty()

    def _take_from(self, lot: _Lot, amount: int, how: int, day: int) -> int:
        taken = min(lot.left, amount)
        if taken:
            lot.left -= taken
            self._book.write(lot, day, how, taken)
            if how == REDEMPTION:
                self._spent.append((lot, taken))
        return taken

    def _drop_empty(self) -> None:
        self._lots = [lot for lot in self._lots if lot.left]


def _place(lot: _Lot) -> tuple[int, int]:
    return lot.expires, lot.number


@remembered(8)
def point_lots(entries: pl.DataFrame) -> Lots:
    """Return the lots of a ledger; ``entries`` are those of :func:`loyalty.derive.points.entries.point_entries`.

    Adjustments and transfers that give are lots too, though not issued ones. Points that were spent before they came (a
    ledger that begins too late) are taken from what comes next.
    """
    counted = entries.select(
        "member_id",
        "type",
        "order_id",
        pl.col("points").to_physical().cast(pl.Int64),
        pl.col("day").to_physical(),
        pl.col("expires_on").to_physical().fill_null(NEVER),
    )
    book, purse = _Book(), _Purse("", _Book())
    returned: dict[int, int] = {}
    for number, (member, kind, order, amount, day, expires) in enumerate(counted.iter_rows()):
        if member != purse.member:
            purse = _Purse(member, book)
        given = amount
        if kind == EntryType.REVERSE_REDEEM:
            given = returned[number] = purse.give_back(amount, day)
        if given > 0:
            purse.give(_Lot(number, expires, kind in ISSUES, given), day, order)
        elif kind == EntryType.REVERSE_EARN:
            purse.reverse(-amount, day, order)
        elif amount < 0:
            purse.take(-amount, TAKES.get(kind, ANY_OTHER), day)
    given_back = pl.DataFrame(
        {"lot": list(returned), "back": list(returned.values())}, schema={"lot": pl.UInt32, "back": pl.Int64}
    )
    lots = (
        entries.with_row_index("lot")
        .join(given_back, on="lot", how="left", maintain_order="left")
        .select(
            pl.col("lot").cast(pl.Int64),
            *("member_id", "day", "expires_on"),
            issued=pl.col("type").is_in(ISSUES).fill_null(value=False),
            size=pl.coalesce("back", pl.col("points").to_physical().cast(pl.Int64)),
        )
        .filter(pl.col("size") > 0)
    )
    return Lots(lots, book.frame())
