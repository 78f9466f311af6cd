"""The tables of a ledger: where they stand, which columns they keep, how they are read and written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from loyalty.errors import CannotWrite, DamagedFile
from loyalty.model.tables import ORDER_COLUMNS

NOT_KEPT = frozenset({"ordered_at"})
"""Columns that nothing is derived from once the day is known."""
ALWAYS = ("file", "row", "fault", "order_id", "day", "fingerprint")
CUSTOMERS = "customers"
ROW_GROUP = 65_536
"""Rows whose least and greatest values are told together, so that who asks for some customers reads only theirs."""


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


def customers_file(update: int, number: int) -> str:
    """Return where a part of the table of customers stands in the ledger's folder."""
    return f"{CUSTOMERS}/{update}-{number}.parquet"


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


def save(table: pl.DataFrame, path: Path) -> None:
    """Write a table so that it survives a power cut.

    Raises:
        CannotWrite: the disk is full, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            table.write_parquet(
                file, compression="zstd", compression_level=1, statistics=True, row_group_size=ROW_GROUP
            )
            file.flush()
            os.fsync(file.fileno())
    except (OSError, pl.exceptions.ComputeError) as error:
        said = getattr(error, "strerror", None) or str(error).split("\n", 1)[0]
        raise CannotWrite(
            f"{path}: cannot be written: {said}", hint="Name another folder with --output."
        ) from error
