"""The interval of a quantile, from the order of the values alone."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.stats.proportions import Interval


def median_interval(ordered: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Return an interval of the median: the narrowest pair of values, equally far from both ends, that covers it.

    ``ordered`` are the values, rising. None of fewer than can give one (6 at 95 %). How many values lie below the true
    median is binomial, whatever their distribution: no value has to be drawn, and a bootstrap of the median comes to
    the same pair. Source: Hahn and Meeker (1991), Statistical Intervals, 5.2.
    """
    from scipy.special import bdtrik  # noqa: PLC0415  a tenth of a second that most runs need not spend

    n = len(ordered)
    tail = (1 - confidence) / 2
    if n == 0 or 0.5**n > tail:
        return None
    # The largest count that is still too seldom: P(Bin(n, 1/2) <= below) <= tail.
    below = int(bdtrik(tail, n, 0.5))
    return Interval(float(ordered[below]), float(ordered[n - 1 - below]))
