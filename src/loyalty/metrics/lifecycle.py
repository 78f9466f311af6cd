"""Lifecycle: who is new, one-time, active, at risk or lapsed, with the reason and what the guides do about it.

Question
    Where does each customer stand today, and what do we do with them on Monday?

Formula
    The first that applies, on purchase days: new = first purchase at most `--new-days` (60) ago. lapsed = no purchase
    for longer than the lapse window. one_time = a single purchase day. at_risk by the rule cadence = days since the
    last purchase > `--overdue-factor` (2) x expected gap, where expected gap = (sum of own gaps + 2 x the shop's mean
    gap) / (number of own gaps + 2). active = the rest. The lapse window is the 90th percentile of the shop's own gaps,
    rounded up to 30 days and held to 60-730; with fewer than 100 gaps it is 180 days. `--three` gives the guide's
    three segments: one-time and lapsed customers join those at risk.

Not counted
    Guests; cancelled, test, free and fully refunded orders. A customer with one purchase is never called at risk:
    nothing is known of their rhythm. Silence is not leaving: segments are definitions, not facts about people.

Worked example
    C3 bought once, 151 days ago, with a window of 150 days: lapsed. C5 first bought 6 days ago: new. With the older
    rule `--rule overdue_or_declining`, C1 with three purchase days in one quarter and one in the next is at_risk
    (declining); by cadence C1 is active.

References
    Segments and strategies: Loyalty programmes encourage repeat purchase (2024). Rules measured on four public data
    sets: docs/decisions.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.derive.activity import LapseWindow
from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.lifecycle import Segment, SegmentOptions, customer_segments
from loyalty.derive.share import share_figure
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable


@dataclass(frozen=True)
class LifecycleOptions(SegmentOptions):
    """What the user may choose."""

    three: bool = option(False, "The guide's three segments: new, active, at risk.")


def compute(tables: Tables, scope: Scope, options: LifecycleOptions) -> MetricResult:
    """Return the segments as of the end of the scope's period."""
    span = Span.history(scope)
    ledger, window = customer_segments(tables[Fact.PURCHASE_DAYS], span.until, options)
    segments = (Segment.NEW, Segment.ACTIVE, Segment.AT_RISK) if options.three else tuple(Segment)
    if options.three:
        folded = pl.col("segment").is_in([Segment.ONE_TIME.value, Segment.LAPSED.value])
        ledger = ledger.with_columns(
            segment=pl.when(folded).then(pl.lit(Segment.AT_RISK.value)).otherwise("segment")
        )
    known = "customer_id" in tables.known
    return MetricResult(
        "lifecycle",
        options.rule.value,
        (*_figures(ledger, segments, scope.confidence, known=known), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=(_segments_table(tables, ledger, segments), _customers_table(tables, ledger)) if known else (),
        notes=_notes(window, options),
    )


def _figures(
    ledger: pl.DataFrame, segments: tuple[Segment, ...], confidence: float, *, known: bool
) -> tuple[Figure, ...]:
    names = [segment.value for segment in (Segment.ACTIVE, *(s for s in segments if s is not Segment.ACTIVE))]
    if not known:
        return tuple(Figure.refused(f"{name}_share", "share", "no_customer_column") for name in names)
    counts = dict(ledger.group_by("segment").len().iter_rows())
    shares = (share_figure(f"{name}_share", counts.get(name, 0), ledger.height, confidence) for name in names)
    return (*shares, *(Figure(name, counts.get(name, 0), "count") for name in names))


def _segments_table(tables: Tables, ledger: pl.DataFrame, segments: tuple[Segment, ...]) -> ResultTable:
    money = len(tables.currencies) <= 1 and "value" in tables.known
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


def _customers_table(tables: Tables, ledger: pl.DataFrame) -> ResultTable:
    names = (
        "customer_id",
        "segment",
        "reason",
        "days_since",
        "expected_gap",
        "overdue",
        "days",
        "orders",
        "last_day",
        "value",
    )
    money = len(tables.currencies) <= 1
    chosen = ledger if money else ledger.with_columns(value=pl.lit(None))
    return ResultTable(
        "customers",
        (
            Column("customer_id", "id", personal=True),
            Column("segment", "segment"),
            Column("reason", "reason"),
            Column("days_since", "days"),
            Column("expected_gap", "days"),
            Column("overdue", "ratio"),
            Column("purchase_days", "count"),
            Column("orders", "count"),
            Column("last_day", "date"),
            Column("value", tables.unit),
        ),
        tuple(chosen.sort("customer_id").select(*names).iter_rows()),
        headline=False,
        word_columns=frozenset({"segment", "reason"}),
    )


def _notes(window: LapseWindow, options: LifecycleOptions) -> tuple[Note, ...]:
    evidence = {"days": window.days, "gaps": window.gaps, "customers": window.customers}
    if options.lapse_days is not None:
        told = Note("lapse_window_given", {"days": window.days})
    else:
        told = Note("lapse_window_measured" if window.from_data else "lapse_window_fallback", evidence)
    if window.days > options.new_days:
        return (told,)
    return told, Note("no_room_for_one_time", {"days": window.days, "new_days": options.new_days})


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
        "loyalty lifecycle sample_data/orders.csv --as-of 2026-07-01 --table customers --format csv",
    ),
    list_table="customers",
)
