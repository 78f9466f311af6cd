"""A survey metric over time and by segment: what stands beside the figures of satisfaction, effort and the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.surveys.change import ALL, Comparison, change_notes, change_table, compare, compare_same
from loyalty.derive.surveys.discretion import discreetly
from loyalty.derive.surveys.measure import Measure
from loyalty.derive.surveys.tally import Slice, Tally, bucket, calendar, in_unknown_order, tally, waves
from loyalty.derive.surveys.trend import trend_table
from loyalty.errors import ColumnMissing
from loyalty.model.metric import Groups, Scope, Tables
from loyalty.model.period import Every, previous
from loyalty.model.result import Figure, MetricResult, Note, ResultTable, Status

OF_CHANGE = (
    "all_respondents_",
    "same_respondents_",
    "interval_beside_difference",
    "counted_in_each_period",
    "waves_undated",
    "wave_running",
    "questions_beside",
)
"""How the notes about changes, periods and questions begin, which are told of the total only."""


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
        told_beside: whether the change of an asked period is told beside the headline already, with that of its groups.
    """

    judge: Callable[[Tables, Span, pl.Expr | None], pl.DataFrame]
    measure: Measure
    every: Every | None
    follows: bool
    told_beside: bool = True

    def stands(self, tables: Tables, span: Span, within: pl.Expr | None = None) -> pl.DataFrame:
        """Return the answers that stand in a span."""
        return self.judge(tables, span, within).filter(pl.col("reason").is_null())


