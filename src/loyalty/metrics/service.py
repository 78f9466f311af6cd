"""Customer service: how fast customers are answered and helped, how content they are, how much there is to do.

Question
    How long do customers wait for an answer and for a solution, are they content with it, and how many ask?

Formula
    first_response_within_target = tickets answered within `--target-minutes` (60; exactly 60 is in time) / tickets due.
    Due are answered tickets and silent ones older than the target: who was never answered is a miss. Tickets too young
    to be due are counted apart (first_response_not_due). Wilson's interval; first_response_median is of answered ones.

    resolution_time = solved - opened, in calendar hours of the business's clock, nights and weekends included; median
    with its interval, mean, 90th percentile (type 7). Solved ones alone would hide the slow ones that are still open:
    resolved_share = solved / (solved + open), and oldest_open is the age of the oldest ticket not solved.

    Tickets are those opened in the period, as they stood at its end: one solved afterwards was open then, and a month
    has the same figures whenever it is asked for. backlog is all that was open at the end, whenever it was opened.

    ticket_csat = good answers / answers: Good of Good, Okay and Bad, else the top two boxes (`--scale 1-5` says of
    which scale, where the file does not). Wilson's interval. Agents are ranked by its lower end from 30 answers on,
    with each channel apart, because calls and forms are not rated alike.

    contact_rate = 100 x tickets of the period / active customers, who bought within `--window` before its end
    (`--orders`; window_days says how long that is). Fewer contacts can mean that customers help themselves, or that
    there are fewer of them.

    Where the export has such columns: reopen_rate = reopened / solved at least once; first_contact_resolution = solved
    with one reply and never reopened / solved `--fcr-days` (7) or more before the end; acknowledgement_within_target
    counts automatic confirmations too (acknowledged_at); promise_kept = solved, or the customer told of a delay
    (update_sent_at), by the time promised (promised_at) / promises due.

Not counted
    Rows without a readable time of opening; times that cannot be read, or solved or answered before opened; of several
    rows of one ticket all but the one solved last. Tickets joined to another (merged) count as tickets and with their
    rating, not in times, shares and backlog. Tickets closed on an unknown day count as solved, not in times. The
    exports do not say when customers rated or reopened: these are as of the export.
    Below 10 ratings only their number is shown; of a group of fewer than 5 only their number is told at all.

Worked example
    Solved in 1, 2, 3, 4 and 40 hours, one open for 50: median 3, mean 10, 90th percentile 25.6, resolved_share 5/6,
    oldest_open 50 hours. Answered after 10, 59, 60 and 61 minutes, one silent for 180 and one for 20 minutes: 3 of 5
    due in time = 60 % (3 of 4 answered would be 75 %), 1 not due.

References
    What is customer loyalty? Five ways to build a loyal culture (2022): answer within an hour, say when it will be
    solved. Interval of shares: Wilson (1927); of the median: Hahn and Meeker (1991), Statistical Intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.far_dates import far_dates_note
from loyalty.derive.fates import left_out_rows
from loyalty.derive.few import MIN_INTERPRET, reason_withheld, withheld_groups
from loyalty.derive.retention.activity import AUTO, asked_days
from loyalty.derive.surveys.answers import fate_of
from loyalty.derive.surveys.scales import ends, stated
from loyalty.derive.tickets.cases import State, event_days, judged, known_at
from loyalty.derive.tickets.contact_rate import (
    ActiveCustomers,
    active_customers,
    contact_figures,
    contact_notes,
)
from loyalty.derive.tickets.satisfaction import Verdicts, verdicts
from loyalty.derive.tickets.shares import (
    acknowledged,
    first_contact,
    first_response,
    promises,
    reopened,
)
from loyalty.derive.tickets.tables import (
    Asked,
    agents,
    agents_by_channel,
    by_channel,
    by_status,
    over_time,
)
from loyalty.derive.tickets.times import TIMES, count, resolution, waiting
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Join, Metric, Scope, Tables, option
from loyalty.model.period import Every, grain
from loyalty.model.result import Figure, MetricResult, Note, ResultTable, Status


@dataclass(frozen=True)
class ServiceOptions:
    """What the user may choose."""

    target_minutes: int = option(
        60, "Minutes within which a first reply is in time.", low=1, high=60 * 24 * 30
    )
    scale: str | None = option(None, "Scale of satisfaction, where it is in numbers: 1-5.", check=stated)
    window: str = option(
        AUTO, "With --orders: days a customer stays active (90d), or auto.", check=asked_days
    )
    fcr_days: int = option(
        7, "Days without a reopening after which a ticket counts as solved at first contact.", low=1, high=365
    )
    every: Every | None = option(
        None, "Calendar periods of the table over time (default: as the period, else month)."
    )


def compute(tables: Tables, scope: Scope, options: ServiceOptions) -> MetricResult:
    """Return service to the tickets opened in the scope's period, or on all days before the as-of day."""
    rows = tables[Fact.TICKETS]
    span, asked = Span.of_period(scope), Asked(tables.known, options.target_minutes)
    fates = judged(rows, span)
    all_before = judged(rows, Span.history(scope)).filter(pl.col("reason").is_null())
    ever = known_at(all_before, span.until, tables.known)
    found = ever.filter(span.inside())
    said = verdicts(found, ends(tables, "csat", options.scale))
    active = active_customers(tables, span, options.window)
    return MetricResult(
        "service",
        "calendar_hours",
        (
            *_speed(found, ever, asked, scope.confidence),
            said.figure(scope.confidence),
            *contact_figures(found.height, active),
            *_where_told(found, span, options, tables.known, scope.confidence),
        ),
        rows=fate_of(fates),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=tuple(_tables(said, ever, span, asked, scope, options)),
        notes=(*_notes(tables, said, span, asked, active, options), *_far_dates(tables, scope)),
    )


