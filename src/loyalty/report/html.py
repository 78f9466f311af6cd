"""The report as one HTML page that needs nothing else: no script, no network; light, dark, on a phone and on paper."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from loyalty.model.result import Draw, ResultTable
from loyalty.render import charts, palette
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.heatmap import HeatCell
from loyalty.report.pages import environment
from loyalty.report.sections import ShownSection, ShownTable

WIDTHS = {"wide": 720, "narrow": 420}
"""Each chart is drawn for a page and again for a phone, so that its texts can be read on both."""

SHORTEST_TREND = 3

NARROW_PERIODS = 13
"""Periods of a trend that fit on a phone."""

IN_THE_DARK = {
    palette.BLUE: "#5fb0e8",
    palette.GREY: "#7c8894",
    palette.ORANGE: "#f08c48",
    palette.BAND: "#1f4560",
    palette.INK: "#e8edf2",
    palette.MUTED: "#a3afba",
    palette.GRID: "#2c353e",
    palette.PAPER: "#182028",
}
"""What the colours of the charts become on a dark page; a style sheet outranks the colours in the drawing."""


def render(report: Report, lang: str) -> str:
    """Return the report as a self-contained page."""
    content = tell(report, lang)
    template = environment().get_template("report.html")
    page = template.render(
        content=content,
        words=content.voice.words,
        numbers=content.voice.numbers,
        lang=lang,
        dark=IN_THE_DARK,
        steps=[(colour, HeatCell("", step).ink) for step, colour in enumerate(palette.STEPS)],
        drawings=lambda section, shown: _drawings(content, section, shown),
    )
    return page.rstrip() + "\n"


def _drawings(content: Content, section: ShownSection, shown: ShownTable) -> dict[str, Markup]:
    """Return a table drawn in each width; nothing when it does not want to be drawn."""
    if shown.heat is not None or _is_short_trend(shown.table):
        return {}
    title = f"{section.title}: {shown.heading}"
    drawings = {
        size: charts.svg(
            _recent(shown.table) if size == "narrow" else shown.table,
            content.voice,
            ident=f"{section.metric}-{shown.table.name}-{size}",
            title=f"{title} ({shown.measure})" if shown.measure else title,
            width=width,
        )
        for size, width in WIDTHS.items()
    }
    # Texts inside are escaped where they are drawn.
    return {size: Markup(drawn) for size, drawn in drawings.items() if drawn is not None}


def _is_short_trend(table: ResultTable) -> bool:
    """Return whether a line would have nothing to run through: the rows say it better."""
    return table.draw is Draw.TREND and len(table.rows) < SHORTEST_TREND


def _recent(table: ResultTable) -> ResultTable:
    return replace(table, rows=table.rows[-NARROW_PERIODS:]) if table.draw is Draw.TREND else table
