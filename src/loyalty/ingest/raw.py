"""A file opened but not yet understood: text columns by position, with their headers beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

SAMPLE_ROWS = 2_000
"""So many of the first rows tell how a file is written."""


@dataclass(frozen=True)
class RawFile:
    """One opened file.

    Attributes:
        path: as the user typed it; ``-`` for standard input.
        format: ``csv``, ``xlsx``, ``parquet`` or ``ndjson``.
        frame: lazy; ``row`` (UInt32, the row number as a spreadsheet shows it), ``c0``, ``c1``, … and ``ragged``
            (Boolean: the row has more cells than the header). Text files give String columns; Parquet, NDJSON and
            spreadsheets keep the types they have. Wholly blank rows are not rows.
        headers: header text of ``c0``, ``c1``, … in order, stripped; ``""`` where blank; ``#1``, ``#2``, … when
            the file has no header; duplicates are left as they are.
        subheaders: the further header rows of platforms that write several (SurveyMonkey one, Qualtrics two).
        sample: the first rows of ``frame``, collected (at most :data:`SAMPLE_ROWS`).
        header_row: spreadsheet row of the header; None when the file has none.
        encoding: of a text file, as found or named.
        delimiter: of a text file.
        rows: about how many there are.
        answers: columns that each stand for one answer to a question, where ``frame`` has the answer given in another.
        unmade: the frame as it was read, where there are such columns.
    """

    path: str
    format: str
    frame: pl.LazyFrame
    headers: tuple[str, ...]
    subheaders: tuple[tuple[str, ...], ...]
    sample: pl.DataFrame
    header_row: int | None
    encoding: str | None = None
    delimiter: str | None = None
    rows: int = 0
    answers: frozenset[str] = frozenset()
    unmade: pl.LazyFrame | None = None

    @cached_property
    def empty(self) -> frozenset[str]:
        """The columns in which the first rows have nothing."""
        if self.sample.is_empty():
            return frozenset()
        blank = self.sample.null_count().row(0, named=True)
        return frozenset(name for name, count in blank.items() if count == self.sample.height)
