"""Where each customer stands: new, one-time, active, at risk or lapsed, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import polars as pl

from loyalty.derive.ledger import customer_ids, customer_ledger, gaps, visits
from loyalty.derive.lifecycle.low_and_falling import with_low_and_falling
from loyalty.derive.lifetime.outlook import Outlook, Unfitted, outlook
from loyalty.derive.retention.activity import LapseWindow, lapse_window
from loyalty.derive.shop import Shop, measured
from loyalty.engine.remembered import remembered
from loyalty.model.metric import option

PRIOR_GAPS = 2
"""How many of the shop's mean gaps a customer's own gaps are shrunk by."""


class Rule(StrEnum):
    """How at-risk is told."""

    CADENCE = "cadence"
    MODEL = "model"
    OVERDUE_OR_DECLINING = "overdue_or_declining"
    GUIDE = "guide"


class Segment(StrEnum):
    """The segments, in the order in which they are shown."""

    NEW = "new"
    ONE_TIME = "one_time"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class SegmentOptions:
    """Where the lines between segments run; what the user may choose."""

    new_days: int = option(
        60, "Days since the first purchase during which a customer is new.", low=1, high=730
    )
    lapse_days: int | None = option(
        None, "Days of silence after which a customer is lapsed (default: measured).", low=1, high=3650
    )
    overdue_factor: float = option(
        2.0,
        "How many expected gaps of silence put a customer at risk.",
        low=0.1,
        high=100,
        flag="--overdue",
    )
    rule: Rule = option(Rule.CADENCE, "How at-risk is told.")
    p_none: float = option(
        0.7, "Probability of no order that puts a customer at risk by the rule model.", low=0.01, high=0.99
    )
    horizon_days: int = option(
        90, "Days that this probability is about.", low=7, high=730, days=True, flag="--horizon"
    )


@dataclass(frozen=True)
class Decline:
    """The rule ``overdue_or_declining``, kept for comparison: measured, its declining half is no better than a coin."""

    min_gaps_own: int = 3
    window_days: int = 90
    min_prior: int = 3
    drop: float = 0.5


class Judged(NamedTuple):
    """A customer ledger with what was found about each, the lapse window used, and the model that was asked.

    ``model`` is None where the rule asks none.
    """

    ledger: pl.DataFrame
    window: LapseWindow
    model: Outlook | Unfitted | None


def customer_segments(
    purchase_days: pl.DataFrame,
    as_of: date,
    cuts: SegmentOptions,
    enrolled: pl.DataFrame | None = None,
    model: Outlook | Unfitted | None = None,
    shop: Shop | None = None,
) -> Judged:
    """Return the customer ledger with a segment each; ``model`` is one of that day that was fitted before.

    ``enrolled`` (``customer_id``, ``enrolled_on``) says since when customers count as such, where that is known;
    ``shop`` is what the whole shop says where these are only some of its customers.
    Added columns: those of :func:`judged` but for ``risk``; ``segment``, ``reason``.
    """
    return placed(judged(purchase_days, as_of, cuts, model, shop), as_of, cuts, enrolled)


def placed(found: Judged, as_of: date, cuts: SegmentOptions, enrolled: pl.DataFrame | None = None) -> Judged:
    """Return the segments of customers who were judged as of that day."""
    ledger, since = found.ledger, pl.col("first_day")
    if enrolled is not None:
        known = enrolled.filter(pl.col("enrolled_on") < as_of)
        ledger = ledger.join(known, on="customer_id", how="left", maintain_order="left")
        since = pl.coalesce("enrolled_on", since)
    age = (pl.lit(as_of) - since).dt.total_days()
    segments = _with_segment(ledger, age, found.window, cuts).drop("risk", "enrolled_on", strict=False)
    return found._replace(ledger=segments)


def judged(
    purchase_days: pl.DataFrame,
    as_of: date,
    cuts: SegmentOptions,
    model: Outlook | Unfitted | None = None,
    shop: Shop | None = None,
) -> Judged:
    """Return the customer ledger with what the rule says of each.

    Added columns: ``expected_gap`` (days; null for a single purchase day where the shop has no gap at all), ``overdue``
    (days since the last purchase over the expected gap), ``low_and_falling``, and ``risk``: why the rule would call
    the customer at risk, whatever the segment, or null. The rule ``model`` adds, where a model can be fitted,
    ``p_no_order``, ``expected_spend`` and ``value_at_risk``, the product of both; where none can, it is ``cadence``.
    """
    ledger, shop = _by_rhythm(purchase_days, as_of, shop)
    window = shop.window
    if cuts.lapse_days is not None:
        window = replace(window, days=cuts.lapse_days, from_data=False)
    match cuts.rule:
        case Rule.CADENCE:
            ledger = ledger.with_columns(risk=_overdue(cuts.overdue_factor))
        case Rule.MODEL:
            model = model or outlook(purchase_days, as_of)
            ledger = _by_model(ledger, model, cuts)
            return Judged(ledger, window, model)
        case Rule.GUIDE:
            ledger = ledger.with_columns(risk=pl.when("low_and_falling").then(pl.lit("low_and_falling")))
        case Rule.OVERDUE_OR_DECLINING:
            ledger = _overdue_or_declining(ledger, purchase_days, shop.median_gap, as_of, cuts)
    return Judged(ledger, window, None)


@remembered(3)
def _by_rhythm(purchase_days: pl.DataFrame, as_of: date, shop: Shop | None) -> tuple[pl.DataFrame, Shop]:
    """Return the customer ledger with what every rule looks at, and what the shop says."""
    pooled, ledger = gaps(purchase_days, as_of), customer_ledger(purchase_days, as_of)
    shop = shop or measured(pooled, ledger, as_of)
    ledger = _with_rhythm(ledger, shop.mean_gap)
    return with_low_and_falling(ledger, pooled, as_of, shop.low_rate), shop


def segments_on_days(
    purchase_days: pl.DataFrame, asked: pl.DataFrame, until: date, cuts: SegmentOptions
) -> pl.DataFrame:
    """Return where customers stood on days of their own, by the rule ``cadence``.

    ``asked`` has ``customer_id`` and ``day``, each pair once; ``segment`` is added, null where the first purchase came
    on that day or later: a purchase of the day itself may have come after it. The shop's mean gap and its lapse window
    are those of all purchases before ``until``.
    """
    pooled = gaps(purchase_days, until)
    window = lapse_window(pooled)
    if cuts.lapse_days is not None:
        window = replace(window, days=cuts.lapse_days, from_data=False)
    history = visits(purchase_days, until, None, ("customer_id", "day")).select(
        "customer_id",
        "day",
        last_day=pl.col("day"),
        first_day=pl.col("day").first().over("customer_id"),
        days=pl.col("day").cum_count().over("customer_id"),
    )
    ledger = (
        asked.sort("day", "customer_id")
        .join_asof(
            history.sort("day", "customer_id"),
            on="day",
            by="customer_id",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .with_columns(
            gap_sum=(pl.col("last_day") - pl.col("first_day")).dt.total_days(),
            days_since=(pl.col("day") - pl.col("last_day")).dt.total_days(),
        )
    )
    ledger = _with_rhythm(ledger, _mean(pooled)).with_columns(risk=_overdue(cuts.overdue_factor))
    age = (pl.col("day") - pl.col("first_day")).dt.total_days()
    placed = _with_segment(ledger, age, window, cuts)
    segment = pl.when(pl.col("last_day").is_not_null()).then("segment")
    return placed.select("customer_id", "day", segment=segment).sort("customer_id", "day")


def _with_rhythm(ledger: pl.DataFrame, shop_gap: float | None) -> pl.DataFrame:
    """Add ``expected_gap`` and ``overdue``."""
    return ledger.with_columns(expected_gap=_shrunken_gap(shop_gap)).with_columns(
        overdue=pl.col("days_since") / pl.col("expected_gap")
    )


def _with_segment(
    ledger: pl.DataFrame, age: pl.Expr, window: LapseWindow, cuts: SegmentOptions
) -> pl.DataFrame:
    """Add ``segment`` and ``reason``; ``age`` is in days, ``risk`` says why a customer would be at risk, or is null."""
    segment = (
        pl.when(age <= cuts.new_days)
        .then(pl.lit(Segment.NEW.value))
        .when(pl.col("days_since") > window.days)
        .then(pl.lit(Segment.LAPSED.value))
        .when(pl.col("days") == 1)
        .then(pl.lit(Segment.ONE_TIME.value))
        .when(pl.col("risk").is_not_null())
        .then(pl.lit(Segment.AT_RISK.value))
        .otherwise(pl.lit(Segment.ACTIVE.value))
    )
    reasons = {
        Segment.NEW: "first_purchase_recent",
        Segment.LAPSED: "silent_beyond_window",
        Segment.ONE_TIME: "single_purchase_day",
        Segment.ACTIVE: "within_rhythm",
    }
    return ledger.with_columns(segment=segment).with_columns(
        reason=pl.when(pl.col("segment") == Segment.AT_RISK)
        .then(pl.col("risk"))
        .otherwise(pl.col("segment").replace({key.value: text for key, text in reasons.items()}))
    )


def _mean(pooled: pl.DataFrame) -> float | None:
    mean = pooled["gap"].mean()
    return mean if isinstance(mean, float) else None


def _shrunken_gap(shop_gap: float | None) -> pl.Expr:
    """(sum of own gaps + 2 x the shop's mean gap) / (number of own gaps + 2); null when the shop has no gap."""
    if shop_gap is None:
        return pl.lit(None, pl.Float64)
    return (pl.col("gap_sum") + PRIOR_GAPS * shop_gap) / (pl.col("days") - 1 + PRIOR_GAPS)


def _overdue(factor: float) -> pl.Expr:
    return pl.when(pl.col("overdue") > factor).then(pl.lit("overdue"))


def _by_model(ledger: pl.DataFrame, model: Outlook | Unfitted, cuts: SegmentOptions) -> pl.DataFrame:
    """Flag who is overdue, or likely to stay away; both sorted by customer, so they are put side by side."""
    if isinstance(model, Unfitted):
        return ledger.with_columns(risk=_overdue(cuts.overdue_factor))
    spend = pl.lit(None, pl.Float64) if model.spend is None else model.spend
    overdue, silent = pl.col("overdue") > cuts.overdue_factor, pl.col("p_no_order") > cuts.p_none
    return ledger.with_columns(
        p_no_order=model.p_no_order(cuts.horizon_days), expected_spend=spend
    ).with_columns(
        value_at_risk=pl.col("p_no_order") * pl.col("expected_spend"),
        risk=pl.when(overdue & silent)
        .then(pl.lit("overdue_and_silent"))
        .when(overdue)
        .then(pl.lit("overdue"))
        .when(silent)
        .then(pl.lit("silent")),
    )


def _overdue_or_declining(
    ledger: pl.DataFrame,
    purchase_days: pl.DataFrame,
    shop_gap: float | None,
    as_of: date,
    cuts: SegmentOptions,
) -> pl.DataFrame:
    """Flag recency beyond twice the own median gap, or a halved number of purchase days in the last window."""
    decline = Decline()
    pooled = gaps(purchase_days, as_of)
    own = pooled.group_by("customer").agg(median=pl.col("gap").median(), count=pl.len())
    own = own.with_columns(customer_id=customer_ids(purchase_days).gather(own["customer"])).drop("customer")
    window = timedelta(days=decline.window_days)
    for name, end in {"recent": as_of, "prior": as_of - window}.items():
        bought = visits(purchase_days, end, end - window, ("customer_id",))
        counts = bought.group_by("customer_id").agg(pl.len().alias(name))
        ledger = ledger.join(counts, on="customer_id", how="left")
    typical = (
        pl.when(pl.col("count") >= decline.min_gaps_own)
        .then(pl.col("median"))
        .otherwise(pl.lit(shop_gap, pl.Float64))
    )
    declining = (pl.col("prior").fill_null(0) >= decline.min_prior) & (
        pl.col("recent").fill_null(0) <= decline.drop * pl.col("prior").fill_null(0)
    )
    return (
        ledger.join(own, on="customer_id", how="left")
        .with_columns(
            risk=pl.when(pl.col("days_since") > cuts.overdue_factor * typical)
            .then(pl.lit("overdue"))
            .when(declining)
            .then(pl.lit("declining"))
        )
        .drop("median", "count", "recent", "prior")
        .sort("customer_id")
    )
