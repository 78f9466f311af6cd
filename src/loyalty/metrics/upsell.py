"""Upsell ratio: customers of several kinds of product against customers of one; upgrades; minimum purchases.

Question
    Do customers buy more than one kind of thing from us? Do they move up to the better product? Does a minimum
    purchase make orders larger?

Formula
    A kind is the product's category (or the product itself where the file has no category). ratio = customers with
    two or more kinds / customers with exactly one: odds, which may exceed 1. share_multi_kind = customers with two or
    more kinds / customers with at least one. basket_share = orders with two or more kinds / orders with a known kind.
    The table over time counts the kinds that a customer bought within the month, or the period of `--every`.
    upgrade_rate = customers of whom a later purchase day in a family of products has a higher tier than their first /
    customers with two or more purchase days in a family. `--family` and `--tier-rank` name the columns.
    With `--threshold 500`, just_above_share = orders worth 500 up to 550 / orders worth 450 up to 550: a tenth of the
    threshold on either side. Where a minimum purchase moves nobody, about half of them lie above.

Not counted
    Guests in the customer figures; postage, fees and gift wrap; lines that were cancelled or fully refunded; rows
    without a kind, and for upgrades without a family or a tier. The tier is never guessed from prices: where prices
    rise, every later purchase would be an upgrade. An order's worth is what was paid in the end, net of refunds. Two
    units of one kind are one kind. No customer with a single kind: the ratio is undefined, the
    share is 1.

Worked example
    A bought a phone and a case, B two phones, C a phone, D a phone, a case and a cable, E a cable: two customers with
    several kinds, three with one: ratio = 0.667, share_multi_kind = 0.40. F bought a phone of tier 1 and later one of
    tier 2, G two of tier 1: upgrade_rate = 0.50.

References
    Guide: What is customer loyalty? (2022), which counts B on both sides; this tool keeps the two groups apart. It
    measures cross-buying, depends on how finely kinds are cut, and alone does not show satisfaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import polars as pl

from loyalty.derive.base import BASE_FIGURES, Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.kinds import kinds_over_time, kinds_per_customer, upgrades
from loyalty.derive.share import share_figure
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable
from loyalty.stats.ratio import ratio

BANDS = 10
"""A band around the threshold is a tenth of it; the table shows five on either side."""


@dataclass(frozen=True)
class UpsellOptions:
    """What the user may choose; the scope's period bounds the purchases that count."""

    every: Every | None = option(None, "Calendar period of the table over time (default: month).")
    family: str | None = option(None, "Column with the family of products, for upgrades.")
    tier_rank: str | None = option(
        None, "Column with the place of a product in its family: the higher, the better."
    )
    threshold: float | None = option(
        None, "Minimum purchase, to compare the orders just above it with those just below.", low=0.01
    )


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
    upgrade, families = _upgrades(tables, span, scope.confidence)
    around, bands = _threshold(tables, span, options, scope.confidence)
    return MetricResult(
        "upsell",
        "kinds",
        (
            *_figures(tables, span, scope.confidence),
            upgrade,
            *around,
            *base_figures(tables, span),
        ),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(*_over_time(tables, scope, options), *families, *bands),
        notes=tuple(_notes(tables, options)),
    )


def _has_kinds(tables: Tables) -> bool:
    return bool({"product_kind", "product_id"} & tables.known)


