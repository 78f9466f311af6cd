"""How each customer is doing, as a heuristic score of 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import polars as pl

from loyalty.derive.ledger import customer_days
from loyalty.derive.lifecycle.segments import SegmentOptions, judged
from loyalty.derive.runs import Runs
from loyalty.derive.shop import Shop
from loyalty.engine import collect
from loyalty.stats.health import weighted_available

WEIGHTS: Mapping[str, float] = {
    "recency": 0.3,
    "frequency_trend": 0.2,
    "spend_trend": 0.2,
    "sentiment": 0.2,
    "service": 0.1,
}
"""The components and what they weigh."""
MIN_COVERAGE = 0.6
HEALTHY, WATCH = 70, 40
TREND_DAYS = 90
GONE = 3.0
"""Expected gaps of silence at which recency is worth nothing; up to one it is worth everything."""


class Band(StrEnum):
    """The bands of the score."""

    HEALTHY = "healthy"
    WATCH = "watch"
    AT_RISK = "at_risk"


def health(
    purchase_days: pl.DataFrame,
    as_of: date,
    sentiment: pl.DataFrame | None,
    *,
    money: bool,
    shop: Shop | None = None,
) -> pl.DataFrame:
    """Return the customers who bought before a day with ``score``, ``coverage`` and ``band``, sorted by customer.

    ``sentiment`` has ``customer_id`` and ``sentiment`` (0 to 100); ``money`` tells whether amounts may be added up;
    ``shop`` is what the whole shop says where these are only some of its customers.
    Each of the components of :data:`WEIGHTS` is a column, 0 to 100, null where nothing is known. ``score`` and ``band``
    are null where the known components weigh less than 0.6. The columns of the customer ledger come along.
    """
    ledger = judged(purchase_days, as_of, SegmentOptions(), shop=shop).ledger
    silence = (GONE - pl.col("overdue")) / (GONE - 1) * 100
    people = (
        ledger.with_columns(recency=silence.clip(0, 100))
        .hstack(_trends(purchase_days, ledger, as_of, money=money))
        .join(_sentiment(sentiment), on="customer_id", how="left")
        .with_columns(service=pl.lit(None, pl.Float64))
        .sort("customer_id")
    )
    components = people.select(pl.col(name).cast(pl.Float64).fill_null(np.nan) for name in WEIGHTS)
    score, coverage = weighted_available(components.to_numpy(), np.array(list(WEIGHTS.values())))
    known = pl.col("coverage") >= MIN_COVERAGE
    band = (
        pl.when(pl.col("score") >= HEALTHY)
        .then(pl.lit(Band.HEALTHY.value))
        .when(pl.col("score") >= WATCH)
        .then(pl.lit(Band.WATCH.value))
        .when(pl.col("score").is_not_null())
        .then(pl.lit(Band.AT_RISK.value))
    )
    return (
        people.with_columns(
            score=pl.Series(score, dtype=pl.Float64).fill_nan(None),
            coverage=pl.Series(coverage, dtype=pl.Float64),
        )
        .with_columns(score=pl.when(known).then("score"))
        .with_columns(band=band)
    )


def _trends(purchase_days: pl.DataFrame, ledger: pl.DataFrame, as_of: date, *, money: bool) -> pl.DataFrame:
    """Return the last 90 days against what 90 days of the time before were worth: 50 is as before, 100 is all new.

    Unknown in the first 90 days of a customer. The time before counts as 90 days at least: one purchase is no rate.
    """
    since = as_of - timedelta(days=TREND_DAYS)
    recent = pl.col("day") >= since
    spent = pl.col("value") if money else pl.lit(0)
    days = collect(
        customer_days(purchase_days)
        .lazy()
        .filter(pl.col("day") < as_of)
        .select("customer", "day", "orders", spent=spent, spent_now=pl.when(recent).then(spent))
    )
    runs = Runs.of(days, "customer")
    spent_now = runs.total("spent_now").cast(pl.Float64)
    bought = pl.col("orders") > 0
    days_now, all_days = runs.count(bought & recent), runs.count(bought)
    followed = pl.DataFrame(
        {
            "days_now": days_now,
            "days_before": all_days - days_now,
            "spent_now": spent_now,
            "spent_before": runs.total("spent").cast(pl.Float64) - spent_now,
        }
    )
    # The ledger has the same customers in the same order: those who bought.
    per_customer = ledger.select("customer_id", "first_day").hstack(followed.filter(all_days > 0))
    span = (pl.lit(since) - pl.col("first_day")).dt.total_days()
    share = TREND_DAYS / pl.max_horizontal(span, pl.lit(TREND_DAYS))
    known = span > 0

    def trend(now: str, before: str) -> pl.Expr:
        late, early = pl.col(now).clip(0), pl.col(before).clip(0) * share
        return pl.when(known & (late + early > 0)).then(late / (late + early) * 100)

    spend = trend("spent_now", "spent_before") if money else pl.lit(None, pl.Float64)
    return per_customer.select(frequency_trend=trend("days_now", "days_before"), spend_trend=spend)


def _sentiment(sentiment: pl.DataFrame | None) -> pl.DataFrame:
    if sentiment is not None:
        return sentiment
    return pl.DataFrame(schema={"customer_id": pl.String, "sentiment": pl.Float64})
