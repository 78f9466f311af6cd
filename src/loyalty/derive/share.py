"""A share of a count as a figure, with its Wilson interval; undefined where there is nothing to divide by."""

from __future__ import annotations

from loyalty.model.result import Figure
from loyalty.stats.proportions import wilson


def share_figure(name: str, part: float, whole: float, confidence: float | None) -> Figure:
    """Return ``part / whole`` with counts and interval; without interval where ``confidence`` is None.

    Both are counts, or as many equal cases as weighted ones are worth.
    """
    if whole == 0:
        return Figure.undefined(name, "share", "denominator_zero", n=0)
    bounds = wilson(part, whole, confidence) if confidence else None
    return Figure(
        name,
        part / whole,
        "share",
        n=whole if isinstance(whole, int) else None,
        numerator=part,
        denominator=whole,
        low=bounds.low if bounds else None,
        high=bounds.high if bounds else None,
        confidence=confidence if bounds else None,
    )
