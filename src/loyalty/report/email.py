"""The report as the body of an e-mail: tables and inline styles only, small enough that no mail program cuts it."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.model.result import Draw
from loyalty.render.palette import TONES
from loyalty.render.shape import is_total, number, shape, tones
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.pages import environment
from loyalty.report.sections import ShownTable

LIMIT = 90_000
"""Bytes; Gmail cuts a message at about 102 KB."""
BARS = 12
"""Rows of a drawing; the whole is in the attached page."""


@dataclass(frozen=True)
class Bar:
    """A row drawn as a bar: ``width`` in per cent of the longest."""

    label: str
    value: str
    width: int
    colour: str


def render(report: Report, lang: str) -> str:
    """Return the body as HTML; drawings are left out where they would make it too long."""
    content = tell(report, lang)
    page = _page(content, lang, drawn=True)
    return page if len(page.encode()) <= LIMIT else _page(content, lang, drawn=False)


def _page(content: Content, lang: str, *, drawn: bool) -> str:
    page = (
        environment(lang)
        .get_template("email.html")
        .render(
            content=content,
            words=content.voice.words,
            lang=lang,
            drawn=drawn,
            bars=(lambda shown: _bars(shown, content)) if drawn else (lambda shown: ()),
        )
    )
    return page.rstrip() + "\n"


def _bars(shown: ShownTable, content: Content) -> tuple[Bar, ...]:
    """Return the bars of a table that has counts or amounts to compare; nothing of others."""
    table, parts = shown.table, shape(shown.table)
    if parts is None or table.draw not in (Draw.DISTRIBUTION, Draw.BARS):
        return ()
    rows = [row for row in table.rows if not is_total(row)]
    values = [number(row[parts.value]) for row in rows]
    longest = max((value for value in values if value is not None), default=0)
    if longest <= 0 or any(value is not None and value < 0 for value in values):
        return ()
    column, classes = table.columns[parts.value], tones(table, parts)
    return tuple(
        Bar(
            content.voice.brief_name(table, row),
            content.voice.cell(table, column, row[parts.value]),
            round(100 * (value or 0) / longest),
            TONES[classes.get(row[parts.klass], "plain") if parts.klass is not None else "plain"],
        )
        for row, value in list(zip(rows, values, strict=True))[:BARS]
    )
