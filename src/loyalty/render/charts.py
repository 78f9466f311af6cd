"""How each kind of table is drawn: distribution, trend, heat map, bars, dots. Nobody else knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from loyalty.model.result import Draw, ResultTable, Value
from loyalty.render.palette import BAND, BLUE, DARK_STEPS, GREY, GRID, INK, MUTED, PAPER, STEPS, TONES
from loyalty.render.shape import SMALL_N, Shape, number, shape, tones
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

Chart = alt.Chart | alt.LayerChart


@dataclass(frozen=True)
class _Drawing:
    """A table that is to be drawn, the parts of it and the words for them."""

    table: ResultTable
    parts: Shape
    voice: Voice
    width: int

    @property
    def unit(self) -> str:
        """The unit of the values."""
        return self.table.columns[self.parts.value].unit

    def category(self, row: tuple[Value, ...]) -> str:
        """Return the name of a row."""
        return self.voice.cell(self.table, self.table.columns[0], row[0])

    def shown(self, value: float | None) -> str:
        """Return a value as its label."""
        return self.voice.numbers.value(value, self.unit)

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
    drawn = chart(table, voice, width=width)
    if drawn is None:
        return None
    name = title or voice.heading(table)
    return to_svg(
        drawn.to_dict(), ident=ident, title=name, description=description or _told(table, voice, name)
    )


def chart(table: ResultTable, voice: Voice, *, width: int = WIDTH) -> Chart | None:
    """Return a table as an Altair chart, or None when there is nothing to draw."""
    parts = shape(table)
    if table.draw is None or parts is None:
        return None
    drawing = _Drawing(table, parts, voice, width)
    if not any(record["value"] is not None for record in drawing.records()):
        return None
    return _dressed(_KINDS[table.draw](drawing))


def _distribution(drawing: _Drawing) -> Chart:
    records = drawing.records()
    top = max((record["value"] or 0 for record in records), default=0)
    x = alt.X("place:O").axis(labelExpr=_labels(drawing), labelAngle=0).scale(paddingInner=0.14)
    y = alt.Y("value:Q").axis(None).scale(domain=[0, top * 1.12 or 1], nice=False)
    base = alt.Chart(_data(_with_class_shares(drawing, records))).encode(x=x, y=y)
    bars = base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2).encode(
        color=_class_colours(drawing, records)
    )
    counts = base.mark_text(baseline="bottom", dy=-4, fontSize=LABEL, color=INK).encode(text="shown:N")
    return _sized(bars + counts, drawing.width, 200)


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
        # The rules keep an interval visible where its neighbours have none.
        layers.append(base.mark_area(color=BAND).encode(y=low, y2=high))
        layers.append(base.mark_rule(color=BAND, strokeWidth=4).encode(y=low, y2=high))
    layers.append(base.mark_line(color=BLUE, strokeWidth=2.5).encode(y=y))
    points = base.mark_point(size=56, stroke=BLUE, strokeWidth=2, opacity=1, filled=False)
    layers.append(points.encode(y=y, fill=alt.Fill("fill:N").scale(None)))
    last = [record for record in records if record["value"] is not None][-1:]
    end = alt.Chart(_data(last)).mark_text(align="left", dx=9, fontSize=13, fontWeight="bold", color=INK)
    layers.append(end.encode(x=x, y=y, text="shown:N"))
    room = 8 + 8 * max(len(record["shown"]) for record in last)
    return _sized(_layered(layers), drawing.width, 220).properties(
        padding={"right": room, "left": 4, "top": 4}
    )


def _bars(drawing: _Drawing) -> Chart:
    records = drawing.records()
    values = [record["value"] or 0 for record in records]
    domain = [min(0, *values, 0), (max(0, *values, 0) or 1) * ROOM_FOR_LABEL]
    y = alt.Y("place:O").axis(**_row_labels(drawing)).scale(paddingInner=0.35)
    x = alt.X("value:Q").axis(None).scale(domain=domain, nice=False)
    base = alt.Chart(_data(records)).encode(x=x, y=y)
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=alt.Color("colour:N").scale(None))
    amounts = base.mark_text(align="left", dx=6, fontSize=LABEL, color=INK).encode(
        text="shown:N", x=alt.X("end:Q").scale(domain=domain, nice=False)
    )
    for record in records:
        record["end"] = max(record["value"] or 0, 0)
    return _sized(bars + amounts, drawing.width, ROW * len(records))


def _dots(drawing: _Drawing) -> Chart:
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
    cells, columns = _cells(drawing)
    x_labels = [drawing.voice.column(drawing.table.columns[place]) for place in columns]
    y = alt.Y("place:O").axis(labelExpr=_labels(drawing)).scale(padding=0.06)
    x = alt.X("column:O").axis(labelExpr=_lookup(x_labels), labelAngle=0, orient="top").scale(padding=0.04)
    base = alt.Chart(_data(cells)).encode(x=x, y=y)
    boxes = base.mark_rect(cornerRadius=2).encode(color=alt.Color("colour:N").scale(None))
    texts = base.mark_text(fontSize=11).encode(text="shown:N", color=alt.Color("ink:N").scale(None))
    return _sized(boxes + texts, drawing.width, 26 * len(drawing.table.rows))


_KINDS: dict[Draw, Callable[[_Drawing], Chart]] = {
    Draw.DISTRIBUTION: _distribution,
    Draw.TREND: _trend,
    Draw.BARS: _bars,
    Draw.DOTS: _dots,
    Draw.HEATMAP: _heatmap,
}


def _cells(drawing: _Drawing) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the observed cells of a heat map and its columns: those with the unit of the last one."""
    table = drawing.table
    unit = table.columns[drawing.parts.measures[-1]].unit
    columns = [place for place in drawing.parts.measures if table.columns[place].unit == unit]
    observed = [value for row in table.rows for place in columns if (value := number(row[place])) is not None]
    # The first cell of a cohort is always 100%; it would leave the others with one colour.
    spread = [value for value in observed if unit != "share" or value != 1] or observed
    low, high = min(spread), max(spread)
    cells = []
    for place, row in enumerate(table.rows):
        for column, source in enumerate(columns):
            value = number(row[source])
            # A cell that was not observed stays empty: it is not 0.
            if value is not None:
                part = min(1, (value - low) / (high - low)) if high > low else 0
                step = int(part * (len(STEPS) - 1) + 0.5)
                ink = PAPER if step >= len(STEPS) - DARK_STEPS else INK
                shown = drawing.voice.numbers.value(row[source], unit)
                cells.append(
                    {"place": place, "column": column, "shown": shown, "colour": STEPS[step], "ink": ink}
                )
    return cells, columns


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
    ends = [record[key] for record in records for key in ("value", "low", "high") if record[key] is not None]
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
    """Break ``Oct 2026`` into two lines and say the year only where it begins."""
    labels: list[str | list[str]] = []
    year_before = ""
    for row in drawing.table.rows:
        label = drawing.category(row)
        name, _, year = _week(str(row[0])) or label.rpartition(" ")
        if not (name and year.isdigit()):
            labels.append(label)
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


def _sized(drawn: Chart, width: int, height: int) -> Chart:
    return drawn.properties(width=width, height=height)


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
    column = table.columns[parts.value]
    told = "; ".join(
        f"{voice.cell(table, table.columns[0], row[0])}: {voice.cell(table, column, row[parts.value])}"
        for row in table.rows
    )
    return voice.words("report.chart_values", title=title, values=told)
