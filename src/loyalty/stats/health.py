"""A score out of several components, of which some may be missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weighted_available(components: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean of the components that are there, and the share of the weight that they have.

    ``components`` has a row per case and a column per weight, NaN where one is missing. The mean is NaN where all are.
    Means are rounded to nine decimals, so that a limit of 70 is met by 70.
    """
    there = ~np.isnan(components)
    weight = (there * weights).sum(axis=1)
    total = (np.where(there, components, 0.0) * weights).sum(axis=1)
    score = np.full(len(components), np.nan)
    np.divide(total, weight, out=score, where=weight > 0)
    return np.round(score, 9), np.round(weight / weights.sum(), 9)
