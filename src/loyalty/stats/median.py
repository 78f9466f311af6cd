"""The interval of a median, from the order of the values alone."""

from __future__ import annotations


def median_ranks(n: int, confidence: float = 0.95) -> tuple[int, int] | None:
    """Return the places, of ``n`` rising values counted from 0, between which their true median lies.

    They are equally far from both ends, and the narrowest that hold it as often as ``confidence``. None where there are
    too few values (below 6 at 95 %). How many values lie below the true median is binomial, whatever they are: nothing
    has to be drawn, and a bootstrap of the median comes to the same places. Source: Hahn and Meeker (1991), Statistical
    Intervals, 5.2.
    """
    from scipy.special import bdtrik  # noqa: PLC0415  a tenth of a second that most runs need not spend

    tail = (1 - confidence) / 2
    if n == 0 or 0.5**n > tail:
        return None
    # The largest count that is still too seldom: P(Bin(n, 1/2) <= below) <= tail.
    below = int(bdtrik(tail, n, 0.5))
    return below, n - 1 - below
