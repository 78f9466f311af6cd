"""The columns that ``--by`` and its like ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from loyalty.errors import ColumnMissing, UsageError, near
from loyalty.ingest.catalogue import key
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import stripped, text
from loyalty.ingest.headers import Headers

NOT_GROUPS = frozenset({"file", "row", "fault", "order_id", "comment"})


def by_columns(
    cells: Cells, wishes: Sequence[str], schema: Mapping[str, Any], called: Mapping[str, str] | None = None
) -> dict[str, pl.Expr]:
    """Return the asked columns as text under the names the user gave; those of the table itself are there already.

    ``called`` are columns that exports call otherwise than the table: asked for by the table's name, they are there.

    Raises:
        UsageError: a column that nothing can be grouped by, such as an amount, or one that is called as another one
            of the table.
        ColumnMissing: the file has no such column.
    """
    headers = Headers(cells.file)
    canonical = {
        key(said): name
        for name in cells.recognition.columns
        for said in (name, (called or {}).get(name, name))
    }
    made: dict[str, pl.Expr] = {}
    absent: list[str] = []
    for wish in wishes:
        name = canonical.get(key(wish))
        column = headers.asked(wish)
        if wish in schema and (wish in NOT_GROUPS or schema[wish] != pl.String):
            raise UsageError(f"{wish}: nothing can be grouped by this", hint="Name a column of words.")
        if wish in schema and name:
            continue
        if name:
            made[wish] = text(cells, name)
        elif column and wish in schema:
            raise UsageError(
                f"{cells.file.path}: {wish} is also what this program calls a column of its own",
                hint=f"Name that of the file by its place: '#{int(column[1:]) + 1}'.",
            )
        elif column:
            made[wish] = stripped(column)
        else:
            absent.append(wish)
    if absent:
        known = [*cells.recognition.columns, *headers.texts]
        raise ColumnMissing(
            *(
                f"{cells.file.path}: there is no column {wish!r} to group by{near(wish, known)}"
                for wish in absent
            ),
            hint=f"The headers are {headers.listed()}.",
        )
    return made
