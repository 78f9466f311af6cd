"""How far what is sold answers to a price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def arc(prices: Floats, units: Floats) -> Floats:
    """Return the arc elasticity between two price levels by midpoints: relative change of units over that of price.

    Both have a row per case and two columns, before and after; a case whose price did not change is NaN.
    """
    change = np.diff(prices, axis=1)[:, 0] / prices.mean(axis=1)
    response = np.diff(units, axis=1)[:, 0] / units.mean(axis=1)
    found = np.full(len(prices), np.nan)
    np.divide(response, change, out=found, where=change != 0)
    return found
