"""Sums over runs of neighbouring rows: in sorted rows a group is a run, and needs no table of hashes.

Over four million rows of a million customers that takes a quarter of the time of a group-by over numbers, and a
tenth of one over text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from loyalty.engine import collect

_RUNS_AT_ONCE = 100_000
"""Sums so far are wide: of all rows they would take as much memory as the rows."""


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of neighbours in a table that are equal in some columns, in its order.

    ``starts`` has the position of the first row of each. Every method returns one value per run.
    """

    table: pl.DataFrame
    starts: pl.Series

    @classmethod
    def of(cls, table: pl.DataFrame, *columns: str) -> Runs:
        """Return the runs of rows that are equal in these columns; null equals null."""
        changes = [pl.col(name).ne_missing(pl.col(name).shift()) for name in columns]
        # As a plan: a table whose columns are in different pieces is not put into one of each for it.
        begins = collect(table.lazy().select(pl.any_horizontal(pl.int_range(pl.len()) == 0, *changes)))
        return cls(table, begins.to_series().arg_true())

    def __len__(self) -> int:
        return self.starts.len()

    @cached_property
    def lasts(self) -> pl.Series:
        """The position of the last row."""
        if self.starts.is_empty():
            return self.starts
        return self.starts.shift(-1, fill_value=self.table.height) - 1

    @property
    def rows(self) -> pl.Series:
        """How many rows there are."""
        return self.lasts + 1 - self.starts

    def first(self, name: str) -> pl.Series:
        """Return what stands in the first row."""
        return self.table[name].gather(self.starts)

    def last(self, name: str) -> pl.Series:
        """Return what stands in the last row."""
        return self.table[name].gather(self.lasts)

    def total(self, name: str, where: pl.Expr | None = None) -> pl.Series:
        """Return the sum of whole numbers or money, which is exact, of the rows ``where`` it holds; null is nothing."""
        if where is None:
            return self._added_up(lambda rows: rows[name].fill_null(0))
        there = pl.when(where).then(name).fill_null(0)
        return self._added_up(lambda rows: rows.select(there).to_series())

    def count(self, holds: pl.Expr) -> pl.Series:
        """Return in how many rows something holds."""
        return self._added_up(lambda rows: rows.select(holds.fill_null(value=False)).to_series())

    def _added_up(self, values: Callable[[pl.DataFrame], pl.Series]) -> pl.Series:
        """Return the sums of values of the rows, some runs after the others."""
        if not len(self):
            return _wide(values(self.table))
        return pl.concat(
            self._added_up_from(first, values) for first in range(0, len(self), _RUNS_AT_ONCE)
        ).rechunk()

    def _added_up_from(self, first: int, values: Callable[[pl.DataFrame], pl.Series]) -> pl.Series:
        begin, lasts = self.starts[first], self.lasts.slice(first, _RUNS_AT_ONCE)
        so_far = _wide(values(self.table[begin : lasts[-1] + 1])).cum_sum().gather(lasts - begin)
        return so_far - so_far.shift(1, fill_value=0)


def _wide(column: pl.Series) -> pl.Series:
    return column if column.dtype.is_decimal() else column.cast(pl.Int64)
