"""Whether several questions measure the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from statistics import variance


def cronbach_alpha(items: Sequence[Sequence[float]]) -> float | None:
    """Return Cronbach's alpha of complete answers; ``items`` has one sequence per question, respondents in one order.

    alpha = k / (k - 1) x (1 - sum of the items' variances / variance of the sums): 1 when the items move together,
    about 0 when they have nothing in common, below 0 when they move against each other. None for fewer than two
    items or respondents, and where all sums are equal. Source: Cronbach (1951), Psychometrika 16.
    """
    if len(items) < 2 or len(items[0]) < 2:
        return None
    spread: float = variance([sum(answers) for answers in zip(*items, strict=True)])
    if spread == 0:
        return None
    k, apart = len(items), fsum(variance(item) for item in items)
    return k / (k - 1) * (1 - apart / spread)
