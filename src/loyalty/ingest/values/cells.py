"""Reading cells by the batch: cheaply where they are plain, and each odd cell once however often it stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

LONGEST = 400
"""No number and no date takes more bytes; a longer cell is none, and looking into it could take minutes."""

Reading = Callable[[pl.Series], pl.Series]
"""Text cells in, as many values out; null where a cell cannot be read."""


def read_cells(column: pl.Expr, reading: Reading, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    """Return ``reading`` of a column as an expression that streams.

    A plain expression would work out every branch for every cell, odd or not, and a shared step once per use; a
    reading looks at the batch first and can stop early.
    """
    return column.map_batches(reading, return_dtype=dtype, is_elementwise=True)


def look_up(column: pl.Expr, meanings: Mapping[Any, Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    """Return what the values of a column mean; null for those not among ``meanings``.

    ``Expr.replace_strict`` would do the same, but gathers the whole column first, and every other column of the
    query waits in memory for it.
    """
    known, meant = list(meanings), list(meanings.values())
    return read_cells(
        column, lambda cells: cells.replace_strict(known, meant, default=None, return_dtype=dtype), dtype
    )


def read_distinct(cells: pl.Series, reading: Reading) -> pl.Series:
    """Return ``reading`` of the cells, working once on a cell that stands in many rows."""
    first = cells.first()
    if first is not None and (cells == first).all(ignore_nulls=False):
        return reading(cells.head(1)).new_from_index(0, cells.len())
    distinct = cells.drop_nulls().unique()
    if distinct.is_empty() or 2 * distinct.len() > cells.len():
        return reading(cells)
    values = reading(distinct)
    return cells.replace_strict(distinct, values, default=None, return_dtype=values.dtype)


def read_rest(cells: pl.Series, read: pl.Series, reading: Reading) -> pl.Series:
    """Return ``read`` with the cells that are still null in it read by a second, thorough ``reading``."""
    # A column that the sample shows blank may be of any type.
    cells = cells.cast(pl.String)
    rest = (read.is_null() & (cells.str.len_bytes() <= LONGEST)).fill_null(value=False).arg_true()
    if rest.is_empty():
        return read
    return read.scatter(rest, read_distinct(cells.gather(rest), reading))
