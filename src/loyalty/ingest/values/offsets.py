"""Where a moment was written: ``Z``, ``+0300``, ``+03:00``, ``UTC`` or ``GMT+3`` behind a time."""

from __future__ import annotations

import polars as pl


def local_time(universal: pl.Expr, timezone: str) -> pl.Expr:
    """Return naive wall-clock time in ``timezone`` of naive moments in UTC."""
    return (
        universal.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    )


def _spellings() -> dict[str, int]:
    minutes = {"Z": 0, "UTC": 0, "GMT": 0}
    for sign, way in (("+", 1), ("-", -1)):
        for hour in range(15):
            for minute in (0, 15, 30, 45):
                ahead = way * (60 * hour + minute)
                texts = [f"{hour:02}{minute:02}", f"{hour:02}:{minute:02}", f"{hour}:{minute:02}"]
                texts += [f"{hour:02}", f"{hour}"] if minute == 0 else []
                minutes |= {zone + sign + text: ahead for text in texts for zone in ("", "GMT", "UTC")}
    return minutes


MINUTES_AHEAD = _spellings()
"""Every spelling of every offset in use on earth, without spaces, to minutes ahead of UTC."""
