"""Lifecycle: who is new, one-time, active, at risk or lapsed, with the reason and what the guides do about it.

Question
    Where does each customer stand today, and what do we do with them on Monday?

Formula
    The first that applies, on purchase days: new = first purchase at most `--new-days` (60) ago. lapsed = no purchase
    for longer than the lapse window. one_time = a single purchase day. at_risk by the rule cadence = days since the
    last purchase > `--overdue` (2) x expected gap, where expected gap = (sum of own gaps + 2 x the shop's mean
    gap) / (number of own gaps + 2). active = the rest. The lapse window is the 90th percentile of the shop's own gaps,
    rounded up to 30 days and held to 60-730; with fewer than 100 gaps it is 180 days. `--three` gives the guide's
    three segments: one-time and lapsed customers join those at risk. With `--basis enrolment` a customer is new since
    the enrolment that `--customers FILE` tells, and since the first purchase where it tells none.

    Other rules: model = cadence, or a probability of no order within `--horizon` (90d) above `--p-none` (0.7),
    by the transaction model with the best likelihood of BG/NBD, MBG/NBD and Pareto/NBD; where no customer bought on
    two days none can be fitted, and the rule is cadence and says so. overdue_or_declining = silence beyond the
    factor x own median gap (of three gaps or more, else the shop's), or at most half as many purchase days in the
    last 90 days as in the 90 before (three or more). guide = low and falling, the guides' words: rate in the lowest
    quarter of repeat customers, and the last gap or the silence longer than the mean of the gaps before it.
    low_and_falling stands beside every rule as a flag of its own.

    With `--by` a group holds the purchases in it; the shop's gaps and the window stay those of all purchases, and
    `--rule model` fits a model to each group.

    With `--period`, movement shows who went from which segment to which between its two ends, by the lapse window of
    the later one. `--backtest` judges everyone with two purchase days or more as of `--backtest-days` (90) ago:
    precision = of those flagged, who bought nothing since; recall = of those who bought nothing since, who was flagged;
    beside "everyone" and "silent for longer than 90 % of all gaps". `--sensitivity` tries half and one and a half times
    each threshold and counts who would change segment.

Not counted
    Guests; cancelled, test, free and fully refunded orders. A customer with one purchase is never called at risk:
    nothing is known of their rhythm. Silence is not leaving: segments are definitions, not facts about people. Who
    enrolled and never bought is no customer.

Worked example
    C3 bought once, 151 days ago, with a window of 150 days: lapsed. C5 first bought 6 days ago: new. With the older
    rule `--rule overdue_or_declining`, C1 with three purchase days in one quarter and one in the next is at_risk
    (declining); by cadence C1 is active.

References
    Segments and strategies: Loyalty programmes encourage repeat purchase (2024). Rules measured on four public data
    sets: docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.lifecycle.risk_reasons import with_sentences
from loyalty.derive.lifecycle.segments import Judged, Rule, Segment, customer_segments
from loyalty.derive.lifecycle.study import (
    STUDY_JOIN,
    StudyOptions,
    enrolled,
    model_notes,
    movement,
    study,
)
from loyalty.derive.lifetime.outlook import Unfitted
from loyalty.derive.lists import ListOptions
from loyalty.derive.rows import LaterRows
from loyalty.derive.share import share_figure
from loyalty.derive.shop import shop_of
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable


@dataclass(frozen=True)
class LifecycleOptions(ListOptions, StudyOptions):
    """What the user may choose."""

    three: bool = option(False, "The guide's three segments: new, active, at risk.")


def compute(tables: Tables, scope: Scope, options: LifecycleOptions) -> MetricResult:
    """Return the segments as of the end of the scope's period.

    Raises:
        UsageError: enrolments are asked for, and no list of customers tells them.
    """
    span = Span.history(scope)
    since = enrolled(tables, options)
    shop = shop_of(tables, span.until)
    found = customer_segments(tables[Fact.PURCHASE_DAYS], span.until, options, since, shop=shop)
    segments = (Segment.NEW, Segment.ACTIVE, Segment.AT_RISK) if options.three else tuple(Segment)
    ledger = _folded(found.ledger, options)
    known = "customer_id" in tables.known
    result = MetricResult(
        "lifecycle",
        # The rule that was in fact applied.
        (Rule.CADENCE if isinstance(found.model, Unfitted) else options.rule).value,
        (*_figures(ledger, segments, scope.confidence, known=known), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        notes=_notes(found, options),
    )
    if not known:
        return result
    asked = study(
        tables, span.until, options, scope.confidence, lambda people: _classes(people, options), found.model
    )
    moved, then = _movement(tables, scope, ledger, segments, replace(options, lapse_days=found.window.days))
    return replace(
        result,
        figures=(*result.figures, *asked.figures),
        tables=(
            _segments_table(tables, ledger, segments),
            *((moved,) if moved else ()),
            *asked.tables,
            _customers_table(tables, found.ledger, ledger["segment"], options),
        ),
        notes=(*result.notes, *then, *asked.notes),
    )


def _folded(ledger: pl.DataFrame, options: LifecycleOptions) -> pl.DataFrame:
    """Return customers in the guide's three segments, where these are asked for."""
    if not options.three:
        return ledger
    folded = pl.col("segment").is_in([Segment.ONE_TIME.value, Segment.LAPSED.value])
    return ledger.with_columns(
        segment=pl.when(folded).then(pl.lit(Segment.AT_RISK.value)).otherwise("segment")
    )


def _classes(people: pl.DataFrame, options: LifecycleOptions) -> pl.DataFrame:
    return _folded(people, options).select("customer_id", pl.col("segment").alias("class"))


