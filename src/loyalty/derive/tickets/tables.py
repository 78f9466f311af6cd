"""Tickets by channel, by agent, by status and over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import NamedTuple

import polars as pl

from loyalty.derive.few import MIN_INTERPRET, MIN_SHOW, withheld_groups
from loyalty.derive.tickets.cases import State, known_at
from loyalty.derive.tickets.shares import met_of_due
from loyalty.derive.tickets.times import count, quantile
from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, ResultTable, Value
from loyalty.stats.proportions import wilson

Row = tuple[Value, ...]
TOLD = ("channel", "agent", "status", "state", "hours", "reply_minutes", "age_hours", "is_good")
"""Columns that groups of tickets are told of by: of all others a part need not have a copy."""
FOLLOWED = (
    "created_at",
    "day",
    "solved_at",
    "is_closed",
    "is_merged",
    "first_reply_minutes",
    "state",
    "hours",
)
"""Columns that follow a ticket over time."""


@dataclass(frozen=True)
class Asked:
    """What the export tells (``known`` are its columns), and within how many minutes an answer is in time."""

    known: frozenset[str]
    target: int

    @property
    def tells_reply(self) -> bool:
        """Whether it says when somebody answered."""
        return "first_reply_minutes" in self.known

    @property
    def tells_when(self) -> bool:
        """Whether it says when a ticket was solved."""
        return "solved_at" in self.known

    @property
    def tells_solved(self) -> bool:
        """Whether it says that a ticket was solved, if not when."""
        return bool({"solved_at", "is_closed"} & self.known)

    def in_time(self, part: pl.DataFrame) -> tuple[float | None, int | None]:
        """Return which share of the due tickets was answered in time, and how many were due."""
        if not self.tells_reply:
            return None, None
        met, due = met_of_due(part, self.target)
        return (met / due if due else None), due


def by_channel(found: pl.DataFrame, asked: Asked) -> ResultTable:
    """Return each channel's part of the tickets, how fast they are handled, and how content customers are."""
    columns = (
        Column("channel", "text"),
        Column("tickets", "count"),
        Column("share", "share"),
        Column("tickets_open", "count"),
        Column("resolution_time_median", "hours"),
        Column("first_response_within_target", "share"),
        Column("ticket_csat", "share"),
        Column("rated", "count"),
    )
    groups = _groups(found, "channel")
    answered = {name: _rated(part) for name, part in groups}
    hidden, tells_rating = withheld_groups(answered), any(answered.values())
    rows = tuple(
        (
            name,
            part.height,
            part.height / found.height,
            count(part, State.OPEN) if asked.tells_solved else None,
            quantile(part["hours"], 0.5),
            asked.in_time(part)[0],
            None if name in hidden else _good_share(part),
            answered[name] if tells_rating else None,
        )
        for name, part in groups
    )
    return _told(ResultTable("tickets_by_channel", columns, rows, draw=Draw.BARS))


