"""Points by the quarter in which they were issued, and what is left of them by the day they expire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from loyalty.derive.points.flows import exact
from loyalty.derive.points.lots import EXPIRED, OTHER, PARTS, REDEEMED, REVERSED
from loyalty.model.period import Every
from loyalty.model.result import Column, Period, ResultTable
from loyalty.stats.breakage import Vintage
from loyalty.stats.ratio import ratio


@dataclass(frozen=True)
class Quarter:
    """The points issued in a quarter, and what became of them; a quarter that is not over has not matured."""

    period: Period
    issued: Decimal
    redeemed: Decimal
    expired: Decimal
    other: Decimal
    left: Decimal

    @property
    def vintage(self) -> Vintage:
        """The numbers that the rate of redemption is made of."""
        return Vintage(self.issued, self.redeemed, self.left)

    @property
    def matured(self) -> bool:
        """Whether nothing more can become of it."""
        return self.vintage.matured and not self.period.partial


def quarters(lots: pl.DataFrame, until: date) -> list[Quarter]:
    """Return the vintages of ``lots`` (as of ``until``), oldest first.

    Points adjusted or sent by another member were issued in no quarter and are in none. What is past its day has
    expired, whether the ledger books it or not: where it never does, the only quarters of which nothing is left are
    those that were wholly redeemed, and points would seem never to break.
    """
    lapsed = _has_lapsed(until)
    sums = (
        lots.filter("issued")
        .group_by(pl.col("day").dt.truncate("1q"))
        .agg(
            issued=pl.col("size").sum() - pl.col(REVERSED).sum(),
            redeemed=pl.col(REDEEMED).sum(),
            expired=pl.col(EXPIRED).sum() + pl.col("left").filter(lapsed).sum(),
            other=pl.col(OTHER).sum(),
            left=pl.col("left").filter(~lapsed).sum(),
        )
        .sort("day")
    )
    return [
        Quarter(Every.QUARTER.period(start, until), *(Decimal(number) / PARTS for number in numbers))
        for start, *numbers in sums.iter_rows()
    ]


def vintage_table(found: list[Quarter]) -> ResultTable:
    """Return the vintages as a table."""
    columns = (
        Column("period", "text"),
        *(
            Column(name, "count", whole=False)
            for name in ("issued_net", "redeemed", "expired", "other_points", "outstanding")
        ),
        Column("redemption_rate_vintage", "share"),
        Column("matured", "flag"),
    )
    rows = tuple(
        (
            each.period.label,
            *(exact(points) for points in (each.issued, each.redeemed, each.expired, each.other, each.left)),
            ratio(each.redeemed, each.issued) if each.issued > 0 else None,
            each.matured,
        )
        for each in found
    )
    return ResultTable("points_vintages", columns, rows, implied=("other_points",))


@dataclass(frozen=True)
class Expiring:
    """Points left by when they expire: ``soon`` in the next days, ``lapsed`` before the day though never booked."""

    soon: Decimal
    soon_members: int
    lapsed: Decimal
    table: ResultTable


def expiring(lots: pl.DataFrame, until: date, days: int) -> Expiring:
    """Return what of ``lots`` (as of ``until``) expires in the ``days`` from that day on, and in each month.

    A lot expires at the beginning of its day, so that one of the day itself is among the next.
    """
    alive = lots.filter(pl.col("left") > 0)
    ahead = alive.filter(pl.col("expires_on") >= until)
    soon = ahead.filter(pl.col("expires_on") < until + timedelta(days=days))
    columns = (Column("period", "text"), Column("points", "count", whole=False))
    return Expiring(
        soon=_points(soon),
        soon_members=soon["member_id"].n_unique(),
        lapsed=_points(alive.filter(_has_lapsed(until))),
        table=ResultTable("points_expiring", columns, tuple(_by_month(ahead))),
    )


def _has_lapsed(until: date) -> pl.Expr:
    return (pl.col("expires_on") < until).fill_null(value=False)


def _by_month(ahead: pl.DataFrame) -> Iterator[tuple[str, int | Decimal]]:
    months = ahead.group_by(pl.col("expires_on").dt.truncate("1mo")).agg(pl.col("left").sum())
    for month, left in months.sort("expires_on").iter_rows():
        yield f"{month:%Y-%m}", exact(Decimal(left) / PARTS)


def _points(lots: pl.DataFrame) -> Decimal:
    return Decimal(int(lots["left"].sum())) / PARTS
