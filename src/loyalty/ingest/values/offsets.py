"""What stands behind a time and says where it was: ``Z``, ``+0300``, ``+03:00``, ``UTC``, ``GMT+3`` or ``TRT``."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.values.cells import read_distinct
from loyalty.ingest.values.moments import local_time

ALREADY_LOCAL = 24 * 60

ZONES = {"UTC": 0, "GMT": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "TRT": 3} | {
    name: -hours
    for name, hours in {"EDT": 4, "EST": 5, "CDT": 5, "MDT": 6, "MST": 7, "PDT": 7, "PST": 8}.items()
}
"""Hours ahead of UTC by abbreviations that mean one zone to a shop; CST and IST mean several."""


def _spellings() -> dict[str, int]:
    minutes = {"": ALREADY_LOCAL, "Z": 0} | {name: 60 * hours for name, hours in ZONES.items()}
    for sign, way in (("+", 1), ("-", -1)):
        for hour in range(15):
            for minute in (0, 15, 30, 45):
                ahead = way * (60 * hour + minute)
                texts = [f"{hour:02}{minute:02}", f"{hour:02}:{minute:02}", f"{hour}:{minute:02}"]
                texts += [f"{hour:02}", f"{hour}"] if minute == 0 else []
                minutes |= {zone + sign + text: ahead for text in texts for zone in ("", "GMT", "UTC")}
    return minutes


MINUTES_AHEAD = _spellings()
"""Every spelling of every offset in use on earth, without spaces, to its minutes ahead of UTC."""


def shop_time(moments: pl.Series, offsets: pl.Series, timezone: str) -> pl.Series:
    """Return wall-clock times in ``timezone`` of times written with ``offsets``.

    An empty offset means that the time is local already; one that is not known gives null.
    """
    moment, minutes = pl.col("moment"), pl.col("minutes")
    ahead = read_distinct(offsets, _minutes_ahead)
    if ahead.eq_missing(ALREADY_LOCAL).all():
        return moments
    return (
        pl.DataFrame({"moment": moments, "minutes": ahead})
        .select(
            pl.when(minutes == ALREADY_LOCAL)
            .then(moment)
            .when(minutes.is_not_null())
            .then(local_time(moment - pl.duration(minutes=minutes), timezone))
        )
        .to_series()
    )


def _minutes_ahead(offsets: pl.Series) -> pl.Series:
    """Return minutes ahead of UTC; a fraction of a second before the offset is dropped, no shop reckons with it."""
    offset = offsets.to_frame("offset").select(
        pl.col("offset").str.replace(r"^[.,]\d+", "").str.strip_chars()
    )
    return offset.to_series().replace_strict(MINUTES_AHEAD, default=None, return_dtype=pl.Int64)
