"""Intervals for means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot, sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from loyalty.stats.proportions import Change, Interval, two_sided, z_value


def t_interval(values: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Return Student's t interval of the mean; None for fewer than two values."""
    if len(values) < 2:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415  scipy costs a quarter of a second; most runs need none

    mean, n = fmean(values), len(values)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * stdev(values) / sqrt(n)
    return Interval(mean - half, mean + half)


DRAWS = 2_000
SEED = 20240701


def drawn_interval(values: Sequence[float], confidence: float = 0.95, *, seed: int = SEED) -> Interval | None:
    """Return the bootstrap percentile interval of the mean of skewed values; None for fewer than two, or equal ones.

    Same values in whatever order, same seed: same interval. Source: Efron and Tibshirani (1993), An Introduction to the
    Bootstrap, chapter 13; equals ``scipy.stats.bootstrap(method="percentile")``, which costs half a second of imports.
    """
    if len(values) < 2 or min(values) == max(values):
        return None
    import numpy as np  # noqa: PLC0415  a tenth of a second that most runs need not spend

    dice = np.random.default_rng(seed)
    chosen = dice.choice(np.sort(np.asarray(values, dtype=float)), size=(DRAWS, len(values)))
    tail = (1 - confidence) / 2
    low, high = np.quantile(chosen.mean(axis=1), [tail, 1 - tail])
    return Interval(float(low), float(high))


def paired_change(differences: Sequence[float], confidence: float = 0.95) -> Change | None:
    """Return the mean of the differences of the same people, with Student's paired t interval and p-value.

    Source: Student (1908), Biometrika 6; equals ``scipy.stats.ttest_1samp(differences, 0)``. None for fewer than two
    people; without p-value where all differences are equal, because then nothing tells how they scatter.
    """
    if len(differences) < 2:
        return None
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415  scipy costs a quarter of a second

    n, mean = len(differences), fmean(differences)
    error = stdev(differences) / sqrt(n)
    if error == 0:
        return Change(mean, mean, mean, None, None)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * error
    statistic = mean / error
    p_value = 2 * float(stdtr(n - 1, -abs(statistic)))
    return Change(mean, mean - half, mean + half, statistic, p_value)


def t_interval_of_counts(counts: Mapping[int, int], confidence: float = 0.95) -> Interval | None:
    """Return Student's t interval of the mean of whole numbers, given how often each was seen; None for n < 2."""
    n = sum(counts.values())
    if n < 2:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415  as above

    total = sum(value * count for value, count in counts.items())
    squares = sum(value * value * count for value, count in counts.items())
    # n x squares - total^2 is a whole number: no digits are lost before the one division.
    spread = sqrt((n * squares - total * total) / (n * (n - 1)))
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * spread / sqrt(n)
    return Interval(total / n - half, total / n + half)


class Estimate(NamedTuple):
    """A mean with the ends of its interval."""

    value: float
    low: float
    high: float


def difference_of_means(
    before: Estimate | None, after: Estimate | None, confidence: float = 0.95
) -> Change | None:
    """Return the change between two independent means from their intervals; None where either has none.

    Standard errors are taken back from the widths, so this is a z-test; with 30 values or more it is close to Welch's.
    """
    if before is None or after is None:
        return None
    z = z_value(confidence)
    error = hypot(before.high - before.low, after.high - after.low) / (2 * z)
    difference = after.value - before.value
    if error == 0:
        return Change(difference, difference, difference, None, None)
    statistic = difference / error
    return Change(difference, difference - z * error, difference + z * error, statistic, two_sided(statistic))
