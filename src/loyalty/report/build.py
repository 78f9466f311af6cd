"""Builds the report: every metric for one period and the one before, from one reading of the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from loyalty.config import Settings
from loyalty.errors import ColumnMissing, LoyaltyError, UsageError
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.period import Every, grain, previous
from loyalty.model.result import Column, Draw, MetricResult, Period, ResultTable, Status
from loyalty.pipeline import Gathered, Selection, before, gather, measure
from loyalty.report.change import FigureChange, changes

TREND_PERIODS = 13
"""A year and the same period of the year before."""
TRENDS = ("nps",)
"""Metrics whose headline is followed over time by measuring each period; others bring their own trend table."""


@dataclass(frozen=True)
class Section:
    """One metric in the report: its result, the one before, what changed, or why there is none."""

    metric: str
    source: Kind
    result: MetricResult | None = None
    earlier: MetricResult | None = None
    changes: dict[str, FigureChange] = field(default_factory=dict)
    trend: ResultTable | None = None
    problem: LoyaltyError | None = None

    @property
    def failed(self) -> bool:
        """Whether the section has no answer, or one that had to be withheld."""
        return self.result is None or self.result.headline.status is Status.REFUSED


@dataclass(frozen=True)
class Report:
    """A document about one period, ready to be rendered in any format."""

    title: str
    currency: str | None
    period: Period
    previous: Period
    as_of: date
    sections: tuple[Section, ...]
    absent: tuple[str, ...]
    """Metrics whose questions or columns the files do not have."""
    digest: str

    @property
    def results(self) -> list[MetricResult]:
        """The results of the sections that have one."""
        return [section.result for section in self.sections if section.result is not None]

    @property
    def earlier(self) -> dict[str, MetricResult]:
        """The results of the period before, by metric."""
        return {section.metric: section.earlier for section in self.sections if section.earlier is not None}


def build(settings: Settings, period: str | None = None, as_of: date | None = None) -> Report:
    """Compute every metric whose source is configured, for the period and the one before.

    ``period`` and ``as_of`` replace those of the settings.

    Raises:
        LoyaltyError: a source cannot be used, or the period cannot be read.
    """
    asked = [(METRICS[name].for_options(options), options) for name, options in settings.metrics.items()]
    chosen = [(metric, options) for metric, options in asked if metric.source in settings.sources]
    if not chosen:
        raise UsageError(
            "The configuration names no export that a metric can be computed from.",
            hint="Add orders, surveys or mentions under sources:, or say basis: membership of retention.",
        )
    selection = Selection(as_of or settings.as_of, period or settings.period, settings.confidence)
    gathered = gather(chosen, settings.sources, selection)
    sections = [_section(gathered, metric, options) for metric, options in chosen]
    absent = tuple(section.metric for section in sections if isinstance(section.problem, ColumnMissing))
    scope = gathered.scope
    assert scope.period is not None
    return Report(
        title=settings.report.title or settings.business.name,
        currency=settings.business.currency,
        period=scope.period,
        previous=previous(scope.period),
        as_of=scope.as_of,
        sections=tuple(section for section in sections if section.metric not in absent),
        absent=absent,
        digest=settings.digest,
    )


def _section(gathered: Gathered, metric: Metric, options: Any) -> Section:
    """One section that fails loses only itself."""
    section = Section(metric.name, metric.source)
    try:
        result = _impersonal(measure(gathered, metric, options)[0])
        earlier = before(gathered, metric, options)
        trend = _trend(gathered, metric, options) if metric.name in TRENDS else None
    except LoyaltyError as problem:
        return replace(section, problem=problem)
    found = changes(result, earlier) if earlier is not None and not result_is_partial(result) else {}
    return replace(
        section, result=result, earlier=_impersonal(earlier) if earlier else None, changes=found, trend=trend
    )


def _impersonal(result: MetricResult) -> MetricResult:
    """Leave out the tables that name people: a report is passed on; lists are made by their own command."""
    tables = (table for table in result.tables if not any(column.personal for column in table.columns))
    return replace(result, tables=tuple(tables))


def result_is_partial(result: MetricResult) -> bool:
    """Whether the period is not over, so that comparing it would take a stub for a fall."""
    return result.period is not None and result.period.partial


def _trend(gathered: Gathered, metric: Metric, options: Any) -> ResultTable | None:
    """Return the headline of each period up to this one, as far back as the data reach."""
    rows = []
    unit = "points"
    # What other sources add costs time in each period, and only the headline is followed.
    alone = replace(metric, joins=())
    for period in _periods(gathered, metric):
        headline = measure(gathered, alone, options, period)[0].headline
        unit = headline.unit
        rows.append((period.label, headline.value, headline.low, headline.high, headline.n))
    if len(rows) < 2:
        return None
    columns = (
        Column("period", "text"),
        Column("value", unit),
        Column("low", unit),
        Column("high", unit),
        Column("n", "count"),
    )
    return ResultTable("trend", columns, tuple(rows), draw=Draw.TREND)


def _periods(gathered: Gathered, metric: Metric) -> Iterator[Period]:
    last = gathered.scope.period
    first_day = gathered.total[metric.source].first_day
    if last is None or first_day is None:
        return
    every = grain(last) or Every.MONTH
    start = max(every.floor(first_day), every.shift(every.floor(last.start), 1 - TREND_PERIODS))
    while start <= last.start:
        yield every.period(start, gathered.scope.as_of)
        start = every.shift(start, 1)
