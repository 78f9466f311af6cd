"""Rows that continue the one above: further lines of an order whose number and date stand on its first row only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.rows import footer
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Source
from loyalty.ingest.values.words import is_blank

CARRIED = (
    "order_id",
    "customer_id",
    "ordered_at",
    "status",
    "currency",
    "cancelled_at",
    "is_cancelled",
    "is_refunded",
    "payment_status",
    "sale_type",
)
"""What holds for every line of an order. Its amounts stay where they are, or they would count twice."""
LINE = ("product_id", "product_name", "quantity", "unit_price")


def continued(file: RawFile, recognition: Recognition) -> RawFile:
    """Return the file with number, date, customer and status of an order on each of its lines.

    It is left as it is unless the sample shows such rows: a product and no date, and no order number or that of the row
    above. A row without a product, or with a word such as TOPLAM, is never filled.
    """
    columns = recognition.columns
    order, date = columns.get("order_id"), columns.get("ordered_at")
    lines = [column for name in LINE if name in columns for column in columns[name].columns]
    if order is None or date is None or not lines:
        return file
    owned = {*order.columns, *date.columns}
    lines = [column for column in lines if column not in owned]
    if not lines:
        return file
    undated = pl.all_horizontal(is_blank(pl.col(column)) for column in date.columns)
    # A total may stand under the first column, which may well be an article number.
    total = footer(Cells(file, recognition, Source(())), undated)
    goes_on = undated & ~total & ~pl.all_horizontal(is_blank(pl.col(column)) for column in lines)
    if not file.sample.select(goes_on.any()).item() or file.sample.select(goes_on.first()).item():
        return file
    carried = dict.fromkeys(
        column
        for name in CARRIED
        if name in columns
        for column in columns[name].columns
        if column not in lines
    )
    way = _Carry(goes_on, tuple(carried), order.columns[0])
    return replace(file, frame=way.filled(file.frame), sample=way.filled(file.sample.lazy()).collect())


@dataclass(frozen=True)
class _Carry:
    """Which rows may go on with the order above (``goes_on``), and the columns they take from its first row."""

    goes_on: pl.Expr
    columns: tuple[str, ...]
    order: str

    def filled(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        # Whole first rows are carried: a blank cell of one must not be filled from the order above it.
        first = pl.when(~self.goes_on).then(pl.struct(self.columns)).forward_fill()
        number = pl.col("first_row").struct.field(self.order)
        same = is_blank(pl.col(self.order)) | (pl.col(self.order) == number)
        return (
            frame.with_columns(first_row=first, goes_on=self.goes_on)
            .with_columns(
                pl.when(pl.col("goes_on") & same)
                .then(pl.col("first_row").struct.field(column))
                .otherwise(pl.col(column))
                .alias(column)
                for column in self.columns
            )
            .drop("first_row", "goes_on")
        )