def _speed(found: pl.DataFrame, ever: pl.DataFrame, asked: Asked, confidence: float) -> Iterator[Figure]:
    """Yield how fast customers are answered and helped; nothing is told that the export has no column for."""
    reply = tuple(first_response(found, asked.target, confidence))
    if not asked.tells_reply:
        reply = _untold(reply, "no_reply_column")
    in_time, typical, not_due = reply
    yield in_time
    yield typical
    solved = tuple(resolution(found, confidence))
    left = (
        Figure("tickets_solved", count(found, State.SOLVED), "count"),
        Figure("tickets_open", count(found, State.OPEN), "count"),
        *waiting(ever),
    )
    if not asked.tells_when:
        solved = tuple(
            figure if figure.name not in TIMES else undefined
            for figure, undefined in zip(solved, _untold(solved, "no_solved_column"), strict=True)
        )
    if not asked.tells_solved:
        solved, left = _untold(solved, "no_solved_column"), _untold(left, "no_solved_column")
    yield from solved
    yield Figure("tickets", found.height, "count")
    yield from left
    yield not_due


def _untold(figures: tuple[Figure, ...], reason: str) -> tuple[Figure, ...]:
    return tuple(Figure.undefined(figure.name, figure.unit, reason) for figure in figures)


def _where_told(
    found: pl.DataFrame, span: Span, options: ServiceOptions, known: frozenset[str], confidence: float
) -> Iterator[Figure]:
    """Yield the figures for which few exports have the columns."""
    if "is_merged" in known:
        yield Figure("tickets_merged", count(found, State.MERGED), "count")
    if "reopens" in known:
        yield reopened(found, confidence)
    if {"replies", "reopens", "solved_at"} <= known:
        yield first_contact(found, span.until, options.fcr_days, confidence)
    if "acknowledged_at" in known:
        yield from acknowledged(found, span.until, options.target_minutes, confidence)
    if "promised_at" in known:
        yield from promises(found, span.until, confidence)


def _tables(
    said: Verdicts, ever: pl.DataFrame, span: Span, asked: Asked, scope: Scope, options: ServiceOptions
) -> Iterator[ResultTable]:
    if said.found.is_empty():
        return
    every = options.every or (grain(scope.period) if scope.period else None) or Every.MONTH
    yield over_time(ever, every, span.until, asked)
    if "channel" in asked.known:
        yield by_channel(said.found, asked)
    if "agent" in asked.known and said.found["is_good"].count():
        yield agents(said.found, scope.confidence)
        if "channel" in asked.known:
            yield agents_by_channel(said.found, scope.confidence)
    if "status" in asked.known:
        yield by_status(said.found)


