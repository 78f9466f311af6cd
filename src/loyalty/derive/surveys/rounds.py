"""When the round of a survey began that an answer belongs to: its calendar period, the asked one, or its wave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from loyalty.derive.surveys.customers import Round
from loyalty.derive.surveys.tally import Slice, bucket
from loyalty.model.period import Every
from loyalty.model.result import Period


def wave_starts(responses: pl.DataFrame) -> dict[str, date]:
    """Return the first day on which anybody responded, by wave; ``responses`` are all of the file."""
    dated = responses.filter(
        pl.col("fault").is_null() & pl.col("wave").is_not_null() & pl.col("day").is_not_null()
    )
    return dict(dated.group_by("wave").agg(pl.col("day").min()).sort("wave").iter_rows())


def started(
    standing: pl.DataFrame, every: Every | None, period: Period | None, waves: dict[str, date]
) -> pl.DataFrame:
    """Return the answers with ``start``, the first day of their round.

    The rounds are the calendar periods of ``every``; else the period asked for; else the waves. Where there is none of
    these, and for answers without a wave, the calendar month of the answer. Null for answers without a day.
    """
    if every is not None:
        return standing.with_columns(start=bucket(every))
    if period is not None:
        return standing.with_columns(start=pl.lit(period.start))
    begun = pl.col("wave").replace_strict(waves, default=None, return_dtype=pl.Date)
    return standing.with_columns(start=pl.coalesce(begun, bucket(Every.MONTH)))


def rounds(slices: Sequence[Slice], waves: dict[str, date]) -> list[Round]:
    """Return slices of a survey with the day on which each began."""
    return [
        Round(part, part.period.start if part.period is not None else waves.get(part.label))
        for part in slices
    ]
