"""A moment in the life of a shop: local wall-clock time, to the microsecond, in a year that can be meant."""

from __future__ import annotations

import polars as pl

MOMENT = pl.Datetime("us")
EARLIEST, LATEST = pl.datetime(1900, 1, 1), pl.datetime(2200, 1, 1)


def in_our_time(moments: pl.Series) -> pl.Series:
    """Return ``moments``; null outside 1900 to 2199, where a two-digit year read as four digits would fall."""
    moment = pl.col("moment")
    meant = moment.is_between(EARLIEST, LATEST, closed="left")
    frame = moments.alias("moment").to_frame()
    if frame.select(meant.all()).item():
        return moments
    return frame.select(pl.when(meant).then(moment)).to_series()


def local_time(universal: pl.Expr, timezone: str) -> pl.Expr:
    """Return naive wall-clock time in ``timezone`` of naive moments in UTC."""
    return universal.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
