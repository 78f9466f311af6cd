"""What a report says of single people: the head of a list, under codes unless the shop wants its own ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from loyalty.config.model import Privacy
from loyalty.derive.lists import pseudonymised
from loyalty.model.result import MetricResult, ResultTable
from loyalty.report.arrangement import LISTED


def impersonal(result: MetricResult) -> MetricResult:
    """Leave out the tables that name people: a report is passed on; lists are made by their own command."""
    return replace(result, tables=tuple(table for table in result.tables if not _names_people(table)))


def for_report(result: MetricResult, privacy: Privacy, salt: str | None) -> MetricResult:
    """Return the result with no more of people than the shop wants to pass on: of each list the first few, as codes.

    ``salt`` keys the codes; without it people are numbered.
    """
    headed = replace(result, tables=tuple(_heads(result, privacy)))
    is_coded = bool(result.options.get("pseudonymise"))
    if privacy.people != "codes" or is_coded or not any(map(_names_people, headed.tables)):
        return headed
    [coded] = pseudonymised([headed], salt)
    return replace(coded, options={**coded.options, "pseudonymise": True})


def _heads(result: MetricResult, privacy: Privacy) -> Iterator[ResultTable]:
    for table in result.tables:
        if not _names_people(table):
            yield table
        elif table.name in LISTED and privacy.people != "none":
            yield _head(table, privacy.top)


def _head(table: ResultTable, rows: int) -> ResultTable:
    places = {column.name: place for place, column in enumerate(table.columns)}
    kept = [places[name] for name in LISTED[table.name] if name in places]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows[:rows]),
    )


def _names_people(table: ResultTable) -> bool:
    return any(column.personal for column in table.columns)