def agents(found: pl.DataFrame, confidence: float) -> ResultTable:
    """Return how content the customers of each agent are: ranked by the lower end of the interval, from 30 answers on.

    The share of fewer than 10 answers is not told; a mean of three happy customers is no better agent.
    """
    columns = (
        Column("agent", "text", personal=True),
        Column("rank", "count"),
        Column("ticket_csat", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        Column("tickets", "count"),
    )
    named = found.filter(pl.col("agent").is_not_null())
    rated = [(str(name), _rating(part, confidence), part.height) for name, part in _groups(named, "agent")]
    ranked = sorted(
        (each for each in rated if each[1].n >= MIN_INTERPRET),
        key=lambda each: (-(each[1].low or 0), each[0]),
    )
    others = sorted(
        (each for each in rated if each[1].n < MIN_INTERPRET), key=lambda each: (-each[1].n, each[0])
    )
    places = [*range(1, len(ranked) + 1), *[None] * len(others)]
    rows = zip((*ranked, *others), places, strict=True)
    return ResultTable(
        "agents", columns, tuple((name, place, *rating, tickets) for (name, rating, tickets), place in rows)
    )


def agents_by_channel(found: pl.DataFrame, confidence: float) -> ResultTable:
    """Return the same within each channel: calls and forms are not rated alike, whoever answers them."""
    columns = (
        Column("channel", "text"),
        Column("agent", "text", personal=True),
        Column("ticket_csat", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
    )
    rows = tuple(
        (channel, agent, *_rating(part, confidence))
        for channel, of_channel in _groups(found, "channel", by_name=True)
        for agent, part in _groups(of_channel, "agent", by_name=True)
        if agent is not None
    )
    return ResultTable("agents_by_channel", columns, rows, headline=False, once=("channel",))


def by_status(found: pl.DataFrame) -> ResultTable:
    """Return how many tickets stand where, in the words of the export and as of the day it was made."""
    rows = tuple((name, part.height) for name, part in _groups(found, "status"))
    columns = (Column("status", "text"), Column("tickets", "count"))
    return ResultTable("tickets_by_status", columns, rows, headline=False)


def over_time(found: pl.DataFrame, every: Every, until: date, asked: Asked) -> ResultTable:
    """Return each calendar period up to a day: tickets opened, solved, open at its end, and how fast they are handled.

    ``found`` are all tickets opened before the day, as :func:`known_at` tells of them. Times are of the tickets opened
    in a period, as they stood at its end.
    """
    columns = (
        Column("period", "text"),
        Column("tickets", "count"),
        Column("solved_in_period", "count"),
        Column("backlog", "count"),
        Column("resolution_time_median", "hours"),
        Column("first_response_within_target", "share"),
        Column("first_response_due", "count"),
        Column("partial", "flag"),
    )
    rows = tuple(_periods(found.select(FOLLOWED).sort("created_at"), every, until, asked))
    return _told(ResultTable("tickets_over_time", columns, rows, draw=Draw.TREND))


def _periods(ordered: pl.DataFrame, every: Every, until: date, asked: Asked) -> Iterator[Row]:
    first = ordered["day"].min()
    if not isinstance(first, date):
        return
    opened = ordered["created_at"]
    # What is solved on an unknown day was never seen open.
    followed = ordered.filter((pl.col("state") == State.OPEN.value) | pl.col("hours").is_not_null())
    begun, ended = followed["created_at"], followed["solved_at"].drop_nulls().sort()
    for period in every.cut(first, until):
        end = min(period.end, until)
        since, now = (datetime.combine(day, time()) for day in (period.start, end))
        place = _before(opened, since)
        part = known_at(ordered.slice(place, _before(opened, now) - place), end, asked.known)
        yield (
            period.label,
            part.height,
            _before(ended, now) - _before(ended, since) if asked.tells_when else None,
            _before(begun, now) - _before(ended, now) if asked.tells_solved else None,
            quantile(part["hours"], 0.5),
            *asked.in_time(part),
            period.partial,
        )


def _before(rising: pl.Series, moment: datetime) -> int:
    """Return how many times are before a moment."""
    return rising.search_sorted(moment, side="left")


def _told(table: ResultTable) -> ResultTable:
    """Return the table without columns of which the export says nothing."""
    kept = [
        place
        for place, _ in enumerate(table.columns)
        if place == 0 or any(row[place] is not None for row in table.rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )


def _groups(
    found: pl.DataFrame, column: str, *, by_name: bool = False
) -> list[tuple[str | None, pl.DataFrame]]:
    """Return the parts by a column's value, the largest first or by name; those without one last."""
    parts = [(key[0], part) for key, part in found.select(TOLD).group_by(column, maintain_order=True)]
    return sorted(
        parts,
        key=lambda item: (item[0] is None, 0 if by_name else -item[1].height, item[0] or ""),
    )


def _rated(part: pl.DataFrame) -> int:
    return part["is_good"].count()


def _good_share(part: pl.DataFrame) -> float | None:
    answered = _rated(part)
    return int(part["is_good"].sum()) / answered if answered >= MIN_SHOW else None


class _Rating(NamedTuple):
    """The share of good answers with its interval, and the number of answers."""

    share: float | None
    low: float | None
    high: float | None
    n: int


def _rating(part: pl.DataFrame, confidence: float) -> _Rating:
    answered = _rated(part)
    share = _good_share(part)
    bounds = wilson(int(part["is_good"].sum()), answered, confidence) if share is not None else None
    return _Rating(share, bounds.low if bounds else None, bounds.high if bounds else None, answered)
