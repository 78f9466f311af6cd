"""How wrong predictions were, seen in the time after the histories end: values per customer in, tables out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loyalty.stats.btyd.arrays import Counts, Vector
from loyalty.stats.btyd.histories import Histories


@dataclass(frozen=True)
class Errors:
    """Totals, and how far the predictions of single customers were off."""

    actual: float
    expected: float
    mean_absolute: float
    root_mean_square: float

    @property
    def bias(self) -> float | None:
        """Expected total above the actual one, as a share of it; None where nothing came, or more went back."""
        return self.expected / self.actual - 1 if self.actual > 0 else None


def errors(actual: npt.ArrayLike, expected: npt.ArrayLike) -> Errors | None:
    """Return the errors of one prediction per customer; None without customers."""
    came, foretold = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if not len(came):
        return None
    off = foretold - came
    return Errors(
        float(came.sum()),
        float(foretold.sum()),
        float(np.abs(off).mean()),
        float(np.sqrt(np.mean(off**2))),
    )


def own_rate(histories: Histories, horizon: float) -> Vector:
    """Return x / T x horizon per row: everybody goes on as before. Customers of age 0 go on as all others do."""
    orders = histories.x.astype(np.float64)
    rate = np.full(len(histories), histories.orders / histories.exposure if histories.exposure else 0.0)
    np.divide(orders, histories.age, out=rate, where=histories.age > 0)
    return rate * horizon


def shop_rate(histories: Histories, horizon: float) -> Vector:
    """Return the repeat orders of all per time of all, x horizon: everybody is the same."""
    rate = histories.orders / histories.exposure if histories.exposure else 0.0
    return np.full(len(histories), rate * horizon)


@dataclass(frozen=True, eq=False)
class ByFrequency:
    """Means per customer by repeat orders in the calibration period; the last group has ``frequency`` or more."""

    frequency: Counts
    customers: Counts
    actual: Vector
    expected: Vector


def by_frequency(
    x: npt.ArrayLike, actual: npt.ArrayLike, expected: npt.ArrayLike, top: int = 7
) -> ByFrequency:
    """Return actual and expected orders by calibration frequency 0, 1, .. ``top`` and more, without empty groups."""
    group = np.minimum(np.asarray(x, np.int64), top)
    customers = np.bincount(group, minlength=top + 1)
    there = np.flatnonzero(customers)
    came = np.bincount(group, np.asarray(actual, np.float64), minlength=top + 1)
    foretold = np.bincount(group, np.asarray(expected, np.float64), minlength=top + 1)
    return ByFrequency(
        there, customers[there], came[there] / customers[there], foretold[there] / customers[there]
    )


@dataclass(frozen=True, eq=False)
class Calibration:
    """Customers by foretold probability, from ``low``: their mean probability, and the share to whom it happened."""

    low: Vector
    high: Vector
    customers: Counts
    foretold: Vector
    happened: Vector
    brier: float


def calibration(probability: npt.ArrayLike, happened: npt.ArrayLike, bins: int = 10) -> Calibration | None:
    """Return the calibration table in ``bins`` of equal width, without the empty ones, and the Brier score (1950).

    ``happened`` is true or 1 where what was foretold came true. None without customers.
    """
    foretold, outcome = np.asarray(probability, np.float64), np.asarray(happened, np.float64)
    if not len(foretold):
        return None
    group = np.minimum((foretold * bins).astype(np.int64), bins - 1)
    customers = np.bincount(group, minlength=bins)
    there = np.flatnonzero(customers)
    return Calibration(
        there / bins,
        (there + 1) / bins,
        customers[there],
        np.bincount(group, foretold, minlength=bins)[there] / customers[there],
        np.bincount(group, outcome, minlength=bins)[there] / customers[there],
        float(np.mean((foretold - outcome) ** 2)),
    )


@dataclass(frozen=True, eq=False)
class Lift:
    """Customers in equal parts, best score first: means per customer; share of the actual total up to each part."""

    customers: Vector
    actual: Vector
    expected: Vector
    lift: Vector
    captured: Vector


def lift(score: npt.ArrayLike, actual: npt.ArrayLike, parts: int = 10) -> Lift | None:
    """Return the lift table by ``score``, itself the expected value; None where nothing came, or more went back.

    Customers with one score share what they brought evenly, so no order among equals is made up; a part may begin
    within a customer.
    """
    captured = _captured(score, actual, np.arange(1, parts + 1) / parts)
    if captured is None:
        return None
    expected, came = np.asarray(score, np.float64), np.asarray(actual, np.float64)
    size = len(came) / parts
    best = np.sort(expected)[::-1]
    reached = np.interp(
        np.arange(parts + 1) * size, np.arange(len(best) + 1), np.concatenate([[0.0], np.cumsum(best)])
    )
    share = np.diff(captured, prepend=0.0)
    return Lift(
        np.full(parts, size), share * came.sum() / size, np.diff(reached) / size, share * parts, captured
    )


def capture(score: npt.ArrayLike, actual: npt.ArrayLike, share: float = 0.1) -> float | None:
    """Return what part of the actual total the best ``share`` of customers brought.

    None where nothing came, or more went back.
    """
    captured = _captured(score, actual, np.array([share]))
    return None if captured is None else float(captured[0])


def _captured(score: npt.ArrayLike, actual: npt.ArrayLike, shares: Vector) -> Vector | None:
    came = np.asarray(actual, np.float64)
    _, group, members = np.unique(-np.asarray(score, np.float64), return_inverse=True, return_counts=True)
    brought = np.bincount(group, came)
    people = np.concatenate([[0.0], np.cumsum(members)])
    reached = np.concatenate([[0.0], np.cumsum(brought)])
    # The last of the same sums: another order of adding up would let all customers bring a little more than all.
    total = reached[-1]
    return np.asarray(np.interp(shares * len(came), people, reached) / total) if total > 0 else None
