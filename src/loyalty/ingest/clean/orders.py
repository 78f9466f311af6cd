"""Orders: one row per line or order of the export, with money, moment, customer and status made comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.errors import UnreadableNumbers
from loyalty.ingest.catalogue import How, stands_for_order
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.continued import continued
from loyalty.ingest.clean.currency import currency, tells_currency
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.latest import CHANGED
from loyalty.ingest.clean.merchandise import MARKS, is_non_product
from loyalty.ingest.clean.moments import moment, no_moment
from loyalty.ingest.clean.money import count, money, money_faults, unread_amounts
from loyalty.ingest.clean.numbering import given_back_by_row, order_number
from loyalty.ingest.clean.repeated import repetition
from loyalty.ingest.clean.rows import fingerprint, first_fault, footer, no_data, ragged, where
from loyalty.ingest.clean.text import is_alias, merged, stripped, text
from loyalty.ingest.clean.undone import SAID_BY, given_back, refund, status
from loyalty.ingest.clean.unwanted import is_excluded, is_test
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition, Use
from loyalty.ingest.source import Conflicts, Source
from loyalty.model.tables import MONEY, ORDER_COLUMNS, RowsAre, ValueOn

PRODUCT_COLUMNS = ("product_id", "product_name", "product_kind")
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
    file: RawFile,
    index: int,
    recognition: Recognition,
    source: Source,
    by: tuple[str, ...] = (),
    aliases: Mapping[str, str] | None = None,
) -> CleanOrders:
    """Return the orders of one file as ``ORDER_COLUMNS``, every row kept; ``index`` is its number in the run.

    ``updated_at`` and ``is_alias`` are further columns where versions are compared and where there are ``aliases``.

    Raises:
        UnreadableDates: no order date can be read, or day and month cannot be told apart.
        UnreadableNumbers: amounts that are no numbers, or could mean two.
        ColumnMissing: a ``by`` column is not there.
    """
    cells = Cells(continued(file, recognition), recognition, source, aliases or {})
    platform = recognition.platform
    return CleanOrders(
        frame=_frame(cells, index, by),
        columns=_known_columns(cells),
        rows_are=_rows_are(cells),
        value_on=_value_on(cells),
        currency=source.currency or (platform.currency if platform else None),
        cells=cells,
    )


def _frame(cells: Cells, index: int, by: tuple[str, ...]) -> pl.LazyFrame:
    grouped = by_columns(cells, by, ORDER_COLUMNS)
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "customer_id": merged(cells, "customer_id"),
        "ordered_at": moment(cells, "ordered_at"),
        "status": status(cells),
        "currency": currency(cells),
        "value": given_back(cells, money(cells, "amount")),
        "list_value": given_back(cells, money(cells, "list_value")),
        # Some platforms write discounts and refunds with a minus, some without.
        "discount_value": money(cells, "discount").abs(),
        "refund_value": refund(cells),
        "points_value": money(cells, "points_value").abs(),
        "product_id": text(cells, "product_id"),
        "product_kind": text(cells, "product_kind"),
        "family_id": text(cells, "family_id"),
        "tier_rank": _tier_rank(cells),
        "quantity": given_back(cells, count(cells, "quantity")),
        "is_test": is_test(cells),
        "is_excluded": is_excluded(cells),
        "is_non_product": is_non_product(cells),
        "fingerprint": fingerprint(cells),
    }
    beside = _beside(cells)
    day = pl.col("ordered_at").dt.date()
    order_id = order_number(cells, day)
    return (
        cells.file.frame.with_columns(
            **facts, **beside, **{f"by_{place}": made for place, made in enumerate(grouped.values())}
        )
        .with_columns(day=day, order_id=order_id)
        .with_columns(fault=_fault(cells))
        .select(
            *(pl.col(name).cast(dtype) for name, dtype in ORDER_COLUMNS.items()),
            *beside,
            *(pl.col(f"by_{place}").alias(name) for place, name in enumerate(grouped)),
        )
    )


def _beside(cells: Cells) -> dict[str, pl.Expr]:
    """Return the columns that only some runs need."""
    beside = {CHANGED: moment(cells, CHANGED)} if cells.source.conflicts is Conflicts.LAST else {}
    return beside | ({"is_alias": is_alias(cells, "customer_id")} if cells.aliases else {})


def _fault(cells: Cells) -> pl.Expr:
    undated, unread = pl.col("ordered_at").is_null(), unread_amounts(cells)
    no_order, too_wide, unwanted = pl.col("order_id").is_null(), ragged(cells), no_data(cells)
    verdict = pl.coalesce(
        first_fault(
            (footer(cells, undated), "footer"),
            (too_wide, "ragged"),
            *unwanted,
            (no_moment(cells, "ordered_at", undated), "missing_date"),
            (undated, "unreadable_date"),
        ),
        money_faults(cells),
        first_fault((no_order, "missing_order")),
    )
    odd = pl.any_horizontal(undated, no_order, too_wide, *unread, *(condition for condition, _ in unwanted))
    return where(odd, verdict)


def _tier_rank(cells: Cells) -> pl.Expr:
    """Return how high a product stands in its family.

    Raises:
        UnreadableNumbers: the column says it in words.
    """
    rank = count(cells, "tier_rank")
    use = cells.use("tier_rank")
    if use is not None:
        seen = cells.file.sample.select(
            ranks=rank.count(), word=stripped(use.columns[0]).drop_nulls().first()
        ).row(0, named=True)
        if seen["word"] is not None and not seen["ranks"]:
            raise UnreadableNumbers(
                f"{cells.where(use.columns[0])} should give the tier_rank but holds no numbers; its first value is "
                f"{seen['word']!r}",
                hint="Name a column of numbers, 1 for the lowest tier of a family.",
            )
    return rank


def _known_columns(cells: Cells) -> frozenset[str]:
    source, known = cells.source, {CALLED.get(name, name) for name in cells.recognition.columns}
    known |= {"currency"} if tells_currency(cells) else set()
    known |= {"fault", "day", "fingerprint"} | (
        {"is_non_product"} if known & {"product_id", "product_name", *MARKS} else set()
    )
    known |= ({"is_test"} if source.tests else set()) | ({"is_excluded"} if source.excluded else set())
    known |= {"is_excluded"} if "is_employee" in known else set()
    known |= {"status"} if known & SAID_BY else set()
    known |= {"refund_value"} if {"returned_quantity", "quantity", "value"} <= known else set()
    return frozenset(known & set(ORDER_COLUMNS)) | ({"is_alias"} if cells.aliases else set())


def _rows_are(cells: Cells) -> RowsAre:
    recognition = cells.recognition
    platform = recognition.platform
    if platform is not None and platform.rows_are is not None:
        return platform.rows_are
    # Rows without an order number are purchases on a day: several may belong together.
    lines = "order_id" not in recognition.columns or any(
        name in recognition.columns for name in PRODUCT_COLUMNS
    )
    return RowsAre.LINES if lines or given_back_by_row(cells) else RowsAre.ORDERS


def _value_on(cells: Cells) -> ValueOn | None:
    """Return where the money of an order stands: the platform's habit, else what the sample shows."""
    platform = cells.recognition.platform
    amount, order = cells.use("amount"), cells.use("order_id")
    if platform is not None and platform.value_on is not None and amount and amount.known is Known.PLATFORM:
        return platform.value_on
    if amount is None or order is None or _rows_are(cells) is RowsAre.ORDERS:
        return None
    seen = repetition(cells, amount.columns)
    if not seen.orders:
        return None
    often = seen.often and not _is_price_by_count(cells, amount)
    repeats = seen.alike and (often or _whole_order(cells, amount))
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
    return stands_for_order(cells.file.headers[int(amount.columns[0][1:])])
