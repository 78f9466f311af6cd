"""How far the data of a source reach: of a period after their end nothing is told, one they end within is not over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from loyalty.errors import Outdated
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import MetricResult, Note
from loyalty.pipeline import Gathered

ORDINARY_SILENCE = 3
"""Days without an event at the end of a period that say nothing: a weekend with a holiday."""
UNKNOWN_SILENCE = 7
"""The same where nothing tells how long the source is silent at other times."""
LATELY = timedelta(days=366)
"""How far back its silences are looked at: what comes once a year is just in it."""
TELL_DAYS = (
    Fact.ORDER_ROWS,
    Fact.NPS_COUNTS,
    Fact.ANSWERS,
    Fact.FEEDBACK,
    Fact.MENTION_COUNTS,
    Fact.POINT_ROWS,
    Fact.TICKETS,
)
STATES = frozenset({Kind.CUSTOMERS})
"""Kinds of exports that say how things stand: where nobody joined or left, they are not old."""
NAMED = 3


def outdated(gathered: Gathered) -> dict[Kind, Outdated]:
    """Return what is wrong with the sources whose data end before the period begins.

    A survey that asks once a quarter is as silent as ever in the month after.
    """
    period = gathered.scope.period
    assert period is not None
    found = {}
    for kind, tables in gathered.total.items():
        if kind in STATES or tables.last_day is None or tables.last_day >= period.start:
            continue
        if _silent_days(gathered, tables.last_day) <= _usual_silence(tables, tables.last_day):
            continue
        files = gathered.sources[kind].origin.files
        more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
        found[kind] = Outdated(
            f"{', '.join(files[:NAMED])}{more}: the data end on {tables.last_day}, before the period "
            f"{period.name} begins on {period.start}",
            hint=f"Export again, or choose an earlier period, such as --period {tables.last_day:%Y-%m}.",
        )
    return found


def without_silence(gathered: Gathered, broken: Mapping[Kind, object]) -> Gathered:
    """Return the run without orders that end too early, also for those who join them: all would seem to buy no more.

    Earlier answers stay: they were given all the same.
    """
    total = {
        kind: tables for kind, tables in gathered.total.items() if kind not in {Kind.ORDERS} & set(broken)
    }
    return replace(gathered, total=total)


def data_end(gathered: Gathered, kind: Kind) -> date | None:
    """Return the last day of a source that breaks off within the period; None where it is only silent as usual."""
    period, tables = gathered.scope.period, gathered.total[kind]
    assert period is not None
    if kind in STATES or tables.last_day is None or tables.last_day < period.start:
        return None
    silent = _silent_days(gathered, tables.last_day)
    if silent <= ORDINARY_SILENCE or silent <= _usual_silence(tables, tables.last_day):
        return None
    return tables.last_day


def as_far_as(gathered: Gathered, last_day: date) -> Gathered:
    """Return the run as one of the day after the data end, on which its period is not over.

    Nobody named that day: rows of the period after it that cannot be used are still told by what is wrong with them.
    """
    scope = gathered.scope
    assert scope.period is not None
    as_of, period = last_day + timedelta(days=1), replace(scope.period, partial=True)
    return replace(gathered, scope=replace(scope, as_of=as_of, period=period, named=scope.as_of))


def said(result: MetricResult, last_day: date) -> MetricResult:
    """Say why the period counts as not over: the calendar says otherwise."""
    others = tuple(note for note in result.notes if note.code != "partial_period")
    return replace(result, notes=(Note("data_end", {"day": last_day}), *others))


def _silent_days(gathered: Gathered, last_day: date) -> int:
    """Return how many days of the run come after the last one with an event."""
    assert gathered.scope.period is not None
    return (min(gathered.scope.period.end, gathered.scope.as_of) - last_day).days - 1


def _usual_silence(tables: Tables, last_day: date) -> int:
    """Return the most days in a row without any event in the year before the data end."""
    told = next((tables[fact] for fact in TELL_DAYS if fact in tables.facts), None)
    if told is None:
        return UNKNOWN_SILENCE
    days = told["day"].drop_nulls().unique().sort()
    gaps = days.filter((days >= last_day - LATELY) & (days <= last_day)).diff().dt.total_days().drop_nulls()
    longest = gaps.max()
    return longest - 1 if isinstance(longest, int) else UNKNOWN_SILENCE
