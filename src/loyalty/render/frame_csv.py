"""Rows of a frame as CSV, written column by column: a million customers in seconds, the same bytes as row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from loyalty.model.result import Value

_PLAIN = "^[0-9A-Za-z](?:[0-9A-Za-z _.-]*[0-9A-Za-z])?$"
"""Texts that every cell holds as they are."""
_SMALLEST = 1e-4
"""Polars writes smaller numbers otherwise than Python."""
_ROWS_AT_ONCE = 50_000
"""As texts the rows take several times the memory of their frame."""


def frame_csv(frame: pl.DataFrame, cell: Callable[[Value], str]) -> Iterator[str]:
    """Yield the rows of a frame as CSV without a header, many at a time, as if ``cell`` had written each value."""
    for some in frame.iter_slices(_ROWS_AT_ONCE):
        cells = some.select(_cells(column, cell) for column in some.iter_columns())
        yield cells.write_csv(include_header=False)


def _cells(column: pl.Series, cell: Callable[[Value], str]) -> pl.Series:
    """Return a column as texts: what is usual by Polars, and each other value once as a cell of its own."""
    kind = column.dtype
    if kind == pl.String:
        texts, usual = column, column.str.contains(_PLAIN)
    elif isinstance(kind, pl.Decimal) and kind.scale:
        texts, usual = (
            column.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end("."),
            column.is_not_null(),
        )
    elif kind.is_float():
        texts, usual = column.cast(pl.String), (column.abs() >= _SMALLEST) | (column == 0)
    else:
        texts, usual = column.cast(pl.String), column.is_not_null()
    odd = column.filter(~usual).unique()
    if not len(odd):
        return texts
    # Nothing is written for an empty text, where Polars would write quotes.
    cells = [cell(value) or None for value in odd]
    return texts.replace(odd.cast(pl.String), pl.Series(cells, dtype=pl.String))
