"""Canonical tables made by hand, for tests of everything behind the ingest station."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from loyalty.model.tables import (
    MENTION_COLUMNS,
    ORDER_COLUMNS,
    POINT_COLUMNS,
    SURVEY_COLUMNS,
    TICKET_COLUMNS,
    Holds,
    Mentions,
    Orders,
    Origin,
    Points,
    RowsAre,
    Surveys,
    Tickets,
    ValueOn,
)


def _frame(
    rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any], extra: Mapping[str, Any]
) -> pl.DataFrame:
    records = []
    for number, given in enumerate(rows, start=2):
        row = {"file": 0, "row": number, **given}
        if isinstance(row.get("day"), str):
            row["day"] = date.fromisoformat(row["day"])
        records.append(row)
    return pl.DataFrame(records, schema={**schema, **extra})


def _origin(frame: pl.DataFrame) -> Origin:
    return Origin(("made.csv",), frame.select("file", "row").lazy())


def make_orders(
    rows: Iterable[Mapping[str, Any]],
    *,
    by: tuple[str, ...] = (),
    rows_are: RowsAre = RowsAre.ORDERS,
    value_on: ValueOn = ValueOn.EACH_ROW,
    currency: str | None = None,
) -> Orders:
    """Return orders from rows of canonical columns; ``value`` may be any number, ``day`` an ISO text."""
    rows = [dict(row) for row in rows]
    for row in rows:
        for name in ("value", "list_value", "discount_value", "refund_value", "points_value"):
            if row.get(name) is not None:
                row[name] = Decimal(str(row[name]))
        row["fingerprint"] = hash(tuple(sorted((k, str(v)) for k, v in row.items()))) % 2**64
    known = frozenset(name for row in rows for name, value in row.items() if value is not None)
    frame = _frame(rows, ORDER_COLUMNS, dict.fromkeys(by, pl.String))
    return Orders(frame.lazy(), _origin(frame), known, rows_are, value_on, currency, by)


def make_surveys(
    rows: Iterable[Mapping[str, Any]],
    *,
    questions: tuple[str, ...],
    scales: Mapping[str, tuple[int, int]] | None = None,
    best: Mapping[str, Any] | None = None,
    known: tuple[str, ...] = (),
    by: tuple[str, ...] = (),
) -> Surveys:
    """Return survey responses from rows of canonical columns; ``known`` ones the file has though nobody filled them."""
    extra: dict[str, Any] = {}
    for question in questions:
        extra |= {question: pl.Int64, f"{question}_issue": pl.String}
    prepared = []
    for given in rows:
        row = dict(given)
        if isinstance(row.get("answered_at"), str):
            row["answered_at"] = datetime.fromisoformat(row["answered_at"])
            row["day"] = row["answered_at"].date()
        for name in ("invited_at", "followed_up_at"):
            if isinstance(row.get(name), str):
                row[name] = datetime.fromisoformat(row[name])
        for question in questions:
            if row.get(question) is None:
                row.setdefault(f"{question}_issue", "missing")
        prepared.append(row)
    frame = _frame(prepared, SURVEY_COLUMNS, extra | dict.fromkeys(by, pl.String))
    columns = frozenset({*questions, *known}) | {
        name for row in prepared for name, value in row.items() if value is not None
    }
    return Surveys(frame.lazy(), _origin(frame), columns, dict(scales or {}), dict(best or {}), by)


def make_mentions(rows: Iterable[Mapping[str, Any]], *, by: tuple[str, ...] = ()) -> Mentions:
    """Return mentions from rows of canonical columns."""
    prepared = [{"fingerprint": index, **row} for index, row in enumerate(rows)]
    frame = _frame(prepared, MENTION_COLUMNS, dict.fromkeys(by, pl.String))
    columns = frozenset(name for row in prepared for name, value in row.items() if value is not None)
    return Mentions(frame.lazy(), _origin(frame), columns, by)


def make_tickets(
    rows: Iterable[Mapping[str, Any]], *, known: tuple[str, ...] = (), by: tuple[str, ...] = ()
) -> Tickets:
    """Return tickets from rows of canonical columns, times as ISO texts; ``known`` ones the file has though empty."""
    prepared = []
    for index, given in enumerate(rows):
        row = {"ticket_id": f"T{index}", "fingerprint": index, **given}
        for name, dtype in TICKET_COLUMNS.items():
            if dtype == pl.Datetime("us") and isinstance(row.get(name), str):
                row[name] = datetime.fromisoformat(row[name])
        row["day"] = row["created_at"].date()
        if row.get("first_reply_at") is not None:
            waited = row["first_reply_at"] - row["created_at"]
            row.setdefault("first_reply_minutes", waited.total_seconds() / 60)
        prepared.append(row)
    frame = _frame(prepared, TICKET_COLUMNS, dict.fromkeys(by, pl.String))
    columns = frozenset(known) | {
        name for row in prepared for name, value in row.items() if value is not None
    }
    return Tickets(frame.lazy(), _origin(frame), columns, by)


def make_points(rows: Iterable[Mapping[str, Any]], *, by: tuple[str, ...] = ()) -> Points:
    """Return entries of a ledger, or balances where a row has one and no ``type``; ``occurred_at`` is an ISO text."""
    rows = [dict(row) for row in rows]
    balances = any("balance" in row and "points" not in row for row in rows)
    for index, row in enumerate(rows):
        row.setdefault("fingerprint", index)
        for name in ("points", "balance"):
            if row.get(name) is not None:
                row[name] = Decimal(str(row[name]))
        for name in ("occurred_at", "expires_at"):
            if isinstance(row.get(name), str):
                row[name] = datetime.fromisoformat(row[name])
        if row.get("occurred_at") is not None:
            row["day"] = row["occurred_at"].date()
    frame = _frame(rows, POINT_COLUMNS, dict.fromkeys(by, pl.String))
    columns = frozenset(name for row in rows for name, value in row.items() if value is not None)
    holds = Holds.BALANCES if balances else Holds.ENTRIES
    return Points(
        frame.lazy(), _origin(frame), columns | (set() if balances else {"points"}), holds, by, currency="TRY"
    )
