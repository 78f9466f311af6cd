"""How long a silence means that a customer is gone, when nobody signs a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import polars as pl

from loyalty.derive.runs import Runs
from loyalty.errors import UsageError
from loyalty.model.result import Note

AUTO = "auto"
FALLBACK_DAYS = 180
QUANTILE = 0.90
SHORTEST, LONGEST = 60, 730
MIN_GAPS, MIN_CUSTOMERS = 100, 30
LONGEST_ASKED = 3650


@dataclass(frozen=True)
class LapseWindow:
    """Days without a purchase after which a customer counts as lapsed, and what it rests on."""

    days: int
    from_data: bool
    gaps: int
    customers: int


def lapse_window(gaps: pl.DataFrame) -> LapseWindow:
    """Return the 90th percentile of the pooled gaps, rounded up to 30 days and held to 60-730.

    ``gaps`` are in the order of customers. With fewer than 100 of them or 30 customers the answer is 180 days and
    ``from_data`` False. Pooled gaps over-represent frequent buyers and ignore those who never came back.
    """
    customers = len(Runs.of(gaps, "customer"))
    quantile = gaps["gap"].quantile(QUANTILE, interpolation="linear")
    if quantile is None or gaps.height < MIN_GAPS or customers < MIN_CUSTOMERS:
        return LapseWindow(FALLBACK_DAYS, from_data=False, gaps=gaps.height, customers=customers)
    days = min(LONGEST, max(SHORTEST, 30 * ceil(quantile / 30)))
    return LapseWindow(days, from_data=True, gaps=gaps.height, customers=customers)


def asked_days(text: str) -> int | None:
    """Return the days of a window written as ``90d`` or ``90``; None for ``auto``.

    Raises:
        UsageError: the text is neither.
    """
    spoken = text.strip().lower()
    if spoken == AUTO:
        return None
    found = re.fullmatch(r"(\d{1,4})\s*d?", spoken)
    days = int(found[1]) if found else 0
    if not 1 <= days <= LONGEST_ASKED:
        raise UsageError(
            f"--window: {text!r} is neither {AUTO} nor 1 to {LONGEST_ASKED} days",
            hint="Write --window auto, or days such as --window 90d.",
        )
    return days


def window_notes(window: LapseWindow, asked: str, period_days: int | None) -> Iterator[Note]:
    """Yield what the window rests on, and where it is longer than the period it is used in."""
    if asked_days(asked) is not None:
        yield Note("active_window_given", {"days": window.days})
    else:
        code = "active_window_measured" if window.from_data else "active_window_fallback"
        yield Note(code, {"days": window.days, "gaps": window.gaps, "customers": window.customers})
    if period_days is not None and window.days > period_days:
        yield Note("window_exceeds_period", {"days": window.days, "period_days": period_days})
