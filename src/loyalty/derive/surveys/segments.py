"""A survey score by segment: each against all the others, and a change taken apart into mix and within."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from loyalty.derive.few import MIN_INTERPRET, MIN_SHOW, withheld_groups
from loyalty.derive.surveys.measure import Measure, difference_unit
from loyalty.derive.surveys.tally import Tally, together
from loyalty.model.result import Column, Draw, ResultTable, Value
from loyalty.stats.mix import Decomposition, Part, decompose
from loyalty.stats.proportions import Change, holm


def segments_table(
    segments: Mapping[str | None, Tally], measure: Measure, also_hidden: Collection[str | None] = ()
) -> ResultTable:
    """Return each segment's score and its difference from all the others together.

    The p-values are Holm's, adjusted for the number of segments tested: the best of forty is good by chance. Segments
    with fewer than 30 answers are shown and not tested, and of those with fewer than 10 the number only; so of one by
    which a group of fewer than five people could be told, and of those ``also_hidden``.
    """
    differences = against_the_rest(segments, measure)
    hidden = withheld_groups({name: answers.n for name, answers in segments.items()}).union(also_hidden)
    unit = measure.unit
    columns = (
        Column("segment", "text"),
        Column("value", unit),
        Column("low", unit),
        Column("high", unit),
        Column("n", "count"),
        Column("difference", difference_unit(unit)),
        Column("p_holm", "p_value"),
        Column("differs", "flag"),
    )
    rows: list[tuple[Value, ...]] = []
    for name, answers in segments.items():
        if name in hidden:
            rows.append((name, None, None, None, answers.n, None, None, False))
            continue
        score = measure.score(answers).shown
        change, p_value = differences.get(name, (None, None))
        rows.append(
            (
                name,
                score.value,
                score.low,
                score.high,
                score.n,
                change.difference if change else None,
                p_value,
                p_value is not None and p_value < 1 - measure.confidence,
            )
        )
    return ResultTable("segments", columns, tuple(rows), draw=Draw.DOTS)


def against_the_rest(
    segments: Mapping[str | None, Tally], measure: Measure
) -> dict[str | None, tuple[Change, float | None]]:
    """Return the difference of each segment from the others, with Holm's p-value, where both have 30 answers."""
    everybody = together(segments.values())
    tested: dict[str | None, Change] = {}
    for name, answers in segments.items():
        rest = everybody - answers
        if min(answers.n, rest.n) < MIN_INTERPRET:
            continue
        change = measure.change(rest, answers)
        if change is not None:
            tested[name] = change
    known = {name: change.p_value for name, change in tested.items() if change.p_value is not None}
    adjusted = dict(zip(known, holm(list(known.values())), strict=True))
    return {name: (change, adjusted.get(name)) for name, change in tested.items()}


@dataclass(frozen=True)
class MixEffect:
    """A change of the total taken apart: by segment as a table, and as a whole."""

    table: ResultTable
    total: Decomposition


def mix(
    before: Mapping[str | None, Tally], after: Mapping[str | None, Tally], measure: Measure
) -> MixEffect | None:
    """Return why the total changed between two periods; None where either has no answers.

    Weighted answers count by their weight. What fewer than 10 answered is left out of the table, not of the sums, and
    so is a group by which one of fewer than five could be told.
    """
    names = list(dict.fromkeys((*before, *after)))
    parts = [_part(before.get(name), after.get(name), measure) for name in names]
    found = decompose(parts)
    if found is None:
        return None
    unit = measure.unit
    columns = (
        Column("segment", "text"),
        Column("before", unit),
        Column("after", unit),
        Column("within", difference_unit(unit)),
        Column("mix", difference_unit(unit)),
        Column("share_before", "share"),
        Column("share_after", "share"),
    )
    shares = [_shares(part, parts) for part in parts]
    hidden = frozenset().union(
        *(withheld_groups({name: _n(side, name) for name in names}) for side in (before, after))
    )
    rows = []
    for name, part, (by_mix, by_within), share in zip(names, parts, found.effects, shares, strict=True):
        few = name in hidden or min(_n(before, name), _n(after, name)) < MIN_SHOW
        told = (None,) * 4 if few else (part.before, part.after, by_within, by_mix)
        rows.append((name, *told, *share))
    return MixEffect(ResultTable("mix", columns, tuple(rows)), found)


def _n(side: Mapping[str | None, Tally], name: str | None) -> int:
    return side[name].n if name in side else 0


def _part(before: Tally | None, after: Tally | None, measure: Measure) -> Part:
    first = measure.score(before).value if before else None
    second = measure.score(after).value if after else None
    return Part(before.weight if before else 0, first, after.weight if after else 0, second)


def _shares(part: Part, parts: Sequence[Part]) -> tuple[float, float]:
    return (
        part.n_before / sum(other.n_before for other in parts),
        part.n_after / sum(other.n_after for other in parts),
    )
