"""The report as one HTML page that needs nothing else: no script, no network; light, dark, on a phone and on paper."""

from __future__ import annotations

from markupsafe import Markup

from loyalty.render import palette
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.drawing import WIDTHS, drawing
from loyalty.report.heatmap import HeatCell
from loyalty.report.pages import environment
from loyalty.report.sections import ShownSection, ShownTable

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
    template = environment(lang).get_template("report.html")
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
    drawings = {size: drawing(section, shown, content.voice, size) for size in WIDTHS}
    # Texts inside are escaped where they are drawn.
    return {size: Markup(drawn) for size, drawn in drawings.items() if drawn is not None}
