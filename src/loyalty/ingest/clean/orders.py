"""Orders: one row per line or order of the export, with money, moment, customer and status made comparable."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import polars as pl

from loyalty.ingest.catalogue import How, catalogue, key
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.continued import continued
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.moments import moment, no_moment
from loyalty.ingest.clean.money import count, money, money_fault
from loyalty.ingest.clean.rows import fingerprint, first_fault, footer, no_data, ragged, where
from loyalty.ingest.clean.text import flag, identity, spelled, stripped, text, word
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition, Use
from loyalty.ingest.source import Source
from loyalty.ingest.values.cells import read_cells, read_distinct
from loyalty.model.tables import MONEY, ORDER_COLUMNS, OrderStatus, RowsAre, ValueOn

PRODUCT_COLUMNS = ("product_id", "product_name", "product_kind")
OFTEN = 10
"""So many orders of several rows, each with one amount on all of its rows, are no accident."""
CENT = Decimal("0.01")
HALF = 0.5
CALLED = {"amount": "value", "discount": "discount_value", "refund": "refund_value"}
"""Columns that users map under a shorter name than the table has."""


@dataclass(frozen=True)
class CleanOrders:
    """The orders of one file; ``value_on`` is None when no order has several rows to tell by."""

    frame: pl.LazyFrame
    columns: frozenset[str]
    rows_are: RowsAre
    value_on: ValueOn | None
    currency: str | None
    cells: Cells


def clean_orders(
    file: RawFile, index: int, recognition: Recognition, source: Source, by: tuple[str, ...] = ()
) -> CleanOrders:
    """Return the orders of one file as ``ORDER_COLUMNS``, every row kept; ``index`` is its number in the run.

    Raises:
        UnreadableDates: no order date can be read, or day and month cannot be told apart.
        UnreadableNumbers: amounts that are no numbers, or could mean two.
        ColumnMissing: a ``by`` column is not there.
    """
    cells = Cells(continued(file, recognition), recognition, source)
    platform = recognition.platform
    return CleanOrders(
        frame=_frame(cells, index, by),
        columns=_known_columns(recognition),
        rows_are=_rows_are(recognition),
        value_on=_value_on(cells),
        currency=source.currency or (platform.currency if platform else None),
        cells=cells,
    )


def _frame(cells: Cells, index: int, by: tuple[str, ...]) -> pl.LazyFrame:
    grouped = by_columns(cells, by, ORDER_COLUMNS)
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "order_id": identity(cells, "order_id"),
        "customer_id": identity(cells, "customer_id"),
        "ordered_at": moment(cells, "ordered_at"),
        "status": _status(cells),
        "currency": _currency(cells),
        "value": money(cells, "amount"),
        "list_value": money(cells, "list_value"),
        # Some platforms write discounts and refunds with a minus, some without.
        "discount_value": money(cells, "discount").abs(),
        "refund_value": money(cells, "refund").abs(),
        "points_value": money(cells, "points_value").abs(),
        "product_id": text(cells, "product_id"),
        "product_kind": text(cells, "product_kind"),
        "quantity": count(cells, "quantity"),
        "is_test": flag(cells, "is_test"),
        "is_non_product": _is_non_product(cells),
        "fingerprint": fingerprint(cells),
    }
    day = pl.col("ordered_at").dt.date()
    if cells.use("order_id") is None:
        # Without order numbers, all that a customer bought on one day is one order.
        order_id = pl.concat_str(pl.col("customer_id"), day.cast(pl.String), separator=" ")
    else:
        order_id = pl.col("order_id")
    return (
        cells.file.frame.with_columns(
            **facts, **{f"by_{place}": made for place, made in enumerate(grouped.values())}
        )
        .with_columns(day=day, order_id=order_id)
        .with_columns(fault=_fault(cells))
        .select(
            *(pl.col(name).cast(dtype) for name, dtype in ORDER_COLUMNS.items()),
            *(pl.col(f"by_{place}").alias(name) for place, name in enumerate(grouped)),
        )
    )


def _fault(cells: Cells) -> pl.Expr:
    undated, unpriced = pl.col("ordered_at").is_null(), pl.col("value").is_null()
    no_order, too_wide, unwanted = pl.col("order_id").is_null(), ragged(cells), no_data(cells)
    verdict = pl.coalesce(
        first_fault(
            (footer(cells, undated), "footer"),
            (too_wide, "ragged"),
            *unwanted,
            (no_moment(cells, "ordered_at", undated), "missing_date"),
            (undated, "unreadable_date"),
        ),
        money_fault(cells, "amount", unpriced),
        first_fault((no_order, "missing_order")),
    )
    odd = pl.any_horizontal(undated, no_order, too_wide, *(condition for condition, _ in unwanted))
    return where(odd | unpriced if cells.use("amount") else odd, verdict)


def _status(cells: Cells) -> pl.Expr:
    status = word(cells, "status", catalogue().order_status, pl.String)
    if cells.use("cancelled_at") is None:
        return status
    return (
        pl.when(text(cells, "cancelled_at").is_not_null())
        .then(pl.lit(str(OrderStatus.CANCELLED)))
        .otherwise(status)
    )


def _currency(cells: Cells) -> pl.Expr:
    codes = {
        spelling: code for known, code in catalogue().currencies.items() for spelling in spelled([known])
    }

    def code(words: pl.Series) -> pl.Series:
        return words.str.strip_chars().str.to_uppercase().replace("", None).replace(codes)

    use = cells.use("currency")
    if use is None:
        return pl.lit(None, pl.String)
    written = pl.coalesce(pl.col(column).cast(pl.String) for column in use.columns)
    return read_cells(written, partial(read_distinct, reading=code), pl.String)


def _is_non_product(cells: Cells) -> pl.Expr:
    """Return whether the line is postage, a fee or the like, by article number or name."""
    uses = [use for name in ("product_id", "product_name") if (use := cells.use(name))]
    columns = dict.fromkeys(column for use in uses for column in use.columns)
    if not columns:
        return pl.lit(None, pl.Boolean)
    words = spelled(catalogue().non_products)
    return pl.any_horizontal(stripped(column).is_in(words).fill_null(value=False) for column in columns)


def _known_columns(recognition: Recognition) -> frozenset[str]:
    known = {CALLED.get(name, name) for name in recognition.columns}
    known |= {"fault", "day", "fingerprint"} | (
        {"is_non_product"} if known & {"product_id", "product_name"} else set()
    )
    return frozenset(known & set(ORDER_COLUMNS))


def _rows_are(recognition: Recognition) -> RowsAre:
    platform = recognition.platform
    if platform is not None and platform.rows_are is not None:
        return platform.rows_are
    # Rows without an order number are purchases on a day: several may belong together.
    lines = "order_id" not in recognition.columns or any(
        name in recognition.columns for name in PRODUCT_COLUMNS
    )
    return RowsAre.LINES if lines else RowsAre.ORDERS


def _value_on(cells: Cells) -> ValueOn | None:
    """Return where the money of an order stands: the platform's habit, else what the sample shows."""
    platform = cells.recognition.platform
    amount, order = cells.use("amount"), cells.use("order_id")
    if platform is not None and platform.value_on is not None and amount and amount.known is Known.PLATFORM:
        return platform.value_on
    if amount is None or order is None or _rows_are(cells.recognition) is RowsAre.ORDERS:
        return None
    seen = (
        cells.file.sample.lazy()
        .group_by(stripped(order.columns[0]).alias("order_id"))
        .agg(
            rows=pl.len(),
            filled=stripped(amount.columns[0]).count(),
            amount=pl.concat_str(stripped(column).fill_null("") for column in amount.columns).first(),
            amounts=pl.concat_str(stripped(column).fill_null("") for column in amount.columns).n_unique(),
        )
        .filter(pl.col("order_id").is_not_null(), pl.col("rows") > 1)
        .select(
            orders=pl.len(),
            blanks=(pl.col("filled") < pl.col("rows")).any(),
            alike=(pl.col("amounts") == 1).all(),
            values=pl.col("amount").n_unique(),
        )
        .collect()
        .row(0, named=True)
    )
    if not seen["orders"]:
        return None
    # Lines of one price each may be equal in one order or two, but not in every order of many.
    often = seen["orders"] >= OFTEN and seen["values"] >= OFTEN / 2 and not _is_price_by_count(cells, amount)
    repeats = seen["alike"] and not seen["blanks"] and (often or _whole_order(cells, amount))
    return ValueOn.REPEATED if repeats else ValueOn.EACH_ROW


def _is_price_by_count(cells: Cells, amount: Use) -> bool:
    """Return whether the amount of most rows is price times quantity, so that it is the row's own."""
    if amount.known is Known.DERIVED or amount.how is How.TIMES:
        return True
    if cells.use("unit_price") is None or cells.use("quantity") is None:
        return False
    product = money(cells, "unit_price") * count(cells, "quantity").cast(MONEY)
    agree = (product - money(cells, "amount")).abs() < CENT
    return bool(cells.file.sample.select(agree.mean() > HALF).item())


def _whole_order(cells: Cells, amount: Use) -> bool:
    """Return whether the header of the amount says that it stands for the whole order."""
    names = catalogue().kinds[cells.recognition.kind]["amount"]
    return key(cells.file.headers[int(amount.columns[0][1:])]) in names.whole_order
