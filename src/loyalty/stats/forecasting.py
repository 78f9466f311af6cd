"""Forecasts of sums, and how wrong forecasts were: plain definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from loyalty.stats.proportions import Interval, wilson


def wape(actual: Sequence[float], forecast: Sequence[float]) -> float | None:
    """Return the sum of |forecast - actual| over the sum of |actual|; None where nothing came.

    Weighted absolute percentage error: Kolassa and Schuetz (2007), Foresight 6.
    """
    came = sum(abs(value) for value in actual)
    missed = sum(abs(told - value) for value, told in zip(actual, forecast, strict=True))
    return missed / came if came else None


def bias(actual: Sequence[float], forecast: Sequence[float]) -> float | None:
    """Return the sum of (forecast - actual) over the sum of |actual|: positive, too much was told. None as above."""
    came = sum(abs(value) for value in actual)
    return (sum(forecast) - sum(actual)) / came if came else None


@dataclass(frozen=True)
class RepeatForecast:
    """Customers x P(repeat) x value of a repeater; the interval carries the uncertainty of P alone."""

    p_repeat: float
    value: float
    low: float
    high: float


def repeat_forecast(
    customers: int, before: int, repeated: int, per_repeater: float, confidence: float = 0.95
) -> RepeatForecast | None:
    """Return what ``customers`` bring, if as many of them return as ``repeated`` of ``before`` did.

    None where nobody was there before. ``per_repeater`` is what one who returns brings. The band is Wilson's of P.
    """
    bounds = wilson(repeated, before, confidence)
    if bounds is None:
        return None
    p = repeated / before
    worth = customers * per_repeater
    return RepeatForecast(p, p * worth, bounds.low * worth, bounds.high * worth)


def sum_interval(parts: Iterable[RepeatForecast]) -> Interval:
    """Return the interval of a sum of independent parts, each with its own (MOVER).

    Zou and Donner (2008), Statistics in Medicine 27: distances of the ends are added as squares.
    """
    listed = list(parts)
    total = sum(part.value for part in listed)
    below = sqrt(sum((part.value - part.low) ** 2 for part in listed))
    above = sqrt(sum((part.high - part.value) ** 2 for part in listed))
    return Interval(total - below, total + above)
