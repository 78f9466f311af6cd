"""A metric for the period before, which changes are told against."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loyalty.model.metric import Metric, Scope
from loyalty.model.period import previous
from loyalty.model.result import MetricResult, Period
from loyalty.pipeline.gathering import Gathered
from loyalty.pipeline.measuring import measure, measured, tables_for


def before(gathered: Gathered, metric: Metric, options: Any) -> MetricResult | None:
    """Return the metric over everything for the period before the run's; None where that says nothing.

    That is: no period was asked for, it is not over yet, the options are about it alone, or the data do not reach back
    that far.
    """
    metric = metric.for_options(options)
    scope = _scope_before(gathered, metric, options, gathered.scope.period)
    return None if scope is None else measured(metric, tables_for(metric, gathered), scope, options)


def before_each(
    gathered: Gathered, metric: Metric, options: Any, period: Period | None
) -> list[MetricResult]:
    """Return the metric for the period before ``period`` over everything and of each group.

    Nothing where that says nothing; ``period`` is that of the result, which a metric may have chosen itself.
    """
    metric = metric.for_options(options)
    scope = _scope_before(gathered, metric, options, period)
    return [] if scope is None else measure(gathered, metric, options, scope.period)


def _scope_before(gathered: Gathered, metric: Metric, options: Any, period: Period | None) -> Scope | None:
    if period is None or period.partial:
        return None
    if metric.one_period is not None and metric.one_period(options):
        return None
    earlier = previous(period)
    first_day = gathered.total[metric.source].first_day
    if first_day is None or earlier.end <= first_day:
        return None
    return replace(gathered.scope, period=earlier)
