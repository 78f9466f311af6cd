"""A survey metric over time and by segment: what stands beside the figures of satisfaction, effort and the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET, withheld_of_few
from loyalty.derive.survey_change import ALL, Comparison, change_notes, change_table, compare, compare_same
from loyalty.derive.survey_measure import Measure
from loyalty.derive.survey_segments import segments_table
from loyalty.derive.survey_trend import trend_table
from loyalty.derive.tally import Slice, bucket, calendar, in_unknown_order, tally, waves
from loyalty.errors import ColumnMissing
from loyalty.model.metric import Groups, Scope, Tables
from loyalty.model.period import Every, previous
from loyalty.model.result import MetricResult, Note, ResultTable, Status

OF_CHANGE = ("all_respondents_", "same_respondents_")
"""How the notes about changes begin."""


@dataclass(frozen=True)
class View:
    """How a survey metric is looked at.

    Attributes:
        judge: one row per response of some tables with the ``score`` that ``measure`` understands and the ``reason``
            it does not stand in a span (null: it stands). Of several answers of one respondent the last counts, within
            the calendar period that the last argument tells, where it tells one.
        measure: how a slice is scored.
        every: the calendar periods to show, if any.
        follows: whether respondents count once, so that those who answered twice can be compared with themselves.
    """

    judge: Callable[[Tables, Span, pl.Expr | None], pl.DataFrame]
    measure: Measure
    every: Every | None
    follows: bool

    def stands(self, tables: Tables, span: Span, within: pl.Expr | None = None) -> pl.DataFrame:
        """Return the answers that stand in a span."""
        return self.judge(tables, span, within).filter(pl.col("reason").is_null())


def over_time(
    tables: Tables, scope: Scope, view: View | None
) -> tuple[tuple[ResultTable, ...], tuple[Note, ...]]:
    """Return the trend and the last change, as tables and in words; nothing where nothing may be computed (None).

    The trend is that of the calendar periods asked for, else of the waves where there are several. The change is that
    from the period before to the asked one, else of the last two finished calendar periods, else of the last two waves.

    Raises:
        ColumnMissing: calendar periods are asked for, and no answer has a date.
    """
    if view is None:
        return (), ()
    parts = _parts(tables, scope, view)
    compared = _comparisons(_sides(tables, scope, view, parts), view)
    name = "waves" if view.every is None else "over_time"
    trend = (trend_table(name, parts, view.measure),) if view.every or len(parts) > 1 else ()
    change = (change_table(compared, view.measure.unit),) if compared else ()
    # The change of an asked period is told beside the headline already, with that of its groups.
    untold = [each for each in compared if not (scope.period and each.kind == ALL and each.change)]
    order = (Note("waves_undated"),) if in_unknown_order(parts) else ()
    return (*trend, *change), (*change_notes(untold, scope.confidence), *order)


def by_segment(
    results: list[MetricResult],
    groups: Groups,
    scope: Scope,
    view: View | None,
    counted: str,
) -> list[MetricResult]:
    """Add each segment against all the others to the total, and withhold what few people of a group answered.

    ``counted`` is the figure that says how many answered. Changes are told in words of the total only.
    """
    total, *parts = results
    discreet = [withheld_of_few(_without_changes(part), counted) for part in parts]
    if view is None or total.headline.status is Status.REFUSED:
        return [total, *discreet]
    span = Span.of_period(scope)
    segments = {_name(group): tally(view.stands(part, span)) for group, part in groups.items()}
    total = replace(total, tables=(*total.tables, segments_table(segments, view.measure)))
    tested = sum(1 for answers in segments.values() if answers.n >= MIN_INTERPRET)
    if tested > 1:
        total = total.with_notes(Note("segments_tested", {"count": tested}))
    return [total, *discreet]


def _name(group: tuple[str | None, ...]) -> str | None:
    return " · ".join(value or "–" for value in group) if len(group) > 1 else group[0]


def _without_changes(part: MetricResult) -> MetricResult:
    return replace(part, notes=tuple(note for note in part.notes if not note.code.startswith(OF_CHANGE)))


def _parts(tables: Tables, scope: Scope, view: View) -> list[Slice]:
    """Return the calendar periods from the beginning of the data, else the waves of the file, where it has some."""
    if view.every is None:
        if scope.period is not None or "wave" not in tables.known:
            return []
        return waves(view.stands(tables, Span.of_period(scope)))
    if tables.first_day is None:
        raise ColumnMissing(
            "--every needs the date of each answer; no such column was recognised",
            hint="Name it: --map answered_at=COLUMN.",
        )
    span = Span.history(scope)
    standing = view.stands(tables, span, bucket(view.every))
    return list(calendar(standing, view.every.cut(tables.first_day, span.until)))


def _sides(tables: Tables, scope: Scope, view: View, parts: list[Slice]) -> tuple[Slice, Slice] | None:
    """Return the two slices that are compared, if there are two."""
    if scope.period is None:
        finished = [part for part in parts if not part.is_partial and part.placed]
        return (finished[-2], finished[-1]) if len(finished) > 1 else None
    earlier = previous(scope.period)
    if scope.period.partial or tables.first_day is None or earlier.end <= tables.first_day:
        return None
    before, after = (
        Slice(period.label or str(period.start), view.stands(tables, Span(period.start, period.end)), period)
        for period in (earlier, scope.period)
    )
    return before, after


def _comparisons(sides: tuple[Slice, Slice] | None, view: View) -> list[Comparison]:
    if sides is None or not min(tally(side.standing).n for side in sides):
        return []
    same = compare_same(*sides, view.measure) if view.follows else None
    found = [compare(*sides, view.measure)]
    return [*found, same] if same is not None else found
