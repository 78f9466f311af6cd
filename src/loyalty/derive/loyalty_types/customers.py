"""The four kinds of loyal customers, told by what most of their orders were bought for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from loyalty.derive.loyalty_types.drivers import DRIVERS, UNKNOWN, Driver, DriverOptions
from loyalty.derive.share import with_lower_bound
from loyalty.engine import collect
from loyalty.model.metric import option

MIXED, UNCLASSIFIED = "mixed", "unclassified"
OUTSIDE = ("too_few_orders", "silent_beyond_window")
"""Reasons for which a customer is not looked at."""
CONFIRMS, DOUBTS = 90, 60
"""Sentiment (0 to 100) from which a promoter confirms, and up to which a detractor casts doubt."""


class Attitude(StrEnum):
    """What a customer who buys for value said."""

    CONFIRMED = "confirmed"
    SPURIOUS = "spurious"


@dataclass(frozen=True)
class TypeOptions(DriverOptions):
    """When the orders of a customer make a kind; what the user may choose."""

    min_orders: int = option(4, "Purchase days below which nobody is classified.", low=1, high=100)
    majority: float = option(
        0.5, "Share of a customer's orders that makes a kind.", low=0.34, high=1, share=True
    )
    min_wilson_lower: float = option(
        0.25,
        "The lower bound of that share must reach this; else the majority is weak.",
        low=0,
        high=1,
        share=True,
    )


def customer_types(
    orders: pl.DataFrame, days_since: pl.DataFrame, lapse_days: int, cuts: TypeOptions, confidence: float
) -> pl.DataFrame:
    """Return one row per customer with an order, sorted by customer.

    ``orders`` have ``customer_id``, ``day``, ``value`` and ``driver``; ``days_since`` has ``customer_id`` and how long
    ago the last purchase was. Columns: ``customer_id``, ``type``, ``reason``, ``runner_up`` (the second driver, null
    where there is one only), ``orders``, ``purchase_days``, ``share`` (of the largest driver) and its lower bound
    ``low``, for each driver ``<driver>_share`` of the orders and ``<driver>_spend`` of the net merchandise, ``value``,
    ``list_value``, ``discount_value``, ``discounted`` (orders).
    """
    driver = pl.col("driver")
    counted = collect(
        orders.lazy()
        .filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(
            pl.col("value", "list_value", "discount_value").sum(),
            *((driver == name).sum().cast(pl.Int64).alias(f"{name}_orders") for name in DRIVERS),
            *(pl.col("value").filter(driver == name).sum().alias(f"{name}_sum") for name in DRIVERS),
            orders=pl.len().cast(pl.Int64),
            purchase_days=pl.col("day").n_unique().cast(pl.Int64),
            discounted=pl.col("is_discounted").sum().cast(pl.Int64),
        )
        .with_columns(largest=pl.max_horizontal(f"{name}_orders" for name in DRIVERS))
        .with_columns(first=_first_with(pl.col("largest"), DRIVERS))
        .with_columns(second=_second())
        .with_columns(runner_up=_runner_up())
    )
    counted = with_lower_bound(counted, "largest", "orders", confidence).join(
        days_since.select("customer_id", "days_since"), on="customer_id", how="left"
    )
    return _typed(counted, lapse_days, cuts).sort("customer_id")


def with_attitude(people: pl.DataFrame, sentiment: pl.DataFrame | None) -> pl.DataFrame:
    """Add ``attitude`` of those who buy for value (step 4): it never changes the kind; null where nothing was said.

    ``sentiment`` has ``customer_id`` and ``sentiment`` (0 to 100); None where nobody was asked.
    """
    if sentiment is None:
        return people.with_columns(attitude=pl.lit(None, pl.String))
    said = people.join(sentiment, on="customer_id", how="left", maintain_order="left")
    attitude = (
        pl.when(pl.col("type") != Driver.VALUE.value)
        .then(None)
        .when(pl.col("sentiment") >= CONFIRMS)
        .then(pl.lit(Attitude.CONFIRMED.value))
        .when(pl.col("sentiment") <= DOUBTS)
        .then(pl.lit(Attitude.SPURIOUS.value))
    )
    return said.with_columns(attitude=attitude).drop("sentiment")


def with_stated_type(people: pl.DataFrame, stated: pl.DataFrame | None, *, trusted: bool) -> pl.DataFrame:
    """Add ``stated_type``, and ``agrees`` (yes or no) with the kind that the orders show; null where nothing was said.

    ``stated`` has ``customer_id`` and ``stated_type``; None where nobody was asked. Where it is ``trusted``, what
    customers with enough purchases say is their kind.
    """
    if stated is None:
        return people.with_columns(stated_type=pl.lit(None, pl.String), agrees=pl.lit(None, pl.String))
    said = people.join(stated, on="customer_id", how="left", maintain_order="left")
    told = pl.col("type").is_in([driver.value for driver in Driver]) & pl.col("stated_type").is_not_null()
    same = pl.when(pl.col("type") == pl.col("stated_type")).then(pl.lit("yes")).otherwise(pl.lit("no"))
    said = said.with_columns(agrees=pl.when(told).then(same))
    if not trusted:
        return said
    wins = pl.col("stated_type").is_not_null() & ~pl.col("reason").is_in(OUTSIDE)
    return said.with_columns(
        type=pl.when(wins).then("stated_type").otherwise("type"),
        reason=pl.when(wins).then(pl.lit("stated")).otherwise("reason"),
    )


def _first_with(count: pl.Expr, drivers: tuple[str, ...]) -> pl.Expr:
    """Return the first of the drivers that has so many orders."""
    return pl.coalesce(pl.when(pl.col(f"{name}_orders") == count).then(pl.lit(name)) for name in drivers)


def _second() -> pl.Expr:
    """Return the most orders that any driver but the first has."""
    return pl.max_horizontal(
        pl.when(pl.col("first") != name).then(f"{name}_orders").otherwise(0) for name in DRIVERS
    )


def _runner_up() -> pl.Expr:
    is_second = (
        pl.when(
            (pl.col("first") != name)
            & (pl.col("second") > 0)
            & (pl.col(f"{name}_orders") == pl.col("second"))
        ).then(pl.lit(name))
        for name in DRIVERS
    )
    return pl.coalesce(is_second)


def _typed(counted: pl.DataFrame, lapse_days: int, cuts: TypeOptions) -> pl.DataFrame:
    """Add type and reason: the first that applies."""
    reason = (
        pl.when(pl.col("purchase_days") < cuts.min_orders)
        .then(pl.lit(OUTSIDE[0]))
        .when(pl.col("days_since") > lapse_days)
        .then(pl.lit(OUTSIDE[1]))
        .when(pl.col("largest") < cuts.majority * pl.col("orders"))
        .then(pl.lit("no_majority"))
        .when(pl.col("largest") == pl.col("second"))
        .then(pl.lit("tie"))
        .when(pl.col("low") < cuts.min_wilson_lower)
        .then(pl.lit("weak_majority"))
        .when(pl.col("first") == UNKNOWN)
        .then(pl.lit("driver_unknown"))
        .otherwise(pl.lit("majority"))
    )
    kind = (
        pl.when(pl.col("reason") == "majority")
        .then("first")
        .when(pl.col("reason").is_in(["no_majority", "tie"]))
        .then(pl.lit(MIXED))
        .otherwise(pl.lit(UNCLASSIFIED))
    )
    spend = pl.col("value").cast(pl.Float64)
    return counted.with_columns(reason=reason).select(
        "customer_id",
        "reason",
        "runner_up",
        "orders",
        "purchase_days",
        "low",
        "value",
        "list_value",
        "discount_value",
        "discounted",
        *((pl.col(f"{name}_orders") / pl.col("orders")).alias(f"{name}_share") for name in DRIVERS),
        *(
            pl.when(spend > 0).then(pl.col(f"{name}_sum").cast(pl.Float64) / spend).alias(f"{name}_spend")
            for name in DRIVERS
        ),
        type=kind,
        share=pl.col("largest") / pl.col("orders"),
    )
