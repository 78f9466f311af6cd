"""Numbers of days as people write them: 90, 90d and 13w."""

from __future__ import annotations

import re

DAYS = {"": 1, "d": 1, "w": 7}
HOW = "is no number of days. Write it as 90, 90d or 13w."


def parse_days(text: str) -> int:
    """Return the days that a text means: ``"90"`` and ``"90d"`` are 90, ``"13w"`` is 91.

    Raises:
        ValueError: the text is none of these; the message, which goes on after the text, says how to write one.
    """
    found = re.fullmatch(r"(\d{1,5})\s*([dw]?)", text.strip().lower())
    if found is None:
        raise ValueError(HOW)
    return int(found[1]) * DAYS[found[2]]
