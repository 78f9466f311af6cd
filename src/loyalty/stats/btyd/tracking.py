"""Repeat orders over time as the model expects them, beside those that came (Fader, Hardie & Lee 2005, fig. 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.transactions import TransactionModel


@dataclass(frozen=True, eq=False)
class Tracking:
    """Repeat orders of all customers by the end of each period: as they came, and as expected; cumulative."""

    ends: Vector
    actual: Vector
    expected: Vector

    @property
    def actual_in_period(self) -> Vector:
        """Repeat orders within each period."""
        return np.diff(self.actual, prepend=0.0)

    @property
    def expected_in_period(self) -> Vector:
        """Repeat orders expected within each period."""
        return np.diff(self.expected, prepend=0.0)

    def between(self, first: float, last: float) -> slice:
        """Return the periods that end after ``first`` and not after ``last``."""
        return slice(*np.searchsorted(self.ends, [first, last], side="right").tolist())


def track(
    model: TransactionModel,
    parameters: Vector,
    entered: npt.ArrayLike,
    repeated: npt.ArrayLike,
    ends: npt.ArrayLike,
) -> Tracking:
    """Return the tracking of customers who ``entered`` with their first order; later ones came at ``repeated``.

    All times count from one start, in the parameters' unit; ``ends`` rise. An order at the very end counts in the
    next period: periods are half-open.
    """
    times = np.asarray(ends, np.float64)
    came = np.sort(np.asarray(repeated, np.float64))
    actual = np.searchsorted(came, times, side="left").astype(np.float64)
    return Tracking(times, actual, expected_by(model, parameters, entered, times))


def expected_by(
    model: TransactionModel, parameters: Vector, entered: npt.ArrayLike, times: npt.ArrayLike
) -> Vector:
    """Return the sum over customers of E[X(t - entered)] for each t of ``times``; who enters later counts 0."""
    starts, customers = np.unique(np.asarray(entered, np.float64), return_counts=True)
    ages = np.maximum(np.asarray(times, np.float64)[:, None] - starts, 0.0)
    different, place = np.unique(ages, return_inverse=True)
    repeats = model.expected_repeats(parameters, different)[place.reshape(ages.shape)]
    return np.asarray(np.einsum("ij,j->i", repeats, customers.astype(np.float64)))


def mean_percentage_error(actual: Vector, expected: Vector) -> float | None:
    """Return the mean of |expected - actual| / actual (MAPE) over periods with anything; None without any."""
    known = actual > 0
    if not known.any():
        return None
    return float(np.mean(np.abs(expected[known] - actual[known]) / actual[known]))
