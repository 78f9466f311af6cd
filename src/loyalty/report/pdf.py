"""The report as PDF on A4, set by typst: fonts inside, tagged for screen readers, the same bytes each time."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from typing import Any

import typst

from loyalty.render import charts
from loyalty.render.grid import Grid
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.markdown import fates_grid
from loyalty.report.sections import ShownSection, ShownTable, figures_grid
from loyalty.report.told import ToldChange

WIDTH = 680
"""Of drawings, so that their texts are as large as those around them."""


def render(report: Report, lang: str) -> bytes:
    """Return the document."""
    content = tell(report, lang)
    template = resources.files("loyalty.report").joinpath("templates", "report.typ").read_bytes()
    made = typst.compile(
        template,
        sys_inputs={"report": json.dumps(_told(content, lang), ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    assert isinstance(made, bytes)
    return made


def _told(content: Content, lang: str) -> dict[str, Any]:
    """Return all that the template lays out."""
    words = content.voice.words
    return {
        "lang": lang,
        "title": content.title,
        "kind": content.kind,
        "period": content.period,
        "about": f"{content.compared} · {content.as_of}",
        "words": {
            key: words(f"report.{key}") for key in ("summary", "actions", "data_quality", "definitions")
        },
        "findings": content.findings,
        "tiles": [_tile(section, content) for section in content.sections],
        "playbooks": [asdict(playbook.grid(content.voice)) for playbook in content.playbooks],
        "groups": [
            {"title": group.title, "sections": [_section(section, content) for section in group.sections]}
            for group in content.groups
        ],
        "fates": asdict(fates_grid(content)),
        "remarks": content.remarks,
        "methods": [
            {"title": each.title, "definition": each.definition, "options": " · ".join(each.options)}
            for each in content.methods
        ],
        "reading": (*content.reading, *content.trademarks, content.made_by),
    }


def _tile(section: ShownSection, content: Content) -> dict[str, Any]:
    headline = section.headline
    if headline is None:
        nothing = content.voice.words("words.none")
        reason = content.voice.words("report.no_answer")
        return {"label": section.title, "value": nothing, "reason": reason, "change": None}
    return {
        "label": headline.label,
        "value": headline.value,
        "reason": headline.reason,
        "change": _change(headline.change),
    }


def _change(change: ToldChange | None) -> dict[str, str] | None:
    return None if change is None else {"text": str(change), "tone": change.tone}


def _section(section: ShownSection, content: Content) -> dict[str, Any]:
    grid = figures_grid(section, content.previous, content.voice)
    return {
        "title": section.title,
        "definition": section.definition,
        "problem": [line for line in (section.withheld, *section.problem, section.hint) if line],
        "figures": _grid(grid),
        "year_ago": str(section.year_ago or ""),
        "tables": [_table(section, shown, content) for shown in section.tables],
        "notes": [*section.notes, *section.elsewhere],
    }


def _table(section: ShownSection, shown: ShownTable, content: Content) -> dict[str, Any]:
    title = f"{section.title}: {shown.heading}"
    ident = f"{section.metric}-{shown.table.name}"
    drawing = charts.svg(shown.table, content.voice, ident=ident, title=title, width=WIDTH)
    return {
        "heading": shown.heading,
        "captions": " · ".join(part for part in (shown.measure, *shown.captions) if part),
        # Where the chart shows as much as the rows do, paper has room for one of them.
        "drawing": drawing if shown.folds else None,
        "alt": title,
        "grid": _grid(shown.grid),
    }


def _grid(grid: Grid) -> dict[str, Any] | None:
    return asdict(grid) if grid.rows else None
