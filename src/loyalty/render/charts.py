"""How each kind of table is drawn: distribution, trend, heat map, bars, dots. Nobody else knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode

from loyalty.model.result import Draw, ResultTable, Value
from loyalty.render.grid import shown_rows
from loyalty.render.heat import Heat, heat
from loyalty.render.palette import (
    BAND,
    BLUE,
    DARK_STEPS,
    GREY,
    GRID,
    INK,
    MUTED,
    ON_DARK,
    ON_LIGHT,
    PAPER,
    STEPS,
    TONES,
)
from loyalty.render.shape import SMALL_N, Shape, is_total, number, shape, tones
from loyalty.render.svg import to_svg
from loyalty.render.ticks import ticks
from loyalty.render.voice import Voice

FONTS = "'Liberation Sans', Arial, Helvetica, sans-serif"
"""vl-convert measures with the first, which it carries; the others are as wide."""

WIDTH = 640
LABEL = 12
ROW = 36
ROOM_FOR_LABEL = 1.3
"""Bars end well before the right edge, so that their amounts fit behind them."""
HEAT_LABELS, NARROWEST_CELL, WIDE_CELL = 110, 25, 34
"""Room beside a heat map for the names of its rows; cells narrower than the second cannot be read at all, than the
third only in smaller letters."""

WIDEST_DAY = 60
"""Room for a day and its month below an axis."""

Chart = alt.Chart | alt.LayerChart


@dataclass(frozen=True)
class _Drawing:
    """A table that is to be drawn, the parts of it and the words for them."""

    table: ResultTable
    parts: Shape
    voice: Voice
    width: int

    @property
    def flat(self) -> float:
        """How flat it is beside a drawing of the usual width: on a phone and on paper height is dear."""
        return min(1.0, 0.4 + self.width / 1000)

    @property
    def unit(self) -> str:
        """The unit of the values."""
        return self.table.columns[self.parts.value].unit

    def category(self, row: tuple[Value, ...]) -> str:
        """Return the name of a row."""
        return self.voice.cell(self.table, self.table.columns[0], row[0])

    def brief_category(self, row: tuple[Value, ...]) -> str:
        """Return the name of a row below its bar."""
        return self.voice.brief_name(self.table, row)

    def part(self, row: tuple[Value, ...], place: int | None) -> float | None:
        """Return the number that plays a part in a row; None where there is none or the period runs on."""
        return number(row[place]) if place is not None and self.parts.finished(row) else None

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as marks: place, value, interval, label and colours."""
        classes = tones(self.table, self.parts)
        return [self._record(place, row, classes) for place, row in enumerate(self.table.rows)]

    def _record(self, place: int, row: tuple[Value, ...], classes: dict[Value, str]) -> dict[str, Any]:
        parts = self.parts
        klass = None if parts.klass is None else row[parts.klass]
        value, cases = self.part(row, parts.value), self.part(row, parts.n)
        colour = TONES[classes.get(klass, "plain")]
        hollow = cases is not None and cases < SMALL_N
        return {
            "place": place,
            "value": value,
            "low": self.part(row, parts.low),
            "high": self.part(row, parts.high),
            "expected": self.part(row, parts.expected),
            "shown": "" if value is None else self.voice.numbers.value(row[parts.value], self.unit),
            "class": ""
            if parts.klass is None
            else self.voice.cell(self.table, self.table.columns[parts.klass], klass),
            "colour": colour,
            "fill": PAPER if hollow else colour,
        }


def svg(
    table: ResultTable,
    voice: Voice,
    *,
    ident: str,
    title: str | None = None,
    description: str | None = None,
    width: int = WIDTH,
) -> str | None:
    """Return a table drawn as static SVG, or None when it does not want to be drawn or has nothing to draw.

    ``ident`` begins every id in it. The title defaults to the table's heading, the description to its values.
    """
    # The kinds of charts are known: to hold each part of each against Altair's schema is half of the time of a report.
    with debug_mode(False):
        drawn = chart(table, voice, width=width)
        if drawn is None:
            return None
        spec = drawn.to_dict(validate=False)
    name = title or voice.heading(table)
    return to_svg(spec, ident=ident, title=name, description=description or _told(table, voice, name))


