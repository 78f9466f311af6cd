"""How unequal customers are: bands of what they brought, and tenths that never part equals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

import polars as pl

BANDS, MOST_BANDS = 8, 12
"""Bands up to the 90th percentile, and at most; the last one is open."""
STEPS = (1, 2, 5, 10)
UNIT = Decimal("0.0001")
"""The smallest amount; amounts are whole numbers of it."""
TENTHS = 10


@dataclass(frozen=True)
class Band:
    """How many amounts lie from ``low`` up to but not including ``high``; None where it has no end."""

    low: Decimal | None
    high: Decimal | None
    count: int


def bands(amounts: pl.Series) -> list[Band]:
    """Return how many amounts lie in each band of one round width, empty bands between others included.

    The width (1, 2 or 5 and zeros) is such that about eight reach up to the 90th percentile. Amounts below zero are one
    band, and so are those beyond the twelfth. Nothing where nine in ten are not above zero.
    """
    top = amounts.cast(pl.Float64).quantile(0.9, interpolation="linear")
    if top is None or top < float(UNIT) * BANDS:
        return []
    width = _width(top / BANDS)
    whole = (amounts.cast(pl.Decimal(38, 4)) / UNIT).cast(pl.Int128)
    places = (whole // int(width / UNIT)).clip(-1, MOST_BANDS - 1).cast(pl.Int64)
    counts = dict(places.value_counts().iter_rows())
    found = range(min(0, *counts), max(counts) + 1)
    return [
        Band(
            low=None if place < 0 else width * place,
            high=None if place == MOST_BANDS - 1 else width * (place + 1),
            count=counts.get(place, 0),
        )
        for place in found
    ]


def _width(least: float) -> Decimal:
    exponent = floor(log10(least))
    width = next(step for step in STEPS if step * 10.0**exponent >= least)
    return max(Decimal(width).scaleb(exponent), UNIT)


def deciles(ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger with ``decile``: 1 + floor(10 x those who brought more / all), null where ``value`` is.

    Customers who brought the same are in the same one; the first is that of those who brought the most.
    """
    better = pl.col("value").rank("min", descending=True).cast(pl.Int64) - 1
    return ledger.with_columns(decile=(1 + TENTHS * better // pl.col("value").count()).cast(pl.Int8))
