"""A result as a picture: every table that wants to be drawn, one below the other, as SVG, PNG or a page of its own."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import vl_convert

from loyalty.model.result import MetricResult, ResultTable
from loyalty.render import charts
from loyalty.render.look import Look
from loyalty.render.palette import INK, MUTED, PAPER
from loyalty.render.voice import Voice

MARGIN, HEADING, BETWEEN = 24, 40, 32
SCALE = 2
"""Dots of a PNG to each unit of the drawing, so that it is sharp on paper and on fine screens."""
_SIZE = re.compile(r'\bwidth="([\d.]+)".*?\bheight="([\d.]+)"|\bheight="([\d.]+)".*?\bwidth="([\d.]+)"')
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    f"body{{font-family:{charts.FONTS};color:{INK};background:{PAPER};max-width:720px;margin:2rem auto;padding:0 1rem}}"
    f"h1{{font-size:1.4rem}}h2{{font-size:1.05rem;margin-top:2rem}}p,summary{{color:{MUTED}}}svg{{max-width:100%;height:auto}}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{padding:.2rem .8rem .2rem 0;text-align:left}"
)


@dataclass(frozen=True)
class _Drawn:
    """One table as SVG, with what stands above it."""

    heading: str
    table: ResultTable
    svg: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the drawing."""
        found = _SIZE.search(self.svg)
        if found is None:
            raise ValueError("a drawing without a size")
        width, height = (found[1], found[2]) if found[1] else (found[4], found[3])
        return float(width), float(height)


def picture(result: MetricResult, path: Path, look: Look) -> bytes | None:
    """Return the drawings of a result as the suffix of ``path`` says; None when no table of it wants to be drawn."""
    voice = Voice(look)
    drawn = list(_drawings(result, voice))
    if not drawn:
        return None
    if path.suffix.lower() == ".html":
        return _page(result, drawn, voice, look.lang).encode()
    stacked = _stacked(result, drawn, voice)
    if path.suffix.lower() == ".svg":
        return stacked.encode()
    return bytes(vl_convert.svg_to_png(stacked, scale=SCALE))


def _drawings(result: MetricResult, voice: Voice) -> Iterator[_Drawn]:
    for table in result.tables:
        heading = voice.heading(table)
        title = f"{voice.title(result)}: {heading}"
        svg = charts.svg(table, voice, ident=f"{result.metric}-{table.name}", title=title)
        if svg is not None:
            yield _Drawn(heading, table, svg)


def _stacked(result: MetricResult, drawn: Sequence[_Drawn], voice: Voice) -> str:
    """Return one SVG with the drawings below each other under the metric's title."""
    width = max(each.size[0] for each in drawn) + 2 * MARGIN
    time = voice.time(result)
    parts = [
        _text(voice.title(result), MARGIN, MARGIN + 14, 20, INK, bold=True),
        _text(time, MARGIN, MARGIN + 36, 13, MUTED),
    ]
    top = float(MARGIN + 60)
    for each in drawn:
        parts.append(_text(each.heading, MARGIN, top + 14, 15, INK, bold=True))
        parts.append(f'<g transform="translate({MARGIN},{top + HEADING - 12:g})">{each.svg}</g>')
        top += HEADING + each.size[1] + BETWEEN
    notice = voice.trademark(result)
    if notice:
        parts += [
            _text(line, MARGIN, top + 13 * place, 10, MUTED)
            for place, line in enumerate(_lines(notice, width))
        ]
        top += 13 * len(_lines(notice, width)) + MARGIN
    title = f"{voice.title(result)} · {time}" if time else voice.title(result)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{top:g}" viewBox="0 0 {width:g} {top:g}" '
        f'role="img" font-family="{escape(charts.FONTS)}"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(parts)}</svg>\n'
    )


def _text(text: str, x: float, y: float, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}"{weight}>{escape(text)}</text>'


def _lines(text: str, width: float) -> list[str]:
    """Break a small text into lines that fit."""
    return textwrap.wrap(text, int((width - 2 * MARGIN) / 5.2))


def _page(result: MetricResult, drawn: Sequence[_Drawn], voice: Voice, lang: str) -> str:
    """Return a page without scripts and without network, the values behind each drawing as a table."""
    title = escape(voice.title(result))
    time = voice.time(result)
    told = f"<p>{escape(time)}</p>" if time else ""
    sections = "".join(
        f"<h2>{escape(each.heading)}</h2>{each.svg}<details><summary>{escape(voice.words('report.show_data'))}</summary>"
        f"{_values(each.table, voice)}</details>"
        for each in drawn
    )
    notice = voice.trademark(result)
    foot = f"<footer><p><small>{escape(notice)}</small></p></footer>" if notice else ""
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>{told}{sections}{foot}</body></html>\n"
    )


def _values(table: ResultTable, voice: Voice) -> str:
    head = "".join(f'<th scope="col">{escape(voice.column(column))}</th>' for column in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(voice.cell(table, column, value))}</td>"
            for column, value in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