@dataclass(frozen=True)
class OverTime:
    """A survey over time, as far as it is looked at so.

    Attributes:
        parts: the calendar periods asked for, from the beginning of the data, else the waves of the file.
        sides: the two slices that are compared, if there are two.
        compared: their comparison, among all and among the same people.
        tables: the trend and the change.
        notes: the change in words.
    """

    parts: tuple[Slice, ...] = ()
    sides: tuple[Slice, Slice] | None = None
    compared: tuple[Comparison, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    notes: tuple[Note, ...] = ()


def over_time(tables: Tables, scope: Scope, view: View | None) -> OverTime:
    """Return the trend and the last change; nothing where nothing may be computed (None).

    The trend is that of the calendar periods asked for, else of the waves where there are several. The change is that
    from the period before to the asked one, else of the last two finished calendar periods, else of the last two waves;
    a wave called by a calendar period that is not over is not finished either.

    Raises:
        ColumnMissing: calendar periods are asked for, and no answer has a date.
    """
    if view is None:
        return OverTime()
    parts = _parts(tables, scope, view)
    sides = _sides(tables, scope, view, parts)
    compared = _comparisons(sides, view)
    name = "waves" if view.every is None else "over_time"
    trend = (trend_table(name, parts, view.measure),) if view.every or len(parts) > 1 else ()
    change = (change_table(compared, view.measure.unit),) if compared else ()
    beside = view.told_beside and scope.period is not None
    untold = [each for each in compared if not (beside and each.kind == ALL and each.change)]
    order = (Note("waves_undated"),) if in_unknown_order(parts) else ()
    running = (Note("wave_running", {"wave": part.label}) for part in parts if part.unfinished)
    again = _counted_again(tables, scope, view, parts) if view.every and view.follows else ()
    notes = (*change_notes(untold, scope.confidence), *order, *running, *again)
    return OverTime(tuple(parts), sides, tuple(compared), (*trend, *change), notes)


def by_segment(
    results: list[MetricResult],
    groups: Groups,
    scope: Scope,
    view: View | None,
    counted: str,
    about_the_whole: tuple[str, ...] = OF_CHANGE,
) -> list[MetricResult]:
    """Add each segment against all the others to the total, and withhold what few people of a group answered.

    ``counted`` is the figure that says how many answered; ``about_the_whole`` how the notes begin that are said of the
    total only.
    """
    total, *parts = results
    discreet = discreetly([_without(part, about_the_whole) for part in parts], counted)
    if view is None or total.headline.status is Status.REFUSED:
        return [total, *discreet]
    from loyalty.derive.surveys.segments import segments_table  # noqa: PLC0415  most surveys are not split

    beside = Note("withheld_beside")
    if beside not in total.notes and any(part.headline.reason == "beside_tiny_group" for part in discreet):
        total = total.with_notes(beside)
    span = Span.of_period(scope)
    segments = {name: tally(view.stands(part, span)) for name, part in named(groups).items()}
    total = replace(total, tables=(*total.tables, segments_table(segments, view.measure)))
    tested = sum(1 for answers in segments.values() if answers.n >= MIN_INTERPRET)
    if tested > 1:
        total = total.with_notes(Note("segments_tested", {"count": tested}))
    return [total, *discreet]


def named(groups: Groups) -> dict[str | None, Tables]:
    """Return the tables of groups by the names that people read."""
    return {
        " · ".join(value or "–" for value in group) if len(group) > 1 else group[0]: part
        for group, part in groups.items()
    }


def taken_apart(
    total: MetricResult, tables: Tables, groups: Groups, scope: Scope, view: View
) -> MetricResult:
    """Add why the total changed: other people, or the same kinds of people thinking otherwise.

    Nothing is added where nothing is compared, and where the groups are the very thing that tells the two sides apart.
    """
    from loyalty.derive.surveys.segments import mix  # noqa: PLC0415  as above

    sides = _sides(tables, scope, view, _parts(tables, scope, view))
    if sides is None:
        return total
    before, after = (
        {name: _side(part, side, scope, view) for name, part in named(groups).items()} for side in sides
    )
    if not any(before[name].n and after[name].n for name in before):
        return total
    effect = mix(before, after, view.measure)
    if effect is None:
        return total
    found = effect.total
    figures = tuple(
        Figure.undefined(name, view.measure.unit, "segment_gone")
        if value is None
        else Figure(name, value, view.measure.unit)
        for name, value in (("change_mix", found.mix), ("change_within", found.within))
    )
    values = {"change": found.change, "mix": found.mix, "within": found.within}
    code = "mix_unknown" if found.mix is None else "simpson" if found.opposed else "mix_effect"
    return replace(
        total, figures=(*total.figures, *figures), tables=(*total.tables, effect.table)
    ).with_notes(Note(code, values))


def _side(tables: Tables, side: Slice, scope: Scope, view: View) -> Tally:
    """Return the answers of a group in one of the two slices that are compared."""
    if side.period is not None:
        return tally(view.stands(tables, Span(side.period.start, min(side.period.end, scope.as_of))))
    answers = view.stands(tables, Span.of_period(scope))
    return tally(answers.filter(pl.col("wave") == side.label))


def _without(part: MetricResult, notes: tuple[str, ...]) -> MetricResult:
    return replace(part, notes=tuple(note for note in part.notes if not note.code.startswith(notes)))


def _parts(tables: Tables, scope: Scope, view: View) -> list[Slice]:
    """Return the calendar periods from the beginning of the data, else the waves of the file, where it has some."""
    if view.every is None:
        if scope.period is not None or "wave" not in tables.known:
            return []
        return waves(view.stands(tables, Span.of_period(scope)), scope.as_of)
    if tables.first_day is None:
        raise ColumnMissing(
            "--every needs the date of each answer; no such column was recognised",
            hint="Name it: --map answered_at=COLUMN.",
        )
    span = Span.history(scope)
    standing = view.stands(tables, span, bucket(view.every))
    return list(calendar(standing, view.every.cut(tables.first_day, span.until)))


def _counted_again(tables: Tables, scope: Scope, view: View, parts: list[Slice]) -> Iterator[Note]:
    """Yield that the periods have more answers than the whole, where somebody answered in several of them."""
    total = tally(view.stands(tables, Span.history(scope))).n
    added = sum(tally(part.standing).n for part in parts)
    if added > total:
        yield Note("counted_in_each_period", {"added": added, "total": total})


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
