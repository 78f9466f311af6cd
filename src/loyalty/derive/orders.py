"""Rows of an export become orders, each with the reason it does not count, if any (DOMAIN 2.4, in that order).

An order that counts has ``reason`` null. Returns are booked to the order they stand in; an order that is all
returns is an *unlinked refund*: no order, but its money is taken off its customer's.
"""

from __future__ import annotations

import polars as pl

from loyalty.model.tables import MONEY, Orders, OrderStatus, RowsAre, ValueOn

NOT_COMPLETED = (OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.PENDING)
UNLINKED_REFUND = "unlinked_refund"
"""Not a reason to leave rows out: the row is used, its money is netted."""

_ZERO = pl.lit(0).cast(MONEY)


def distinct_rows(source: Orders) -> pl.LazyFrame:
    """Return the rows, each once, with ``copies`` (how many the file holds) and ``copy_row`` (one that is a copy).

    Rows that are equal in every cell and share an order number are one row. Without order numbers two equal rows may
    be two purchases, so nothing is merged. A row with a fault of its own makes up an order of its own: then all rows go
    one way, and one scan serves orders and what was left out.
    """
    of_its_own = pl.when(pl.col("fault").is_not_null()).then(pl.format("{}:{}", "file", "row"))
    rows = source.frame.with_columns(order_id=pl.coalesce(of_its_own, "order_id"))
    if "order_id" not in source.columns:
        return rows.with_columns(copy_row=pl.lit(None, pl.UInt32), copies=pl.lit(1, pl.UInt32))
    kept = [name for name in rows.collect_schema().names() if name not in ("order_id", "fingerprint", "row")]
    return rows.group_by("order_id", "fingerprint").agg(
        *(pl.col(name).first() for name in kept),
        pl.col("row").min(),
        # Where there is but one copy, there is no row to name.
        copy_row=pl.when(pl.len() > 1).then(pl.col("row").max()),
        copies=pl.len().cast(pl.UInt32),
    )


def orders(source: Orders) -> pl.LazyFrame:
    """Return one row per order; a row with a fault is an order of its own, with the fault as its reason.

    Columns: the ``by`` columns, ``order_id``, ``customer_id`` (null: guest), ``day``, ``currency``, ``kinds``
    (list of distinct product kinds), ``value`` (net merchandise after refunds, money; null when unknown),
    ``reason`` (null: counts), ``first_row``, ``rows`` (that make up the order), ``duplicate_rows`` (the first of
    them in ``duplicate_row``), ``idle_rows`` and ``extra_rows`` (lines of an order that counts which were cancelled, or
    are no merchandise), ``contents`` (distinct rows).
    """
    grouped = (
        _lines(source)
        .group_by("order_id")
        .agg(
            *(pl.col(name).drop_nulls().unique() for name in source.by),
            pl.col("customer_id").min(),
            pl.col("day").min(),
            pl.col("currency", "fault").min(),
            pl.col("sold", "returned", "points").sum() if source.value_on is ValueOn.EACH_ROW else _once(),
            pl.col("known", "is_test").any(),
            pl.col("live", "idle", "extra", "refunded").sum().cast(pl.UInt32).name.suffix("_lines"),
            pl.col("kind").drop_nulls().unique().alias("kinds"),
            first_row=pl.col("row").min(),
            lines=pl.len().cast(pl.UInt32),
            contents=pl.col("fingerprint").n_unique().cast(pl.UInt32),
            duplicate_rows=(pl.col("copies") - 1).sum().cast(pl.UInt32),
            duplicate_row=pl.col("copy_row").min(),
        )
    )
    return grouped.with_columns(reason=_reason("value" in source.columns)).select(
        *source.by,
        "order_id",
        "customer_id",
        "day",
        "currency",
        "kinds",
        "reason",
        "first_row",
        "duplicate_rows",
        "duplicate_row",
        "contents",
        rows=pl.col("lines") - _unused("idle_lines") - _unused("extra_lines"),
        idle_rows=_unused("idle_lines"),
        extra_rows=_unused("extra_lines"),
        value=pl.when(pl.col("reason").eq(UNLINKED_REFUND).fill_null(value=False))
        .then(-pl.col("returned"))
        .when(pl.col("known"))
        .then(pl.col("sold") - pl.col("returned")),
    )


