"""The report as CSV in long form, one figure a row: this period, the one before and that of the year before."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.model.result import MetricResult, Value
from loyalty.render.csv import HEADER, figure_row, rows_csv
from loyalty.report.build import Report, Section

HEADERS = ("period", *HEADER, "from")
"""``from`` is ``history`` where the exports do not reach back and a figure is the one kept at that time."""


def render(report: Report, lang: str) -> str:
    """Return all figures; the reader's language does not matter. Texts that a spreadsheet would run are guarded."""
    return rows_csv(HEADERS, (row for section in report.sections for row in _rows(section)), safe=True)


def _rows(section: Section) -> Iterator[tuple[Value, ...]]:
    if section.result is not None:
        yield from _figures(section.result, "data")
    for compared in (section.before, section.year_ago):
        if compared.result is not None:
            yield from _figures(compared.result, "history" if compared.is_kept else "data")


def _figures(result: MetricResult, origin: str) -> Iterator[tuple[Value, ...]]:
    period = result.period
    label = "" if period is None else period.name
    for figure in result.figures:
        yield (label, *figure_row(result, figure), origin)
