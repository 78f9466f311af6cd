"""What weighted answers are worth."""

from __future__ import annotations


def effective(total: float, squares: float) -> float:
    """Return how many equally weighted answers are worth as much: ``(sum of w)^2 / sum of w^2``; 0 without any weight.

    Source: Kish (1965), Survey Sampling, section 11.7. ``total`` is the sum of the weights, ``squares`` that of their
    squares; the result is at most the number of answers, and equals it when all weights are equal.
    """
    return total * total / squares if squares else 0.0
