"""Shares as people write them: 0.4, 40% and Turkish %40 are one."""

from __future__ import annotations

import re

PERCENT = re.compile(r"%\s*(?P<before>.+)|(?P<after>.+?)\s*%")
HOW = "is not a share. Write it as 0.4 or 40%."


def parse_share(text: str) -> float:
    """Return the share that a text means, as a fraction: ``"40%"``, ``"%40"``, ``"0.4"`` and ``"0,4"`` are 0.4.

    Raises:
        ValueError: the text is no number; the message, which goes on after the text, says how to write one.
    """
    percent = PERCENT.fullmatch(text.strip())
    number = (percent["before"] or percent["after"]) if percent else text
    try:
        value = float(number.replace(",", "."))
    except ValueError:
        raise ValueError(HOW) from None
    # Division gives the float that is closest to the fraction; a product with 0.01 would not.
    return value / 100 if percent else value