def chart(table: ResultTable, voice: Voice, *, width: int = WIDTH) -> Chart | None:
    """Return a table as an Altair chart, or None when there is nothing to draw."""
    parts = shape(table)
    if table.draw is None or parts is None or (table.draw is Draw.HEATMAP and heat(table) is None):
        return None
    parted = replace(table, rows=tuple(row for row in table.rows if not is_total(row)))
    drawing = _Drawing(parted, parts, voice, width)
    if table.draw is not Draw.HEATMAP and all(record["value"] is None for record in drawing.records()):
        return None
    return _dressed(_KINDS[table.draw](drawing))


def _distribution(drawing: _Drawing) -> Chart:
    records = drawing.records()
    top = max((record["value"] or 0 for record in records), default=0)
    labels = [drawing.brief_category(row) for row in drawing.table.rows]
    x = (
        alt.X("place:O")
        .axis(labelExpr=_lookup(labels), labelFontSize=LABEL - 1, labelAngle=0, labelOverlap="parity")
        .scale(paddingInner=0.14)
    )
    # Stacked bars would each be clipped by a group of their own.
    y = alt.Y("value:Q").axis(None).stack(None).scale(domain=[0, top * 1.12 or 1], nice=False)
    base = alt.Chart(_data(_with_class_shares(drawing, records))).encode(x=x, y=y)
    bars = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(
        color=_class_colours(drawing, records)
    )
    counts = base.mark_text(baseline="bottom", dy=-4, fontSize=LABEL, color=INK).encode(text="shown:N")
    return _sized(bars + counts, drawing.width, 200 * drawing.flat)


def _trend(drawing: _Drawing) -> Chart:
    records = drawing.records()
    scale, axis = _value_axis(drawing, records)
    x = (
        alt.X("place:O")
        .axis(labelExpr=_calendar_labels(drawing), labelAngle=0, labelOverlap="parity")
        .scale(type="point", padding=0.5)
    )
    base = alt.Chart(_data(records)).encode(x=x)
    y = alt.Y("value:Q").scale(**scale).axis(**axis)
    low, high = alt.Y("low:Q").scale(**scale).axis(**axis), alt.Y2("high:Q")
    layers: list[alt.Chart] = []
    if drawing.parts.low is not None and drawing.parts.high is not None:
        layers.append(base.mark_area(color=BAND).encode(y=low, y2=high))
        if any(record["low"] is None for record in records):
            # The rules keep an interval visible where its neighbours have none.
            layers.append(base.mark_rule(color=BAND, strokeWidth=4).encode(y=low, y2=high))
    layers.append(base.mark_line(color=BLUE, strokeWidth=2.5).encode(y=y))
    points = base.mark_point(size=56, stroke=BLUE, strokeWidth=2, opacity=1, filled=False)
    layers.append(points.encode(y=y, fill=alt.Fill("fill:N").scale(None)))
    if drawing.parts.expected is not None:
        layers += _foretold(drawing, records, alt.Y("expected:Q").scale(**scale).axis(**axis), x)
    last = [record for record in records if record["value"] is not None][-1:]
    end = alt.Chart(_data(last)).mark_text(align="left", dx=9, fontSize=13, fontWeight="bold", color=INK)
    layers.append(end.encode(x=x, y=y, text="shown:N"))
    room = 8 + 8 * max(len(record["shown"]) for record in last)
    return _sized(_layered(layers), drawing.width, 220 * drawing.flat).properties(
        padding={"right": room, "left": 4, "top": 4}
    )


