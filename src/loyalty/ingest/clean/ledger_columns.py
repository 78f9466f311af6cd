"""Whether points can be read: entries need a day and points, and balances that run on are no list of balances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import quote

import polars as pl

from loyalty.errors import ColumnMissing
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.doubts import looks_dated
from loyalty.ingest.headers import Headers
from loyalty.ingest.meanings import drawn
from loyalty.ingest.recognition import Known, Use
from loyalty.model.tables import Holds

OF_ENTRIES = {
    "occurred_at": ("occurred_at",),
    "points": ("points", "earned", "spent", "expired"),
}
MEANING = {"occurred_at": "the day on which points moved", "points": "the points that moved"}


def require_columns(cells: Cells, holds: Holds) -> None:
    """Look whether the rows have the columns of what they hold.

    Raises:
        ColumnMissing: entries lack the column of their day or of their points; or a list of balances has a member in
            several rows with a day of its own each, so that it may well be a ledger whose columns are not known.
    """
    known = cells.recognition.columns.keys()
    absent = [name for name, columns in OF_ENTRIES.items() if known.isdisjoint(columns)]
    if holds is Holds.ENTRIES:
        if absent:
            raise _missing(cells, absent, dict.fromkeys(absent, "COLUMN"))
    elif (day := _day_of_rows(cells)) is not None:
        options = dict.fromkeys(absent, "COLUMN") | {"occurred_at": day}
        told = f'a member has several rows with another "{day}" each, so that balances that run on would be added up'
        raise _missing(cells, absent, options, told)


def _day_of_rows(cells: Cells) -> str | None:
    """Return the header of a column that is nothing yet and has several days of one member, if there is one.

    None where the user or the platform says that there are balances.
    """
    member, balance = cells.use("member_id") or cells.use("customer_id"), _balance(cells)
    if member is None or balance is None or balance.known is not Known.HEADER:
        return None
    taken, file = drawn(cells.recognition.columns) | cells.file.empty, cells.file
    free = (f"c{place}" for place in range(len(file.headers)) if f"c{place}" not in taken)
    rows = file.sample.filter(pl.col(member.columns[0]).is_not_null())
    for column in free:
        days = (
            rows.filter(pl.col(column).is_not_null())
            .group_by(member.columns[0])
            .agg(pl.col(column).n_unique())
        )
        if looks_dated(rows[column]) and (days[column] > 1).any():
            place = int(column[1:])
            return file.headers[place] or f"#{place + 1}"
    return None


def _balance(cells: Cells) -> Use | None:
    return cells.use("balance") or cells.use("points")


def _mapped(columns: Mapping[str, str]) -> str:
    return " ".join(f"--map {name}={quote(header)}" for name, header in columns.items())


def _missing(cells: Cells, absent: Sequence[str], entries: Mapping[str, str], *before: str) -> ColumnMissing:
    problems = (f"no column was recognised as {name}, {MEANING[name]}" for name in absent)
    listed = f"the headers are {Headers(cells.file).listed()}"
    hint = f"Say which it is: {_mapped(entries)} (or =#3 for the third column)."
    balance = _balance(cells)
    # Whatever is called a type makes entries of the rows.
    if balance is not None and not any(cells.use(name) for name in ("moved_as", "entry_type")):
        header = cells.file.headers[int(balance.columns[0][1:])]
        hint += f" If each row is a balance of its own, as of one card: {_mapped({'balance': header})}."
    return ColumnMissing(*(f"{cells.file.path}: {each}" for each in (*before, *problems, listed)), hint=hint)
