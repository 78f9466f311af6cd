"""Round numbers for an axis, running on until they enclose everything that is drawn."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_ROUND_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


def ticks(low: float, high: float, about: int = 5) -> list[Decimal]:
    """Return evenly spaced round numbers, the first at or below ``low``, the last at or above ``high``."""
    start, end = Decimal(repr(float(low))), Decimal(repr(float(high)))
    if end <= start:
        return [start - 1, start, start + 1]
    step = _step((end - start) / about)
    first = (start / step).to_integral_value(ROUND_FLOOR)
    last = (end / step).to_integral_value(ROUND_CEILING)
    return [step * place for place in range(int(first), int(last) + 1)]


def _step(rough: Decimal) -> Decimal:
    magnitude = Decimal(1).scaleb(rough.adjusted())
    return next(step * magnitude for step in _ROUND_STEPS if step * magnitude >= rough)
