"""Division that knows when there is nothing to divide by."""

from __future__ import annotations

from decimal import Decimal


def ratio(numerator: float | Decimal, denominator: float | Decimal) -> float | None:
    """Return ``numerator / denominator``, or None where the denominator is zero: undefined is never 0 or NaN."""
    if denominator == 0:
        return None
    if isinstance(numerator, int) and isinstance(denominator, int):
        return numerator / denominator
    # Money stays exact until this one division.
    return float(Decimal(str(numerator)) / Decimal(str(denominator)))
