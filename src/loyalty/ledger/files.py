"""Where the tables of a ledger stand, and which columns its rows keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import polars as pl

from loyalty.errors import DamagedFile
from loyalty.model.tables import ORDER_COLUMNS

NOT_KEPT = frozenset({"ordered_at"})
"""Columns that nothing is derived from once the day is known."""
ALWAYS = ("file", "row", "fault", "order_id", "day", "fingerprint")
CUSTOMERS = "customers"


def kept_columns(known: Iterable[str], by: Iterable[str]) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Return the columns of the rows, with their types; ``known`` are those that the exports have."""
    wanted = {*ALWAYS, *known} - NOT_KEPT
    kept = {name: dtype for name, dtype in ORDER_COLUMNS.items() if name in wanted}
    return (
        kept
        | ({"is_alias": pl.Boolean()} if "is_alias" in wanted else {})
        | {name: pl.String() for name in by}
    )


def order_file(month: str, name: str) -> str:
    """Return where rows of a month stand in the ledger's folder."""
    return f"orders/month={month}/{name}"


def fact_file(fact: str, month: str, update: int) -> str:
    """Return where a fact of a month stands in the ledger's folder."""
    return f"facts/{fact}/month={month}/{update}.parquet"


def customers_file(update: int) -> str:
    """Return where the table of customers stands in the ledger's folder."""
    return f"{CUSTOMERS}/{update}.parquet"


@contextmanager
def readable(shown: str) -> Iterator[None]:
    """Tell in words when a table of the ledger is gone or damaged.

    Raises:
        DamagedFile: naming the ledger.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        said = str(error).strip().split("\n", 1)[0]
        raise DamagedFile(
            f"{shown}: a table of the ledger cannot be read: {said}",
            hint="Make the ledger again from the exports: loyalty ledger ORDERS... -o FOLDER",
        ) from error