def _lines(source: Orders) -> pl.LazyFrame:
    """The rows with what each adds to its order, so that an order is plain sums.

    A line cancelled inside a living order, or that is no merchandise, adds no money and no kind, one that was returned
    in full no kind; when the whole order is dead its reason says so.
    """
    status = pl.col("status")
    idle = status.is_in([*NOT_COMPLETED, OrderStatus.REFUNDED]).fill_null(value=False)
    extra = pl.col("is_non_product").fill_null(value=False) & ~idle
    value, refund = pl.col("value").fill_null(_ZERO), pl.col("refund_value").fill_null(_ZERO)
    # An amount that every row repeats is the whole order's, whatever becomes of one line.
    stands = ~idle & ~extra if source.value_on is ValueOn.EACH_ROW else pl.lit(value=True)
    taken_back = (value < 0) | ((refund > 0) & (refund >= value))
    return distinct_rows(source).with_columns(
        idle=idle,
        extra=extra,
        live=status.is_not_null() & ~idle,
        refunded=status.eq(OrderStatus.REFUNDED),
        is_test=pl.col("is_test").fill_null(value=False),
        known=pl.col("value").is_not_null(),
        sold=pl.when(stands & (value > 0)).then(value).otherwise(_ZERO),
        returned=pl.when(stands)
        .then(refund - pl.when(value < 0).then(value).otherwise(_ZERO))
        .otherwise(_ZERO),
        points=pl.when(stands).then(pl.col("points_value").fill_null(_ZERO)).otherwise(_ZERO),
        kind=pl.when(~idle & ~extra & ~taken_back).then(
            pl.col("product_kind" if "product_kind" in source.columns else "product_id")
        ),
    )


def _once() -> pl.Expr:
    return pl.col("sold", "returned", "points").max()


def _unused(lines: str) -> pl.Expr:
    """Lines left out of an order that counts; none where the order itself is left out (it carries the reason)."""
    living = pl.col("reason").is_null() | pl.col("reason").eq(UNLINKED_REFUND)
    return pl.when(living).then(pl.col(lines)).otherwise(0).cast(pl.UInt32)


def _reason(amounts_known: bool) -> pl.Expr:
    """First reason that applies, in the order of DOMAIN 2.4."""
    dead = (pl.col("idle_lines") > 0) & (pl.col("live_lines") == 0)
    reason = (
        pl.when(pl.col("fault").is_not_null())
        .then(pl.col("fault"))
        .when(pl.col("is_test"))
        .then(pl.lit("test"))
        .when(dead & (pl.col("refunded_lines") > 0))
        .then(pl.lit("fully_refunded"))
        .when(dead)
        .then(pl.lit("not_completed"))
    )
    if not amounts_known:
        return reason.otherwise(None)
    return (
        reason.when(~pl.col("known"))
        .then(pl.lit("missing_amount"))
        .when((pl.col("sold") == 0) & (pl.col("points") == 0) & (pl.col("returned") > 0))
        .then(pl.lit(UNLINKED_REFUND))
        .when((pl.col("sold") == 0) & (pl.col("points") == 0))
        .then(pl.lit("zero_amount"))
        .when((pl.col("returned") > 0) & (pl.col("returned") >= pl.col("sold")))
        .then(pl.lit("fully_refunded"))
        .otherwise(None)
    )


def counted(order_table: pl.LazyFrame) -> pl.LazyFrame:
    """Return the orders that count."""
    return order_table.filter(pl.col("reason").is_null())


def conflicts(source: Orders, order_table: pl.LazyFrame) -> pl.LazyFrame | None:
    """Return the orders that stand in the file twice with different content; None where rows are lines.

    Columns: ``order_id``, ``first_row``, ``contents``.
    """
    if source.rows_are is RowsAre.LINES or "order_id" not in source.columns:
        return None
    return (
        order_table.filter(pl.col("contents") > 1)
        .select("order_id", "first_row", "contents")
        .sort("first_row")
        .head(20)
    )
