"""Whether the answers of a file are answers to the 0-10 question at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.surveys.answers import Standing
from loyalty.derive.surveys.recommendations import HIGHEST, LOWEST
from loyalty.errors import AmbiguousQuestion, ColumnMissing
from loyalty.model.metric import Tables
from loyalty.model.result import Note
from loyalty.model.tables import QUESTIONS

MAX_INVALID_SHARE = 0.05
MANY = 200
"""So many answers of which none is 0 are no 0-10 scale's by chance."""
SEVEN = 7


class StatedScale(StrEnum):
    """The scale, where the user says it."""

    ZERO_TO_TEN = "0-10"


ASKS = {
    "nps": "the recommendation question",
    "csat": "the satisfaction question",
    "ces": "the effort question",
}


def check_question(tables: Tables, question: str = "nps") -> None:
    """Refuse to choose among several columns or texts that could be the question.

    Raises:
        AmbiguousQuestion: there are several.
    """
    if rivals := tables.rivals.get(question):
        listed = (f"several columns or texts could be {ASKS[question]}: {name!r}" for name in rivals)
        raise AmbiguousQuestion(*listed, hint=f"Say which is meant: --question {rivals[0]!r}")


def check_asked(tables: Tables) -> None:
    """Refuse answers to other questions: nobody left this one out.

    Raises:
        ColumnMissing: the files ask other questions, and not whether people would recommend.
    """
    if "nps" not in tables.known and not tables.known.isdisjoint(QUESTIONS):
        raise ColumnMissing(
            "No column was recognised as the NPS question.", hint="Name it: --map nps=COLUMN."
        )


def questions_beside(tables: Tables, question: str) -> Iterator[Note]:
    """Yield what else the file asks of the same, where the column taken is named after the metric or is the overall."""
    if beside := tables.beside.get(question):
        yield Note("questions_beside", {"count": len(beside), "first": beside[0]})


def scale_guard(tables: Tables, found: Standing) -> str | None:
    """Return why these answers cannot be 0 to 10, or None."""
    counts, n = found.counts, found.n
    if "nps" in tables.scales and tables.scales["nps"] != (LOWEST, HIGHEST):
        return "scale_suspect_1_5" if tables.scales["nps"][1] <= 5 else "scale_other"
    beyond = found.left_out("out_of_range")
    # A single typing error among a few answers is no other scale; most of them, or many of many, are.
    if beyond > n or (n + beyond >= MIN_INTERPRET and beyond > MAX_INVALID_SHARE * (n + beyond)):
        return "scale_suspect_0_100"
    if n >= MIN_INTERPRET and max(counts) <= 5:
        return "scale_suspect_1_5"
    low = sum(count for score, count in counts.items() if score <= 5)
    if n >= MANY and 0 not in counts and low > 0.9 * n:
        return "scale_suspect_mixed"
    return "scale_suspect_1_7" if n >= MANY and looks_like_seven(counts) else None


def looks_like_seven(counts: Mapping[int, int]) -> bool:
    """Return whether nobody answered anything that a scale from 1 to 7 has not."""
    return bool(counts) and min(counts) >= 1 and max(counts) <= SEVEN
