"""Whether a survey score changed between two slices: of all who answered, and of the same people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from loyalty.derive.few import MIN_SHOW
from loyalty.derive.surveys.measure import Measure, Score, difference_unit
from loyalty.derive.surveys.tally import Slice, tally
from loyalty.model.result import Column, Note, ResultTable, Value
from loyalty.stats.proportions import Change

ALL, SAME = "all_respondents", "same_respondents"


@dataclass(frozen=True)
class Comparison:
    """One comparison of two slices; ``change`` is None where either side has fewer than ``least`` answers."""

    kind: str
    earlier: Slice
    later: Slice
    before: Score
    after: Score
    change: Change | None
    needed: int | None
    unit: str
    least: int


def compare(earlier: Slice, later: Slice, measure: Measure) -> Comparison:
    """Return the comparison of everybody who answered in either slice, as two independent samples."""
    first, second = tally(earlier.standing), tally(later.standing)
    before, after = measure.score(first), measure.score(second)
    enough = min(before.n, after.n) >= measure.least
    change = measure.change(first, second) if enough else None
    needed = measure.needed(first, second) if change is not None else None
    sides = (earlier, later, before.shown, after.shown)
    return Comparison(ALL, *sides, change, needed, measure.unit, measure.least)


def compare_same(earlier: Slice, later: Slice, measure: Measure) -> Comparison | None:
    """Return the comparison of those who answered in both slices; None where respondents have no ids or none did.

    Of several answers of one person in a slice, the last counts.
    """
    if "respondent_id" not in earlier.standing.columns:
        return None
    both = _last(earlier, measure, "before").join(_last(later, measure, "after"), on="respondent_id")
    if both.is_empty():
        return None
    pairs = both.sort("respondent_id")
    n = pairs.height
    change = measure.paired((pairs["after"] - pairs["before"]).to_list()) if n >= MIN_SHOW else None
    before, after = (Score(float(pairs[side].sum()) / n, None, None, n).shown for side in ("before", "after"))
    return Comparison(SAME, earlier, later, before, after, change, None, measure.unit, MIN_SHOW)


def _last(part: Slice, measure: Measure, name: str) -> pl.DataFrame:
    known = part.standing.filter(pl.col("respondent_id").is_not_null())
    return (
        known.sort("answered_at", "file", "row", nulls_last=False)
        .group_by("respondent_id", maintain_order=True)
        .agg(pl.col("score").last())
        .select("respondent_id", measure.worth.cast(pl.Float64).alias(name))
    )


def change_table(comparisons: list[Comparison], unit: str) -> ResultTable:
    """Return one row per comparison: both scores, the change with its interval and p-value, and the numbers."""
    difference = difference_unit(unit)
    columns = (
        Column("comparison", "text"),
        Column("before", unit),
        Column("after", unit),
        Column("change", difference),
        Column("low", difference),
        Column("high", difference),
        Column("p_value", "p_value"),
        Column("n_before", "count"),
        Column("n_after", "count"),
        Column("earlier", "text"),
        Column("later", "text"),
        Column("needed", "count"),
    )
    rows = tuple(
        (
            found.kind,
            found.before.value,
            found.after.value,
            *(_ends(found.change)),
            found.before.n,
            found.after.n,
            found.earlier.label,
            found.later.label,
            found.needed,
        )
        for found in comparisons
    )
    return ResultTable("change", columns, rows, word_columns=frozenset({"comparison"}))


def _ends(change: Change | None) -> tuple[float | None, ...]:
    if change is None:
        return (None, None, None, None)
    if change.untested:
        return change.difference, None, None, None
    return change.difference, change.low, change.high, change.p_value


def change_notes(comparisons: list[Comparison], confidence: float) -> Iterator[Note]:
    """Yield in words whether there was a change: only where its interval leaves out 0.

    Points have notes of their own, shares and means too, by the unit at the end of the code. Of a change that is the
    same for everybody nothing tells how sure it is.
    """
    for found in comparisons:
        sides: dict[str, Value] = {
            "earlier": found.earlier.label,
            "later": found.later.label,
            "n_before": found.before.n,
            "n_after": found.after.n,
        }
        if found.change is None:
            yield Note(f"{found.kind}_too_few", sides | {"min_n": found.least})
            continue
        values: dict[str, Value] = sides | {
            "difference": found.change.difference,
            "low": found.change.low,
            "high": found.change.high,
            "p": found.change.p_value,
            "confidence": confidence,
            "needed": found.needed,
        }
        of_unit = "" if found.unit == "points" else f"_{found.unit}"
        if found.change.untested:
            yield Note(f"{found.kind}_alike{of_unit}", values)
            continue
        if found.change.detectable:
            yield Note(f"{found.kind}_changed{of_unit}", values)
        elif found.needed is None:
            yield Note(f"{found.kind}_same{of_unit}", values)
        else:
            yield Note(f"{found.kind}_same_needs{of_unit}", values)
        if not found.change.low <= found.change.difference <= found.change.high:
            yield Note("interval_beside_difference")
