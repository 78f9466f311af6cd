"""The scale a question was answered on, and which of its ends is the good one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from loyalty.errors import UsageError
from loyalty.model.metric import Tables
from loyalty.model.tables import Scale

STATED = re.compile(r"\s*(\d{1,3})\s*(?:-|–|\.\.|to|ile)\s*(\d{1,3})\s*")
BOXES = {(1, 5): 2, (1, 7): 2, (1, 10): 2, (1, 2): 1}
"""How many of the best answers of a scale of satisfaction mean satisfied; (1, 2) is Bad and Good."""
MAX_BEYOND = 0.05
ENOUGH_TO_TELL = 30


@dataclass(frozen=True)
class Ends:
    """The worst and the best answer of a scale of whole numbers."""

    worst: int
    best: int

    @property
    def lowest(self) -> int:
        """The smaller end, whichever is the good one."""
        return min(self.worst, self.best)

    @property
    def highest(self) -> int:
        """The greater end, whichever is the good one."""
        return max(self.worst, self.best)

    @property
    def points(self) -> int:
        """How many answers the scale offers."""
        return self.highest - self.lowest + 1

    def top(self, boxes: int) -> frozenset[int]:
        """Return the best answers, so many of them."""
        step = 1 if self.best < self.worst else -1
        return frozenset(self.best + step * place for place in range(boxes))

    def bottom(self, boxes: int) -> frozenset[int]:
        """Return the worst answers, so many of them."""
        return Ends(self.best, self.worst).top(boxes)

    def goodness(self, answer: pl.Expr) -> pl.Expr:
        """Return answers on 0..1, 1 being the best."""
        return (answer - self.worst) / (self.best - self.worst)


def ends(tables: Tables, question: str, scale: str | None = None, best: int | None = None) -> Ends | None:
    """Return the ends of a question's scale: as the user says, else as labels, header or question text tell.

    ``scale`` is written ``1-5``. The highest answer is the best unless labels or ``best`` say otherwise. None where
    nothing tells the scale.

    Raises:
        UsageError: ``scale`` cannot be read, or ``best`` is no end of the scale.
    """
    known = stated(scale) if scale else tables.scales.get(question)
    if known is None:
        return None
    lowest, highest = known
    if best is not None and best not in known:
        raise UsageError(
            f"--best: {best} is no end of the scale from {lowest} to {highest}",
            hint=f"Say --best {highest} or --best {lowest}.",
        )
    if best == lowest or (best is None and tables.best.get(question) is Scale.LOW):
        return Ends(worst=highest, best=lowest)
    return Ends(worst=lowest, best=highest)


def stated(scale: str) -> tuple[int, int]:
    """Return the ends of a scale written ``1-5``.

    Raises:
        UsageError: it is no such range.
    """
    found = STATED.fullmatch(scale)
    if found is None or int(found[1]) >= int(found[2]):
        raise UsageError(
            f"--scale: {scale!r} is no scale", hint="Write its lowest and highest answer: --scale 1-5."
        )
    return int(found[1]), int(found[2])


def is_another_scale(beyond: int, standing: int) -> bool:
    """Return whether so many answers beyond a scale mean that it is another one, and no few typing errors."""
    answers = beyond + standing
    return beyond > standing or (answers >= ENOUGH_TO_TELL and beyond > MAX_BEYOND * answers)


def are_mixed(tables: Tables, questions: Iterable[str]) -> bool:
    """Return whether the files, or the questions among themselves, are answered on different scales."""
    asked = [name for name in questions if name in tables.scales]
    ways = {tables.best.get(name, Scale.UNKNOWN) for name in asked} - {Scale.UNKNOWN}
    return (
        bool(tables.mixed & set(questions))
        or len({tables.scales[name] for name in asked}) > 1
        or len(ways) > 1
    )
