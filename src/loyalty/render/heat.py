"""Heat maps: which columns of a table are cells, and how dark each cell is."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.model.result import Draw, ResultTable, Value
from loyalty.render.palette import STEPS
from loyalty.render.shape import SMALL_N, Shape, number, shape


@dataclass(frozen=True)
class Heat:
    """The cells of a table: the columns they stand in, and the values of the lightest and the darkest."""

    parts: Shape
    columns: tuple[int, ...]
    low: float
    high: float

    def step(self, row: tuple[Value, ...], column: int) -> int | None:
        """Return which of the steps a cell is coloured in, the first being the lightest.

        None where there is no value, or where fewer than 30 cases stand behind the row.
        """
        value = number(row[column])
        if value is None or not self.is_coloured(row):
            return None
        part = (value - self.low) / (self.high - self.low) if self.high > self.low else 0
        return int(min(1, max(0, part)) * (len(STEPS) - 1) + 0.5)

    def is_coloured(self, row: tuple[Value, ...]) -> bool:
        """Return whether enough cases stand behind a row to compare it with others."""
        cases = None if self.parts.n is None else number(row[self.parts.n])
        return cases is None or cases >= SMALL_N


def heat(table: ResultTable) -> Heat | None:
    """Return the cells of a table that wants to be a heat map: the columns with the unit of the last one, if filled."""
    parts = shape(table)
    if table.draw is not Draw.HEATMAP or parts is None:
        return None
    unit = table.columns[parts.measures[-1]].unit
    columns = tuple(place for place in parts.measures if table.columns[place].unit == unit)
    found = Heat(parts, columns, 0, 0)
    rows = [row for row in table.rows if found.is_coloured(row)] or table.rows
    observed = [value for row in rows for place in columns if (value := number(row[place])) is not None]
    if not observed:
        return None
    # The first cell of a cohort is always 100%; it would leave the others with one colour.
    spread = [value for value in observed if unit != "share" or value != 1] or observed
    return Heat(parts, columns, min(spread), max(spread))
