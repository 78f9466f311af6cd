"""The fate of every single row, for writing out the ones that were left out. Made only when that is asked for."""

from __future__ import annotations

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.mentions import same_mention
from loyalty.derive.orders import NO, NOTHING, UNLINKED_REFUND, is_extra, is_idle, marked_rows
from loyalty.model.tables import Mentions, Orders


def order_fates(source: Orders, order_table: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per row of the export: ``file``, ``row``, ``day``, ``reason`` (null: used)."""
    of_order = order_table.select(
        "order_id",
        order_day="day",
        order_reason=pl.when(pl.col("reason").ne(UNLINKED_REFUND)).then(pl.col("reason")),
    )
    has = source.columns
    idle = is_idle(source)
    extra = is_extra() if "is_non_product" in has else NO
    rows = marked_rows(source).select(
        "file",
        "row",
        "order_id",
        "day",
        fault="fault" if "fault" in has else NOTHING,
        copy=pl.when("copy").then(pl.lit("duplicate")),
        idle=pl.when(idle).then(pl.lit("not_completed")),
        extra=pl.when(extra).then(pl.lit("non_product")),
    )
    return rows.join(of_order, on="order_id", how="left").select(
        "file",
        "row",
        # A line counts on the day of its order.
        day=pl.when(pl.col("fault").is_null()).then("order_day").otherwise("day"),
        reason=pl.coalesce("fault", "copy", "order_reason", "idle", "extra"),
    )


def mention_fates(source: Mentions) -> pl.LazyFrame:
    """Return one row per row of the export: ``file``, ``row``, ``day``, ``reason`` (null: used)."""
    first = pl.struct(pl.col("fault").is_null(), same_mention()).is_first_distinct()
    return source.frame.sort("day", "file", "row").select(
        "file",
        "row",
        "day",
        reason=pl.coalesce(
            "fault",
            pl.when(~first).then(pl.lit("duplicate")),
            pl.when(pl.col("is_repost").fill_null(value=False)).then(pl.lit("repost")),
        ),
    )


def left_out_rows(fates: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Return the rows that a result over ``span`` leaves out: ``file``, ``row``, ``reason``."""
    return (
        fates.with_columns(reason=span.reason())
        .filter(pl.col("reason").is_not_null())
        .select("file", "row", "reason")
    )