def _movement(
    tables: Tables,
    scope: Scope,
    ledger: pl.DataFrame,
    segments: tuple[Segment, ...],
    options: LifecycleOptions,
) -> tuple[ResultTable | None, tuple[Note, ...]]:
    """Return who moved over the scope's period, and what to know of it.

    No table where no period was asked for, or nobody was a customer before it.
    """
    if scope.period is None or tables.first_day is None or scope.period.start <= tables.first_day:
        return None, ()
    since, start = enrolled(tables, options), scope.period.start

    def judged() -> Judged:
        days, shop = tables[Fact.PURCHASE_DAYS], shop_of(tables, start)
        return customer_segments(days, start, options, since, shop=shop)

    # Whether a model could be fitted is told beside the table; otherwise who never looks at it need not wait for it.
    fitted = judged() if options.rule is Rule.MODEL else None
    moved = movement(
        lambda: _folded((fitted or judged()).ledger, options),
        ledger,
        tuple(segment.value for segment in segments),
    )
    unfitted = fitted is not None and isinstance(fitted.model, Unfitted)
    return moved, (Note("movement_regression"), *((Note("movement_without_model"),) if unfitted else ()))


def _figures(
    ledger: pl.DataFrame, segments: tuple[Segment, ...], confidence: float, *, known: bool
) -> tuple[Figure, ...]:
    names = [segment.value for segment in (Segment.ACTIVE, *(s for s in segments if s is not Segment.ACTIVE))]
    if not known:
        return tuple(Figure.refused(f"{name}_share", "share", "no_customer_column") for name in names)
    counts = dict(ledger.group_by("segment").len().iter_rows())
    shares = (share_figure(f"{name}_share", counts.get(name, 0), ledger.height, confidence) for name in names)
    falling = Figure("low_and_falling", int(ledger["low_and_falling"].sum()), "count")
    return (*shares, *(Figure(name, counts.get(name, 0), "count") for name in names), falling)


def _segments_table(tables: Tables, ledger: pl.DataFrame, segments: tuple[Segment, ...]) -> ResultTable:
    money = not tables.several_currencies and "value" in tables.known
    grouped = {
        segment: (customers, value)
        for segment, customers, value in ledger.group_by("segment")
        .agg(pl.len(), pl.col("value").sum())
        .iter_rows()
    }
    rows = []
    for segment in segments:
        customers, value = grouped.get(segment.value, (0, Decimal(0)))
        share = customers / ledger.height if ledger.height else None
        rows.append((segment.value, customers, share, value if money else None, segment.value))
    return ResultTable(
        "segments",
        (
            Column("segment", "segment"),
            Column("customers", "count"),
            Column("share", "share"),
            Column("revenue", tables.unit),
            Column("strategy", "strategy"),
        ),
        tuple(rows),
        draw=Draw.BARS,
        word_columns=frozenset({"segment", "strategy"}),
    )


def _customers_table(
    tables: Tables, ledger: pl.DataFrame, segment: pl.Series, options: LifecycleOptions
) -> ResultTable:
    """Return everybody with the reason for the segment that the rule gave, and the segment that is shown."""
    if tables.several_currencies:
        ledger = ledger.with_columns(value=pl.lit(None))
    units = {name: unit for name, unit in LISTED.items() if name in ledger.columns}

    def rows() -> Iterable[tuple[Any, ...]]:
        listed = ledger.sort("customer_id")
        columns = {name: listed[name].to_list() for name in units}
        columns |= {"segment": segment.to_list(), "reason": with_sentences(listed, options.horizon_days)}
        return zip(*columns.values(), strict=True)

    return ResultTable(
        "customers",
        tuple(
            Column(SHOWN_AS.get(name, name), tables.unit if unit == "money" else unit, personal=unit == "id")
            for name, unit in units.items()
        ),
        LaterRows(rows),
        headline=False,
        word_columns=frozenset({"segment", "reason"}),
    )


LISTED = {
    "customer_id": "id",
    "segment": "segment",
    "reason": "reason",
    "p_no_order": "share",
    "days_since": "days",
    "expected_gap": "days",
    "overdue": "ratio",
    "days": "count",
    "orders": "count",
    "last_day": "date",
    "value": "money",
    "low_and_falling": "flag",
}
"""Columns of the list with their units; what only a model knows is left out without one."""
SHOWN_AS = {"days": "purchase_days"}


def _notes(found: Judged, options: LifecycleOptions) -> tuple[Note, ...]:
    window = found.window
    evidence = {"days": window.days, "gaps": window.gaps, "customers": window.customers}
    if options.lapse_days is not None:
        told = Note("lapse_window_given", {"days": window.days})
    else:
        told = Note("lapse_window_measured" if window.from_data else "lapse_window_fallback", evidence)
    if window.days > options.new_days:
        return told, *model_notes(found, options)
    no_room = Note("no_room_for_one_time", {"days": window.days, "new_days": options.new_days})
    return told, no_room, *model_notes(found, options)


METRIC = Metric(
    name="lifecycle",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=LifecycleOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty lifecycle sample_data/orders.csv",
        "loyalty lifecycle sample_data/orders.csv --three",
        "loyalty lifecycle sample_data/orders.csv --period last-quarter",
        "loyalty lifecycle sample_data/orders.csv --backtest --sensitivity",
        "loyalty lifecycle sample_data/orders.csv --as-of 2026-07-01 --table customers --format csv",
    ),
    list_table="customers",
    joins=(STUDY_JOIN,),
)
