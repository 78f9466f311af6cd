"""How long somebody waited: ``01:30:00``, ``1h 30m``, ``90 dk``."""

from __future__ import annotations

import polars as pl

CLOCK = r"^(\d+):(\d{2})(?::(\d{2}))?$"
WORDS = {
    1440: "d|days?|gün",
    60: "h|hrs?|hours?|sa|saat",
    1: "m|mins?|minutes?|dk|dakika",
    1 / 60: "s|secs?|seconds?|sn|saniye",
}
"""Words for the parts of a time of waiting, by their minutes."""
NUMBER = r"\d+(?:[.,]\d+)?"
SPELLED_OUT = rf"(?i)^(?:{NUMBER}\s*(?:{'|'.join(WORDS.values())})[\s,]*)+$"
BARE = r"^\d{1,4}(?:[.,]\d+)?$"
"""A number without a unit, and too small for a date."""


def minutes_waited(written: pl.Expr) -> pl.Expr:
    """Return the minutes (Float64) of a time of waiting that says its units; null for everything else."""
    hours, minutes, seconds = (
        written.str.extract(CLOCK, place).cast(pl.Float64).fill_null(0) for place in (1, 2, 3)
    )
    clock = pl.when(written.str.contains(CLOCK)).then(hours * 60 + minutes + seconds / 60)
    parts = (
        written.str.extract(rf"(?i)({NUMBER})\s*(?:{words})(?:[^\p{{L}}]|$)", 1)
        .str.replace(",", ".", literal=True)
        .cast(pl.Float64)
        .fill_null(0)
        * unit
        for unit, words in WORDS.items()
    )
    spelled = pl.when(written.str.contains(SPELLED_OUT)).then(pl.sum_horizontal(*parts))
    return pl.coalesce(clock, spelled)


def looks_waited(written: pl.Series) -> bool:
    """Return whether most filled cells are times of waiting, or numbers too small for a date."""
    told = written.cast(pl.String).str.strip_chars().drop_nulls()
    waited = told.str.contains(f"{CLOCK}|{BARE}") | told.str.contains(SPELLED_OUT)
    return 2 * int(waited.sum()) > told.len()
