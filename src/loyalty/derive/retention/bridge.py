"""Retention and churn of a span, computed once for both: headline figures, the table of periods, and what to note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.ledger import numbered_visits, pooled_gaps, visits, within
from loyalty.derive.retention.activity import LapseWindow, asked_days, lapse_window, window_notes
from loyalty.derive.retention.customer_counts import CustomerCounts, unobserved
from loyalty.derive.retention.flows import Flow, calendar_flows, flow
from loyalty.derive.retention.journey import journey_table
from loyalty.derive.retention.windows import Seen, window_figures, window_tables
from loyalty.derive.share import share_figure
from loyalty.engine.remembered import remembered
from loyalty.errors import UsageError
from loyalty.model.metric import Fact, Scope, Tables, option
from loyalty.model.period import Every, grain, previous
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, Period, ResultTable, Rows
from loyalty.stats.compounding import per_year

RATES = ("crr_count", "ccr_opening", "ccr_served", "ccr_average", "ccr_yearly")
COUNTS = ("start", "new", "reactivated", "acquired", "lost", "retained", "end")


class Basis(StrEnum):
    """What makes somebody a customer."""

    PURCHASES = "purchases"
    MEMBERSHIP = "membership"


@dataclass(frozen=True)
class FollowOptions:
    """How customers are followed; what the user may choose for retention and for churn."""

    basis: Basis = option(
        Basis.PURCHASES,
        "Followed by their purchases, or by the days they joined and left in a list of members.",
    )
    every: Every | None = option(None, "Calendar period to follow customers over (default: month).")
    window: str = option(
        "auto",
        "Days within which a customer must have bought to be active: auto (measured) or 90d.",
        check=asked_days,
    )
    start: int | None = option(None, "Customers at the start, instead of a file.", low=0)
    acquired: int | None = option(None, "Customers acquired since, instead of a file.", low=0)
    end: int | None = option(None, "Customers at the end, instead of a file.", low=0)


def bridge_result(
    metric: str, order: tuple[str, ...], tables: Tables, scope: Scope, options: FollowOptions
) -> MetricResult:
    """Return the bridge as the result of a metric whose figures stand in the given order, the headline first.

    The headline is the scope's period against the one before it, or the last finished calendar period of the data.

    Raises:
        UsageError: the window is neither ``auto`` nor days.
    """
    asked = asked_days(options.window)
    span = Span.history(scope)
    every = options.every or (grain(scope.period) if scope.period else None) or Every.MONTH
    whole = tables.whole
    # The window that the data tell is that of the whole also where these are of one group.
    told = _bridge(whole[Fact.PURCHASE_DAYS], scope, every, asked, whole.first_day).told if whole else None
    found = _bridge(tables[Fact.PURCHASE_DAYS], scope, every, asked, tables.first_day, told)
    headline, figures = found.headline, found.figures
    known = "customer_id" in tables.known
    if not known:
        figures = {name: Figure.refused(name, figures[name].unit, "no_customer_column") for name in order}
    period_days = headline.period.days if headline else None
    return MetricResult(
        metric,
        "period",
        (*(figures[name] for name in order), *base_figures(tables, Span.of_period(scope))),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=headline.period if headline else (scope.period or span.period(tables)),
        as_of=scope.as_of,
        tables=found.evidence if known else (),
        notes=(
            *_notes(headline, found.steps, tables, scope),
            *(window_notes(found.window, options.window, period_days) if known else ()),
            *((Note("journey_horizon", {"days": found.window.days}),) if known and found.visits else ()),
        ),
    )


@dataclass(frozen=True)
class _Bridge:
    """What retention and churn both show.

    ``told`` is the window that the data tell and ``window`` the one that is used; ``visits`` are the purchase days
    before the end of a finished headline.
    """

    headline: Flow | None
    steps: Sequence[Flow]
    told: LapseWindow
    window: LapseWindow
    figures: Mapping[str, Figure]
    evidence: tuple[ResultTable, ...]
    visits: int


@remembered(4)
def _bridge(
    purchase_days: pl.DataFrame,
    scope: Scope,
    every: Every,
    asked: int | None,
    first_day: date | None,
    told: LapseWindow | None = None,
) -> _Bridge:
    until = Span.history(scope).until
    bought = visits(purchase_days, until)
    steps = calendar_flows(bought, every, until)
    headline = _headline(bought, steps, scope)
    finished = None if headline is None or headline.period.partial else headline
    end = finished.period.end if finished else until
    numbered = numbered_visits(within(bought, end))
    told = told or lapse_window(pooled_gaps(numbered))
    window = replace(told, days=asked) if asked else told
    seen = Seen(numbered, window, first_day)
    reason, confidence = missing(headline, steps), scope.confidence
    return _Bridge(
        headline,
        steps,
        told,
        window,
        flow_figures(headline, reason, confidence) | window_figures(headline, reason, seen, confidence),
        (
            periods_table(steps, confidence),
            journey_table(numbered, end, window.days, confidence),
            *(window_tables(finished, seen, confidence) if finished else ()),
        ),
        numbered.height,
    )


def _headline(bought: pl.DataFrame, steps: list[Flow], scope: Scope) -> Flow | None:
    if scope.period is not None:
        found = flow(bought, previous(scope.period), scope.period)
        return replace(found, period=scope.period)
    return last_finished(steps)


def last_finished(steps: Sequence[Flow]) -> Flow | None:
    """Return the last step whose period is over."""
    finished = [step for step in steps if not step.period.partial]
    return finished[-1] if finished else None


def missing(step: Flow | None, steps: Sequence[Flow]) -> str | None:
    """Return why nothing can be said of the headline, one of ``steps`` or a period of its own."""
    if step is None:
        return "no_finished_period" if steps else "no_known_customers"
    # Nine days of October against all of September would take a stub for a fall.
    return "period_not_over" if step.period.partial else None


def flow_figures(
    step: Flow | None, reason: str | None, confidence: float, rate: str = "crr_period"
) -> dict[str, Figure]:
    """Return the counts and rates of a step by figure name; ``rate`` is the name of retained / start.

    ``reason`` says why nothing can be said of it (:func:`missing`).
    """
    if step is None or reason is not None:
        return {name: Figure.undefined(name, "share", str(reason)) for name in (rate, *RATES)} | {
            name: Figure.undefined(name, "count", str(reason)) for name in COUNTS
        }
    if not step.observed:
        return (
            {name: unobserved(name) for name in (rate, *RATES)}
            | {name: unobserved(name, "count") for name in COUNTS}
            | {"end": Figure("end", step.end, "count")}
        )
    figures = CustomerCounts(step.start, step.acquired, step.end).figures()
    for name in ("new", "reactivated"):
        figures[name] = Figure(name, getattr(step, name), "count")
    figures[rate] = share_figure(rate, step.retained, step.start, confidence)
    # The counting formulas stand on the same ids here, so lost / start carries the same interval.
    figures["ccr_opening"] = share_figure("ccr_opening", step.lost, step.start, confidence)
    figures["ccr_yearly"] = yearly(figures["ccr_opening"], step.period)
    return figures


def yearly(monthly: Figure, period: Period) -> Figure:
    """Return what a month's churn comes to in a year of such months: compounded, never times twelve."""
    if grain(period) is not Every.MONTH:
        return Figure.undefined("ccr_yearly", "share", "not_a_month")
    if not isinstance(monthly.value, float) or monthly.low is None or monthly.high is None:
        return replace(monthly, name="ccr_yearly")
    return Figure(
        "ccr_yearly",
        per_year(monthly.value),
        "share",
        n=monthly.n,
        low=per_year(monthly.low),
        high=per_year(monthly.high),
        confidence=monthly.confidence,
    )


