"""Retention and churn of a span, computed once for both: headline figures, the table of periods, and what to note."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.customer_counts import CustomerCounts, unobserved
from loyalty.derive.flows import Flow, calendar_flows, flow
from loyalty.derive.share import share_figure
from loyalty.errors import UsageError
from loyalty.model.metric import Fact, Scope, Tables
from loyalty.model.period import Every, grain, previous
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable, Rows

RATES = ("crr_period", "crr_count", "ccr_opening", "ccr_served", "ccr_average")
COUNTS = ("start", "new", "reactivated", "acquired", "lost", "retained", "end")


@dataclass(frozen=True)
class Bridge:
    """Figures by name for the headline period, with the table of all periods and the notes."""

    flow: Flow | None
    figures: dict[str, Figure]
    table: ResultTable
    notes: tuple[Note, ...]


def bridge(tables: Tables, scope: Scope, every: Every | None) -> Bridge:
    """Follow customers from period to period.

    The headline is the scope's period against the one before it, or the last finished calendar period of the data.
    """
    span = Span.history(scope)
    every = every or (grain(scope.period) if scope.period else None) or Every.MONTH
    days = tables[Fact.PURCHASE_DAYS].filter(
        span.inside() & pl.col("customer_id").is_not_null() & (pl.col("orders") > 0)
    )
    days = days.select("customer_id", "day")
    steps = calendar_flows(days, every, span.until)
    headline = _headline(days, steps, scope)
    return Bridge(
        headline,
        _figures(headline, scope.confidence),
        _table(steps, scope.confidence),
        _notes(headline, steps, tables, scope),
    )


def _headline(days: pl.DataFrame, steps: list[Flow], scope: Scope) -> Flow | None:
    if scope.period is not None:
        found = flow(days, previous(scope.period), scope.period)
        return replace(found, period=scope.period)
    finished = [step for step in steps if not step.period.partial]
    return finished[-1] if finished else None


def _figures(step: Flow | None, confidence: float) -> dict[str, Figure]:
    if step is None:
        return {name: Figure.undefined(name, "share", "no_finished_period") for name in RATES} | {
            name: Figure.undefined(name, "count", "no_finished_period") for name in COUNTS
        }
    if step.period.partial:
        # Nine days of October against all of September would take a stub for a fall.
        return {name: Figure.undefined(name, "share", "period_not_over") for name in RATES} | {
            name: Figure.undefined(name, "count", "period_not_over") for name in COUNTS
        }
    if not step.observed:
        return (
            {name: unobserved(name) for name in RATES}
            | {name: unobserved(name, "count") for name in COUNTS}
            | {"end": Figure("end", step.end, "count")}
        )
    figures = CustomerCounts(step.start, step.acquired, step.end).figures()
    for name in ("new", "reactivated"):
        figures[name] = Figure(name, getattr(step, name), "count")
    figures["crr_period"] = share_figure("crr_period", step.retained, step.start, confidence)
    # The counting formulas stand on the same ids here, so lost / start carries the same interval.
    figures["ccr_opening"] = share_figure("ccr_opening", step.lost, step.start, confidence)
    return figures


def _table(steps: list[Flow], confidence: float) -> ResultTable:
    columns = (
        Column("period", "text"),
        Column("crr_period", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        *(Column(name, "count") for name in COUNTS),
        *(Column(name, "share") for name in RATES[1:]),
        Column("partial", "flag"),
    )
    rows = []
    for step in steps:
        figures = _figures(replace(step, period=replace(step.period, partial=False)), confidence)
        kept = figures["crr_period"]
        rows.append(
            (
                step.period.label,
                kept.value,
                kept.low,
                kept.high,
                kept.n,
                *(figures[name].value for name in COUNTS),
                *(figures[name].value for name in RATES[1:]),
                step.period.partial,
            )
        )
    return ResultTable("periods", columns, tuple(rows), draw=Draw.TREND)


def _notes(headline: Flow | None, steps: list[Flow], tables: Tables, scope: Scope) -> tuple[Note, ...]:
    notes = []
    if headline is not None and headline.observed and headline.reactivated:
        # The guides count only new customers as acquired; then people who came back hide as many who left.
        notes.append(
            Note(
                "lost_differs",
                {
                    "lost": headline.lost,
                    "lost_if_only_new": headline.start + headline.new - headline.end,
                    "reactivated": headline.reactivated,
                },
            )
        )
    if scope.period is None and any(step.period.partial for step in steps):
        notes.append(Note("partial_period", {"period": steps[-1].period.label}))
    if steps and tables.first_day is not None and tables.first_day > steps[0].period.start:
        notes.append(Note("first_period_cut", {"day": tables.first_day, "period": steps[0].period.label}))
    if steps:
        notes.append(Note("left_truncated", {"period": steps[0].period.label}))
    return tuple(notes)


def bridge_result(
    metric: str, order: tuple[str, ...], tables: Tables, scope: Scope, every: Every | None
) -> MetricResult:
    """Return the bridge as the result of a metric whose figures stand in the given order, the headline first."""
    span = Span.history(scope)
    found = bridge(tables, scope, every)
    figures = dict(found.figures)
    if "customer_id" not in tables.known:
        figures = {name: Figure.refused(name, figures[name].unit, "no_customer_column") for name in order}
    period = found.flow.period if found.flow else (scope.period or span.period(tables))
    base = Span.of_period(scope)
    return MetricResult(
        metric,
        "period",
        (*(figures[name] for name in order), *base_figures(tables, base)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=period,
        as_of=scope.as_of,
        tables=(found.table,),
        notes=found.notes,
    )


def counts_result(
    metric: str, order: tuple[str, ...], start: int | None, acquired: int | None, end: int | None
) -> MetricResult | None:
    """Return what the counting formulas say of three counts, as the result of a metric without a file.

    None when no count is given.

    Raises:
        UsageError: some counts are given, but not all three.
    """
    if start is None and acquired is None and end is None:
        return None
    if start is None or acquired is None or end is None:
        raise UsageError(
            "Three counts make a rate, and some are missing.",
            hint=f"Give all three: loyalty {metric} --start 200 --acquired 50 --end 210",
        )
    counts = CustomerCounts(start, acquired, end)
    figures = counts.figures()
    notes = (
        (Note("reactivated_at_least", {"customers": max(-counts.lost, -counts.retained)}),)
        if counts.reason and counts.start
        else ()
    )
    return MetricResult(
        metric,
        "count",
        tuple(figures[name] for name in order if name in figures),
        rows=Rows(0, 0),
        notes=notes,
    )
