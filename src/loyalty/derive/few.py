"""What is shown when there are few answers: below ten nobody is shown more than counts, below thirty nothing ranks."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from loyalty.model.result import Figure, MetricResult, Status

Name = TypeVar("Name", bound=Hashable)

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


def withheld_groups(counts: Mapping[Name, int], already: Collection[Name] = ()) -> frozenset[Name]:
    """Return which of the groups of a whole may not be told (rule R11): those of fewer than five people.

    Where these are fewer than five people together, the whole less the other groups would tell them all the same: the
    next smallest are withheld beside them. ``already`` are withheld for another reason.
    """
    few = {name for name, n in counts.items() if 0 < n < MIN_GROUP or (n and name in already)}
    others = sorted((name for name in counts if counts[name] and name not in few), key=counts.__getitem__)
    for name in others:
        if not few or sum(counts[each] for each in few) >= MIN_GROUP:
            break
        few.add(name)
    return frozenset(few)


def answered(part: MetricResult, counted: str) -> int:
    """Return how many people a result speaks of; ``counted`` is the figure that says it."""
    n = next(figure.value for figure in part.figures if figure.name == counted)
    return n if isinstance(n, int) else 0


def reason_withheld(n: int) -> str:
    """Return why a group of ``n`` people is not told of: it is tiny itself, or would give a tiny one away."""
    return "tiny_group" if n < MIN_GROUP else "beside_tiny_group"


def withheld(part: MetricResult, counted: str) -> MetricResult:
    """Return a group's result with nothing but how many answered; the other figures are refused, for machines too."""
    if part.headline.status is Status.REFUSED:
        return part
    n = answered(part, counted)
    figures = tuple(
        figure
        if figure.name == counted
        else Figure.refused(figure.name, figure.unit, reason_withheld(n), n=n)
        for figure in part.figures
    )
    return replace(part, figures=figures, tables=(), notes=())
