"""From the rate of a month to that of a year."""

from __future__ import annotations

MONTHS = 12


def per_year(monthly: float) -> float:
    """Return ``1 - (1 - c)^12``: who leaves in March cannot leave again in April, so twelve times ``c`` is too much."""
    return 1 - (1 - monthly) ** MONTHS
