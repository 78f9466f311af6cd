"""Whether orders are larger when points are redeemed, within the same customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from statistics import fmean

import polars as pl

from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure, Note
from loyalty.stats.means import t_interval
from loyalty.stats.ratio import ratio

FEW = 30
"""Customers below which a lift is a hint."""
NEEDED = {"points_value": "no_points_column", "customer_id": "no_customer_column", "value": "no_amount"}
"""Columns of orders without which there is no lift, and the reason that is given then."""


def lift_figures(orders: Tables, until: date, confidence: float) -> Iterator[Figure]:
    """Yield the lift before points, the same in money, after points, and pooled over customers.

    Only customers with orders of both sorts tell what changes when points are redeemed; pooled, those who redeem are
    compared with those who do not.
    """
    off = _untold(orders)
    if off is not None:
        yield from off
        return
    placed = orders[Fact.ORDER_TERMS].filter(pl.col("day") < until, pl.col("customer_id").is_not_null())
    baskets = placed.with_columns(
        with_points=(pl.col("points_value") > 0).fill_null(value=False),
        basket=pl.col("value"),
        paid=pl.col("value") - pl.col("points_value").fill_null(0),
    )
    yield from _within("redemption_lift", baskets, "basket", confidence, orders.unit)
    yield next(_within("redemption_lift_paid", baskets, "paid", confidence, orders.unit))
    means = dict(baskets.group_by("with_points").agg(_mean(pl.col("basket"))).iter_rows())
    pooled = ratio(means[True] - means[False], means[False]) if len(means) == len({True, False}) else None
    if pooled is None:
        yield Figure.undefined("redemption_lift_pooled", "share", "no_orders_of_both_sorts")
    else:
        yield Figure("redemption_lift_pooled", pooled, "share")


def _untold(orders: Tables) -> tuple[Figure, ...] | None:
    """Return the figures without a value where the orders cannot tell them, None where they can."""
    if orders.several_currencies:
        return tuple(Figure.refused(name, unit, "mixed_currency") for name, unit in _units("money").items())
    reason = next((why for column, why in NEEDED.items() if column not in orders.known), None)
    if reason is None:
        return None
    return tuple(Figure.undefined(name, unit, reason) for name, unit in _units(orders.unit).items())


def _units(money: str) -> dict[str, str]:
    """Return the figures in their order with their units; ``money`` is that of amounts."""
    return {
        "redemption_lift": "share",
        "redemption_lift_value": money,
        "redemption_lift_paid": "share",
        "redemption_lift_pooled": "share",
    }


def _mean(amounts: pl.Expr) -> pl.Expr:
    """Return the mean of amounts that are added up exactly: sums of floats hang on the order of the rows."""
    given = amounts.count()
    return pl.when(given > 0).then(amounts.sum().cast(pl.Float64) / given)


def _within(name: str, baskets: pl.DataFrame, column: str, confidence: float, unit: str) -> Iterator[Figure]:
    """Yield the mean difference within customers as a share of their other orders, then in money."""
    both = (
        baskets.group_by("customer_id")
        .agg(
            redeeming=_mean(pl.col(column).filter("with_points")),
            other=_mean(pl.col(column).filter(~pl.col("with_points"))),
        )
        .drop_nulls()
        .sort("customer_id")
    )
    differences = (both["redeeming"] - both["other"]).to_list()
    n = both.height
    other = fmean(both["other"]) if n else 0.0
    if other <= 0:
        yield Figure.undefined(name, "share", "no_orders_of_both_sorts", n=n)
        yield Figure.undefined(f"{name}_value", unit, "no_orders_of_both_sorts", n=n)
        return
    bounds = t_interval(differences, confidence)
    mean = fmean(differences)
    for called, kind, scale in ((name, "share", other), (f"{name}_value", unit, 1.0)):
        yield Figure(
            called,
            mean / scale,
            kind,
            n=n,
            low=bounds.low / scale if bounds else None,
            high=bounds.high / scale if bounds else None,
            confidence=confidence if bounds else None,
        )


def lift_notes(figures: list[Figure]) -> Iterator[Note]:
    """Yield what has to be read beside a lift."""
    lift = next((each for each in figures if each.name == "redemption_lift"), None)
    if lift is None or lift.value is None:
        return
    yield Note("redemption_lift_selection")
    if (lift.n or 0) < FEW:
        yield Note("redemption_lift_few", {"customers": lift.n})
