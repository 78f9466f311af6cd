"""The score of a slice of a survey, and whether two slices differ: what makes a trend of any survey metric."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from loyalty.derive.few import MIN_SHOW
from loyalty.derive.surveys.tally import Tally
from loyalty.stats.proportions import Change


def difference_unit(unit: str) -> str:
    """Return the unit of a difference of two scores: points of points, ``share_change`` of shares, and so on."""
    return unit if unit == "points" else f"{unit}_change"


@dataclass(frozen=True)
class Score:
    """The score of some answers with the ends of its interval; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def shown(self) -> Score:
        """The score as people see it: without a value below :data:`MIN_SHOW` answers."""
        return self if self.n >= MIN_SHOW else Score(None, None, None, self.n)


@dataclass(frozen=True)
class Measure:
    """How a survey metric scores a slice.

    Attributes:
        unit: of the score; that of its changes is its :func:`difference_unit`.
        confidence: of all intervals, 0..1.
        score: the score of a tally.
        change: the difference between two independent tallies, later less earlier; None where either is empty.
        needed: about how many answers a side would be needed to detect a true difference of that size.
        paired: the change of the same people, from the differences of what each answered before and after.
        worth: what one answer adds to the score (``score`` is the column), for following the same people.
        least: the answers each of two tallies must have to be compared.
    """

    unit: str
    confidence: float
    score: Callable[[Tally], Score]
    change: Callable[[Tally, Tally], Change | None]
    needed: Callable[[Tally, Tally], int | None]
    paired: Callable[[list[float]], Change | None]
    worth: pl.Expr
    least: int = MIN_SHOW
