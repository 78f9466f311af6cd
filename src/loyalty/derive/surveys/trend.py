"""A survey score over time: one row per wave or calendar period."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.derive.surveys.measure import Measure
from loyalty.derive.surveys.tally import Slice, tally
from loyalty.model.result import Column, Draw, ResultTable


def trend_table(name: str, slices: Sequence[Slice], measure: Measure) -> ResultTable:
    """Return the score of each slice with its interval; the value is left out below the number of answers to show.

    Unfinished periods are marked ``partial``; periods in which nobody answered have no value.
    """
    first = "period" if any(part.period for part in slices) else "wave"
    columns = (
        Column(first, "text"),
        Column("value", measure.unit),
        Column("low", measure.unit),
        Column("high", measure.unit),
        Column("n", "count"),
        Column("partial", "flag"),
    )
    rows = []
    for part in slices:
        score = measure.score(tally(part.standing)).shown
        rows.append((part.label, score.value, score.low, score.high, score.n, part.is_partial))
    return ResultTable(name, columns, tuple(rows), draw=Draw.TREND)
