"""Points that came and went: sums by type over some days, month by month, and what is outstanding after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, Key, ResultTable, Value
from loyalty.model.tables import EntryType

UNKNOWN_TYPE = "unknown_type"
"""What an entry is called whose word for its type is not known."""
MOST_UNKNOWN = Decimal("0.05")
"""Share of all points moved by entries of unknown type above which nothing is said of what was issued or redeemed."""


def exact(points: Decimal) -> int | Decimal:
    """Return points as a whole number where they are one."""
    return int(points) if points == points.to_integral_value() else points.normalize()


@dataclass(frozen=True)
class Flows:
    """Sums of points by what they did, each counted in its own direction: redeemed and expired are positive.

    ``unknown`` are among ``adjusted``: entries whose type is not known move what is outstanding all the same.
    """

    issued_gross: Decimal
    reversed: Decimal
    redeemed: Decimal
    expired: Decimal
    adjusted: Decimal
    transfers: Decimal
    unknown: Decimal

    @property
    def issued_net(self) -> Decimal:
        """What was earned or given as a bonus, less what was taken back."""
        return self.issued_gross - self.reversed

    @property
    def balance(self) -> Decimal:
        """How much more there is after these entries."""
        return self.issued_net + self.adjusted + self.transfers - self.redeemed - self.expired


NOTHING = Flows(*(Decimal(0) for _ in range(7)))


def flows(entries: pl.DataFrame) -> Flows:
    """Return the sums of some entries (``type``, ``points``)."""
    return _of_types(dict(entries.group_by("type").agg(pl.col("points").sum()).iter_rows()))


def _of_types(sums: Mapping[str | None, Decimal]) -> Flows:
    def total(*types: EntryType) -> Decimal:
        return sum((sums.get(kind, Decimal(0)) for kind in types), Decimal(0))

    unknown = sums.get(None, Decimal(0))
    return Flows(
        issued_gross=total(EntryType.EARN, EntryType.BONUS),
        reversed=-total(EntryType.REVERSE_EARN),
        redeemed=-total(EntryType.REDEEM, EntryType.REVERSE_REDEEM),
        expired=-total(EntryType.EXPIRE),
        adjusted=total(EntryType.ADJUST) + unknown,
        transfers=total(EntryType.TRANSFER_IN, EntryType.TRANSFER_OUT),
        unknown=unknown,
    )


def unknown_share(entries: pl.DataFrame) -> Decimal:
    """Return the share of all points moved whose entries are of a type not known."""
    moved = entries.select(
        all=pl.col("points").abs().sum(),
        unknown=pl.col("points").abs().filter(pl.col("type").is_null()).sum(),
    ).row(0, named=True)
    return moved["unknown"] / moved["all"] if moved["all"] else Decimal(0)


def months(entries: pl.DataFrame, until: date, *, typed: bool = True) -> ResultTable:
    """Return the flows of each month up to a day, and what was outstanding at its end; also months without an entry.

    Unless the types of entries are known (``typed``), only the latter is told.
    """
    by_month: dict[date, dict[str | None, Decimal]] = {}
    start = pl.col("day").dt.truncate("1mo").alias("month")
    for month, kind, points in entries.group_by(start, "type").agg(pl.col("points").sum()).iter_rows():
        by_month.setdefault(month, {})[kind] = points
    columns: tuple[Column, ...] = (
        Column("period", "text"),
        *(
            Column(name, "count", whole=False)
            for name in ("outstanding", "issued_net", "redeemed", "expired", "other_points")
        ),
        Column("partial", "flag"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(_months(by_month, until)) if by_month else ()
    implied: tuple[str, ...] = ("other_points", "partial")
    if not typed:
        implied = ("partial",)
        columns, rows = (*columns[:2], columns[-1]), tuple((*row[:2], row[-1]) for row in rows)
    return ResultTable("points_by_month", columns, rows, draw=Draw.TREND, implied=implied)


def _months(
    by_month: Mapping[date, Mapping[str | None, Decimal]], until: date
) -> Iterator[tuple[str | int | Decimal | bool | None, ...]]:
    outstanding = Decimal(0)
    for period in Every.MONTH.cut(min(by_month), until):
        moved = _of_types(by_month.get(period.start, {}))
        outstanding += moved.balance
        numbers = (
            outstanding,
            moved.issued_net,
            moved.redeemed,
            moved.expired,
            moved.adjusted + moved.transfers,
        )
        yield (period.label, *map(exact, numbers), period.partial)


def by_type(entries: pl.DataFrame) -> ResultTable:
    """Return how many entries of each type there are, and their points with their sign."""
    found = {
        kind: (rows, points)
        for kind, rows, points in entries.group_by("type").agg(pl.len(), pl.col("points").sum()).iter_rows()
    }
    order = (*(str(kind) for kind in EntryType), None)
    rows = tuple(
        (Key(kind or UNKNOWN_TYPE, "values"), found[kind][0], exact(found[kind][1]))
        for kind in order
        if kind in found
    )
    columns = (
        Column("entry_type", "text"),
        Column("entries", "count"),
        Column("points", "count", whole=False),
    )
    return ResultTable("points_by_type", columns, rows)
