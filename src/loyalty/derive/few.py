"""What is shown when there are few answers: below ten nobody is shown more than counts, below thirty nothing ranks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from loyalty.model.result import Figure, MetricResult, Status

MIN_INTERPRET = 30
"""Fewer answers are shown, but not ranked and not coloured."""
MIN_SHOW = 10
"""Of fewer, people see the number only."""
MIN_GROUP = 5
"""What fewer people of a group answered is not told at all: somebody would know who they are."""


def withheld_below_minimum(figures: Iterable[Figure], n: int) -> tuple[Figure, ...]:
    """Return the figures; below ten answers the value is kept for machines and people are shown counts only."""
    if n >= MIN_SHOW:
        return tuple(figures)
    return tuple(
        figure
        if figure.unit == "count" or figure.status is not Status.OK
        else replace(figure, status=Status.INSUFFICIENT, reason="below_min_show")
        for figure in figures
    )


def withheld_of_few(part: MetricResult, counted: str) -> MetricResult:
    """Return a group's result; where fewer than five people answered, with nothing but their number (rule R11).

    ``counted`` is the figure that says how many answered. The others are refused, for machines too.
    """
    n = next(figure.value for figure in part.figures if figure.name == counted)
    if not (isinstance(n, int) and 0 < n < MIN_GROUP) or part.headline.status is Status.REFUSED:
        return part
    figures = tuple(
        figure if figure.name == counted else Figure.refused(figure.name, figure.unit, "tiny_group", n=n)
        for figure in part.figures
    )
    return replace(part, figures=figures, tables=(), notes=())
