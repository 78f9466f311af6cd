"""Upsell ratio: customers of several kinds of product against customers of one.

Question
    Do customers buy more than one kind of thing from us?

Formula
    A kind is the product's category (or the product itself where the file has no category). ratio = customers with
    two or more kinds / customers with exactly one: odds, which may exceed 1. share_multi_kind = customers with two or
    more kinds / customers with at least one. basket_share = orders with two or more kinds / orders with a known kind.

Not counted
    Guests in the customer figures; postage, fees and gift wrap; lines that were cancelled or fully refunded; rows
    without a kind. Two units of one kind are one kind. No customer with a single kind: the ratio is undefined, the
    share is 1.

Worked example
    A bought a phone and a case, B two phones, C a phone, D a phone, a case and a cable, E a cable: two customers with
    several kinds, three with one: ratio = 0.667, share_multi_kind = 0.40.

References
    Guide: What is customer loyalty? (2022), which counts B on both sides; this tool keeps the two groups apart. It
    measures cross-buying, depends on how finely kinds are cut, and alone does not show satisfaction.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.share import share_figure
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables
from loyalty.model.result import Figure, MetricResult, Note
from loyalty.stats.ratio import ratio


@dataclass(frozen=True)
class UpsellOptions:
    """Nothing to choose: the scope's period bounds the purchases that count."""


UNITS = {
    "ratio": "ratio",
    "share_multi_kind": "share",
    "basket_share": "share",
    "multi_kind": "count",
    "single_kind": "count",
    "kinds_per_customer": "per_customer",
}


def compute(tables: Tables, scope: Scope, options: UpsellOptions) -> MetricResult:
    """Return the upsell figures of the scope's period, or of all days before the as-of day."""
    span = Span.of_period(scope)
    return MetricResult(
        "upsell",
        "kinds",
        (*_figures(tables, span, scope.confidence), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        notes=() if "product_kind" in tables.known else (Note("kind_is_product"),),
    )


def _figures(tables: Tables, span: Span, confidence: float) -> tuple[Figure, ...]:
    if not {"product_kind", "product_id"} & tables.known:
        return tuple(Figure.undefined(name, unit, "no_product_column") for name, unit in UNITS.items())
    baskets = tables[Fact.BASKETS].filter(span.inside())
    basket_share = share_figure(
        "basket_share", int(baskets["several"].sum()), int(baskets["known"].sum()), confidence
    )
    if "customer_id" not in tables.known:
        refused = {name: Figure.refused(name, unit, "no_customer_column") for name, unit in UNITS.items()}
        return tuple({**refused, "basket_share": basket_share}.values())
    kinds = (
        tables[Fact.CUSTOMER_KINDS]
        .filter(span.inside())
        .group_by("customer_id")
        .agg(kinds=pl.col("kind").n_unique())
    )
    several, single = int((kinds["kinds"] >= 2).sum()), int((kinds["kinds"] == 1).sum())
    return (
        _odds(several, single),
        share_figure("share_multi_kind", several, several + single, confidence),
        basket_share,
        Figure("multi_kind", several, "count"),
        Figure("single_kind", single, "count"),
        _mean_kinds(int(kinds["kinds"].sum()), kinds.height),
    )


def _odds(several: int, single: int) -> Figure:
    value = ratio(several, single)
    if value is None:
        return Figure.undefined("ratio", "ratio", "denominator_zero", n=several)
    return Figure("ratio", value, "ratio", n=several + single, numerator=several, denominator=single)


def _mean_kinds(kinds: int, customers: int) -> Figure:
    value = ratio(kinds, customers)
    if value is None:
        return Figure.undefined("kinds_per_customer", "per_customer", "denominator_zero", n=0)
    return Figure(
        "kinds_per_customer", value, "per_customer", n=customers, numerator=kinds, denominator=customers
    )


METRIC = Metric(
    name="upsell",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.CUSTOMER_KINDS, Fact.BASKETS, Fact.ORDER_ROWS),
    options=UpsellOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.of_period(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty upsell sample_data/orders.csv",
        "loyalty upsell sample_data/orders.csv --by channel",
    ),
)
