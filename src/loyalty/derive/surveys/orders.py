"""A survey joined with orders: what respondents are as customers, and what hangs on them in money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from loyalty.derive.base import money_figure
from loyalty.derive.few import MIN_GROUP, reason_withheld
from loyalty.derive.joined_orders import rows_note, stale_notes
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.change import Comparison, change_notes
from loyalty.derive.surveys.customers import (
    Round,
    by_lifecycle,
    by_value_tier,
    grouped_tables,
    high_value_change,
    high_value_rounds,
    high_value_table,
    placed,
    tiers_of,
)
from loyalty.derive.surveys.measure import Measure
from loyalty.derive.surveys.respondents import Match, as_customers, last_answers, match
from loyalty.derive.surveys.revenue import (
    MANY,
    Afterwards,
    AtStake,
    Stake,
    at_stake,
    bought_afterwards,
    with_purchases,
)
from loyalty.derive.surveys.value_tiers import WINDOW_DAYS
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure, Note, ResultTable
from loyalty.stats.means import DRAWS, SEED

FEW_MATCHED = 0.5


@dataclass(frozen=True)
class Ends:
    """The day before which the result's purchases lie, and that before which any are known."""

    result: date
    known: date


@dataclass(frozen=True)
class Joined:
    """What a survey result gains by orders."""

    figures: tuple[Figure, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    notes: tuple[Note, ...] = ()


def cannot_join(tables: Tables) -> str | None:
    """Return the note that says why answers cannot be joined with the orders of the run, or None."""
    if Fact.ANSWERS not in tables.facts:
        return "joined_not_one_by_one"
    if "respondent_id" not in tables.known:
        return "joined_no_respondents"
    if "customer_id" not in tables.joined[Kind.ORDERS].known:
        return "joined_no_customers"
    return None


def join_orders(
    standing: pl.DataFrame,
    rounds: Sequence[Round],
    joined: Mapping[Kind, Tables],
    ends: Ends,
    measure: Measure,
    *,
    high_share: float,
    follow_days: int,
) -> Joined:
    """Return the figures, tables and notes about respondents as customers.

    ``standing`` are the answers that stand, each with the ``start`` of its wave or period; ``rounds`` the waves or
    periods to be followed over time.
    """
    orders, customers = joined[Kind.ORDERS], joined.get(Kind.CUSTOMERS)
    answers = as_customers(standing, orders, customers)
    found = match(answers)
    figures = [share_figure("matched_share", found.matched, found.respondents, measure.confidence)]
    notes = [rows_note(orders, ends.known), *_match_notes(found, customers)]
    has_money = not orders.several_currencies and "value" in orders.known
    tiers = tiers_of(answers, rounds, orders, high_share)
    told = placed(answers, orders, ends.result, tiers)
    grouped = [by_lifecycle(told), by_value_tier(told)] if has_money else [by_lifecycle(told)]
    tables, beside = grouped_tables(grouped, measure)
    if beside:
        notes.append(Note("withheld_beside"))
    if not has_money:
        figures.append(money_figure("revenue_at_stake", None, orders))
        return Joined(tuple(figures), tuple(tables), tuple(notes))
    stake = at_stake(with_purchases(last_answers(answers), orders, ends.result), orders, ends.result)
    afterwards = bought_afterwards(answers, orders, ends.known, follow_days, measure.confidence)
    of_best, comparison = _high_value(rounds, orders, customers, measure, tiers)
    tables += [*of_best, *([afterwards.table] if afterwards.table else []), stake.table(orders.unit)]
    figures += _stake_figures(stake, orders)
    notes += _notes(answers, orders, ends)
    if not stake.tells:
        notes.append(Note("at_stake_withheld"))
    if comparison is not None:
        notes += _change_notes(comparison, measure.confidence)
    notes += _notes_afterwards(afterwards, follow_days)
    return Joined(tuple(figures), tuple(tables), tuple(notes))


def _high_value(
    rounds: Sequence[Round],
    orders: Tables,
    customers: Tables | None,
    measure: Measure,
    tiers: pl.DataFrame,
) -> tuple[list[ResultTable], Comparison | None]:
    if len(rounds) < 2:
        return [], None
    named = [
        replace(each, part=replace(each.part, standing=as_customers(each.part.standing, orders, customers)))
        for each in rounds
    ]
    slices = high_value_rounds(named, tiers)
    changed = high_value_change(slices, measure)
    over_time = high_value_table(slices, measure)
    return ([over_time, changed[0]], changed[1]) if changed else ([over_time], None)


def _stake_figures(stake: AtStake, orders: Tables) -> Iterator[Figure]:
    both = stake.detractors + stake.silent_promoters
    yield _money("revenue_at_stake", both, orders, tells=not 0 < both.customers < MIN_GROUP)
    yield _money("detractors_spent", stake.detractors, orders, tells=stake.tells)
    yield _money("silent_promoters_spent", stake.silent_promoters, orders, tells=stake.tells)
    yield Figure("silent_promoters", stake.silent_promoters.customers, "count")


def _money(name: str, part: Stake, orders: Tables, *, tells: bool) -> Figure:
    if not tells:
        return Figure.refused(name, orders.unit, reason_withheld(part.customers), n=part.customers)
    return money_figure(name, part.value, orders, n=part.customers)


def _match_notes(found: Match, customers: Tables | None) -> Iterator[Note]:
    if not found.respondents:
        yield Note("joined_nobody")
        return
    share = found.matched / found.respondents
    if found.by_email:
        yield Note("joined_by_email", {"count": found.by_email, "matched": found.matched})
    if share < FEW_MATCHED:
        code = "joined_few" if customers is not None else "joined_few_without_list"
        yield Note(code, {"share": share, "matched": found.matched, "respondents": found.respondents})


def _notes(answers: pl.DataFrame, orders: Tables, ends: Ends) -> Iterator[Note]:
    first = orders.first_day
    start = answers["start"].min()
    if isinstance(start, date) and first is not None and first > start - timedelta(days=WINDOW_DAYS):
        yield Note("joined_short_history", {"first": first, "start": start})
    yield from stale_notes(orders, ends.result)


def _notes_afterwards(afterwards: Afterwards, days: int) -> Iterator[Note]:
    if afterwards.table is not None:
        yield Note("joined_selection", {"days": days})
    if afterwards.drawn:
        yield Note("joined_drawn", {"many": MANY, "draws": DRAWS, "seed": SEED})
    if afterwards.too_recent:
        yield Note("joined_too_recent", {"count": afterwards.too_recent, "days": days})


def _change_notes(comparison: Comparison, confidence: float) -> Iterator[Note]:
    for note in change_notes([comparison], confidence):
        yield replace(note, code=note.code.replace(comparison.kind, "high_value"))
