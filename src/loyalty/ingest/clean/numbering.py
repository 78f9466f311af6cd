"""Order numbers that stand on several rows: of tills that count from 1 again each day, and of money given back."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.money import money
from loyalty.ingest.clean.text import identity, merged, stripped

ENOUGH = 3
"""Numbers of several customers that are no slip of the hand."""
HALF = 0.5


def order_number(cells: Cells, day: pl.Expr) -> pl.Expr:
    """Return what makes rows one order: its number; without numbers, or where they come back, with customer and day."""
    customer, number = merged(cells, "customer_id"), identity(cells, "order_id")
    if cells.use("order_id") is None:
        # Without order numbers, all that a customer bought on one day is one order.
        return pl.concat_str(customer, day.cast(pl.String), separator=" ")
    if not come_back(cells):
        return number
    cells.remark("order_numbers_come_back")
    known = pl.concat_str(customer, day.cast(pl.String), number, separator=" ", ignore_nulls=True)
    return pl.when(number.is_not_null()).then(known)


def numbered_by(cells: Cells) -> list[str]:
    """Return the columns that tell which rows are one order; none without order numbers."""
    order = cells.use("order_id")
    if order is None:
        return []
    if not come_back(cells):
        return [order.columns[0]]
    customer, day = cells.recognition.columns["customer_id"], cells.recognition.columns["ordered_at"]
    return list(dict.fromkeys((order.columns[0], *customer.columns, day.columns[0])))


def come_back(cells: Cells) -> bool:
    """Return whether most numbers that stand on several rows are those of several customers on several days."""
    order, customer, day = (cells.use(name) for name in ("order_id", "customer_id", "ordered_at"))
    platform = cells.recognition.platform
    if platform is not None or order is None or customer is None or day is None:
        return False
    if set(order.columns) & set(customer.columns):
        return False
    seen = (
        cells.file.sample.select(
            order=stripped(order.columns[0]),
            customer=merged(cells, "customer_id"),
            day=stripped(day.columns[0]),
        )
        .drop_nulls()
        .group_by("order")
        .agg(pl.len(), pl.col("customer", "day").n_unique())
        .filter(pl.col("len") > 1)
        .select(numbers=pl.len(), shared=((pl.col("customer") > 1) & (pl.col("day") > 1)).sum())
    )
    numbers, shared = seen.row(0)
    return bool(shared >= ENOUGH and shared > HALF * numbers)


def given_back_by_row(cells: Cells) -> bool:
    """Return whether orders stand on further rows below zero: money given back, not another version of the order.

    The whole file is asked only where the first rows say so: an order with two amounts above zero is in conflict.
    """
    if cells.use("order_id") is None or cells.use("amount") is None:
        return False
    amounts = {"order": identity(cells, "order_id"), "value": money(cells, "amount")}
    seen = cells.file.sample.select(**amounts).drop_nulls()
    paid, back = seen.filter(pl.col("value") > 0), seen.filter(pl.col("value") < 0)
    if back.join(paid, on="order", how="semi").is_empty():
        return False
    twice = (
        cells.file.frame.select(**amounts)
        .filter(pl.col("value") > 0)
        .group_by("order")
        .agg(pl.col("value").n_unique())
        .filter(pl.col("order").is_not_null(), pl.col("value") > 1)
    )
    return twice.head(1).collect().is_empty()
