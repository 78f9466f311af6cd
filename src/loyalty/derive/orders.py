"""Rows of an export become orders, each with the reason it does not count, if any.

An order that counts has ``reason`` null. Returns are booked to the order they stand in; an order that is all
returns is an *unlinked refund*: no order, but its money is taken off its customer's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl

from loyalty.model.places import PLACE, place
from loyalty.model.tables import MONEY, Orders, OrderStatus, RowsAre, ValueOn

NOT_COMPLETED = (OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.PENDING)
UNLINKED_REFUND = "unlinked_refund"
"""Not a reason to leave rows out: the row is used, its money is netted."""

ALWAYS = ("file", "row", "fingerprint", "order_id", "day", "value")
AT_TIMES = (
    "fault",
    "customer_id",
    "status",
    "currency",
    "refund_value",
    "points_value",
    "is_test",
    "is_excluded",
    "is_non_product",
    "is_alias",
    "unrated",
)
"""Columns that orders are made of: those that must be there, and those that some exports have."""
OF_TERMS = ("list_value", "discount_value", "quantity", "product_id", "product_kind")
"""Columns that the terms of an order are made of: what it would have cost, and of what."""
TIERS = ("family_id", "tier_rank")
MOST_CONFLICTS = 20
"""So many contradictions are kept to be told of."""
COUNTED_LINES = ("copy", "idle", "extra", "live", "refunded")

ZERO = pl.lit(0).cast(MONEY)
NO = pl.lit(value=False)
NOTHING = pl.lit(None, pl.String)
PIECE = pl.Struct({"kind": pl.UInt64, "product": pl.UInt64, "units": MONEY, "list_value": MONEY})
NO_PIECE = pl.lit(None, PIECE)
FIRST = pl.struct("order_id", "fingerprint").is_first_distinct()


def used_columns(source: Orders, *, kinds: bool, terms: bool = False, tiers: bool = False) -> list[str]:
    """Return the columns of the rows that orders are made of, as far as the export has them."""
    known = [name for name in (*AT_TIMES, *(OF_TERMS if terms else ())) if name in source.columns]
    products = [
        *([_kind(source)] if kinds else []),
        *(TIERS if tiers and source.columns >= set(TIERS) else ()),
    ]
    told = ["product_id"] if _may_have_versions(source) else []
    return list(dict.fromkeys([*ALWAYS, *known, *products, *told, *source.by, *source.traits.values()]))


def settled(source: Orders, rows: pl.DataFrame) -> Orders:
    """Return the orders of ``rows`` with copies marked, and without the columns in which no row says anything.

    What is absent costs nothing later; and copies are found faster where only rows with an equal fingerprint are
    compared. It is for parts, whose rows are in memory.
    """
    rows = rows.with_columns(order_id=_order_of_row(source))
    copy = pl.repeat(value=False, n=rows.height, eager=True)
    twice = rows["fingerprint"].is_duplicated().arg_true()
    if "order_id" in source.columns and not twice.is_empty():
        copy = copy.scatter(twice, ~rows[twice].select(FIRST).to_series())
    known = source.columns - {name for name in AT_TIMES if name in rows.columns and _says_nothing(rows[name])}
    known = known - {"fingerprint"} | ({"copy"} if copy.any() else set())
    currency = source.currency
    if "currency" in known and rows["currency"].drop_nulls().n_unique() == 1:
        currency, known = rows["currency"].drop_nulls()[0], known - {"currency"}
    return replace(source, frame=rows.with_columns(copy=copy).lazy(), columns=known, currency=currency)


def _says_nothing(column: pl.Series) -> bool:
    return column.null_count() == column.len() or (column.dtype == pl.Boolean and not column.any())


def marked_rows(source: Orders) -> pl.LazyFrame:
    """Return the rows with the order each belongs to, and whether it is a ``copy`` of an earlier one.

    Rows that are equal in every cell and share an order number are one row. Without order numbers two equal rows may
    be two purchases, so nothing is merged. A row with a fault of its own makes up an order of its own: then all rows go
    one way, and one scan serves orders and what was left out.
    """
    if "copy" in source.frame.collect_schema():
        return source.frame
    rows = source.frame.with_columns(order_id=_order_of_row(source))
    if not {"order_id", "fingerprint"} <= source.columns:
        return rows.with_columns(copy=NO)
    return rows.with_columns(copy=~FIRST)


def _order_of_row(source: Orders) -> pl.Expr:
    if "fault" not in source.columns:
        return pl.col("order_id")
    faulty = pl.col("fault").is_not_null()
    # The numbers are blanked where there is no fault, so that only faulty rows are spelled out.
    of_its_own = pl.format("{}:{}", *(pl.when(faulty).then(pl.col(name)) for name in ("file", "row")))
    return pl.when(faulty).then(of_its_own).otherwise("order_id")


def orders(source: Orders, *, kinds: bool = True, terms: bool = False, tiers: bool = False) -> pl.LazyFrame:
    """Return one row per order; a row with a fault is an order of its own, with the fault as its reason.

    Columns: the ``by`` columns and the traits (lists of distinct values; of traits, those of merchandise),
    ``order_id``, ``customer_id`` (null: guest), ``day``, ``currency``, ``kinds`` (list of distinct product kinds, null
    among them where ``is_kind_blank``; no list where ``kinds`` were not asked for), ``families`` and their ``tiers``
    (lists, an entry per line that has both; null where ``tiers`` were not asked for or are not known), ``value`` (net
    merchandise after refunds, money; null when unknown), ``reason`` (null: counts), ``first_row`` (where it stands, its
    place where several files were read), ``rows`` (that make up the order), ``duplicate_rows`` (one of them in
    ``duplicate_row``), ``idle_rows`` and ``extra_rows`` (lines of an order that counts which were cancelled, or are no
    merchandise; the first of them in ``idle_row`` and ``extra_row``), ``contents`` (distinct rows),
    ``in_several_files`` (whether it stands there). With ``terms`` also those of :func:`_terms`, as sums of the order.
    """
    line = _line(source, kinds=kinds)
    if terms:
        line |= _terms(source, line)
    tiers = tiers and source.columns >= set(TIERS)
    ranked = pl.all_horizontal(pl.col(name).is_not_null() for name in TIERS) & pl.col("bought")
    told = {name: expr for name, expr in line.items() if expr.meta.root_names()}
    adds = {name: pl.col(name) if name in told else expr for name, expr in line.items()}
    money = pl.Expr.sum if source.value_on is ValueOn.EACH_ROW else pl.Expr.max
    traits = tuple(source.traits.values())
    merchandise = ~(adds["copy"] | adds["idle"] | adds["extra"])
    # A place takes twice the room of a row.
    several = len(source.origin.files) > 1
    row, no_row = (place(), pl.lit(None, PLACE)) if several else (pl.col("row"), pl.lit(None, pl.UInt32))
    grouped = (
        marked_rows(source)
        .with_columns(**told, **({"bought": _is_bought(source)} if tiers else {}))
        .group_by("order_id")
        .agg(
            *(pl.col(name).drop_nulls().unique() for name in source.by),
            *(pl.when(merchandise).then(name).drop_nulls().unique().alias(name) for name in traits),
            *(money(adds[name]).alias(name) for name in ("sold", "returned", "points")),
            *(adds[name].sum().cast(pl.UInt32).alias(f"{name}_lines") for name in COUNTED_LINES),
            customer_id=pl.col("customer_id").min() if "customer_id" in source.columns else NOTHING,
            day=pl.col("day").min(),
            currency=pl.col("currency").min()
            if "currency" in source.columns
            else pl.lit(source.currency, pl.String),
            # A row with a fault is alone in its order.
            fault=pl.col("fault").first() if "fault" in source.columns else NOTHING,
            known=adds["known"].any(),
            is_test=adds["is_test"].any(),
            is_excluded=adds["is_excluded"].any(),
            # Without the blank ones it would take four times as long.
            kinds=adds["kind"].unique() if kinds else NOTHING,
            is_kind_blank=adds["kind"].is_null().any() if kinds else NO,
            families=pl.col("family_id").filter(ranked) if tiers else pl.lit(None, pl.List(pl.String)),
            tiers=pl.col("tier_rank").filter(ranked) if tiers else pl.lit(None, pl.List(pl.Float64)),
            first_row=row.min(),
            duplicate_row=pl.when(adds["copy"]).then(row).max(),
            idle_row=pl.when(adds["idle"]).then(row).min() if "idle" in told else no_row,
            extra_row=pl.when(adds["extra"]).then(row).min() if "extra" in told else no_row,
            lines=pl.len().cast(pl.UInt32),
            in_several_files=pl.col("file").min() < pl.col("file").max() if several else NO,
            **(_summed_terms(adds, money) if terms else {}),
        )
    )
    return grouped.with_columns(reason=_reason("value" in source.columns)).select(
        *source.by,
        *traits,
        "order_id",
        "customer_id",
        "day",
        "currency",
        "kinds",
        "is_kind_blank",
        "families",
        "tiers",
        "reason",
        "first_row",
        "duplicate_row",
        "idle_row",
        "extra_row",
        "in_several_files",
        *(("list_value", "discount_value", "points_value", "pieces") if terms else ()),
        duplicate_rows="copy_lines",
        contents=pl.col("lines") - pl.col("copy_lines"),
        rows=pl.col("lines") - pl.col("copy_lines") - _unused("idle_lines") - _unused("extra_lines"),
        idle_rows=_unused("idle_lines"),
        extra_rows=_unused("extra_lines"),
        value=pl.when(pl.col("reason").eq(UNLINKED_REFUND).fill_null(value=False))
        .then(-pl.col("returned"))
        .when(pl.col("known"))
        .then(pl.col("sold") - pl.col("returned")),
    )


def is_idle(source: Orders) -> pl.Expr:
    """Return whether a row says of itself that it is no sale.

    A returned row with a negative amount is none either, but its money was given back: for another row or order.
    """
    if "status" not in source.columns:
        return NO
    returned = pl.col("status").eq(OrderStatus.REFUNDED)
    if "value" in source.columns:
        returned &= pl.col("value").fill_null(ZERO) >= 0
    return pl.col("status").is_in(NOT_COMPLETED).fill_null(value=False) | returned.fill_null(value=False)


def is_extra() -> pl.Expr:
    """Return whether a row is no merchandise."""
    return pl.col("is_non_product").fill_null(value=False)


def _line(source: Orders, *, kinds: bool) -> dict[str, pl.Expr]:
    """Return what each row adds to its order, so that an order is plain sums.

    What the export has no column for is a literal, which costs nothing to add up. A line cancelled inside a living
    order, or that is no merchandise, adds no money and no kind, one that was returned in full no kind; when the whole
    order is dead its reason says so. A copy adds nothing.
    """
    has = source.columns
    copy = pl.col("copy") if {"order_id", "fingerprint"} <= has or "copy" in has else NO
    status, first = pl.col("status"), ~copy
    idle = is_idle(source)
    refunded = status.eq(OrderStatus.REFUNDED)
    extra = is_extra() if "is_non_product" in has else NO
    value = pl.col("value").fill_null(ZERO) if "value" in has else ZERO
    refund = pl.col("refund_value").fill_null(ZERO) if "refund_value" in has else ZERO
    points = pl.col("points_value").fill_null(ZERO) if "points_value" in has else ZERO
    # An amount that every row repeats is the whole order's, whatever becomes of one line.
    stands = ~idle & ~extra & first if source.value_on is ValueOn.EACH_ROW else first
    return {
        "copy": copy,
        "idle": idle & first if "status" in has else NO,
        "extra": extra & ~idle & first if "is_non_product" in has else NO,
        "live": status.is_not_null() & ~idle & ~refunded & first if "status" in has else NO,
        "refunded": refunded & first if "status" in has else NO,
        "is_test": pl.col("is_test").fill_null(value=False) if "is_test" in has else NO,
        "is_excluded": pl.col("is_excluded").fill_null(value=False) if "is_excluded" in has else NO,
        "known": pl.col("value").is_not_null() if "value" in has else NO,
        "sold": pl.when(stands & (value > 0)).then(value).otherwise(ZERO) if "value" in has else ZERO,
        "returned": pl.when(stands)
        .then(refund - pl.when(value < 0).then(value).otherwise(ZERO))
        .otherwise(ZERO)
        if {"value", "refund_value"} & has
        else ZERO,
        "points": pl.when(stands).then(points).otherwise(ZERO) if "points_value" in has else ZERO,
        "kind": pl.when(_is_bought(source)).then(_kind(source)) if kinds else NOTHING,
    }


def _terms(source: Orders, line: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    """Return what each row adds to the terms on which its order was bought.

    ``list``: its price before discounts, which is the amount and the discount where the export does not say;
    ``discount``; and ``piece``: kind and product (as hashes, to be light), units and list price of a line of which
    product, kind and quantity are known. What came back later was bought on the same terms; a return was not.
    """
    has = source.columns
    each = source.value_on is ValueOn.EACH_ROW
    idle, extra, copy = is_idle(source), is_extra() if "is_non_product" in has else NO, line["copy"]
    sold = pl.col("value").fill_null(ZERO) >= 0 if "value" in has else pl.lit(value=True)
    stands = (~idle & ~extra & ~copy if each else ~copy) & sold
    value = pl.col("value").fill_null(ZERO) if "value" in has else ZERO
    discount = pl.col("discount_value").fill_null(ZERO) if "discount_value" in has else ZERO
    # An order's total stands on each of its rows, and nothing tells whether its list price does so too.
    full = pl.coalesce("list_value", value + discount) if each and "list_value" in has else value + discount
    known = {"product_id", "product_kind", "quantity", "value"} <= has and each
    whole = pl.all_horizontal(pl.col("product_id", "product_kind").is_not_null(), pl.col("quantity") > 0)
    piece = pl.struct(
        kind=pl.col("product_kind").hash(),
        product=pl.struct("product_kind", "product_id").hash(),
        units=pl.col("quantity").cast(MONEY),
        list_value=full.cast(MONEY),
    )
    return {
        "list": pl.when(stands).then(full).otherwise(ZERO).cast(MONEY),
        "discount": pl.when(stands).then(discount).otherwise(ZERO) if "discount_value" in has else ZERO,
        "piece": pl.when(stands & whole).then(piece) if known else NO_PIECE,
    }


def _summed_terms(adds: Mapping[str, pl.Expr], money: Callable[[pl.Expr], pl.Expr]) -> dict[str, pl.Expr]:
    return {
        "list_value": money(adds["list"]),
        "discount_value": money(adds["discount"]),
        "points_value": money(adds["points"]),
        "pieces": adds["piece"].drop_nulls(),
    }


def _is_bought(source: Orders) -> pl.Expr:
    """Return whether a row is merchandise that was bought, and not given back in full."""
    value = pl.col("value").fill_null(ZERO) if "value" in source.columns else ZERO
    refund = pl.col("refund_value").fill_null(ZERO) if "refund_value" in source.columns else ZERO
    extra = is_extra() if "is_non_product" in source.columns else NO
    return ~is_idle(source) & ~extra & ~((value < 0) | ((refund > 0) & (refund >= value)))


def _kind(source: Orders) -> str:
    return "product_kind" if "product_kind" in source.columns else "product_id"


def _unused(lines: str) -> pl.Expr:
    """Lines left out of an order that counts; none where the order itself is left out (it carries the reason)."""
    living = pl.col("reason").is_null() | pl.col("reason").eq(UNLINKED_REFUND)
    return pl.when(living).then(pl.col(lines)).otherwise(0).cast(pl.UInt32)


def _reason(amounts_known: bool) -> pl.Expr:
    """Return the first reason that applies: the earlier ones say more about the row."""
    dead = (pl.col("idle_lines") > 0) & (pl.col("live_lines") == 0)
    reason = (
        pl.when(pl.col("fault").is_not_null())
        .then(pl.col("fault"))
        .when(pl.col("is_test"))
        .then(pl.lit("test"))
        .when(pl.col("is_excluded"))
        .then(pl.lit("excluded"))
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


def unrated(source: Orders) -> pl.LazyFrame | None:
    """Return what rates and indices are missing for rows with an amount; None where none were asked for.

    Columns: ``unrated`` (in words), ``day`` and ``place`` of the first such row.
    """
    if "unrated" not in source.frame.collect_schema():
        return None
    return (
        source.frame.filter(pl.col("unrated").is_not_null())
        .group_by("unrated")
        .agg(pl.col("day").min(), place=place().min())
    )


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
        .head(MOST_CONFLICTS)
    )


def versions(source: Orders, order_table: pl.LazyFrame) -> pl.LazyFrame | None:
    """Return how many orders that count stand in several files in versions that differ: all lines of these count.

    None where there can be none. The lines of one order may be cut between files; where each file has all its
    products, they are versions. Columns: ``orders``, and ``first``, the number of one of them; one row.
    """
    if not _may_have_versions(source):
        return None
    several = order_table.filter("in_several_files", pl.col("reason").is_null()).select("order_id")
    return (
        source.frame.select("file", "product_id", "fingerprint", order_id=_order_of_row(source))
        .join(several, on="order_id", how="semi")
        .group_by("order_id", "file")
        .agg(pl.col("product_id", "fingerprint").unique().sort())
        .group_by("order_id")
        .agg(pl.col("product_id", "fingerprint").n_unique())
        .filter(pl.col("product_id") == 1, pl.col("fingerprint") > 1)
        .select(orders=pl.len(), first=pl.col("order_id").min())
    )


def _may_have_versions(source: Orders) -> bool:
    told = {"order_id", "product_id"} <= source.columns
    return len(source.origin.files) > 1 and source.rows_are is RowsAre.LINES and told
