"""A heat map as a table of shaded cells: readable by everybody, and a tenth of the bytes of a drawing."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.model.result import ResultTable
from loyalty.render.grid import shown_rows
from loyalty.render.heat import heat
from loyalty.render.palette import DARK_STEPS, ON_DARK, ON_LIGHT, STEPS
from loyalty.render.shape import number
from loyalty.render.voice import Voice


@dataclass(frozen=True)
class HeatCell:
    """A cell in words; without a ``step`` it is not shaded, and an empty one was not observed."""

    text: str
    step: int | None

    @property
    def colour(self) -> str:
        """The colour of the cell, if it has one."""
        return "" if self.step is None else STEPS[self.step]

    @property
    def ink(self) -> str:
        """The colour of its text, which can be read on it."""
        return ON_DARK if self.step is not None and self.step >= len(STEPS) - DARK_STEPS else ON_LIGHT


@dataclass(frozen=True)
class HeatRow:
    """A row: what it is about, how many cases stand behind it, its cells."""

    label: str
    cases: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatMap:
    """The rows under the heads of their columns; ``says_all`` where the table has nothing else."""

    heads: tuple[str, str]
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    says_all: bool


def heat_map(table: ResultTable, voice: Voice) -> HeatMap | None:
    """Return a table as a heat map, if it wants to be one and has values."""
    found = heat(table)
    if found is None:
        return None
    first, n = table.columns[0], found.parts.n
    unit = table.columns[found.columns[0]].unit
    rows = tuple(
        HeatRow(
            voice.cell(table, first, row[0]),
            "" if n is None else voice.numbers.value(row[n], "count"),
            tuple(
                HeatCell(
                    "" if number(row[place]) is None else voice.numbers.brief(row[place], unit),
                    found.step(row, place),
                )
                for place in found.columns
            ),
        )
        for row in shown_rows(table)
    )
    return HeatMap(
        (voice.column(first), "" if n is None else voice.column(table.columns[n])),
        tuple(voice.column(table.columns[place]) for place in found.columns),
        rows,
        says_all=len(table.columns) == len(found.columns) + 1 + (n is not None),
    )
