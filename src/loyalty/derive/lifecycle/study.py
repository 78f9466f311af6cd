"""What segments are worth: how the rule did before, what other thresholds would change, who moved where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import polars as pl

from loyalty.derive.customers import enrolment_days
from loyalty.derive.lifecycle.backtest import backtest
from loyalty.derive.lifecycle.segments import Judged, SegmentOptions, customer_segments
from loyalty.derive.lifetime.outlook import Outlook, Unfitted
from loyalty.derive.lists import CUSTOMERS_JOIN
from loyalty.derive.rows import LaterRows
from loyalty.derive.sensitivity import Trial, around, around_whole, sensitivity
from loyalty.derive.shop import shop_of
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Join, Tables, option
from loyalty.model.result import Column, Figure, Key, Note, ResultTable, Value

NOT_YET = "not_yet"
"""Where somebody stood who first bought later."""


class Basis(StrEnum):
    """Since when a customer is one."""

    PURCHASE = "purchase"
    ENROLMENT = "enrolment"


@dataclass(frozen=True)
class StudyOptions(SegmentOptions):
    """What else the user may ask about segments."""

    basis: Basis = option(
        Basis.PURCHASE, "New since the first purchase, or since the enrolment that --customers tells."
    )
    backtest: bool = option(False, "Say how often the rule was right on the shop's own previous window.")
    backtest_days: int = option(
        90, "Days without a purchase that the back-test takes for leaving.", low=7, high=730
    )
    sensitivity: bool = option(False, "Count who would change segment under other thresholds.")


def _needs(options: StudyOptions) -> tuple[Fact, ...]:
    wanted = (Fact.ENROLMENTS,) if options.basis is Basis.ENROLMENT else ()
    return (*CUSTOMERS_JOIN.needs(options), *wanted)


STUDY_JOIN = Join(Kind.CUSTOMERS, _needs, "Customers, for consents and enrolments.")


def enrolled(tables: Tables, options: StudyOptions) -> pl.DataFrame | None:
    """Return since when customers are enrolled; None where the first purchase counts.

    Raises:
        UsageError: enrolments are asked for, and no list of customers tells them.
    """
    if options.basis is Basis.PURCHASE:
        return None
    customers = tables.joined.get(Kind.CUSTOMERS)
    if customers is None:
        raise UsageError(
            "--basis enrolment: no list of customers says when they enrolled",
            hint="Name it: --customers customers.csv.",
        )
    if not customers.known & {"enrolled_at", "created_at"}:
        raise UsageError(
            "--basis enrolment: the list of customers has no day of enrolment",
            hint="Use a list that has it, in a column such as enrolled_at or created_at.",
        )
    return enrolment_days(customers[Fact.ENROLMENTS])


@dataclass(frozen=True)
class Study:
    """What was found out, as parts of a result."""

    figures: tuple[Figure, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    notes: tuple[Note, ...] = ()


def study(
    tables: Tables,
    until: date,
    options: StudyOptions,
    confidence: float,
    classes: Callable[[pl.DataFrame], pl.DataFrame],
    model: Outlook | Unfitted | None = None,
) -> Study:
    """Return the back-test and the sensitivity, where they are asked for; ``model`` is that of ``until``, if any.

    ``classes`` makes ``customer_id`` and ``class`` of customers with segments: what counts as a change.
    """
    days = tables[Fact.PURCHASE_DAYS]
    found = Study()
    if options.backtest:
        tested = backtest(tables, until, options.backtest_days, options, confidence)
        notes = [Note("backtest", {"days": options.backtest_days}), Note("low_and_falling")]
        if tested.without_model:
            notes.append(Note("backtest_without_model"))
        found = Study(
            tested.figures,
            (tested.table,) if tested.table else (),
            tuple(notes) if tested.table else (),
        )
    if options.sensitivity:
        since = enrolled(tables, options)
        shop = shop_of(tables, until)
        now = customer_segments(days, until, options, since, model, shop)
        trials = (
            Trial(
                threshold,
                setting,
                classes(customer_segments(days, until, cuts, since, now.model, shop).ledger),
            )
            for threshold, setting, cuts in _variants(options, now)
        )
        table, told = sensitivity(classes(now.ledger), trials)
        found = Study(found.figures, (*found.tables, table), (*found.notes, *told))
    return found


def model_notes(found: Judged, options: StudyOptions) -> tuple[Note, ...]:
    """Return which model the rule asked, or that it could not ask one and fell back to ``cadence``."""
    match found.model:
        case None:
            return ()
        case Unfitted(reason):
            return (Note(f"rule_model_{reason}"),)
        case Outlook():
            untested = () if options.backtest else (Note("rule_model_untested"),)
            return (*found.model.notes(), Note("rule_model_fallible"), *untested)


def _variants(options: StudyOptions, now: Judged) -> Iterator[tuple[str, float, StudyOptions]]:
    for days in around_whole(options.new_days):
        yield "new_days", days, replace(options, new_days=days)
    for days in around_whole(now.window.days):
        yield "lapse_days", days, replace(options, lapse_days=days)
    for factor in around(options.overdue_factor, least=0.1):
        yield "overdue_factor", factor, replace(options, overdue_factor=factor)
    if isinstance(now.model, Outlook):
        for chance in around(options.p_none, least=0.01):
            yield "p_none", min(chance, 0.99), replace(options, p_none=min(chance, 0.99))


def movement(
    earlier: Callable[[], pl.DataFrame], later: pl.DataFrame, segments: tuple[str, ...]
) -> ResultTable:
    """Return how many customers went from which segment to which; who first bought in between comes from ``not_yet``.

    Both have ``customer_id`` and ``segment``; nobody ceases to be a customer, so all of ``earlier`` are in ``later``.
    The earlier segments are not asked for before the rows are.
    """
    later = later.select("customer_id", to="segment")

    def rows() -> Iterator[tuple[Value, ...]]:
        start = earlier().select("customer_id", start="segment")
        both = later.join(start, on="customer_id", how="left")
        counts = {
            (start or NOT_YET, to): count
            for start, to, count in both.group_by("start", "to").len().iter_rows()
        }
        for name in (*segments, NOT_YET):
            moved = [counts.get((name, to), 0) for to in segments]
            yield Key(name, "movement_segments"), *moved, sum(moved)

    columns = (
        Column("from_segment", "segment"),
        *(Column(f"to_{to}", "count") for to in segments),
        Column("total", "count"),
    )
    return ResultTable("movement", columns, LaterRows(rows))
