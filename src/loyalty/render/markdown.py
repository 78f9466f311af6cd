"""Markdown for wikis, merge requests and mail: headings, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loyalty.model.result import MetricResult
from loyalty.render.grid import Grid, blocks, figures_grid, groups_grid, table_grid
from loyalty.render.look import Look
from loyalty.render.voice import Voice

_MARKUP = re.compile(r"([\\`*_\[\]|~#])")


def render(results: Sequence[MetricResult], look: Look) -> str:
    """Return the results as Markdown, a heading of the second level for each."""
    voice = Voice(look)
    return "\n\n".join(block for together in blocks(results) for block in _block(together, voice)) + "\n"


def escape(text: str) -> str:
    """Return data as text that Markdown and the HTML made of it take literally."""
    harmless = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", " ".join(harmless.split()))


def grid_markdown(grid: Grid) -> str:
    """Return a grid as a Markdown table, numbers to the right."""
    lines = [
        _row(header.label for header in grid.headers),
        "|" + "|".join(" ---: " if header.is_number else " --- " for header in grid.headers) + "|",
        *(_row(row) for row in grid.rows),
    ]
    return "\n".join(lines)


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(escape(cell) for cell in cells) + " |"


def _block(results: list[MetricResult], voice: Voice) -> Iterator[str]:
    main = results[-1]
    yield f"## {escape(voice.title(main))}"
    if time := voice.time(main):
        yield f"*{escape(time)}*"
    yield escape(voice.definition(main))
    if len(results) > 1:
        yield grid_markdown(groups_grid(results, voice))
    else:
        yield from _figures(main, voice)
    yield from _tables(main, voice)
    if notes := voice.notes(results):
        yield "\n".join(f"- {escape(note)}" for note in notes)
    if main.rows.read:
        yield escape(voice.rows(main.rows))
    if trademark := voice.trademark(main):
        yield f"*{escape(trademark)}*"


def _figures(result: MetricResult, voice: Voice) -> Iterator[str]:
    if group := voice.group(result):
        yield escape(group)
    headline = result.headline
    evidence = voice.evidence(headline)
    told = f"{escape(voice.label(headline.name))}: **{escape(voice.numbers.figure(headline))}**"
    yield f"{told} · {escape(evidence)}" if evidence else told
    if result.figures[1:]:
        yield grid_markdown(figures_grid(result.figures[1:], voice))


def _tables(result: MetricResult, voice: Voice) -> Iterator[str]:
    for table in result.tables:
        if not table.headline or not table.rows:
            continue
        grid = table_grid(table, voice)
        yield f"### {escape(voice.heading(table))}"
        yield grid_markdown(grid)
        if grid.hidden:
            count = voice.numbers.value(grid.hidden, "count")
            yield escape(voice.words("report.rows_not_shown", count=count, table=table.name))