def _notes(
    tables: Tables,
    said: Verdicts,
    span: Span,
    asked: Asked,
    active: ActiveCustomers,
    options: ServiceOptions,
) -> Iterator[Note]:
    found = said.found
    yield Note("service_hours", {"minutes": asked.target})
    if found.is_empty():
        return
    # Of groups only what is left out of their figures is told; the rest is told of the whole.
    is_whole = tables.whole is None
    if is_whole and (open_ones := count(found, State.OPEN)):
        yield Note("service_open", {"count": open_ones, "tickets": found.height})
    if is_whole and (again := found.filter(pl.col("hours").is_not_null() & ~pl.col("is_closed")).height):
        yield Note("service_open_again", {"count": again})
    undated = found.filter((pl.col("state") == State.SOLVED.value) & pl.col("hours").is_null()).height
    if undated and asked.tells_when:
        yield Note("service_undated", {"count": undated})
    if merged := count(found, State.MERGED):
        yield Note("service_merged", {"count": merged})
    if (unknown := count(found, State.UNKNOWN)) and asked.tells_solved:
        yield Note("service_unknown_state", {"count": unknown})
    if said.ends is not None and said.satisfied:
        answers = "–".join(str(each) for each in sorted({min(said.satisfied), max(said.satisfied)}))
        yield Note(
            "satisfied_answers",
            {"worst": said.ends.worst, "best": said.ends.best, "answers": answers},
        )
    if said.beyond:
        yield Note("ratings_beyond", {"count": said.beyond})
    if unread := found.filter("rating_unread").height:
        yield Note("ratings_unread", {"count": unread})
    yield from contact_notes(tables, span, active, options.window)
    if is_whole and "agent" in asked.known and said.found["is_good"].count():
        yield Note("agents_ranking", {"min_n": MIN_INTERPRET})


def _far_dates(tables: Tables, scope: Scope) -> Iterator[Note]:
    """Yield that a few dates far from all others move the day up to which everything counts."""
    if tables.whole is not None or not scope.ends_with_data:
        return
    note = far_dates_note(event_days(tables[Fact.TICKETS]), tables.last_day)
    if note is not None:
        yield note


def compare_groups(
    results: list[MetricResult], _tables: Tables, _groups: Groups, _scope: Scope, _options: ServiceOptions
) -> list[MetricResult]:
    """Withhold how content tiny groups are, and those by which one could be told from the total."""
    total, *parts = results
    counts = {place: _answers(part) for place, part in enumerate(parts)}
    hidden = withheld_groups(counts)
    return [
        total,
        *(
            _without_satisfaction(part, counts[place]) if place in hidden else part
            for place, part in enumerate(parts)
        ),
    ]


def _answers(part: MetricResult) -> int:
    figure = part.figure("ticket_csat")
    return figure.n or 0 if figure is not None and figure.status is not Status.REFUSED else 0


def _without_satisfaction(part: MetricResult, n: int) -> MetricResult:
    refused = Figure.refused("ticket_csat", "share", reason_withheld(n), n=n)
    figures = tuple(refused if figure.name == refused.name else figure for figure in part.figures)
    told = tuple(
        table for table in part.tables if not any(column.name == "ticket_csat" for column in table.columns)
    )
    return replace(part, figures=figures, tables=told)


METRIC = Metric(
    name="service",
    source=Kind.TICKETS,
    needs=lambda _: (Fact.TICKETS,),
    options=ServiceOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(
        judged(tables[Fact.TICKETS], Span.of_period(scope)), Span.of_period(scope)
    ),
    fates=Fact.TICKETS,
    manual=__doc__,
    examples=(
        "loyalty service sample_data/tickets.csv --scale 1-5",
        "loyalty service sample_data/tickets.csv --orders sample_data/orders.csv --period 2026-10",
        "loyalty service sample_data/tickets.csv --by channel --target-minutes 120 --format csv",
        "loyalty service sample_data/tickets.csv --fail-if 'first_response_within_target < 30%'",
    ),
    compare=compare_groups,
    tells_change=True,
    joins=(
        Join(
            Kind.ORDERS,
            lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
            "Orders, for contacts per active customer.",
        ),
    ),
)