def _foretold(drawing: _Drawing, records: Sequence[dict[str, Any]], y: alt.Y, x: alt.X) -> list[alt.Chart]:
    """Return the line of what was expected, named beside that of what came, and where it had seen no more."""
    parts, columns = drawing.parts, drawing.table.columns
    assert parts.expected is not None
    names = [drawing.voice.column(columns[place]) for place in (parts.value, parts.expected)]
    legend = alt.Legend(title=None, orient="bottom", symbolType="stroke", labelFontSize=LABEL)
    line = alt.Chart(_data([{**record, "name": names[1]} for record in records])).mark_line(strokeWidth=1.5)
    drawn = line.encode(
        x=x,
        y=y,
        color=alt.Color("name:N").scale(domain=names, range=[BLUE, INK]).legend(legend),
        strokeDash=alt.StrokeDash("name:N").scale(domain=names, range=[[1, 0], [5, 4]]).legend(legend),
    )
    unseen = parts.not_seen
    first = [
        place for place, row in enumerate(drawing.table.rows) if unseen is not None and row[unseen] is True
    ]
    if unseen is None or not first:
        return [drawn]
    told = {"place": first[0], "name": drawing.voice.column(columns[unseen])}
    begins = alt.Chart(_data([told])).encode(x=x)
    name = begins.mark_text(align="left", baseline="top", dx=5, fontSize=11, color=MUTED)
    return [drawn, begins.mark_rule(color=GREY), name.encode(text="name:N", y=alt.value(0))]


def _bars(drawing: _Drawing) -> Chart:
    records = drawing.records()
    values = [record["value"] or 0 for record in records]
    domain = [min(0, *values, 0), (max(0, *values, 0) or 1) * ROOM_FOR_LABEL]
    y = alt.Y("place:O").axis(**_row_labels(drawing)).scale(paddingInner=0.35)
    x = alt.X("value:Q").axis(None).stack(None).scale(domain=domain, nice=False)
    base = alt.Chart(_data(records)).encode(x=x, y=y)
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=alt.Color("colour:N").scale(None))
    amounts = base.mark_text(align="left", dx=6, fontSize=LABEL, color=INK).encode(
        text="shown:N", x=alt.X("end:Q").scale(domain=domain, nice=False)
    )
    for record in records:
        record["end"] = max(record["value"] or 0, 0)
    row = ROW if drawing.parts.n is not None else ROW * drawing.flat
    return _sized(bars + amounts, drawing.width, row * len(records))


def _dots(drawing: _Drawing) -> Chart:
    # A row whose value is not told has no place of its own.
    told = tuple(row for row in drawing.table.rows if drawing.part(row, drawing.parts.value) is not None)
    drawing = replace(drawing, table=replace(drawing.table, rows=told))
    records = drawing.records()
    scale, axis = _value_axis(drawing, records)
    y = alt.Y("place:O").axis(**_row_labels(drawing), grid=True)
    base = alt.Chart(_data(records)).encode(y=y)
    x = alt.X("value:Q").scale(**scale).axis(**axis)
    low = alt.X("low:Q").scale(**scale).axis(**axis)
    spans = base.mark_rule(color=BAND, strokeWidth=6, strokeCap="round").encode(x=low, x2="high:Q")
    points = base.mark_point(size=70, stroke=BLUE, strokeWidth=2, opacity=1, filled=False)
    dots = points.encode(x=x, fill=alt.Fill("fill:N").scale(None))
    return _sized(spans + dots, drawing.width, ROW * len(records))