def _figures(tables: Tables, span: Span, confidence: float) -> tuple[Figure, ...]:
    if not _has_kinds(tables):
        return tuple(Figure.undefined(name, unit, "no_product_column") for name, unit in UNITS.items())
    baskets = tables[Fact.BASKETS].filter(span.inside())
    basket_share = share_figure(
        "basket_share", int(baskets["several"].sum()), int(baskets["known"].sum()), confidence
    )
    if "customer_id" not in tables.known:
        refused = {name: Figure.refused(name, unit, "no_customer_column") for name, unit in UNITS.items()}
        return tuple({**refused, "basket_share": basket_share}.values())
    found = kinds_per_customer(tables[Fact.CUSTOMER_KINDS].filter(span.inside()))
    return (
        _odds(found.several, found.single),
        share_figure("share_multi_kind", found.several, found.customers, confidence),
        basket_share,
        Figure("multi_kind", found.several, "count"),
        Figure("single_kind", found.single, "count"),
        _mean_kinds(found.kinds, found.customers),
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


def _over_time(tables: Tables, scope: Scope, options: UpsellOptions) -> Iterator[ResultTable]:
    """Yield the kinds per customer of every calendar period up to the end of the scope."""
    if not _has_kinds(tables) or "customer_id" not in tables.known:
        return
    until = Span.history(scope).until
    rows = tuple(
        (
            period.label,
            ratio(found.kinds, found.customers),
            ratio(found.several, found.customers),
            found.customers,
            period.partial,
        )
        for period, found in kinds_over_time(tables[Fact.CUSTOMER_KINDS], options.every or Every.MONTH, until)
    )
    if rows:
        columns = (
            Column("period", "text"),
            Column("kinds_per_customer", "per_customer"),
            Column("share_multi_kind", "share"),
            Column("n", "count"),
            Column("partial", "flag"),
        )
        yield ResultTable("kinds_over_time", columns, rows, draw=Draw.TREND)


def _upgrades(tables: Tables, span: Span, confidence: float) -> tuple[Figure, tuple[ResultTable, ...]]:
    if not {"family_id", "tier_rank"} <= tables.known:
        return Figure.undefined("upgrade_rate", "share", "no_tier_columns"), ()
    if "customer_id" not in tables.known:
        return Figure.refused("upgrade_rate", "share", "no_customer_column"), ()
    found = upgrades(tables[Fact.FAMILY_TIERS].filter(span.inside()))
    customers = found.group_by("customer_id").agg(pl.col("upgraded").any())
    figure = share_figure("upgrade_rate", int(customers["upgraded"].sum()), customers.height, confidence)
    families = found.group_by("family").agg(n=pl.len(), upgraded=pl.col("upgraded").sum()).sort("family")
    return figure, (_families_table(families, confidence),) if families.height else ()


def _families_table(families: pl.DataFrame, confidence: float) -> ResultTable:
    rows = []
    for family, n, upgraded in families.iter_rows():
        share = share_figure("upgrade_rate", upgraded, n, confidence)
        rows.append((family, share.value, share.low, share.high, n))
    return ResultTable(
        "upgrades",
        (
            Column("family", "text"),
            Column("upgrade_rate", "share"),
            Column("low", "share"),
            Column("high", "share"),
            Column("n", "count"),
        ),
        tuple(rows),
        draw=Draw.DOTS,
    )


def _threshold(
    tables: Tables, span: Span, options: UpsellOptions, confidence: float
) -> tuple[tuple[Figure, ...], tuple[ResultTable, ...]]:
    """Return how many of the orders around a minimum purchase reach it, and the orders of each band around it."""
    if options.threshold is None:
        return (), ()
    names = {"just_above_share": "share", "just_above": "count", "just_below": "count"}
    if tables.several_currencies:
        return tuple(Figure.refused(name, unit, "mixed_currency") for name, unit in names.items()), ()
    if "value" not in tables.known:
        return tuple(Figure.undefined(name, unit, "no_amount") for name, unit in names.items()), ()
    least = Decimal(str(options.threshold))
    edges = [least * (BANDS // 2 + step) / BANDS for step in range(BANDS + 1)]
    values = tables[Fact.ORDER_VALUES].filter(span.inside())
    counts = [_between(values, low, high) for low, high in pairwise(edges)]
    below, above = counts[BANDS // 2 - 1], counts[BANDS // 2]
    figures = (
        share_figure("just_above_share", above, above + below, confidence),
        Figure("just_above", above, "count"),
        Figure("just_below", below, "count"),
    )
    table = ResultTable(
        "around_threshold",
        (
            Column("worth_from", tables.unit),
            Column("orders", "count"),
            Column("worth_below", tables.unit),
        ),
        tuple(zip(edges[:-1], counts, edges[1:], strict=True)),
        draw=Draw.DISTRIBUTION,
    )
    return figures, (table,)


def _between(order_values: pl.DataFrame, low: Decimal, high: Decimal) -> int:
    """Count the orders worth ``low`` or more, and less than ``high``."""
    inside = (pl.col("value") >= low) & (pl.col("value") < high)
    return int(order_values.filter(inside)["orders"].sum())


def _notes(tables: Tables, options: UpsellOptions) -> Iterator[Note]:
    if "product_kind" not in tables.known and "product_id" in tables.known:
        yield Note("kind_is_product")
    if options.threshold is not None:
        least = Decimal(str(options.threshold))
        band = least / BANDS
        yield Note("threshold_band", {"low": least - band, "least": least, "high": least + band})


def _columns(options: UpsellOptions) -> dict[str, str]:
    if (options.family is None) is not (options.tier_rank is None):
        raise UsageError(
            "upsell: an upgrade is told by two columns, the family of a product and its tier there",
            hint="Name both: --family COLUMN --tier-rank COLUMN.",
        )
    if options.family is None or options.tier_rank is None:
        return {}
    return {"family_id": options.family, "tier_rank": options.tier_rank}


METRIC = Metric(
    name="upsell",
    source=Kind.ORDERS,
    needs=lambda _: (
        *(Fact.PURCHASE_DAYS, Fact.ORDER_VALUES, Fact.CUSTOMER_KINDS),
        *(Fact.FAMILY_TIERS, Fact.BASKETS, Fact.ORDER_ROWS),
    ),
    options=UpsellOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.of_period(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty upsell sample_data/orders.csv",
        "loyalty upsell sample_data/orders.csv --by channel",
        "loyalty upsell sample_data/orders.csv --threshold 500 --every quarter",
    ),
    columns=_columns,
    without_past=frozenset(
        {*UNITS, "upgrade_rate", "just_above_share", "just_above", "just_below", *BASE_FIGURES}
    ),
)
