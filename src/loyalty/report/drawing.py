"""The charts of a report: each for a page, and again for a phone and for a column on paper."""

from __future__ import annotations

from dataclasses import replace

from loyalty.model.result import Draw, ResultTable
from loyalty.render import charts
from loyalty.render.voice import Voice
from loyalty.report.sections import ShownSection, ShownTable

WIDTHS = {"wide": 720, "narrow": 420}
"""Each chart is drawn in both, so that its texts can be read on both."""

SHORTEST_TREND = 3

NARROW_PERIODS = 13
"""Periods of a trend that fit on a phone."""


def drawing(section: ShownSection, shown: ShownTable, voice: Voice, size: str) -> str | None:
    """Return a table drawn in one of the :data:`WIDTHS`; None when it does not want to be drawn."""
    if shown.heat is not None or _is_short_trend(shown.table):
        return None
    title = f"{section.title}: {shown.heading}"
    return charts.svg(
        _recent(shown.table) if size == "narrow" else shown.table,
        voice,
        ident=f"{section.metric}-{shown.table.name}-{size}",
        title=f"{title} ({shown.measure})" if shown.measure else title,
        width=WIDTHS[size],
    )


def _is_short_trend(table: ResultTable) -> bool:
    """Return whether a line would have nothing to run through: the rows say it better."""
    return table.draw is Draw.TREND and len(table.rows) < SHORTEST_TREND


def _recent(table: ResultTable) -> ResultTable:
    return replace(table, rows=table.rows[-NARROW_PERIODS:]) if table.draw is Draw.TREND else table
