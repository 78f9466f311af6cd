"""Intervals of ratios by drawing customers again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loyalty.stats.proportions import Interval

if TYPE_CHECKING:
    import numpy as np

DRAWS = 2_000
SEED = 20240701
GROUPS = 2_000
"""More clusters than this are drawn by groups put together at random: sums of groups scatter as single ones do."""
AT_ONCE = 100


def ratio_intervals(
    columns: np.ndarray, ratios: Sequence[tuple[int, int]], confidence: float = 0.95, *, seed: int = SEED
) -> list[Interval]:
    """Return the percentile interval of ``sum of one column / sum of another`` for each pair of column numbers.

    ``columns`` has one row per cluster (a customer with all orders), in an order that does not depend on that of the
    file; no denominator may be zero or below. Same rows, same seed: same interval. Source: Efron and Tibshirani (1993),
    An Introduction to the Bootstrap; by cluster because orders of one customer resemble each other.
    """
    import numpy as np  # noqa: PLC0415  a tenth of a second that most runs need not spend

    sums = resampled_sums(columns, GROUPS, seed)
    tail = (1 - confidence) / 2
    drawn = np.column_stack([sums[:, part] / sums[:, whole] for part, whole in ratios])
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return [Interval(float(lowest), float(highest)) for lowest, highest in zip(low, high, strict=True)]


def resampled_sums(columns: np.ndarray, groups: int, seed: int = SEED) -> np.ndarray:
    """Return the sums of the columns over each of 2,000 resamples of the rows, whole rows at a time.

    More than ``groups`` rows are first put together by lot into so many.
    """
    import numpy as np  # noqa: PLC0415  as above

    dice = np.random.default_rng(seed)
    clusters = len(columns)
    if clusters > groups:
        group = np.empty(clusters, dtype=np.intp)
        group[dice.permutation(clusters)] = np.arange(clusters) % groups
        columns = np.column_stack(
            [np.bincount(group, weights=column, minlength=groups) for column in columns.T]
        )
        clusters = groups
    sums = []
    for _ in range(DRAWS // AT_ONCE):
        chosen = dice.integers(0, clusters, size=(AT_ONCE, clusters))
        # How often each row was drawn: rows need not be copied to be added up.
        times = np.stack([np.bincount(row, minlength=clusters) for row in chosen])
        sums.append(np.einsum("ij,jk->ik", times.astype(np.float64), columns))
    return np.concatenate(sums)