def _heatmap(drawing: _Drawing) -> Chart:
    found = heat(drawing.table)
    assert found is not None
    whole = drawing.table
    shown = shown_rows(whole)
    filled = tuple(row for row in shown if any(row[place] is not None for place in found.columns))
    drawing = replace(drawing, table=replace(whole, rows=filled))
    columns = found.columns[: (drawing.width - HEAT_LABELS) // NARROWEST_CELL]
    labels = [drawing.voice.column(whole.columns[place]) for place in columns]
    cut = {"columns": len(columns), "all_columns": len(found.columns)}
    cut |= {"rows": len(shown), "all_rows": len(whole.rows)}
    is_cut = len(columns) < len(found.columns) or len(shown) < len(whole.rows)
    title = drawing.voice.words("report.heat_cut", **cut) if is_cut else None
    y = alt.Y("place:O").axis(labelExpr=_labels(drawing)).scale(padding=0.06)
    x = (
        alt.X("column:O")
        .axis(labelExpr=_lookup(labels), labelAngle=0, orient="top")
        .scale(padding=0.04)
        .title(title)
    )
    base = alt.Chart(_data(_cells(drawing, found, columns))).encode(x=x, y=y)
    coloured = base.transform_filter("datum.colour !== null")
    boxes = coloured.mark_rect().encode(color=alt.Color("colour:N").scale(None))
    is_wide = (drawing.width - HEAT_LABELS) / len(columns) >= WIDE_CELL
    texts = base.mark_text(fontSize=11 if is_wide else 9).encode(
        text="shown:N", color=alt.Color("ink:N").scale(None)
    )
    return _sized(boxes + texts, drawing.width, 26 * len(drawing.table.rows))


_KINDS: dict[Draw, Callable[[_Drawing], Chart]] = {
    Draw.DISTRIBUTION: _distribution,
    Draw.TREND: _trend,
    Draw.BARS: _bars,
    Draw.DOTS: _dots,
    Draw.HEATMAP: _heatmap,
}


def _cells(drawing: _Drawing, found: Heat, columns: Sequence[int]) -> list[dict[str, Any]]:
    """Return the cells that have a value: one that was not observed stays empty, it is not 0."""
    cells, unit = [], drawing.table.columns[columns[0]].unit
    for place, row in enumerate(drawing.table.rows):
        for column, source in enumerate(columns):
            if number(row[source]) is not None:
                step = found.step(row, source)
                on_step = ON_DARK if step is not None and step >= len(STEPS) - DARK_STEPS else ON_LIGHT
                cells.append(
                    {
                        "place": place,
                        "column": column,
                        "shown": drawing.voice.numbers.brief(row[source], unit),
                        "colour": None if step is None else STEPS[step],
                        "ink": MUTED if step is None else on_step,
                    }
                )
    return cells


def _with_class_shares(drawing: _Drawing, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each class its share of all, as the legend says it: ``promoter 50.0%``."""
    whole = sum(record["value"] or 0 for record in records)
    if drawing.parts.klass is None or not whole:
        return records
    for record in records:
        same = (other["value"] or 0 for other in records if other["class"] == record["class"])
        record["legend"] = f"{record['class']} {drawing.voice.numbers.value(sum(same) / whole, 'share')}"
    return records


def _class_colours(drawing: _Drawing, records: Sequence[dict[str, Any]]) -> alt.Color:
    if drawing.parts.klass is None or "legend" not in records[0]:
        return alt.Color("colour:N").scale(None)
    colours = {record["legend"]: record["colour"] for record in records}
    legend = alt.Legend(
        title=None, orient="bottom", symbolType="square", labelFontSize=LABEL, columnPadding=24
    )
    return alt.Color("legend:N", sort=None, legend=legend).scale(
        domain=list(colours), range=list(colours.values())
    )


def _value_axis(
    drawing: _Drawing, records: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return scale and axis of the values; the ticks run past both ends of every interval."""
    drawn = ("value", "low", "high", "expected")
    ends = [record[key] for record in records for key in drawn if record[key] is not None]
    marks = ticks(min(ends), max(ends))
    step = marks[1] - marks[0]
    labels = [drawing.voice.numbers.tick(mark, drawing.unit, step) for mark in marks]
    values = [float(mark) for mark in marks]
    expression = f"{_json(labels)}[indexof({_json(values)}, datum.value)]"
    scale = {"domain": [values[0], values[-1]], "nice": False, "zero": False}
    zero = {"condition": {"test": "datum.value === 0", "value": GREY}, "value": GRID}
    return scale, {"values": values, "labelExpr": expression, "grid": True, "gridColor": zero}


def _labels(drawing: _Drawing) -> str:
    return _lookup([drawing.category(row) for row in drawing.table.rows])


def _row_labels(drawing: _Drawing) -> dict[str, Any]:
    """Name the rows, with the number of cases below where the table has it."""
    if drawing.parts.n is None:
        return {"labelExpr": _labels(drawing)}
    voice = drawing.voice
    labels: list[str | list[str]] = []
    for row in drawing.table.rows:
        cases = number(row[drawing.parts.n])
        count = "" if cases is None else voice.words("units.n", n=voice.numbers.value(cases, "count"))
        labels.append([drawing.category(row), count])
    return {"labelExpr": _lookup(labels), "labelOffset": -LABEL / 2}


def _calendar_labels(drawing: _Drawing) -> str:
    """Break ``Oct 2026`` into two lines and say the year only where it begins; of many days only some have room."""
    labels: list[str | list[str]] = []
    year_before = ""
    names = [drawing.category(row) for row in drawing.table.rows]
    apart = ceil(len(names) * WIDEST_DAY / drawing.width) if isinstance(drawing.table.rows[0][0], date) else 1
    for row, label in zip(drawing.table.rows, names, strict=True):
        name, _, year = _week(str(row[0])) or label.replace(",", "").rpartition(" ")
        if not (name and year.isdigit()):
            labels.append(label)
            continue
        if len(labels) % apart:
            labels.append("")
            continue
        labels.append([name, year] if year != year_before else [name, ""])
        year_before = year
    return _lookup(labels)


def _week(label: str) -> tuple[str, str, str] | None:
    """``2026-W44`` as ``W44`` and ``2026``: a week in words is too long for an axis."""
    year, found, week = label.partition("-W")
    return (f"W{week}", " ", year) if found else None


def _lookup(labels: Sequence[str | list[str]]) -> str:
    return f"{_json(labels)}[datum.value]"


def _json(value: Any) -> str:
    # Vega's expressions read JSON literals; a "<" inside is only text there.
    return json.dumps(value, ensure_ascii=False)


def _data(records: Sequence[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(records))


def _layered(layers: Sequence[alt.Chart]) -> alt.LayerChart:
    return alt.LayerChart(layer=list(layers))


def _sized(drawn: Chart, width: int, height: float) -> Chart:
    return drawn.properties(width=width, height=round(height))


def _dressed(drawn: Chart) -> Chart:
    dressed: Chart = (
        drawn.configure(font=FONTS, aria=False, background="transparent", padding=4)
        .properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure_view(stroke=None)
        .configure_axis(
            title=None,
            domain=False,
            ticks=False,
            grid=False,
            gridColor=GRID,
            labelColor=MUTED,
            labelFontSize=LABEL,
            labelPadding=8,
            labelLimit=260,
            labelOverlap=False,
            labelLineHeight=14,
        )
        .configure_legend(labelColor=INK, symbolSize=120)
    )
    return dressed


def _told(table: ResultTable, voice: Voice, title: str) -> str:
    """Return the values as a sentence for those who cannot see the chart."""
    parts = shape(table)
    if parts is None:
        return title
    cells = heat(table)
    places = cells.columns if cells else (parts.value,)

    def values(row: tuple[Value, ...]) -> str:
        observed = (place for place in places if cells is None or row[place] is not None)
        return ", ".join(voice.cell(table, table.columns[place], row[place]) for place in observed)

    told = "; ".join(f"{voice.cell(table, table.columns[0], row[0])}: {values(row)}" for row in table.rows)
    return voice.words("report.chart_values", title=title, values=told)
