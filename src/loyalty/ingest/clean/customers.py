"""Customers and members: who they are, since when, and what the platform says of them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.moments import moment, no_moment
from loyalty.ingest.clean.money import money
from loyalty.ingest.clean.numbers import whole
from loyalty.ingest.clean.rows import fingerprint, first_fault, footer, no_data, ragged
from loyalty.ingest.clean.states import inner_text, state, year
from loyalty.ingest.clean.text import flag, identity
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Source
from loyalty.model.tables import CUSTOMER_COLUMNS

CALLED = {
    "total_orders": "orders",
    "total_spent": "lifetime_value",
    "points": "points_balance",
    "birth_date": "birth_year",
}
"""Columns that exports call otherwise than the table."""


@dataclass(frozen=True)
class CleanCustomers:
    """The customers of one file."""

    frame: pl.LazyFrame
    columns: frozenset[str]
    cells: Cells


def clean_customers(
    file: RawFile, index: int, recognition: Recognition, source: Source, by: tuple[str, ...] = ()
) -> CleanCustomers:
    """Return the customers of one file as ``CUSTOMER_COLUMNS``, every row kept.

    Raises:
        UnreadableDates: dates stand there and none can be read, or day and month cannot be told apart.
        UnreadableNumbers: amounts that are no numbers, or could mean two.
        ColumnMissing: a ``by`` column is not there.
    """
    cells = Cells(file, recognition, source)
    grouped = by_columns(cells, by, CUSTOMER_COLUMNS)
    customer = pl.coalesce(identity(cells, "customer_id"), identity(cells, "email"))
    nobody = customer.is_null()
    left = moment(cells, "left_at")
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "fault": first_fault(
            (footer(cells, _empty(cells)), "footer"),
            (ragged(cells), "ragged"),
            *no_data(cells),
            (nobody, "missing_customer"),
        ),
        "customer_id": customer,
        "email": identity(cells, "email"),
        "created_at": moment(cells, "created_at"),
        "enrolled_at": moment(cells, "enrolled_at"),
        "left_at": left,
        "left_unread": left.is_null() & ~no_moment(cells, "left_at", left.is_null()),
        "is_member": state(cells, "is_member"),
        "is_active": state(cells, "is_active"),
        "tier": inner_text(cells, "tier"),
        "referrer_id": identity(cells, "referrer_id"),
        "orders": whole(cells, "total_orders"),
        "lifetime_value": money(cells, "total_spent"),
        "points_balance": _points_left(cells),
        "birth_year": year(cells, "birth_date"),
        "consent_email": flag(cells, "consent_email", catalogue().consents),
        "consent_sms": flag(cells, "consent_sms", catalogue().consents),
        "consent_call": flag(cells, "consent_call", catalogue().consents),
        "fingerprint": fingerprint(cells),
    }
    known = {CALLED.get(name, name) for name in recognition.columns} | {"customer_id"}
    if {"earned", "spent"} <= known:
        known |= {"points_balance"}
    return CleanCustomers(
        frame=cells.file.frame.select(**facts, **grouped).select(
            *(pl.col(name).cast(dtype) for name, dtype in CUSTOMER_COLUMNS.items()), *grouped
        ),
        columns=frozenset(known & set(CUSTOMER_COLUMNS)),
        cells=cells,
    )


def _points_left(cells: Cells) -> pl.Expr:
    """Return the points a customer has, or what is left of those earned; some write spending with a minus."""
    if cells.use("points") is not None or cells.use("earned") is None or cells.use("spent") is None:
        return whole(cells, "points")
    return whole(cells, "earned") - whole(cells, "spent").abs().fill_null(0)


def _empty(cells: Cells) -> pl.Expr:
    """Return whether nothing beside one cell is filled: a row about a person says more."""
    columns = [f"c{place}" for place in range(len(cells.file.headers))]
    return pl.sum_horizontal(pl.col(column).is_not_null() for column in columns) <= 2
