"""A moment in the life of a shop: local wall-clock time, to the microsecond, in a year that can be meant."""

from __future__ import annotations

import polars as pl

from loyalty.model.period import YEARS

MOMENT = pl.Datetime("us")
EARLIEST, LATEST = pl.datetime(YEARS.start, 1, 1), pl.datetime(YEARS.stop, 1, 1)


def in_our_time(moments: pl.Series) -> pl.Series:
    """Return ``moments``; null in years that cannot be meant."""
    moment = pl.col("moment")
    meant = moment.is_between(EARLIEST, LATEST, closed="left")
    frame = moments.alias("moment").to_frame()
    if frame.select(meant.all()).item():
        return moments
    return frame.select(pl.when(meant).then(moment)).to_series()


def local_time(universal: pl.Expr, timezone: str) -> pl.Expr:
    """Return naive wall-clock time in ``timezone`` of naive moments in UTC."""
    return universal.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
