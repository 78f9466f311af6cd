"""Support tickets one by one: which row tells of a ticket, and what was known of each at a moment."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

import polars as pl

from loyalty.derive.base import Span
from loyalty.model.places import place
from loyalty.model.tables import Tickets

FACTS = (
    *("created_at", "day", "first_reply_at", "first_reply_minutes", "solved_at"),
    *("acknowledged_at", "promised_at", "update_sent_at"),
    *("status", "is_closed", "is_merged", "reopens", "replies", "channel", "agent"),
    *("satisfaction", "csat", "rating_unread"),
)
EVENTS = ("created_at", "first_reply_at", "solved_at", "acknowledged_at", "update_sent_at")
EVENT_DAYS = [pl.col(EVENTS).dt.date()]
"""When something happened; until when something was promised says nothing of how far the data reach."""
HOUR = 3600
"""In seconds."""
MICROSECONDS = 60_000_000
"""Of a minute, as exactly as moments are known."""
YEAR = 365 * 24 * 60
"""In minutes."""


class State(StrEnum):
    """What became of a ticket by a moment."""

    OPEN = "open"
    SOLVED = "solved"
    MERGED = "merged"
    """Joined to another ticket, which goes on in its place."""
    UNKNOWN = "unknown"
    """Nothing tells when it was solved, and its status is a word that is not known."""


def tickets(source: Tickets, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return one slim row per row of the export: ``by``, ``file``, ``row``, ``FACTS`` and ``reason``.

    ``reason`` is null where the row tells of its ticket. Of several rows of one ticket the one that was solved last
    does, else the last one that stands there: ``duplicate`` are the others, as ``superseded_ticket`` where they differ.
    """
    ticket = pl.when(pl.col("ticket_id").is_not_null()).then(pl.col("ticket_id").hash())
    ordered = source.frame.with_columns(
        usable=pl.col("fault").is_null(), ticket=ticket.otherwise("fingerprint")
    ).sort("solved_at", "file", "row", nulls_last=False)
    whose = ("usable", "ticket")
    is_last = pl.struct(*whose).is_last_distinct()
    kept = pl.col("fingerprint").last().over(whose)
    copy = (
        pl.when(kept == pl.col("fingerprint"))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("superseded_ticket"))
    )
    return ordered.select(
        *by, "file", "row", *FACTS, reason=pl.coalesce("fault", pl.when(~is_last).then(copy))
    )


def ticket_extent(source: Tickets) -> pl.LazyFrame:
    """Return one row: the first and last day on which something happened to a ticket."""
    usable = pl.col("fault").is_null()
    return source.frame.with_columns(first_reply_at=_replied()).select(
        first_day=pl.min_horizontal(EVENT_DAYS).filter(usable).min(),
        last_day=pl.max_horizontal(EVENT_DAYS).filter(usable).max(),
    )


def _replied() -> pl.Expr:
    """Return when the first reply came, also where the export has only how long it took.

    Longer than a year is a typing error more often than an event, and may not move the end of the data.
    """
    minutes = pl.col("first_reply_minutes")
    waited = (pl.when(minutes <= YEAR).then(minutes) * MICROSECONDS).round().cast(pl.Int64)
    return pl.coalesce("first_reply_at", pl.col("created_at") + pl.duration(microseconds=waited))


def event_days(rows: pl.DataFrame) -> pl.DataFrame:
    """Return on which days something happened to tickets (``day``), and to how many rows (``rows``), in parts."""
    told = rows.filter(pl.col("reason").is_null())
    days = told.with_columns(first_reply_at=_replied()).select(EVENT_DAYS)
    parts = []
    for number, event in enumerate(EVENTS):
        # A row counts once on a day, whatever happened to it then.
        is_first = pl.all_horizontal(
            pl.col(event).is_not_null(),
            *(pl.col(event).ne_missing(pl.col(other)) for other in EVENTS[:number]),
        )
        parts.append(days.filter(is_first).group_by(day=event).agg(rows=pl.len()))
    return pl.concat(parts)


def judged(rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Return the rows with why each is left out of a span, as ``fate_of`` counts them."""
    undated = pl.when(pl.col("day").is_null()).then(pl.lit("missing_date"))
    return rows.with_columns(
        reason=pl.coalesce(span.reason(), undated),
        rows=pl.lit(1, pl.UInt32),
        first_rows=pl.concat_list(place()),
    )


def known_at(found: pl.DataFrame, until: date, known: frozenset[str]) -> pl.DataFrame:
    """Return tickets opened before the beginning of a day as they stood then: nothing later is looked at.

    Adds ``state``, ``hours`` (calendar hours from opening to solving; null unless solved at a known time),
    ``age_hours`` (from opening to ``until``), ``reply_minutes`` (null: no reply by then). ``known`` are the columns of
    the export.
    """
    now = pl.lit(datetime.combine(until, time()))
    age = now - pl.col("created_at")
    solved = (pl.col("solved_at") < now).fill_null(value=False)
    # A status is that of the day of the export; it says something only where no time does.
    done = pl.col("is_closed").fill_null(value=False) & pl.col("solved_at").is_null()
    untold = pl.lit("solved_at" not in known) & pl.col("is_closed").is_null()
    waited = (pl.col("first_reply_minutes") * MICROSECONDS).round()
    return found.with_columns(
        state=pl.when(pl.col("is_merged").fill_null(value=False))
        .then(pl.lit(State.MERGED.value))
        .when(solved | done)
        .then(pl.lit(State.SOLVED.value))
        .when(untold)
        .then(pl.lit(State.UNKNOWN.value))
        .otherwise(pl.lit(State.OPEN.value)),
        age_hours=age.dt.total_seconds() / HOUR,
        reply_minutes=pl.when(waited < age.dt.total_microseconds()).then("first_reply_minutes"),
    ).with_columns(
        hours=pl.when((pl.col("state") == State.SOLVED.value) & solved).then(
            (pl.col("solved_at") - pl.col("created_at")).dt.total_seconds() / HOUR
        )
    )
