"""A metric computed over everything and for each group, with what every result says beside its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from enum import Enum
from typing import Any

from loyalty.derive.base import base_notes
from loyalty.derive.lists import CodeOptions, ListOptions, pseudonymised, with_consent
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric, Scope, Tables
from loyalty.model.places import in_files
from loyalty.model.result import MetricResult, Note, Period
from loyalty.pipeline.gathering import NO_DAY, Gathered


def measure(
    gathered: Gathered, metric: Metric, options: Any, period: Period | None = None, *, last: bool = False
) -> list[MetricResult]:
    """Return the metric over everything, then one result per group.

    ``period`` replaces the one of the run (the period before, a month of a trend). ``last`` where nothing else is
    computed from what was gathered: facts are gone from it then.

    Raises:
        LoyaltyError: the metric cannot be computed from these columns.
    """
    metric = metric.for_options(options)
    scope = gathered.scope if period is None else replace(gathered.scope, period=period)
    whole = replace(tables_for(metric, gathered), last=last and not gathered.groups)
    total = measured(metric, whole, scope, options)
    parts = [
        replace(
            measured(metric, replace(tables, joined=whole.joined, whole=whole), scope, options),
            group=dict(zip(gathered.by, group, strict=True)),
        )
        for group, tables in gathered.groups.get(metric.source, {}).items()
    ]
    results = [_reconciled(total, parts), *parts]
    if metric.compare is not None and parts:
        source = metric.source
        results = metric.compare(results, gathered.total[source], gathered.groups[source], scope, options)
    files = gathered.sources[metric.source].origin.files
    results = [replace(result, rows=in_files(result.rows, files)) for result in results]
    return _as_lists(results, whole, options, gathered.salt)


def _as_lists(
    results: list[MetricResult], tables: Tables, options: Any, salt: str | None
) -> list[MetricResult]:
    """Return the results with the lists of people as the options want them: by consent, and without names.

    Raises:
        UsageError: consent is asked for, and there is no list of customers.
    """
    if isinstance(options, ListOptions) and options.consent is not None:
        customers = tables.joined.get(Kind.CUSTOMERS)
        if customers is None:
            raise UsageError(
                f"--consent {options.consent}: no list of customers says who agreed",
                hint="Name it: --customers customers.csv.",
            )
        results = [with_consent(result, customers, options.consent) for result in results]
    if isinstance(options, CodeOptions) and options.pseudonymise:
        results = pseudonymised(results, salt)
    return results


def tables_for(metric: Metric, gathered: Gathered) -> Tables:
    """Return the facts of the metric's source, with the other sources of the run that it can use beside it."""
    joined = {join.kind: gathered.total[join.kind] for join in metric.joins if join.kind in gathered.total}
    return replace(gathered.total[metric.source], joined=joined)


def measured(metric: Metric, tables: Tables, scope: Scope, options: Any) -> MetricResult:
    """Return what a metric computes from tables, with what stands beside every result."""
    result = metric.compute(tables, scope, options).with_notes(*tables.notes)
    if scope.period is not None and scope.period.partial:
        result = result.with_notes(
            Note("partial_period", {"period": scope.period.label or str(scope.period.end)})
        )
    if metric.source is Kind.ORDERS:
        result = result.with_notes(*base_notes(result, tables.known), *_state_notes(result, scope))
    if scope.as_of == NO_DAY:
        result = replace(result, as_of=None)
    return replace(result, options=plain(options) | {"confidence": scope.confidence})


def _state_notes(result: MetricResult, scope: Scope) -> Iterator[Note]:
    """Yield that a result is about all that was before the end of the period, where it is."""
    if scope.period is None or result.period is None or result.period.start >= scope.period.start:
        return
    yield Note("state_at_end", {"until": min(scope.period.end, scope.as_of)})


def plain(options: Any) -> dict[str, Any]:
    """Return options as plain values for the result."""
    return {
        name: value.value if isinstance(value, Enum) else value for name, value in asdict(options).items()
    }


def _reconciled(total: MetricResult, parts: list[MetricResult]) -> MetricResult:
    """Note where the groups add up to more than the total: some customers or orders are in several."""
    for name in ("customers", "members", "orders", "answers", "respondents", "mentions_all_brands"):
        whole = total.figure(name)
        counts = [part.figure(name) for part in parts]
        if whole is None or not isinstance(whole.value, int):
            continue
        added = sum(figure.value for figure in counts if figure is not None and isinstance(figure.value, int))
        if added > whole.value:
            return total.with_notes(
                Note("groups_overlap", {"what": name, "total": whole.value, "added": added})
            )
    return total
