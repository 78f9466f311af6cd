"""Whether the headline of a metric changed since the period before, as a note beside it."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.model.result import MetricResult, Note, Period, Status
from loyalty.pipeline.change import FigureChange, changes
from loyalty.stats.proportions import holm


def with_changes(results: Sequence[MetricResult], earlier: Sequence[MetricResult]) -> list[MetricResult]:
    """Return the results, each with a note on its change against the one of the same group in ``earlier``.

    A change is called one where its interval excludes 0 and, among several groups, where its p-value also stands
    Holm's correction for looking at so many.
    """
    found = [_headline_change(result, earlier) for result in results]
    groups = [change for change, result in zip(found, results, strict=True) if change and result.group]
    p_values = [1.0 if change.p_value is None else change.p_value for change in groups]
    corrected = dict(zip(map(id, groups), holm(p_values), strict=True))
    return [
        result
        if change is None
        else result.with_notes(_note(change, earlier[0].period, corrected.get(id(change))))
        for result, change in zip(results, found, strict=True)
    ]


def _headline_change(result: MetricResult, earlier: Sequence[MetricResult]) -> FigureChange | None:
    past = next((each for each in earlier if each.group == result.group), None)
    if past is None or past.headline.name != result.headline.name:
        return None
    if {past.headline.status, result.headline.status} != {Status.OK}:
        return None
    change = changes(result, past).get(result.headline.name)
    return change if change is not None and change.detectable is not None else None


def _note(change: FigureChange, period: Period | None, corrected: float | None) -> Note:
    assert period is not None
    figure = change.figure
    label = period.name
    told = {"figure": figure.name, "earlier": label, "before": change.before.value}
    if change.difference == 0:
        return Note(f"no_difference_{figure.unit}", told)
    values = {
        **told,
        "difference": change.difference,
        "low": change.low,
        "high": change.high,
        "p": change.p_value if corrected is None else corrected,
        "confidence": figure.confidence,
    }
    significant = corrected is None or corrected <= 1 - (figure.confidence or 0)
    if change.detectable and significant:
        return Note(f"changed_{figure.unit}", values)
    return Note(f"unchanged_{figure.unit}", {**values, "needed": change.needed})
