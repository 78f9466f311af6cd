"""Points of members: which entries of a ledger stand, or which balances, and what became of the other rows."""

from __future__ import annotations

import polars as pl

from loyalty.derive.judged import counted_rows, single_rows
from loyalty.model.tables import Holds, Points


def _judged(source: Points) -> pl.LazyFrame:
    """Return the rows, oldest first, with ``reason`` (null: the row stands).

    The earliest of equal rows stands for its copies. An entry whose number another one has that says something else is
    left out too: which of the two is right, nothing tells. Rows with a fault and pending ones stand for nobody.
    """
    pending = pl.col("is_pending").fill_null(value=False)
    stands = pl.col("fault").is_null() & ~pending
    copy = ~pl.struct(stands, "fingerprint").is_first_distinct()
    again = pl.col("entry_id").is_not_null() & ~pl.struct(stands, "entry_id").is_first_distinct()
    return source.frame.sort("day", "file", "row").with_columns(
        reason=pl.coalesce(
            "fault",
            pl.when(pending).then(pl.lit("pending_entry")),
            pl.when(copy).then(pl.lit("duplicate")),
            pl.when(again).then(pl.lit("entry_again")),
        )
    )


def point_entries(source: Points, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the entries that stand, or the balances: ``by``, ``member_id``, ``customer_id``, ``order_id``, ``at``,
    ``day``, ``type``, ``points``, ``balance``, ``expires_on``, ``expiry_unread``, in the order in which they happened.

    Of balances only ``member_id``, ``customer_id`` and ``balance`` are filled. Of entries at one moment those that give
    stand first: a day has no order in most exports, and nobody spends what is not there yet.
    """
    takes = pl.col("points") < 0
    rows = _judged(source).filter(pl.col("reason").is_null())
    return (
        (one_by_one(rows) if "moves" in source.columns else rows)
        .sort("member_id", "occurred_at", takes, "file", "row")
        .select(
            *by,
            *("member_id", "customer_id", "order_id", "day", "type", "points", "balance"),
            at="occurred_at",
            expires_on=pl.col("expires_at").dt.date(),
            expiry_unread="expiry_unread",
        )
    )


def one_by_one(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows of a ledger with one row for each entry: a receipt may earn points and spend others."""
    move = pl.col("moves").struct
    return (
        rows.with_columns(moves=pl.coalesce("moves", pl.concat_list(pl.struct("type", "points"))))
        .explode("moves")
        .with_columns(type=move.field("type"), points=move.field("points"))
    )


def point_rows(source: Points, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the fate of every row: ``by``, ``reason`` (null: used), ``day``, ``rows``, ``first_rows`` (up to five)."""
    return counted_rows(_judged(source), by)


def point_fates(source: Points) -> pl.LazyFrame:
    """Return one row per row of the export: ``file``, ``row``, ``day``, ``reason`` (null: used)."""
    return single_rows(_judged(source))


def point_extent(source: Points) -> pl.LazyFrame:
    """Return one row: the first and last day with an entry that is not pending; none of balances."""
    if source.holds is Holds.BALANCES:
        nothing = pl.lit(None, pl.Date)
        return source.frame.select(first_day=nothing, last_day=nothing).head(1)
    stands = pl.col("fault").is_null() & ~pl.col("is_pending").fill_null(value=False)
    days = pl.col("day").filter(stands)
    return source.frame.select(first_day=days.min(), last_day=days.max())
