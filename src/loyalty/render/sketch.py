"""Small drawings out of characters beside the rows of a table: bars, and points on their interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from loyalty.model.result import Draw, ResultTable
from loyalty.render.grid import shown_rows
from loyalty.render.shape import SMALL_N, Shape, number, shape, tones

_EIGHTHS = " ▏▎▍▌▋▊▉"

Numbers = list[float | None]


@dataclass(frozen=True)
class Sketch:
    """The drawing of a table, one line of characters for each row shown."""

    table: ResultTable
    parts: Shape

    @property
    def is_bars(self) -> bool:
        """Bars stand beside their category; points on intervals come after the numbers."""
        return self.table.draw in {Draw.DISTRIBUTION, Draw.BARS}

    @property
    def column(self) -> int:
        """The column of the shown table before which the drawing stands: after what it draws."""
        if self.is_bars:
            return 1
        # The two ends of an interval are shown in one column.
        has_interval = self.parts.low is not None and self.parts.high is not None
        return 2 + has_interval + (self.parts.n is not None)

    def cells(self, width: int, styles: Mapping[str, str]) -> list[Text]:
        """Return a drawing of ``width`` characters for each row, in the style of its class."""
        drawn = self._bars(width) if self.is_bars else self._whiskers(width)
        classes = tones(self.table, self.parts)
        rows = shown_rows(self.table)
        named = [None if self.parts.klass is None else row[self.parts.klass] for row in rows]
        return [
            Text(text, style=styles[classes.get(name, "plain")])
            for text, name in zip(drawn, named, strict=True)
        ]

    def _bars(self, width: int) -> list[str]:
        values = self._column(self.parts.value)
        largest = max((value for value in values if value is not None), default=0.0)
        return [bar(value, largest, width) for value in values]

    def _whiskers(self, width: int) -> list[str]:
        parts = self.parts
        values, cases = self._column(parts.value), self._column(parts.n)
        lows, highs = self._column(parts.low), self._column(parts.high)
        ends = [end for end in (*values, *lows, *highs) if end is not None]
        scale = Scale(min(ends), max(ends), width) if ends else Scale(0, 0, width)
        return [
            whisker(value, low, high, scale, hollow=n is not None and n < SMALL_N)
            for value, low, high, n in zip(values, lows, highs, cases, strict=True)
        ]

    def _column(self, place: int | None) -> Numbers:
        rows = shown_rows(self.table)
        return [
            number(row[place]) if place is not None and self.parts.finished(row) else None for row in rows
        ]


@dataclass(frozen=True)
class Scale:
    """Maps values from ``low`` to ``high`` to places 0 to ``width`` - 1."""

    low: float
    high: float
    width: int

    def place(self, value: float) -> int:
        """Return the character that stands for a value; the middle one when all values are equal."""
        if self.high <= self.low:
            return (self.width - 1) // 2
        return round((self.width - 1) * (value - self.low) / (self.high - self.low))


def sketch_of(table: ResultTable) -> Sketch | None:
    """Return the drawing of a table that wants one and has numbers to draw."""
    parts = shape(table)
    if parts is None or table.draw in {None, Draw.HEATMAP}:
        return None
    return Sketch(table, parts)


def bar(value: float | None, largest: float, width: int) -> str:
    """Return a bar from 0, ``width`` characters for ``largest``; what is above 0 leaves at least a trace."""
    if value is None or value <= 0 or largest <= 0:
        return ""
    eighths = max(1, round(8 * width * value / largest))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def whisker(value: float | None, low: float | None, high: float | None, scale: Scale, *, hollow: bool) -> str:
    """Return a point on its interval, ``├──●─┤``, on the scale that all rows share."""
    if value is None:
        return ""
    start = scale.place(value if low is None else low)
    end = scale.place(value if high is None else high)
    cells = [" "] * scale.width
    cells[start : end + 1] = "─" * (end - start + 1)
    if start < end:
        cells[start], cells[end] = "├", "┤"
    cells[scale.place(value)] = "○" if hollow else "●"
    return "".join(cells).rstrip()
