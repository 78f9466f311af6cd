"""Who was a member from which day to which, as a list of customers says."""

from __future__ import annotations

import polars as pl

from loyalty.derive.judged import counted_rows, single_rows
from loyalty.model.tables import Customers


def _judged(source: Customers) -> pl.LazyFrame:
    """Return the list with ``day`` (of joining), ``left`` (the first day no longer a member) and ``reason``.

    Where the list has no date of joining, the day on which the shop first knew the customer stands for it.
    """
    joined = pl.col("enrolled_at" if "enrolled_at" in source.columns else "created_at").dt.date()
    left = pl.col("left_at").dt.date()
    copy = pl.struct(pl.col("fault").is_null(), "fingerprint").is_first_distinct().not_()
    return (
        source.frame.sort("file", "row")
        .with_columns(day=joined, left=left)
        .with_columns(
            reason=pl.coalesce(
                "fault",
                pl.when(copy).then(pl.lit("duplicate")),
                pl.when(pl.col("day").is_null()).then(pl.lit("missing_date")),
                pl.when("left_unread").then(pl.lit("unreadable_date")),
                pl.when(pl.col("left") < pl.col("day")).then(pl.lit("left_before_joined")),
            )
        )
    )


def memberships(source: Customers, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the memberships that stand: ``by``, ``customer_id``, ``day`` (of joining), ``left`` (null: still in)."""
    return (
        _judged(source).filter(pl.col("reason").is_null()).select(*by, "customer_id", "day", "left").unique()
    )


def member_rows(source: Customers, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the fate of every row: ``by``, ``reason`` (null: used), ``day``, ``rows``, ``first_rows`` (up to five)."""
    return counted_rows(_judged(source), by)


def member_fates(source: Customers) -> pl.LazyFrame:
    """Return one row per row of the export: ``file``, ``row``, ``day``, ``reason`` (null: used)."""
    return single_rows(_judged(source))


def membership_extent(source: Customers) -> pl.LazyFrame:
    """Return one row: the first and last day on which somebody joined or left."""
    standing = pl.col("reason").is_null()
    return _judged(source).select(
        first_day=pl.col("day").filter(standing).min(),
        last_day=pl.max_horizontal(
            pl.col("day").filter(standing).max(), pl.col("left").filter(standing).max()
        ),
    )
