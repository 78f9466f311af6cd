"""The report as PDF on A4, set by typst: fonts inside, tagged for screen readers, the same bytes each time.

What stands on it is what the page prints: :data:`loyalty.report.arrangement.ON_PAPER` says so for both.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from typing import Any

import typst

from loyalty.render.grid import Grid
from loyalty.report.arrangement import CHART
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.drawing import drawing
from loyalty.report.evidence import Fate
from loyalty.report.heatmap import HeatMap
from loyalty.report.sections import ShownSection, ShownTable
from loyalty.report.told import ToldChange, ToldFigure
from loyalty.report.unbroken import unbroken


def render(report: Report, lang: str) -> bytes:
    """Return the document."""
    content = tell(report, lang)
    template = resources.files("loyalty.report").joinpath("templates", "report.typ").read_bytes()
    made = typst.compile(
        template,
        sys_inputs={"report": unbroken(lang)(json.dumps(_told(content, lang), ensure_ascii=False))},
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
            {"title": group.title, "sections": sections}
            for group in content.groups
            if (sections := [_section(each, content) for each in group.sections if each.is_on_paper])
        ],
        "fates": [_fate(fate, content) for fate in content.fates],
        "remarks": content.remarks,
        "methods": [{"title": each.title, "definition": each.definition} for each in content.methods],
        "reading": (words("report.on_paper"), *content.reading, *content.trademarks, content.made_by),
    }


def _tile(section: ShownSection, content: Content) -> dict[str, Any]:
    words, headline = content.voice.words, section.headline
    if headline is None:
        reason = words("report.no_answer")
        return {"label": section.title, "value": words("words.none"), "lines": [_plain(reason)]}
    lines = [_plain(text) for text in (headline.reason, _stands_on("", headline, content)) if text]
    if headline.change:
        lines.append(_change(headline.change))
    elif not content.is_partial:
        lines.append(_plain(words("report.no_comparison")))
    return {"label": headline.label, "value": headline.value, "lines": [*lines, *_year_ago(section)]}


def _stands_on(level: str, figure: ToldFigure, content: Content) -> str:
    """Return the interval and the number of cases of a figure."""
    interval = f"{level} {figure.interval}".strip() if figure.interval else ""
    cases = content.voice.words("units.n", n=figure.cases) if figure.cases else ""
    return " · ".join(part for part in (interval, cases) if part)


def _year_ago(section: ShownSection) -> list[dict[str, str]]:
    then = section.year_ago
    if then is None or then.change is None:
        return []
    return [_plain(f"{then.period}: {then.value}"), _change(then.change)]


def _change(change: ToldChange) -> dict[str, str]:
    return {"text": str(change), "tone": change.tone}


def _plain(text: str) -> dict[str, str]:
    return {"text": text, "tone": "plain"}


def _section(section: ShownSection, content: Content) -> dict[str, Any]:
    headline = section.headline
    said = {
        "title": section.title,
        "problem": [line for line in (section.withheld, *section.problem, section.hint) if line],
    }
    if headline is None:
        return said | {"headline": None, "chart": None, "figures": []}
    reason = f" ({headline.before_reason})" if headline.before_reason else ""
    before = [_plain(f"{content.previous}: {headline.before}{reason}")] if headline.before else []
    versus = [*before, *([_change(headline.change)] if headline.change else []), *_year_ago(section)]
    shown = section.shown[0] if CHART in section.on_paper and section.shown else None
    return said | {
        "headline": {
            "label": headline.label,
            "value": headline.value,
            "stands_on": _stands_on(section.level, headline, content),
            "reason": "" if section.withheld else headline.reason,
            "versus": versus,
        },
        "chart": None if shown is None else _chart(section, shown, content),
        "figures": [_figure(figure) for figure in section.key_figures]
        if section.has_figures_on_paper
        else [],
    }


def _figure(figure: ToldFigure) -> dict[str, Any]:
    change = figure.change
    return {
        "label": figure.label,
        "value": figure.value,
        "reason": figure.reason,
        "change": None if change is None else {"text": f"{change.sign} {change.amount}", "tone": change.tone},
    }


def _chart(section: ShownSection, shown: ShownTable, content: Content) -> dict[str, Any]:
    drawn = drawing(section, shown, content.voice, "narrow")
    # Where the chart shows as much as the rows do, paper has room for one of them.
    says_all = shown.folds and (drawn or shown.heat)
    return {
        "heading": shown.heading,
        "captions": " · ".join(
            part for part in (shown.measure, *shown.captions, shown.hollow if drawn else "") if part
        ),
        "drawing": drawn,
        "heat": _heat(shown.heat) if shown.heat else None,
        "alt": f"{section.title}: {shown.heading}",
        "grid": None if says_all else _grid(shown.grid),
    }


def _heat(heat: HeatMap) -> dict[str, Any]:
    heads = [head for head in heat.heads if head]
    return {
        "headers": [*heads, *heat.columns],
        "rows": [
            {
                "heads": [row.label, row.cases][: len(heads)],
                "cells": [{"text": cell.text, "colour": cell.colour, "ink": cell.ink} for cell in row.cells],
            }
            for row in heat.rows
        ],
    }


def _fate(fate: Fate, content: Content) -> dict[str, Any]:
    words = content.voice.words
    lost = "; ".join(f"{loss.count} {loss.reason}" for loss in fate.losses)
    return {
        "source": fate.source,
        "sections": fate.sections,
        "rows": [
            (words("report.rows_read"), fate.read),
            (words("report.rows_used"), fate.used),
            (words("report.rows_lost"), lost or words("report.rows_none_lost")),
        ],
    }


def _grid(grid: Grid) -> dict[str, Any] | None:
    return asdict(grid) if grid.rows else None
