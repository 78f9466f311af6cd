"""What undoes a sale: its status, a date or a yes beside it, or that the row is a return with a number of its own."""

from __future__ import annotations

from functools import partial

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.fates import fates
from loyalty.ingest.clean.money import count, money
from loyalty.ingest.clean.text import NOTHING, flag, text, word
from loyalty.ingest.values.cells import read_cells, read_distinct
from loyalty.model.tables import MONEY, OrderStatus

SAID_BY = frozenset({"cancelled_at", "is_cancelled", "is_refunded", "sale_type", "payment_status"})
"""Columns that say so beside the status, or without one."""
GIVEN_BACK = tuple(map(str, (OrderStatus.REFUNDED, OrderStatus.CANCELLED, OrderStatus.FAILED)))
A_DATE = r"[1-9]"
"""Neither blank nor ``-`` nor ``0000-00-00``."""


def status(cells: Cells) -> pl.Expr:
    """Return what became of a row's order, an :class:`OrderStatus`; null where nothing tells."""
    told = _after_payment(_fate(cells, "status"), _fate(cells, "payment_status"))
    for undone, became in (
        (_says(cells, "is_refunded"), OrderStatus.REFUNDED),
        (_says(cells, "is_cancelled"), OrderStatus.CANCELLED),
        (_is_document(cells, "cancelled"), OrderStatus.CANCELLED),
        (_is_dated(cells, "cancelled_at"), OrderStatus.CANCELLED),
    ):
        if undone is not None:
            told = pl.when(undone).then(pl.lit(str(became))).otherwise(told)
    return told


def _after_payment(order: pl.Expr, payment: pl.Expr) -> pl.Expr:
    """Return what became of the order, where its payment was given back or never came also against its own status.

    A payment that is still awaited says nothing: cash on delivery comes last.
    """
    undone = payment.is_in(GIVEN_BACK) & (order.is_null() | (order == str(OrderStatus.COMPLETED)))
    return pl.when(undone).then(payment).otherwise(order)


def _fate(cells: Cells, name: str) -> pl.Expr:
    use = cells.use(name)
    if use is None:
        return NOTHING
    written = pl.coalesce(pl.col(column).cast(pl.String) for column in use.columns)
    return read_cells(written, partial(read_distinct, reading=fates), pl.String)


def given_back(cells: Cells, number: pl.Expr) -> pl.Expr:
    """Return an amount or a count below zero where the row is a return, with whichever sign it stands there."""
    returned = _is_document(cells, "return")
    return number if returned is None else pl.when(returned).then(-number.abs()).otherwise(number)


def refund(cells: Cells) -> pl.Expr:
    """Return what was given back; where only the pieces are told that came back, their share of the amount."""
    if cells.use("refund") is not None or cells.use("returned_quantity") is None:
        # Some platforms write refunds with a minus, some without.
        return money(cells, "refund").abs()
    back, of = count(cells, "returned_quantity").abs(), count(cells, "quantity").abs()
    share = pl.when((back > 0) & (back <= of)).then(back / of)
    return (money(cells, "amount").abs().cast(pl.Float64) * share).round(2).cast(MONEY)


def _says(cells: Cells, name: str) -> pl.Expr | None:
    """Return whether a yes-or-no column says yes, or what its header says ("İptal")."""
    if cells.use(name) is None:
        return None
    # Null where the cell is another word: only a column of yes and no is taken.
    return flag(cells, name) | _is_word(cells, name, "return", "cancelled")


def _is_document(cells: Cells, kind: str) -> pl.Expr | None:
    return _is_word(cells, "sale_type", kind) if cells.use("sale_type") else None


def _is_word(cells: Cells, name: str, *kinds: str) -> pl.Expr:
    known = word(cells, name, catalogue().sale_types, pl.String)
    return known.is_in(kinds).fill_null(value=False)


def _is_dated(cells: Cells, name: str) -> pl.Expr | None:
    return text(cells, name).str.contains(A_DATE) if cells.use(name) else None
