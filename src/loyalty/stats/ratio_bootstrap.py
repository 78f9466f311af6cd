"""Bootstrap intervals of ratios of sums over customers, such as revenue kept / revenue there was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loyalty.stats.bootstrap import resampled_sums
from loyalty.stats.proportions import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUPS = 10_000
"""More customers are first put into so many groups by lot; groups are drawn as customers are."""


def ratio_intervals(
    numerators: Sequence[NDArray[np.float64]], denominator: NDArray[np.float64], confidence: float = 0.95
) -> list[Interval | None]:
    """Return the percentile interval of each ``sum(numerator) / sum(denominator)``.

    The arrays hold one value per customer; all ratios are drawn together, whole customers at a time (Efron &
    Tibshirani 1993, chapter 13). Drawing from groups made by lot estimates the same spread: the sums of groups vary
    as the sums of as many customers do. None for fewer than two customers, and where a draw leaves nothing to divide
    by.
    """
    import numpy as np  # noqa: PLC0415  numpy costs a tenth of a second; most runs need none

    if denominator.size < 2:
        return [None] * len(numerators)
    sums = resampled_sums(np.column_stack([denominator, *numerators]), GROUPS).T
    if (sums[0] <= 0).any():
        return [None] * len(numerators)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    found = np.quantile(sums[1:] / sums[0], ends, axis=1)
    return [Interval(float(low), float(high)) for low, high in found.T]
