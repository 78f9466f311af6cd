"""Tables as people see them: words and numbers in place, before they become terminal text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, ResultTable, Value
from loyalty.render.shape import is_number, number
from loyalty.render.voice import Voice

ROWS_SHOWN = 40
"""Longer tables are cut for people, and a line says how to get the rest."""


@dataclass(frozen=True)
class Header:
    """The head of a column; numbers stand right and are never shortened."""

    label: str
    is_number: bool


@dataclass(frozen=True)
class Grid:
    """Rows of finished text under their headers; ``hidden`` rows exist beyond those shown."""

    headers: tuple[Header, ...]
    rows: tuple[tuple[str, ...], ...]
    hidden: int = 0


def figures_grid(figures: Sequence[Figure], voice: Voice) -> Grid:
    """Return figures with value, interval, number of cases and, where one is not shown, the reason."""
    headers = (
        Header("", is_number=False),
        Header(voice.words("columns.value"), is_number=True),
        Header(voice.level(figures), is_number=True),
        Header(voice.words("columns.n"), is_number=True),
        Header("", is_number=False),
    )
    rows = tuple(
        (
            voice.label(figure.name),
            voice.numbers.amount(figure),
            voice.interval(figure),
            voice.cases(figure),
            voice.numbers.remark(figure),
        )
        for figure in figures
    )
    return _without_empty_columns(Grid(headers, rows))


def shown_rows(table: ResultTable) -> tuple[tuple[Value, ...], ...]:
    """Return the rows that people see, the first :data:`ROWS_SHOWN`, of a trend the last.

    A distribution has its high end on top.
    """
    rows = tuple(table.rows[:]) if table.draw else tuple(table.rows[:ROWS_SHOWN])
    if table.draw is Draw.DISTRIBUTION and rows:
        first, last = number(rows[0][0]), number(rows[-1][0])
        if first is not None and last is not None and first < last:
            rows = rows[::-1]
    # Of a long trend the latest periods matter, and of cohorts those that began last, beside their average.
    if table.draw is Draw.HEATMAP and table.columns[0].name == "period":
        averages = tuple(row for row in rows if isinstance(row[0], Key))
        return averages + rows[len(averages) :][-(ROWS_SHOWN - len(averages)) :]
    return rows[-ROWS_SHOWN:] if table.draw is Draw.TREND else rows[:ROWS_SHOWN]


def table_grid(table: ResultTable, voice: Voice) -> Grid:
    """Return the shown rows of a table; the two ends of an interval stand in one column."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    low, high = places.get("low"), places.get("high")
    kept = [place for place in range(len(table.columns)) if low is None or high is None or place != high]
    once = [places[name] for name in table.once]
    implied = {name for name in table.implied if len({row[places[name]] for row in table.rows}) <= 1}
    kept = [place for place in kept if table.columns[place].name not in implied]

    def cell(row: tuple[Value, ...], place: int) -> str:
        column = table.columns[place]
        if place == low and high is not None:
            return voice.numbers.interval(row[place], row[high], column.unit)
        return voice.cell(table, column, row[place])

    def header(column: Column) -> Header:
        is_interval = column.name == "low" and high is not None
        label = voice.words("columns.interval") if is_interval else voice.column(column)
        return Header(label, is_number(column.unit))

    rows = shown_rows(table)
    above: tuple[tuple[Value, ...] | None, ...] = (None, *rows[:-1])
    grid = Grid(
        tuple(header(table.columns[place]) for place in kept),
        tuple(
            tuple("" if _as_above(row, before, place, once) else cell(row, place) for place in kept)
            for row, before in zip(rows, above, strict=True)
        ),
        hidden=len(table.rows) - len(rows),
    )
    return _without_empty_columns(grid)


def _as_above(row: tuple[Value, ...], before: tuple[Value, ...] | None, place: int, once: list[int]) -> bool:
    """Return whether a cell need not be written, because the row above stands for the same part of the table."""
    if before is None or place not in once:
        return False
    upto = once[: once.index(place) + 1]
    return all(row[each] == before[each] for each in upto)


def groups_grid(results: Sequence[MetricResult], voice: Voice) -> Grid:
    """Return one row for each group and the total: headline, interval, cases, then the other figures."""
    numbers, words = voice.numbers, voice.words
    names = list(dict.fromkeys(figure.name for result in results for figure in result.figures))
    by = list(dict.fromkeys(column for result in results for column in result.group))
    headers = (
        Header(" · ".join(by), is_number=False),
        Header(voice.label(names[0]), is_number=True),
        Header(voice.level(result.headline for result in results), is_number=True),
        Header(words("columns.n"), is_number=True),
        *(Header(voice.label(name), is_number=True) for name in names[1:]),
    )
    rows = []
    for result in results:
        figures = {figure.name: figure for figure in result.figures}
        headline = figures.get(names[0])
        group = " · ".join(voice.group_value(value) for value in result.group.values())
        rows.append(
            (
                group or words("words.total"),
                *(("", "", "") if headline is None else _evidence(headline, voice)),
                *(numbers.amount(figures[name]) if name in figures else "" for name in names[1:]),
            )
        )
    return _without_empty_columns(Grid(headers, tuple(rows)))


def blocks(results: Sequence[MetricResult]) -> Iterator[list[MetricResult]]:
    """Yield the results that are shown together: the groups of one metric and period, the total last."""
    for _, several in groupby(results, key=lambda result: (result.metric, result.variant, result.period)):
        together = list(several)
        if any(result.group for result in together):
            yield sorted(together, key=lambda result: not result.group)
        else:
            yield from ([result] for result in together)


def _evidence(figure: Figure, voice: Voice) -> tuple[str, str, str]:
    return voice.numbers.amount(figure), voice.interval(figure), voice.cases(figure)


def _without_empty_columns(grid: Grid) -> Grid:
    kept = [place for place in range(len(grid.headers)) if any(row[place] for row in grid.rows)]
    headers = tuple(grid.headers[place] for place in kept)
    return Grid(headers, tuple(tuple(row[place] for place in kept) for row in grid.rows), grid.hidden)
