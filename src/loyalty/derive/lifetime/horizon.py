"""How far ahead a prediction looks, as people write it."""

from __future__ import annotations

import re

from loyalty.errors import UsageError

MONTH_DAYS = 30.4375
"""A twelfth of 365.25 days: months of 30 days would make a year of 360."""
DAYS = {"d": 1.0, "w": 7.0, "m": MONTH_DAYS, "y": 12 * MONTH_DAYS}
LONGEST_DAYS = 10 * DAYS["y"]


def horizon_days(text: str) -> float:
    """Return the days of a horizon written as ``12m``, ``90d``, ``26w`` or ``1y``.

    Raises:
        UsageError: the text is none of these, or longer than ten years.
    """
    found = re.fullmatch(r"(\d{1,4})\s*([dwmy])", text.strip().lower())
    days = int(found[1]) * DAYS[found[2]] if found else 0.0
    if not 0 < days <= LONGEST_DAYS:
        raise UsageError(
            f"--horizon: {text!r} is no time ahead of up to ten years",
            hint="Write months, days, weeks or years: --horizon 12m, 90d, 26w or 1y.",
        )
    return days
