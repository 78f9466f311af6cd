"""Intervals and tests for shares of a count."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """Low and high end."""

    low: float
    high: float


def z_value(confidence: float) -> float:
    """Return the two-sided normal quantile: 1.959963984540054 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a proportion; None for n = 0.

    Source: Wilson (1927), JASA 22; equals ``scipy.stats.binomtest(x, n).proportion_ci(method="wilson")``, which
    costs half a second of imports more.
    """
    if n == 0:
        return None
    z = z_value(confidence)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 and n successes the end is exactly 0 or 1; float arithmetic leaves 1e-17.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high)


@dataclass(frozen=True)
class Change:
    """A difference with its interval and two-sided p-value."""

    difference: float
    low: float
    high: float
    z: float | None
    p_value: float | None

    @property
    def untested(self) -> bool:
        """Whether nothing scatters, so that nothing tells how sure a difference is."""
        return self.p_value is None and self.difference != 0

    @property
    def detectable(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def newcombe(x1: int, n1: int, x2: int, n2: int, confidence: float = 0.95) -> Change | None:
    """Return the change from ``x1/n1`` to ``x2/n2``; None when either n is 0.

    The interval is Newcombe's hybrid score interval (1998, Statistics in Medicine 17, method 10); the p-value comes
    from the pooled z-test.
    """
    first, second = wilson(x1, n1, confidence), wilson(x2, n2, confidence)
    if first is None or second is None:
        return None
    p1, p2 = x1 / n1, x2 / n2
    difference = p2 - p1
    low = difference - sqrt((p2 - second.low) ** 2 + (first.high - p1) ** 2)
    high = difference + sqrt((second.high - p2) ** 2 + (p1 - first.low) ** 2)
    pooled = (x1 + x2) / (n1 + n2)
    error = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    if error == 0:
        return Change(difference, low, high, None, None)
    z = difference / error
    return Change(difference, low, high, z, two_sided(z))


def two_sided(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return 2 * NormalDist().cdf(-abs(z))


def holm(p_values: list[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values in the given order (Holm 1979, Scand. J. Statistics 6)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted
