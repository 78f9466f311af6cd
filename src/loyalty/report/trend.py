"""The headline of a metric over time: from the exports as far as they reach back, before that from the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from loyalty.model.period import Every, grain
from loyalty.model.result import Column, Draw, Figure, MetricResult, Period, ResultTable, Status
from loyalty.pipeline import measure
from loyalty.report.arrangement import MEASURED_EACH_PERIOD
from loyalty.report.comparing import Comparing

TREND_PERIODS = 13
"""A year and the same period of the year before."""


def trend(comparing: Comparing, result: MetricResult) -> ResultTable | None:
    """Return the headline of each period up to the report's; None of fewer than two, or where a table tells it."""
    if comparing.metric.name in MEASURED_EACH_PERIOD:
        rows = dict(_measured(comparing))
    elif _is_followed(comparing, result):
        rows = {comparing.period: result.headline}
    else:
        return None
    rows = (
        dict(_kept(comparing, result.headline, first=min(rows, key=_start, default=comparing.period))) | rows
    )
    if len(rows) < 2:
        return None
    unit = result.headline.unit
    columns = (
        Column("period", "text"),
        Column("value", unit),
        Column("low", unit),
        Column("high", unit),
        Column("n", "count"),
    )
    told = [(period.label, each.value, each.low, each.high, each.n) for period, each in rows.items()]
    return ResultTable("trend", columns, tuple(told[-TREND_PERIODS:]), draw=Draw.TREND)


def _is_followed(comparing: Comparing, result: MetricResult) -> bool:
    """Return whether the headline is one of a calendar period that is over, and no table of its own follows it."""
    return (
        result.headline.status is Status.OK
        and grain(comparing.period) is not None
        and not comparing.period.partial
        and not any(table.draw is Draw.TREND for table in result.tables)
    )


def _kept(comparing: Comparing, headline: Figure, first: Period) -> Iterator[tuple[Period, Figure]]:
    """Yield the headline of the kept periods of the same length that end before the first one measured."""
    for period, kept in comparing.history.before(comparing.metric.name, first.start):
        figure = kept.result.figure(headline.name)
        same = (
            figure is not None and figure.unit == headline.unit and grain(period) is grain(comparing.period)
        )
        if figure is not None and same and comparing.usable(kept):
            yield period, figure


def _start(period: Period) -> date:
    return period.start


def _measured(comparing: Comparing) -> Iterator[tuple[Period, Figure]]:
    # What other sources add costs time in each period, and only the headline is followed.
    alone = replace(comparing.metric, joins=())
    for period in _periods(comparing, comparing.period):
        yield period, measure(comparing.gathered, alone, comparing.options, period)[0].headline


def _periods(comparing: Comparing, last: Period) -> Iterator[Period]:
    first_day = comparing.gathered.total[comparing.metric.source].first_day
    if first_day is None:
        return
    every = grain(last) or Every.MONTH
    start = max(every.floor(first_day), every.shift(every.floor(last.start), 1 - TREND_PERIODS))
    while start <= last.start:
        yield every.period(start, comparing.gathered.scope.as_of)
        start = every.shift(start, 1)