def periods_table(steps: Sequence[Flow], confidence: float, rate: str = "crr_period") -> ResultTable:
    """Return the bridge of every period, one row each; ``rate`` as in :func:`flow_figures`."""
    columns = (
        Column("period", "text"),
        Column(rate, "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        *(Column(name, "count") for name in COUNTS),
        *(Column(name, "share") for name in RATES[:-1]),
        Column("partial", "flag"),
    )
    rows = []
    for step in steps:
        figures = flow_figures(step, None, confidence, rate)
        kept = figures[rate]
        rows.append(
            (
                step.period.label,
                kept.value,
                kept.low,
                kept.high,
                kept.n,
                *(figures[name].value for name in COUNTS),
                *(figures[name].value for name in RATES[:-1]),
                step.period.partial,
            )
        )
    return ResultTable("periods", columns, tuple(rows), draw=Draw.TREND)


def one_period_notes(headline: Flow | None, steps: Sequence[Flow], scope: Scope) -> Iterator[Note]:
    """Yield what the counting formula would hide, and that a period is not over."""
    if headline is not None and headline.observed and headline.reactivated:
        # The guides count only new customers as acquired; then people who came back hide as many who left.
        yield Note(
            "lost_differs",
            {
                "lost": headline.lost,
                "lost_if_only_new": headline.start + headline.new - headline.end,
                "reactivated": headline.reactivated,
            },
        )
    if scope.period is None and any(step.period.partial for step in steps):
        yield Note("partial_period", {"period": steps[-1].period.label})


def _notes(headline: Flow | None, steps: Sequence[Flow], tables: Tables, scope: Scope) -> Iterator[Note]:
    yield from one_period_notes(headline, steps, scope)
    if steps and tables.first_day is not None and tables.first_day > steps[0].period.start:
        yield Note("first_period_cut", {"day": tables.first_day, "period": steps[0].period.label})
    if steps:
        yield Note("left_truncated", {"period": steps[0].period.label})


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
