"""How much customers were worth when a wave of a survey began, frozen at that day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

import polars as pl

from loyalty.derive.ledger import customer_ledger

WINDOW_DAYS = 365
HIGH_SHARE = 0.2
"""The share of customers that is of high value, where nothing else is said."""
NEXT_SHARE = Decimal("0.30")
"""The share of customers in the middle tier, after those of high value."""


class Tier(StrEnum):
    """The tiers, in the order in which they are shown."""

    HIGH = "high"
    MIDDLE = "middle"
    REST = "rest"


def value_tiers(purchase_days: pl.DataFrame, starts: Iterable[date], high_share: float) -> pl.DataFrame:
    """Return ``start``, ``customer_id`` and ``tier`` of everyone who bought in the 365 days before each start.

    By net merchandise of those days the first ``high_share`` of customers (rounded up) are of high value, the next 30 %
    of the middle; customers of equal value stand in the same tier, the better one. Who bought later never changes it.
    """
    parts = [_tiers(purchase_days, start, Decimal(str(high_share))) for start in sorted(set(starts))]
    empty = pl.DataFrame(schema={"start": pl.Date, "customer_id": pl.String, "tier": pl.String})
    return pl.concat([empty, *parts])


def _tiers(purchase_days: pl.DataFrame, start: date, high_share: Decimal) -> pl.DataFrame:
    ledger = spent(purchase_days, start)
    high, middle = (_up(share * ledger.height) for share in (high_share, high_share + NEXT_SHARE))
    rank = pl.col("value").rank("min", descending=True)
    tier = (
        pl.when(rank <= high)
        .then(pl.lit(Tier.HIGH.value))
        .when(rank <= middle)
        .then(pl.lit(Tier.MIDDLE.value))
        .otherwise(pl.lit(Tier.REST.value))
    )
    return ledger.select(pl.lit(start).alias("start"), "customer_id", tier=tier)


def _up(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


def spent(purchase_days: pl.DataFrame, until: date) -> pl.DataFrame:
    """Return the ledger of the 365 days before a day: who bought then, and what it was worth."""
    return customer_ledger(purchase_days, until, until - timedelta(days=WINDOW_DAYS))
