"""What groups of a survey may be told beside its total: nothing by which few people could be known (rule R11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loyalty.derive.few import answered, withheld, withheld_groups
from loyalty.model.result import MetricResult, ResultTable, Value

COUNTED = {"over_time": ("n",), "waves": ("n",), "change": ("n_before", "n_after")}
"""The tables of a group whose rows also stand in the total, with the columns that say how many people each is of."""
NAMED = ("period", "wave", "comparison", "earlier", "later", "partial")
"""Columns that say nothing about what people answered."""


def discreetly(parts: Sequence[MetricResult], counted: str) -> list[MetricResult]:
    """Return the results of all groups; of those that may not be told, with nothing but how many answered.

    ``counted`` is the figure that says it. So with the waves, periods and changes of the groups that are told.
    """
    counts = {place: answered(part, counted) for place, part in enumerate(parts)}
    hidden = withheld_groups(counts)
    told = [withheld(part, counted) if place in hidden else part for place, part in enumerate(parts)]
    for name, columns in COUNTED.items():
        rows = [_of_few(parts, name, column, hidden) for column in columns]
        told = [
            _without_rows(part, name, {row for of_few in rows for row in of_few if place in of_few[row]})
            for place, part in enumerate(told)
        ]
    return told


def _of_few(
    parts: Sequence[MetricResult], name: str, column: str, hidden: frozenset[int]
) -> dict[Value, frozenset[int]]:
    """Return, by row of a table, the groups by which, with the total and the other groups, few people could be told."""
    counts: dict[Value, dict[int, int]] = {}
    for place, part in enumerate(parts):
        for table in part.tables:
            if table.name != name:
                continue
            at = [each.name for each in table.columns].index(column)
            for row in table.rows:
                n = row[at]
                counts.setdefault(row[0], {})[place] = n if isinstance(n, int) else 0
    return {row: withheld_groups(of_groups, hidden) for row, of_groups in counts.items()}


def _without_rows(part: MetricResult, name: str, rows: set[Value]) -> MetricResult:
    tables = (_emptied(table, rows) if table.name == name else table for table in part.tables)
    return replace(part, tables=tuple(tables)) if rows else part


def _emptied(table: ResultTable, rows: set[Value]) -> ResultTable:
    kept = {
        place
        for place, column in enumerate(table.columns)
        if (column.unit == "count" and column.name != "needed") or column.name in NAMED
    }
    return replace(
        table,
        rows=tuple(
            tuple(value if place in kept else None for place, value in enumerate(row))
            if row[0] in rows
            else row
            for row in table.rows
        ),
    )
