"""Whether the answers of a file are answers to the 0-10 question at all."""

from __future__ import annotations

from enum import StrEnum

from loyalty.derive.answers import Standing
from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.recommendations import HIGHEST, LOWEST
from loyalty.errors import AmbiguousQuestion
from loyalty.model.metric import Tables

MAX_INVALID_SHARE = 0.05


class StatedScale(StrEnum):
    """The scale, where the user says it."""

    ZERO_TO_TEN = "0-10"


def check_question(tables: Tables) -> None:
    """Refuse to choose among several columns that could be the question.

    Raises:
        AmbiguousQuestion: there are several.
    """
    if tables.rivals:
        listed = (f"several columns could be the recommendation question: {name!r}" for name in tables.rivals)
        raise AmbiguousQuestion(*listed, hint=f"Say which is meant: --question {tables.rivals[0]!r}")


def scale_guard(tables: Tables, found: Standing) -> str | None:
    """Return why these answers cannot be 0 to 10, or None."""
    counts, n = found.counts, found.n
    if "nps" in tables.scales and tables.scales["nps"] != (LOWEST, HIGHEST):
        return "scale_suspect_1_5" if tables.scales["nps"][1] <= 5 else "scale_suspect_mixed"
    beyond = found.left_out("out_of_range")
    # A single typing error among a few answers is no other scale; most of them, or many of many, are.
    if beyond > n or (n + beyond >= MIN_INTERPRET and beyond > MAX_INVALID_SHARE * (n + beyond)):
        return "scale_suspect_0_100"
    if n >= MIN_INTERPRET and max(counts) <= 5:
        return "scale_suspect_1_5"
    low = sum(count for score, count in counts.items() if score <= 5)
    if n >= 200 and 0 not in counts and low > 0.9 * n:
        return "scale_suspect_mixed"
    return None
