"""Each metric's section in words: figures, changes, tables, notes; nothing that an earlier section has said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from loyalty.derive.base import BASE_FIGURES
from loyalty.model.result import Draw, Figure, MetricResult, ResultTable, Status
from loyalty.render.grid import Grid, Header, table_grid
from loyalty.render.heat import heat
from loyalty.render.shape import SMALL_N, shape
from loyalty.render.voice import Voice
from loyalty.report.arrangement import (
    BEHIND,
    CHART,
    FIGURES,
    HOME_OF_STEM,
    KEY_FIGURES,
    LEFT_TO_COMMANDS,
    OF_YEAR_AGO,
    ON_PAPER,
    PLAYBOOKS,
)
from loyalty.report.build import Section
from loyalty.report.heatmap import HeatMap, heat_map
from loyalty.report.told import ToldChange, ToldFigure, tell_change, tell_figure

RECENT = 25
"""Periods of a trend that people are shown: two years of months and the one they are compared with."""


@dataclass(frozen=True)
class ShownTable:
    """A table with its heading, what is drawn of it, what the drawing's signs mean, and its rows in words.

    ``heat`` is its rows as a heat map. ``folds`` when a chart shows as much as the table does, so that the rows may be
    folded away behind it; ``hollow`` says which points of the chart stand on few cases; ``is_behind`` when the table
    itself only backs up what the section says.
    """

    table: ResultTable
    heading: str
    measure: str
    captions: tuple[str, ...]
    grid: Grid
    folds: bool
    heat: HeatMap | None = None
    hollow: str = ""
    is_behind: bool = False


@dataclass(frozen=True)
class YearAgo:
    """The headline in the same period of the year before; no ``change`` where nothing can be compared."""

    period: str
    value: str
    change: ToldChange | None

    def __str__(self) -> str:
        return f"{self.period}: {self.value} {self.change or ''}".strip()


@dataclass(frozen=True)
class ShownSection:
    """One metric in words, the headline first among its figures.

    ``withheld`` says why the headline is not shown; with a ``problem`` there is nothing else.
    """

    metric: str
    title: str
    figures: tuple[ToldFigure, ...] = ()
    definition: str = ""
    level: str = ""
    base: tuple[tuple[str, str], ...] = ()
    tables: tuple[ShownTable, ...] = ()
    notes: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    withheld: str = ""
    problem: tuple[str, ...] = ()
    hint: str = ""
    year_ago: YearAgo | None = None

    @property
    def headline(self) -> ToldFigure | None:
        """Return the figure the metric is asked for."""
        return self.figures[0] if self.figures else None

    @property
    def key_figures(self) -> tuple[ToldFigure, ...]:
        """The figures beside the headline that the reader meets first."""
        beside = {figure.name: figure for figure in self.figures[1:]}
        return tuple(beside[name] for name in KEY_FIGURES.get(self.metric, beside) if name in beside)

    @property
    def other_figures(self) -> tuple[ToldFigure, ...]:
        """The figures beyond those."""
        return tuple(figure for figure in self.figures[1:] if figure not in self.key_figures)

    @property
    def on_paper(self) -> tuple[str, ...]:
        """What stands on paper below the headline."""
        return ON_PAPER.get(self.metric, (CHART,))

    @property
    def has_figures_on_paper(self) -> bool:
        """Whether its key figures have a place where room is short: on paper and in a message."""
        return FIGURES in self.on_paper

    @property
    def is_on_paper(self) -> bool:
        """Whether it has a place on paper below the tiles: what only has a headline is among those."""
        return bool(self.on_paper or self.problem or self.withheld)

    @property
    def shown(self) -> tuple[ShownTable, ...]:
        """The tables that say something themselves."""
        return tuple(table for table in self.tables if not table.is_behind)

    @property
    def behind(self) -> tuple[ShownTable, ...]:
        """The tables that back up the others."""
        return tuple(table for table in self.tables if table.is_behind)


class Teller:
    """Tells sections one after the other and remembers what was said."""

    def __init__(self, sections: Sequence[Section], voice: Voice) -> None:
        self._sections = sections
        self._voice = voice
        self._answered = frozenset(section.metric for section in sections if section.result is not None)
        self._figures: dict[tuple[Figure, Figure | None], str] = {}
        self._tables: dict[ResultTable, str] = {}
        self._told: dict[str, str] = {}
        self._bases: dict[tuple[Figure, ...], str] = {}

    def tell(self) -> Iterator[ShownSection]:
        """Yield the sections in words."""
        for section in self._sections:
            title = self._voice.words(f"metrics.{section.metric}.title")
            if section.result is not None:
                yield self._answer(section, _for_people(section.result), title)
            elif section.problem is not None:
                problem = section.problem
                yield ShownSection(section.metric, title, problem=problem.problems, hint=problem.hint or "")

    def _answer(self, section: Section, result: MetricResult, title: str) -> ShownSection:
        voice = self._voice
        elsewhere: dict[str, list[str]] = {}
        figures = [
            tell_figure(figure, _before(section, figure), section.changes.get(figure.name), voice)
            for figure in self._new_figures(section, result, elsewhere)
        ]
        drawn = (*result.tables[:1], *([section.trend] if section.trend else ()), *result.tables[1:])
        tables = [self._table(result, table) for table in self._new_tables(section, drawn, elsewhere)]
        return ShownSection(
            section.metric,
            title,
            figures=tuple(figures),
            definition=voice.definition(result),
            level=voice.level(result.figures),
            base=self._new_base(result),
            tables=tuple(tables),
            notes=(*self._new_notes(result, elsewhere), *self._history_notes(section)),
            elsewhere=tuple(self._told_elsewhere(elsewhere)),
            withheld=voice.numbers.remark(result.headline) if section.failed else "",
            year_ago=self._year_ago(section, result),
        )

    def _year_ago(self, section: Section, result: MetricResult) -> YearAgo | None:
        then = section.year_ago
        figure = then.result.figure(result.headline.name) if then.result else None
        if then.period is None or figure is None or figure.status is not Status.OK:
            return None
        change = then.changes.get(figure.name)
        return YearAgo(
            self._voice.numbers.period(then.period),
            self._voice.numbers.amount(figure),
            tell_change(change, self._voice) if change else None,
        )

    def _year_ago_notes(self, section: Section) -> Iterator[str]:
        """Yield other figures of the year before where the headline is not compared with it."""
        then, voice = section.year_ago, self._voice
        if then.period is None or then.too_short is None:
            return
        changes = [then.changes[name] for name in OF_YEAR_AGO.get(section.metric, ()) if name in then.changes]
        told = [
            f"{voice.label(each.figure.name)} {voice.numbers.amount(each.figure)} ({tell_change(each, voice)})"
            for each in changes
        ]
        if told:
            yield voice.words(
                "report.year_ago", period=voice.numbers.period(then.period), items="; ".join(told)
            )

    def _history_notes(self, section: Section) -> Iterator[str]:
        """Yield which earlier figures come from the history, and which could not be compared with."""
        words, numbers = self._voice.words, self._voice.numbers
        looked_at = [each for each in (section.before, section.year_ago) if each.period is not None]
        kept = [numbers.period(each.period) for each in looked_at if each.period and each.is_kept]
        if kept:
            yield words("report.from_history", periods=", ".join(kept))
        yield from self._year_ago_notes(section)
        for each in looked_at:
            if each.period and each.redefined:
                changed = ", ".join(words.get(f"report.redefined_{key}") or key for key in each.redefined)
                yield words("report.redefined", period=numbers.period(each.period), changed=changed)

    def _new_figures(
        self, section: Section, result: MetricResult, elsewhere: dict[str, list[str]]
    ) -> Iterator[Figure]:
        """Yield the headline and every figure that no section before has shown and that is at home here."""
        for figure in result.figures:
            home = HOME_OF_STEM.get(figure.name.partition("_")[0], section.metric)
            if figure is not result.headline and (
                figure.name in BASE_FIGURES or (home != section.metric and home in self._answered)
            ):
                continue
            shown_by = self._figures.setdefault((figure, _before(section, figure)), section.metric)
            if figure is result.headline or shown_by == section.metric:
                yield figure
            else:
                elsewhere.setdefault(shown_by, []).append(self._voice.label(figure.name))

    def _new_tables(
        self, section: Section, tables: Sequence[ResultTable], elsewhere: dict[str, list[str]]
    ) -> Iterator[ResultTable]:
        for table in tables:
            if not (table.headline and table.rows):
                continue
            shown_by = self._tables.setdefault(table, section.metric)
            if shown_by == section.metric:
                yield table
            else:
                elsewhere.setdefault(shown_by, []).append(self._voice.heading(table))

    def _table(self, result: MetricResult, table: ResultTable) -> ShownTable:
        recent = replace(table, rows=table.rows[-RECENT:]) if table.draw is Draw.TREND else table
        if table.name in PLAYBOOKS:
            recent = _without(recent, "strategy")
        return ShownTable(
            recent,
            heading=self._voice.heading(table),
            measure=self._measure(result, table),
            captions=tuple(self._captions(result, recent, len(table.rows))),
            grid=table_grid(recent, self._voice),
            folds=recent.draw is not None and not _says_more_in_words(recent),
            heat=heat_map(recent, self._voice),
            hollow=self._hollow(recent),
            is_behind=table.name in BEHIND,
        )

    def _measure(self, result: MetricResult, table: ResultTable) -> str:
        parts = shape(table)
        if table.draw in {None, Draw.HEATMAP} or parts is None:
            return ""
        column = table.columns[parts.value]
        # A trend of headlines calls them just "value".
        return (
            self._voice.label(result.headline.name) if column.name == "value" else self._voice.column(column)
        )

    def _captions(self, result: MetricResult, table: ResultTable, periods: int) -> Iterator[str]:
        """Yield what the band and the ends of a trend mean, and why rows of a heat map have no colour."""
        words = self._voice.words
        found = heat(table)
        if found and not all(found.is_coloured(row) for row in table.rows):
            yield words("report.not_coloured", minimum=str(SMALL_N))
        places = {column.name: place for place, column in enumerate(table.columns)}
        if table.draw is not Draw.TREND:
            return
        if "low" in places:
            yield self._voice.numbers.confidence(result.options["confidence"])
        if periods > len(table.rows):
            yield words("report.recent", shown=str(len(table.rows)), all=str(periods))
        for row in table.rows:
            if "partial" in places and row[places["partial"]]:
                yield f"{self._voice.cell(table, table.columns[0], row[0])}: {words('report.partial')}"

    def _hollow(self, table: ResultTable) -> str:
        places = {column.name: place for place, column in enumerate(table.columns)}
        if table.draw is not Draw.TREND or "n" not in places:
            return ""
        has_small = any(_is_small(row[places["n"]]) for row in table.rows)
        return self._voice.words("report.small_n", minimum=str(SMALL_N)) if has_small else ""

    def _new_base(self, result: MetricResult) -> tuple[tuple[str, str], ...]:
        """Return what the figures stand on, unless a section before stands on the same."""
        found = (result.figure(name) for name in BASE_FIGURES)
        figures = tuple(figure for figure in found if figure is not None and figure is not result.headline)
        if self._bases.setdefault(figures, result.metric) != result.metric:
            return ()
        return tuple(
            (self._voice.label(figure.name), self._voice.numbers.amount(figure)) for figure in figures
        )

    def _new_notes(self, result: MetricResult, elsewhere: Mapping[str, object]) -> Iterator[str]:
        """Yield the notes, less those that the section says with whom this one shares its figures."""
        for note in self._voice.notes([result]):
            if self._told.setdefault(note, result.metric) not in elsewhere:
                yield note

    def _told_elsewhere(self, found: dict[str, list[str]]) -> Iterator[str]:
        for metric, labels in found.items():
            title = self._voice.words(f"metrics.{metric}.title")
            yield self._voice.words("report.elsewhere", section=title, labels=", ".join(labels))


def figures_grid(section: ShownSection, previous: str, voice: Voice) -> Grid:
    """Return the figures of a section beside those of the period before as one table."""
    words = voice.words
    headers = (
        Header(words("report.figure"), is_number=False),
        Header(words("report.value"), is_number=True),
        Header(section.level, is_number=True),
        Header(words("columns.n"), is_number=True),
        Header(previous, is_number=True),
        Header(words("report.change_heading"), is_number=False),
    )
    rows = tuple(
        (
            figure.label,
            figure.value,
            figure.interval,
            figure.cases,
            figure.before,
            # What has no value has no change, and its reason no column of its own.
            str(figure.change or figure.reason or figure.before_reason),
        )
        for figure in section.figures
    )
    return compact(Grid(headers, rows))


def compact(grid: Grid) -> Grid:
    """Return a grid without the columns in which no row has anything."""
    kept = [place for place in range(len(grid.headers)) if any(row[place] for row in grid.rows)]
    headers = tuple(grid.headers[place] for place in kept)
    return Grid(headers, tuple(tuple(row[place] for place in kept) for row in grid.rows), grid.hidden)


def _for_people(result: MetricResult) -> MetricResult:
    tables = (table for table in result.tables if table.name not in LEFT_TO_COMMANDS)
    notes = (note for note in result.notes if note.code not in LEFT_TO_COMMANDS)
    return replace(result, tables=tuple(tables), notes=tuple(notes))


def _without(table: ResultTable, name: str) -> ResultTable:
    """Return a table without a column: what to do stands in a part of its own."""
    kept = [place for place, column in enumerate(table.columns) if column.name != name]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )


def _before(section: Section, figure: Figure) -> Figure | None:
    # A period that is not over is not compared, so what was before would only invite to.
    is_partial = (
        section.result is not None and section.result.period is not None and section.result.period.partial
    )
    return section.earlier.figure(figure.name) if section.earlier and not is_partial else None


def _says_more_in_words(table: ResultTable) -> bool:
    """Return whether a drawn table has words that its chart cannot show, such as what to do."""
    return any(column.name in table.word_columns and column.name != "class" for column in table.columns[1:])


def _is_small(cases: object) -> bool:
    return isinstance(cases, int) and 0 < cases < SMALL_N
