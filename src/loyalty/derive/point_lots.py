"""Which points were used up when: lots, taken soonest-expiry-first and then oldest, played through entry by entry.

An entry tells how many points came or went, not which. That follows from a rule (points that expire sooner go first)
and needs each member's entries one after the other: what is there to be taken depends on all before. Nothing depends on
what comes after, so that it is played once and can be looked at as of any day.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from loyalty.engine.remembered import remembered
from loyalty.model.tables import EntryType

PARTS = 10_000
"""Points are counted in ten-thousandths, the last decimal of the ledger: whole numbers are exact and quick."""
REDEEMED, EXPIRED, REVERSED, OTHER = "redeemed", "expired", "reversed", "other"
"""What became of points of a lot; ``other`` were taken by hand or sent to another member."""
TAKES = {EntryType.REDEEM: REDEEMED, EntryType.EXPIRE: EXPIRED, EntryType.REVERSE_EARN: REVERSED}
ISSUES = frozenset({EntryType.EARN, EntryType.BONUS})
NEVER = 2**31
"""The day on which points without an expiry day expire."""
LOT_SCHEMA = {
    "lot": pl.Int64,
    "member_id": pl.String,
    "day": pl.Int32,
    "expires_on": pl.Int64,
    "issued": pl.Boolean,
    "size": pl.Int64,
}
TAKEN_SCHEMA = {"lot": pl.Int64, "day": pl.Int32, "how": pl.String, "amount": pl.Int64}


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
        hows = (REDEEMED, EXPIRED, REVERSED, OTHER)
        taken = (
            self.taken.filter(pl.col("day") < until)
            .group_by("lot")
            .agg(pl.col("amount").filter(pl.col("how") == how).sum().alias(how) for how in hows)
        )
        return (
            self.lots.filter(pl.col("day") < until)
            .join(taken, on="lot", how="left")
            .with_columns(pl.col(hows).fill_null(0))
            .with_columns(left=pl.col("size") - pl.sum_horizontal(hows))
            .sort("lot")
        )


@dataclass(slots=True)
class _Lot:
    number: int
    expires: int
    order: str | None
    issued: bool
    left: int


@dataclass
class _Book:
    """What is written down while the entries are played."""

    lots: list[tuple[int, str, int, int | None, bool, int]] = field(default_factory=list)
    taken: list[tuple[int, int, str, int]] = field(default_factory=list)


class _Purse:
    """What one member has: lots in the order in which they expire, and what was taken before there was anything."""

    def __init__(self, member: str, book: _Book) -> None:
        self.member = member
        self._book = book
        self._lots: list[_Lot] = []
        self._owed: deque[tuple[str, int]] = deque()
        self._spent: list[tuple[_Lot, int]] = []
        self._of_order: defaultdict[str, list[_Lot]] = defaultdict(list)

    def give(self, amount: int, day: int, expires: int | None, order: str | None, *, issued: bool) -> None:
        """Add a lot; what was taken before there was anything comes out of it first."""
        if not amount:
            return
        lot = _Lot(len(self._book.lots), NEVER if expires is None else expires, order, issued, amount)
        self._book.lots.append((lot.number, self.member, day, expires, issued, amount))
        insort(self._lots, lot, key=_place)
        if order is not None and issued:
            self._of_order[order].append(lot)
        while self._owed and lot.left:
            how, owed = self._owed.popleft()
            paid = self._take_from(lot, owed, how, day)
            if paid < owed:
                self._owed.appendleft((how, owed - paid))
        self._drop_empty()

    def take(self, amount: int, how: str, day: int) -> None:
        """Take points, soonest expiry first; what has expired goes last, unless this is its expiry."""
        first = 0 if how == EXPIRED else bisect_right(self._lots, day, key=lambda lot: lot.expires)
        self._take_in_order([*self._lots[first:], *self._lots[:first]], amount, how, day)

    def reverse(self, amount: int, day: int, order: str | None) -> None:
        """Take back what was issued: first of that order, then the latest."""
        same = self._of_order.get(order, []) if order is not None else []
        latest = sorted(self._lots, key=lambda lot: (lot.issued, lot.number), reverse=True)
        self._take_in_order([*same, *latest], amount, REVERSED, day)

    def give_back(self, amount: int, day: int, expires: int | None) -> None:
        """Undo redemptions, the latest first; what was redeemed before the ledger begins is a lot of its own."""
        while amount and self._spent:
            lot, spent = self._spent.pop()
            back = min(amount, spent)
            if back < spent:
                self._spent.append((lot, spent - back))
            if not lot.left:
                insort(self._lots, lot, key=_place)
            lot.left += back
            amount -= back
            self._book.taken.append((lot.number, day, REDEEMED, -back))
        self.give(amount, day, expires, None, issued=False)

    def _take_in_order(self, lots: list[_Lot], amount: int, how: str, day: int) -> None:
        for lot in lots:
            if not amount:
                break
            amount -= self._take_from(lot, amount, how, day)
        if amount:
            self._owed.append((how, amount))
        self._drop_empty()

    def _take_from(self, lot: _Lot, amount: int, how: str, day: int) -> int:
        taken = min(lot.left, amount)
        if taken:
            lot.left -= taken
            self._book.taken.append((lot.number, day, how, taken))
            if how == REDEEMED:
                self._spent.append((lot, taken))
        return taken

    def _drop_empty(self) -> None:
        if not all(lot.left for lot in self._lots):
            self._lots = [lot for lot in self._lots if lot.left]


def _place(lot: _Lot) -> tuple[int, int]:
    return lot.expires, lot.number


@remembered(8)
def point_lots(entries: pl.DataFrame) -> Lots:
    """Return the lots of a ledger; ``entries`` are those of :func:`loyalty.derive.points.point_entries`.

    Adjustments and transfers that give are lots too, though not issued ones. Points that were spent before they came (a
    ledger that begins too late) are taken from what comes next.
    """
    book = _Book()
    purse = _Purse("", book)
    rows = entries.select(
        "member_id",
        "type",
        "order_id",
        pl.col("points").to_physical().cast(pl.Int64),
        pl.col("day").to_physical(),
        pl.col("expires_on").to_physical(),
    )
    for member, kind, order, amount, day, expires in rows.iter_rows():
        if member != purse.member:
            purse = _Purse(member, book)
        if kind == EntryType.REVERSE_REDEEM:
            purse.give_back(amount, day, expires)
        elif amount >= 0:
            purse.give(amount, day, expires, order, issued=kind in ISSUES)
        elif kind == EntryType.REVERSE_EARN:
            purse.reverse(-amount, day, order)
        else:
            purse.take(-amount, TAKES.get(kind, OTHER), day)
    lots = pl.DataFrame(book.lots, schema=LOT_SCHEMA, orient="row")
    taken = pl.DataFrame(book.taken, schema=TAKEN_SCHEMA, orient="row")
    return Lots(
        lots.with_columns(pl.col("day").cast(pl.Date), pl.col("expires_on").cast(pl.Int32).cast(pl.Date)),
        taken.with_columns(pl.col("day").cast(pl.Date)),
    )
