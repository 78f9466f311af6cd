"""Members by their entries: who was active, who redeemed, who uses how much of what was issued."""

from __future__ import annotations

from datetime import date

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
        *(Column(name, "count", whole=False) for name in ("redeemed", "issued_net", "outstanding")),
    )
    top = found.filter(pl.col("rank").is_not_null()).head(TOP)
    return (
        ResultTable("points_top_usage", columns, tuple(top.iter_rows())),
        ResultTable("points_usage", columns, FrameRows(found), headline=False),
    )
