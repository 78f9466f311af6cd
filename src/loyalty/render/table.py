"""Text for people at a terminal: headline, figures, tables with bars, notes, and the fate of every row."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from loyalty.model.result import Figure, MetricResult, ResultTable
from loyalty.render.colour import Ink, ink
from loyalty.render.fit import GAP, Fit, fit, wrapped
from loyalty.render.grid import Grid, Header, blocks, figures_grid, groups_grid, shown_rows, table_grid
from loyalty.render.heat import Heat, heat
from loyalty.render.heat_text import heat_table
from loyalty.render.look import Look
from loyalty.render.shape import is_total
from loyalty.render.sketch import Sketch, sketch_of
from loyalty.render.voice import Voice

INDENT = 2
UNLIMITED = 100_000
SKETCH_WIDTH = (12, 32)
"""A drawing narrower than the first is left out; none is wider than the second."""

STYLES = {"good": "#3b9ade", "middle": "#9aa4ad", "bad": "#e0762f", "plain": "#3b9ade"}
# From the first blank of a run, and never back: beside one very long cell the others are a hundred thousand blanks.
_TRAILING = re.compile(r"(?<! )[ ]++((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


def render(results: Sequence[MetricResult], look: Look) -> str:
    """Return the results as text; without a terminal or width nothing is wrapped."""
    page = _Page(Voice(look), _width(look), ink(look, os.environ))
    for place, together in enumerate(blocks(results)):
        if place:
            page.blank()
        _block(together, page)
    return page.text()


def _width(look: Look) -> int | None:
    if look.width is not None or not look.is_terminal:
        return look.width
    return shutil.get_terminal_size().columns


class _Page:
    """Collects lines; every text from the data goes in as text, never as markup."""

    def __init__(self, voice: Voice, width: int | None, ink: Ink) -> None:
        self.voice = voice
        self.width = width
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=UNLIMITED,
            force_terminal=ink.styled,
            no_color=not ink.coloured,
            color_system="auto" if ink.styled else None,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def blank(self) -> None:
        self._console.print()

    def say(self, text: Text, indent: int = INDENT, hang: int = 0) -> None:
        """Add prose, wrapped into the width; lines after the first stand ``hang`` further in."""
        room = UNLIMITED if self.width is None else max(20, self.width - indent - hang)
        for place, line in enumerate(text.wrap(self._console, room)):
            self._add(line, indent + (hang if place else 0))

    def table(self, grid: Grid, sketch: Sketch | None = None, *, total_row: bool = False) -> Fit:
        """Add a grid fitted into the width, and a line that names the columns that had to leave; return how it fits."""
        fitted, drawn = self._fit(grid, sketch)
        at = min(sketch.column, len(fitted.kept)) if sketch else 0
        made = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
        made.show_header = any(header.label for header in grid.headers)
        for place, width in enumerate(fitted.widths):
            if drawn and place == at:
                made.add_column("", no_wrap=True)
            _add_column(made, grid.headers[fitted.kept[place]], width)
        if drawn and at == len(fitted.widths):
            made.add_column("", no_wrap=True)
        for place, row in enumerate(grid.rows):
            cells = [Text(row[column]) for column in fitted.kept]
            cells[at:at] = drawn[place : place + 1]
            is_total = total_row and place == len(grid.rows) - 1
            made.add_row(*cells, style="bold" if is_total else "")
        self._add(made, INDENT)
        self._left_out("; ".join(filter(None, fitted.left)))
        return fitted

    def _left_out(self, columns: str) -> None:
        if columns:
            self.say(Text(self.voice.words("report.hidden_columns", columns=columns), style="dim italic"))

    def heat(self, table: ResultTable, cells: Heat) -> None:
        """Add a heat map with as many columns as fit, the first ones, and a line that names the others."""
        room = UNLIMITED if self.width is None else self.width - INDENT
        made, left = heat_table(table, cells, self.voice, room)
        self._add(made, INDENT)
        self._left_out(left)

    def _fit(self, grid: Grid, sketch: Sketch | None) -> tuple[Fit, list[Text]]:
        """Fit the grid with its drawing, or without it where the drawing would push a column out."""
        room = None if self.width is None else self.width - INDENT
        narrowest, widest = SKETCH_WIDTH
        if sketch is not None:
            fitted = fit(grid, None if room is None else room - narrowest - GAP)
            spare = widest if room is None else room - fitted.total - GAP
            # Bars repeat a number and give way to columns; points on intervals are worth more than further ones.
            worth_it = not fitted.left or (not sketch.is_bars and len(fitted.kept) >= sketch.column)
            if spare >= narrowest and worth_it:
                return fitted, sketch.cells(min(spare, widest), STYLES)
        return fit(grid, room), []

    def text(self) -> str:
        """Return everything added, without blanks at line ends."""
        return _TRAILING.sub(r"\1", self._out.getvalue())

    def _add(self, what: RenderableType, indent: int) -> None:
        self._console.print(Padding(what, (0, 0, 0, indent), expand=False), overflow="ignore", crop=False)


def _add_column(made: Table, header: Header, width: int) -> None:
    made.add_column(
        Text(wrapped(header.label, max(width, 1))),
        justify="right" if header.is_number else "left",
        width=width,
        no_wrap=header.is_number,
        overflow="fold",
    )


def _block(results: list[MetricResult], page: _Page) -> None:
    main, voice = results[-1], page.voice
    page.say(Text(voice.title(main), style="bold"), indent=0)
    if time := voice.time(main):
        page.say(Text(time, style="dim"), indent=0)
    page.blank()
    if len(results) > 1:
        page.table(groups_grid(results, voice), total_row=not main.group)
    else:
        _figures(main, page)
    for table in main.tables:
        if table.headline and table.rows:
            _table(table, page)
    _notes(results, page)
    page.blank()
    if main.rows.read:
        page.say(Text(voice.rows(main.rows), style="dim"))
    if trademark := voice.trademark(main):
        page.say(Text(trademark, style="dim"))


def _figures(result: MetricResult, page: _Page) -> None:
    voice, headline = page.voice, result.headline
    if group := voice.group(result):
        page.say(Text(group))
    told = Text.assemble(
        (voice.label(headline.name), "bold"),
        "  ",
        (voice.numbers.figure(headline), f"bold {STYLES['plain']}"),
    )
    if evidence := voice.evidence(headline):
        told.append("  ").append(evidence, style="dim")
    page.say(told, hang=2)
    if others := result.figures[1:]:
        page.blank()
        grid = figures_grid(others, voice)
        fitted = page.table(grid)
        if len(fitted.kept) < len(grid.headers):
            _reasons(others, page)


def _reasons(figures: Sequence[Figure], page: _Page) -> None:
    """Say why figures have no value below their table, where the column that does had no room."""
    found: dict[str, list[str]] = {}
    for figure in figures:
        if remark := page.voice.numbers.remark(figure):
            found.setdefault(remark, []).append(page.voice.label(figure.name))
    for remark, labels in found.items():
        page.say(Text(f"– {remark}: {'; '.join(labels)}", style="dim"), hang=2)


def _table(table: ResultTable, page: _Page) -> None:
    voice = page.voice
    page.blank()
    page.say(Text(voice.heading(table), style="bold"))
    if cells := heat(table):
        page.heat(table, cells)
    else:
        page.table(table_grid(table, voice), sketch_of(table), total_row=is_total(table.rows[-1]))
    if hidden := len(table.rows) - len(shown_rows(table)):
        count = voice.numbers.value(hidden, "count")
        told = voice.words("report.rows_not_shown", count=count, table=table.name)
        page.say(Text(told, style="dim italic"))


def _notes(results: list[MetricResult], page: _Page) -> None:
    notes = page.voice.notes(results)
    if notes:
        page.blank()
    for note in notes:
        page.say(Text(f"• {note}"), hang=2)
