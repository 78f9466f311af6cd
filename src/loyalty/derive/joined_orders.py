"""What a result says of the orders of the run, where it only joins them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from loyalty.derive.base import Span, rows_of
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Note

STALE_DAYS = 14
"""So long before the end of the result orders may end without a remark."""


def rows_note(orders: Tables, until: date) -> Note:
    """Return how many rows of the orders of the run stand behind what they add, and how many were left out."""
    rows = rows_of(orders[Fact.ORDER_ROWS], Span(None, until))
    return Note("joined_rows", {"read": rows.read, "used": rows.used, "left_out": rows.read - rows.used})


def stale_notes(orders: Tables, until: date) -> Iterator[Note]:
    """Yield that the orders end long before the result, where they do: customers seem to have stopped buying."""
    last = orders.last_day
    if last is not None and last < until - timedelta(days=STALE_DAYS):
        yield Note("joined_stale", {"last": last, "until": until})
