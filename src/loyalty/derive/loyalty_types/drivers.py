"""What each order was bought for: a reward, a discount, a low price, or its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.loyalty_types.price_tiers import price_tiers
from loyalty.engine import collect
from loyalty.model.metric import Fact, Tables, option
from loyalty.model.result import Figure


class Driver(StrEnum):
    """Why an order was placed; a more specific incentive goes first, in this order from the last to the first."""

    VALUE = "value"
    PRICE = "price"
    REWARD = "reward"
    DISCOUNT = "discount"


UNKNOWN = "unknown"
"""The driver of an order for which the export does not say enough."""
DRIVERS = (*(driver.value for driver in Driver), UNKNOWN)


@dataclass(frozen=True)
class DriverOptions:
    """Where the lines between drivers run; what the user may choose."""

    min_discount_depth: float = option(
        0.05,
        "Share of the list price from which a discount is the reason to buy.",
        low=0.001,
        high=1,
        share=True,
    )
    low_tier_quantile: float = option(
        0.33,
        "The cheapest share of a kind's products that is its lowest price tier.",
        low=0.05,
        high=0.9,
        share=True,
    )
    low_tier_unit_share: float = option(
        0.5,
        "Share of an order's pieces from the lowest tier that makes price its reason.",
        low=0.05,
        high=1,
        share=True,
    )
    always_on_discount: float = option(
        0.7,
        "Share of discounted orders above which a discount is the normal price.",
        low=0.1,
        high=1,
        share=True,
    )


@dataclass(frozen=True)
class Driven:
    """Orders with ``depth`` (discount over list price), ``is_discounted`` and ``driver``, and what is behind them.

    ``off`` says which kinds cannot be told, and why; ``raised_to`` is the depth that takes the place of the least one
    where discounts are always on; ``without_tier`` is the share of orders whose pieces have no price tier.
    """

    orders: pl.DataFrame
    off: Mapping[Driver, str] = field(default_factory=dict)
    raised_to: float | None = None
    without_tier: float | None = None


NOT_THERE = frozenset(
    {
        *("no_amount", "no_discount_column", "no_points_column"),
        *("no_product_column", "no_kind_column", "no_quantity_column"),
        "always_on_discount",
    }
)
"""Reasons that lie in what the shop or its export has: nothing tells, so there is nothing that would mislead."""


def cannot_tell(name: str, unit: str, reason: str, n: int | None = None) -> Figure:
    """Return a figure that cannot be told: undefined where nothing is there, refused where it would mislead."""
    withheld = Figure.undefined if reason in NOT_THERE else Figure.refused
    return withheld(name, unit, reason, n=n)


def order_drivers(tables: Tables, span: Span, cuts: DriverOptions) -> Driven:
    """Return the orders of a span with their drivers."""
    known = tables.known
    orders = tables[Fact.ORDER_TERMS].filter(span.inside()).with_row_index("order")
    depth = pl.when(pl.col("list_value") > 0).then(
        pl.col("discount_value").cast(pl.Float64) / pl.col("list_value").cast(pl.Float64)
    )
    orders = orders.with_columns(depth=depth.fill_null(0.0)).with_columns(
        is_discounted=pl.col("depth") >= cuts.min_discount_depth
    )
    off: dict[Driver, str] = {}
    raised_to = None
    if "points_value" not in known:
        off[Driver.REWARD] = "no_points_column"
    if no_terms := _without_terms(known):
        off |= dict.fromkeys((Driver.VALUE, Driver.PRICE, Driver.DISCOUNT), no_terms)
    elif orders["is_discounted"].sum() > cuts.always_on_discount * orders.height:
        depths = orders.filter("is_discounted")["depth"]
        raised_to = depths.quantile(0.5, interpolation="linear")
        if not (depths > raised_to).any():
            off |= dict.fromkeys((Driver.VALUE, Driver.DISCOUNT), "always_on_discount")
            raised_to = None
    low, without_tier = pl.lit(value=False), None
    if Driver.PRICE not in off:
        orders, without_tier = _with_low_share(tables, orders, span, cuts)
        low = pl.col("low_share") >= cuts.low_tier_unit_share
        if reason := _without_tiers(tables, without_tier):
            off[Driver.PRICE] = reason
            low = pl.lit(value=False)
    driver = _driver(off, low.fill_null(value=False), raised_to, cuts)
    return Driven(orders.with_columns(driver=driver), off, raised_to, without_tier)


def _without_terms(known: frozenset[str]) -> str | None:
    """Return why nobody can tell a full price from a lowered one."""
    if "value" not in known:
        return "no_amount"
    return None if "discount_value" in known else "no_discount_column"


def _without_tiers(tables: Tables, without_tier: float | None) -> str | None:
    """Return why the kind ``price`` cannot be told."""
    if "product_id" not in tables.known:
        return "no_product_column"
    if "product_kind" not in tables.known:
        return "no_kind_column"
    if "quantity" not in tables.known:
        return "no_quantity_column"
    if tables.several_currencies:
        return "mixed_currency"
    return "no_price_tiers" if without_tier is None or without_tier > 0.5 else None


def _with_low_share(
    tables: Tables, orders: pl.DataFrame, span: Span, cuts: DriverOptions
) -> tuple[pl.DataFrame, float | None]:
    """Add ``low_share`` of an order's pieces; and return the share of orders most of whose pieces have no tier."""
    tiers = price_tiers(tables[Fact.PRODUCT_DAYS], span, cuts.low_tier_quantile)
    units = pl.col("units").cast(pl.Float64)
    shares = collect(
        orders.lazy()
        .select("order", "pieces")
        .explode("pieces", empty_as_null=False)
        .unnest("pieces")
        .join(tiers.lazy(), on="product", how="left")
        .group_by("order")
        .agg(
            low=units.filter(pl.col("is_low").fill_null(value=False)).sum(),
            tiered=units.filter(pl.col("is_low").is_not_null()).sum(),
            pieces=units.sum(),
        )
        .select(
            "order",
            low_share=pl.col("low") / pl.col("pieces"),
            tiered_share=pl.col("tiered") / pl.col("pieces"),
        )
    )
    orders = orders.join(shares, on="order", how="left", maintain_order="left")
    if orders.is_empty():
        return orders, None
    untold = orders["tiered_share"].fill_null(0.0) < cuts.low_tier_unit_share
    return orders.drop("tiered_share"), int(untold.sum()) / orders.height


def _driver(off: Mapping[Driver, str], low: pl.Expr, raised_to: float | None, cuts: DriverOptions) -> pl.Expr:
    """The first that applies. An order that pays with points on a discount is for whichever is worth more."""
    on_discount = (
        pl.col("depth") > raised_to if raised_to is not None else pl.col("depth") >= cuts.min_discount_depth
    )
    paid_by_points = (pl.col("points_value") > 0) & (
        ~on_discount | (pl.col("points_value") >= pl.col("discount_value"))
    )
    rest = UNKNOWN if Driver.VALUE in off else Driver.VALUE.value
    return (
        pl.when(paid_by_points)
        .then(pl.lit(Driver.REWARD.value))
        .when(on_discount)
        .then(pl.lit(UNKNOWN if Driver.DISCOUNT in off else Driver.DISCOUNT.value))
        .when(low)
        .then(pl.lit(Driver.PRICE.value))
        .otherwise(pl.lit(rest))
    )
