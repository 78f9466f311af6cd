"""Days from another century: a few rows whose dates stand apart from all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from loyalty.model.result import Note

FAR = 365
"""Days without any row that set a few rows apart from all others."""
FEW = 0.01
"""A date stands apart when no more than this share of the rows lies beyond the gap."""
ENOUGH_ROWS = 20


def far_at_end(every: Sequence[tuple[date, int]]) -> int:
    """Return how many of the last days lie beyond a gap of more than a year and hold hardly any rows."""
    total = sum(rows for _, rows in every)
    if total < ENOUGH_ROWS:
        return 0
    allowed, beyond, apart = max(1, int(FEW * total)), 0, 0
    for place in range(len(every) - 1, 0, -1):
        beyond += every[place][1]
        if beyond > allowed:
            break
        if abs((every[place][0] - every[place - 1][0]).days) > FAR:
            apart = len(every) - place
    return apart


def far_dates_note(dated_rows: pl.DataFrame, last_day: date | None) -> Note | None:
    """Return that the last days of the data stand apart, so that the as-of day does; None where they do not.

    ``dated_rows`` says how many ``rows`` there are of each ``day``, perhaps in parts; ``last_day`` is the last one with
    something that counts.
    """
    if last_day is None:
        return None
    dated = dated_rows.filter(pl.col("day") <= last_day).group_by("day").agg(pl.col("rows").sum()).sort("day")
    every: list[tuple[date, int]] = list(dated.iter_rows())
    far = far_at_end(every)
    if not far:
        return None
    return Note(
        "far_dates",
        {"rows": sum(rows for _, rows in every[-far:]), "last": last_day, "ordinary": every[-far - 1][0]},
    )
