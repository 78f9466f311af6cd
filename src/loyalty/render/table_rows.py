"""One table out of several results, as rows: the columns that groups are made by stand first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from loyalty.errors import UsageError, near
from loyalty.model.result import Column, MetricResult, ResultTable, Value

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class TableRows:
    """A table of every result that has one of this name.

    ``by`` are the columns that groups are made by; ``first`` is the table of the first of the results; ``own`` are the
    columns of the table, also those that only some results have: a group with a longer past has more of them.
    """

    by: tuple[str, ...]
    first: ResultTable
    found: tuple[tuple[MetricResult, ResultTable], ...]

    @cached_property
    def own(self) -> tuple[Column, ...]:
        """The columns of the table in any of the results."""
        columns: dict[str, Column] = {}
        for _, table in self.found:
            for column in table.columns:
                columns.setdefault(column.name, column)
        return tuple(columns.values())

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, those of the groups first."""
        return (*(Column(name, "text") for name in self.by), *self.own)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    def rows(self) -> Iterator[tuple[Value, ...]]:
        """Yield the rows of all results, each with its group."""
        for result, table in self.found:
            group = tuple(result.group.get(name) for name in self.by)
            places = {column.name: place for place, column in enumerate(table.columns)}
            there = [places.get(column.name) for column in self.own]
            whole = there == list(range(len(table.columns)))
            for row in table.rows:
                cells = row if whole else (None if place is None else row[place] for place in there)
                yield (*group, *cells)

    def plan(self) -> pl.LazyFrame | None:
        """Return the same rows as a plan, whose columns are named by their place; None where they came as tuples.

        A million customers are written from their columns in a tenth of the time that their rows take.
        """
        import polars as pl  # noqa: PLC0415  most results are written without

        from loyalty.derive.rows import FrameRows  # noqa: PLC0415  as above

        parts = []
        for result, table in self.found:
            if not isinstance(table.rows, FrameRows) or len(table.columns) != len(self.own):
                return None
            group = [pl.lit(result.group.get(name), pl.String) for name in self.by]
            plan = table.rows.plan
            columns = [*group, *map(pl.col, plan.collect_schema().names())]
            parts.append(plan.select(each.alias(str(place)) for place, each in enumerate(columns)))
        return pl.concat(parts, how="vertical_relaxed")


def table_rows(results: Sequence[MetricResult], name: str) -> TableRows:
    """Return the table of that name.

    Raises:
        UsageError: no result has a table of that name.
    """
    found = tuple((result, table) for result in results for table in result.tables if table.name == name)
    if not found:
        known = sorted({table.name for result in results for table in result.tables})
        raise UsageError(
            f"--table: there is no table {name!r} in this run{near(name, known)}",
            hint=f"Tables: {', '.join(known)}." if known else "This result has no table.",
        )
    by = tuple(dict.fromkeys(column for result, _ in found for column in result.group))
    return TableRows(by, found[0][1], found)
