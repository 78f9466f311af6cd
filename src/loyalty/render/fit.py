"""Fitting a table into a width: numbers keep every digit, texts wrap, and columns that do not fit leave."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from rich.cells import cell_len

from loyalty.render.grid import Grid

GAP = 2
"""Blanks between columns."""

NARROWEST = 14
"""Columns of text are not wrapped narrower than this."""


@dataclass(frozen=True)
class Fit:
    """The columns that stay, how wide each is, and the labels of those that had to leave."""

    kept: tuple[int, ...]
    widths: tuple[int, ...]
    left: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Width of the whole table."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)


def fit(grid: Grid, width: int | None) -> Fit:
    """Return how a grid fits into ``width``: first texts and headers wrap, then columns leave from the right.

    The first two columns never leave: a name and its value are the table.
    """
    natural = [_natural(grid, place) for place in range(len(grid.headers))]
    kept = list(range(len(natural)))
    left: list[str] = []
    while True:
        widths = natural if width is None else _squeezed(grid, kept, natural, width)
        found = Fit(tuple(kept), tuple(widths[place] for place in kept), tuple(reversed(left)))
        if width is None or found.total <= width or len(kept) <= 2:
            return found
        left.append(grid.headers[kept.pop()].label)


def wrapped(label: str, width: int) -> str:
    """Return a header broken between words into lines of at most ``width``."""
    lines = textwrap.wrap(label, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _squeezed(grid: Grid, kept: list[int], natural: list[int], width: int) -> list[int]:
    """Take width from the columns that can give some, the widest first, until the table fits."""
    widths = list(natural)
    floors = {place: _narrowest(grid, place) for place in kept}
    excess = sum(widths[place] for place in kept) + GAP * (len(kept) - 1) - width
    while excess > 0:
        givers = [place for place in kept if widths[place] > floors[place]]
        if not givers:
            break
        widest = max(givers, key=lambda place: (widths[place], -place))
        widths[widest] -= 1
        excess -= 1
    return widths


def _natural(grid: Grid, place: int) -> int:
    return max(cell_len(grid.headers[place].label), _widest_cell(grid, place))


def _narrowest(grid: Grid, place: int) -> int:
    header = max((cell_len(word) for word in grid.headers[place].label.split()), default=0)
    widest = _widest_cell(grid, place)
    return max(header, widest if grid.headers[place].is_number else min(widest, NARROWEST))


def _widest_cell(grid: Grid, place: int) -> int:
    return max((cell_len(row[place]) for row in grid.rows), default=0)
