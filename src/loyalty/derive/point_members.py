"""Members by their points: who was active, who redeemed, who uses how much of what was issued, who is overdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from loyalty.derive.rows import FrameRows
from loyalty.model.result import Column, ResultTable
from loyalty.model.tables import EntryType

EARNS = (EntryType.EARN, EntryType.BONUS)
ISSUED = (*EARNS, EntryType.REVERSE_EARN)
SPENT = (EntryType.REDEEM, EntryType.REVERSE_REDEEM)
TOP = 10
"""Members whose usage is shown at once; the list has all."""


def acts(entries: pl.DataFrame) -> pl.DataFrame:
    """Return what members did, ``member_id`` and ``day``: earned or redeemed, unless that was wholly taken back.

    Of an order, its points are taken back when nothing of them is left. What names no order is taken back by an entry
    of as many points: the first by the first, the second by the second.
    """
    earning, redeeming = pl.col("type").is_in(ISSUED), pl.col("type").is_in(SPENT)
    back = pl.col("type").is_in([EntryType.REVERSE_EARN, EntryType.REVERSE_REDEEM])
    moved = entries.filter(earning | redeeming).with_columns(earning=earning, back=back)
    # Most members take nothing back.
    touched = moved.filter("back").select("member_id", "earning").unique()
    whole = moved.filter(~pl.col("back")).join(touched, on=["member_id", "earning"], how="anti")
    left = _not_undone(moved.join(touched, on=["member_id", "earning"], how="semi", maintain_order="left"))
    return pl.concat([each.select("member_id", "day") for each in (whole, left)])


def _not_undone(moved: pl.DataFrame) -> pl.DataFrame:
    """Return what members earned or redeemed and did not take back, or not all of it; see :func:`acts`."""
    amount = pl.col("points").abs()
    order, same = ("member_id", "earning", "order_id"), ("member_id", "earning", "amount")
    signed = pl.when("back").then(-amount).otherwise(amount)
    both = (
        pl.col("order_id").is_not_null()
        & pl.col("back").any().over(order)
        & (~pl.col("back")).any().over(order)
    )
    moved = moved.with_columns(amount=amount, by_order=both, over=signed.sum().over(order))
    of_orders = moved.filter("by_order", ~pl.col("back"), pl.col("over") > 0)
    alone = moved.filter(~pl.col("by_order")).with_columns(turn=pl.int_range(pl.len()).over(*same, "back"))
    undone = alone.filter("back").select(*same, "turn")
    of_none = alone.filter(~pl.col("back")).join(undone, on=[*same, "turn"], how="anti")
    return pl.concat([of_orders.select("member_id", "day"), of_none.select("member_id", "day")])


def active(entries: pl.DataFrame, since: date) -> pl.Series:
    """Return the members with an act on or after a day."""
    return acts(entries).filter(pl.col("day") >= since)["member_id"].unique().sort()


def redeemers(entries: pl.DataFrame) -> pl.Series:
    """Return the members who ever redeemed and were not given all of it back."""
    spent = entries.filter(pl.col("type").is_in(SPENT)).group_by("member_id").agg(pl.col("points").sum())
    return spent.filter(pl.col("points") < 0)["member_id"].sort()


def usage(entries: pl.DataFrame, min_points: int) -> pl.DataFrame:
    """Return one row per member: ``rank`` (null: not ranked), ``member_id``, ``use_rate`` (null: nothing issued),
    ``redeemed``, ``issued_net``, ``outstanding``; the highest rate first.

    Ranked are members to whom at least ``min_points`` were issued: who spent the one point they had used everything.
    """
    points = pl.col("points")
    found = entries.group_by("member_id").agg(
        redeemed=-points.filter(pl.col("type").is_in(SPENT)).sum(),
        issued_net=points.filter(pl.col("type").is_in(ISSUED)).sum(),
        outstanding=points.sum(),
    )
    issued = pl.col("issued_net") > 0
    rate = pl.col("redeemed").cast(pl.Float64) / pl.col("issued_net").cast(pl.Float64)
    ranked = issued & (pl.col("issued_net") >= min_points)
    ordered = found.with_columns(use_rate=pl.when(issued).then(rate), ranked=ranked).sort(
        "ranked", "use_rate", "redeemed", "member_id", descending=[True, True, True, False], nulls_last=True
    )
    rank = pl.when("ranked").then(pl.col("use_rate").rank("min", descending=True).over("ranked"))
    return ordered.select(
        rank.cast(pl.Int64).alias("rank"), "member_id", "use_rate", "redeemed", "issued_net", "outstanding"
    )


def usage_tables(found: pl.DataFrame) -> tuple[ResultTable, ResultTable]:
    """Return the head of :func:`usage`, and the whole of it as a list of people."""
    columns = (
        Column("rank", "count"),
        Column("member_id", "id", personal=True),
        Column("use_rate", "share"),
        *(Column(name, "count") for name in ("redeemed", "issued_net", "outstanding")),
    )
    top = found.filter(pl.col("rank").is_not_null()).head(TOP)
    return (
        ResultTable("points_top_usage", columns, tuple(top.iter_rows())),
        ResultTable("points_usage", columns, FrameRows(found), headline=False),
    )


def overdrawn(entries: pl.DataFrame) -> int:
    """Return how many members had fewer than no points at the end of some day; entries stand in their order."""
    member, day = pl.col("member_id"), pl.col("day")
    summed = pl.col("points").cum_sum()
    first = member.ne_missing(member.shift(1))
    last = member.ne_missing(member.shift(-1)) | day.ne_missing(day.shift(-1))
    before = pl.when(first).then(summed - pl.col("points")).forward_fill()
    running = entries.select("member_id", last=last, left=summed - before)
    return running.filter("last", pl.col("left") < 0)["member_id"].n_unique()


@dataclass(frozen=True)
class Stated:
    """What the export itself says is left, beside what its entries add up to."""

    points: Decimal
    members: int
    differing: int


def stated(entries: pl.DataFrame) -> Stated:
    """Return the balances that stand beside the last entries of members, and how many are not what the entries add to.

    Several entries at one moment have no order: any of their balances may be the last.
    """
    summed = pl.col("points").sum()
    last = pl.col("at") == pl.col("at").max()
    candidates = pl.col("balance").filter(last & pl.col("balance").is_not_null())
    found = (
        entries.group_by("member_id")
        .agg(summed=summed, agrees=(candidates == summed).any(), last=candidates.last())
        .filter(pl.col("last").is_not_null())
        .select("agrees", said=pl.when("agrees").then("summed").otherwise("last"))
    )
    return Stated(Decimal(found["said"].sum()), found.height, int((~found["agrees"]).sum()))


@dataclass(frozen=True)
class Listed:
    """The members that a list names, as of a day, and the ledger's members among them.

    ``ids`` has ``member_id`` of the ledger and ``listed`` of the list; ``members`` are all on the list.
    """

    members: int
    ids: pl.DataFrame
    unlisted: int


def listed(entries: pl.DataFrame, members: pl.DataFrame, until: date) -> Listed:
    """Return who is on the list on the eve of a day, found by that id of the ledger and of the list that most share.

    ``members`` are :func:`loyalty.derive.customers.listed_members`.
    """
    there = members.filter(
        (pl.col("enrolled_on") < until).fill_null(value=True),
        (pl.col("left_on") >= until).fill_null(value=True),
    )
    people = entries.select("member_id", "customer_id").unique()
    tried = [
        people.join(
            there.select(pl.col(theirs).alias("id"), listed="customer_id").drop_nulls(),
            left_on=ours,
            right_on="id",
        ).select("member_id", "listed")
        for ours in ("member_id", "customer_id")
        for theirs in ("customer_id", "email")
    ]
    best = max(tried, key=lambda found: found["member_id"].n_unique()).unique().sort("member_id", "listed")
    unlisted = people["member_id"].n_unique() - best["member_id"].n_unique()
    return Listed(there.height, best, unlisted)
