"""Repeat purchase: who buys again, how often, for how much.

Question
    How many customers came back at least once? How often do they buy, how much is an order worth, and how long
    lies between two purchases?

Formula
    rpr_share_by_day = customers with two or more purchase days / customers; rpr_share_by_order counts two orders on
    one day as well. rpr_horizon = customers whose second purchase day came within 90 days / customers whose first
    one lies at least 90 days back, so that customers who only just arrived do not drag it down. purchase_frequency =
    orders of identified customers / customers. aov = net merchandise value / orders, guests included, with the
    median beside it. tbp_* describe the days between consecutive purchase days.
    returning_share = orders by customers with an earlier order / orders of identified customers.

Not counted
    Cancelled, test, free and fully refunded orders; guests in everything about customers. Returns without an order
    are taken off revenue, not off the average order value. One-time buyers have no gap.

Worked example
    Twelve orders worth 1,190 in all: aov = 99.17, median 95. Six customers, three with two orders: by order 50 %;
    one of those bought twice on one day only: by day 33.3 %.

References
    "Repeat rate" is used for all of these: ecommercedb.com, geckoboard.com, kpitree.co. Quantiles are type 7 (linear).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span, base, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.ledger import customer_ledger, gaps, visits
from loyalty.derive.order_values import describe
from loyalty.derive.share import share_figure
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Figure, MetricResult, Note
from loyalty.stats.ratio import ratio

GUEST_WARNING = 0.20
UNLINKED_WARNING = Decimal("0.01")
SHORTEST_YEARLY = 90
"""Days below which a yearly frequency would only be the fastest customers' first weeks, stretched."""
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class RepeatOptions:
    """What the user may choose."""

    horizon: int = option(
        90, "Days within which the second purchase must come for rpr_horizon.", low=1, high=3650
    )


def compute(tables: Tables, scope: Scope, options: RepeatOptions) -> MetricResult:
    """Return the repeat-purchase figures of the scope's period, or of all days before the as-of day."""
    span = Span.of_period(scope)
    figures = (
        *_customer_figures(tables, span, options, scope.confidence),
        *_order_figures(tables, span),
        *_gap_figures(tables, span),
        *base_figures(tables, span),
    )
    return MetricResult(
        "repeat",
        "standard",
        figures,
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        notes=_notes(tables, span),
    )


CUSTOMER_FIGURES = {
    "rpr_share_by_day": "share",
    "rpr_share_by_order": "share",
    "rpr_horizon": "share",
    "returning_share": "share",
    "repeat_revenue_share": "share",
    "purchase_frequency": "per_customer",
    "purchase_frequency_by_day": "per_customer",
    "purchase_frequency_per_year": "per_customer",
    "one_time_share": "share",
}


def _customer_figures(
    tables: Tables, span: Span, options: RepeatOptions, confidence: float
) -> tuple[Figure, ...]:
    if "customer_id" not in tables.known:
        return tuple(
            Figure.refused(name, unit, "no_customer_column") for name, unit in CUSTOMER_FIGURES.items()
        )
    ledger = customer_ledger(tables[Fact.PURCHASE_DAYS], span.until, span.since)
    customers, orders = ledger.height, int(ledger["orders"].sum())
    days = int(ledger["days"].sum())
    by_day, by_order = int((ledger["days"] >= 2).sum()), int((ledger["orders"] >= 2).sum())
    per_year = _per_year(tables, span)
    return (
        share_figure("rpr_share_by_day", by_day, customers, confidence),
        share_figure("rpr_share_by_order", by_order, customers, confidence),
        _horizon(tables, span, options.horizon, confidence),
        share_figure("returning_share", _returning_orders(tables, span), orders, None),
        _repeat_revenue(tables, ledger),
        _rate("purchase_frequency", orders, customers),
        _rate("purchase_frequency_by_day", days, customers),
        _rate("purchase_frequency_per_year", orders, customers, factor=per_year),
        share_figure("one_time_share", customers - by_day, customers, confidence),
    )


def _rate(name: str, part: int, whole: int, factor: float | None = 1) -> Figure:
    value = ratio(part, whole)
    if value is None:
        return Figure.undefined(name, "per_customer", "denominator_zero", n=whole)
    if factor is None:
        return Figure.undefined(name, "per_customer", "short_window", n=whole)
    return Figure(name, value * factor, "per_customer", n=whole, numerator=part, denominator=whole)


def _per_year(tables: Tables, span: Span) -> float | None:
    period = span.period(tables)
    return DAYS_PER_YEAR / period.days if period and period.days >= SHORTEST_YEARLY else None


def _horizon(tables: Tables, span: Span, horizon: int, confidence: float) -> Figure:
    """Second purchase within the horizon, over customers whose horizon ended in the span."""
    bought = visits(tables[Fact.PURCHASE_DAYS], span.until)
    second = bought.group_by("customer_id").agg(
        first_day=pl.col("day").min(), second_day=pl.col("day").bottom_k(2).max(), days=pl.len()
    )
    due = pl.col("first_day") + timedelta(days=horizon)
    eligible = second.filter(due <= span.until)
    if span.since is not None:
        eligible = eligible.filter(due > span.since)
    again = (pl.col("days") >= 2) & (pl.col("second_day") <= due)
    return share_figure("rpr_horizon", eligible.filter(again).height, eligible.height, confidence)


def _returning_orders(tables: Tables, span: Span) -> int:
    """Orders in the span by customers with an earlier order, whenever that was."""
    history = visits(tables[Fact.PURCHASE_DAYS], span.until)
    first = history.group_by("customer_id").agg(first_day=pl.col("day").min())
    inside = history.filter(span.inside()).join(first, on="customer_id")
    # On the first day only the first order has no earlier one.
    earlier = pl.col("orders").cast(pl.Int64) - (pl.col("day") == pl.col("first_day")).cast(pl.Int64)
    return int(inside.select(earlier.sum()).item())


def _repeat_revenue(tables: Tables, ledger: pl.DataFrame) -> Figure:
    name = "repeat_revenue_share"
    if len(tables.currencies) > 1:
        return Figure.refused(name, "share", "mixed_currency")
    if "value" not in tables.known:
        return Figure.undefined(name, "share", "no_amount")
    repeated = ledger.filter(pl.col("orders") >= 2)["value"].sum() or Decimal(0)
    total = ledger["value"].sum() or Decimal(0)
    value = ratio(repeated, total)
    if value is None:
        return Figure.undefined(name, "share", "denominator_zero", n=ledger.height)
    return Figure(name, value, "share", n=ledger.height, numerator=repeated, denominator=total)


def _order_figures(tables: Tables, span: Span) -> tuple[Figure, ...]:
    found = base(tables, span)
    everyone = describe(tables[Fact.ORDER_VALUES], span)
    identified = describe(tables[Fact.ORDER_VALUES], span, identified_only=True)
    per_customer = ratio(identified.total, found.customers) if found.customers else None
    return (
        money_figure("aov", ratio(everyone.total, everyone.orders), tables, n=everyone.orders),
        money_figure("aov_median", everyone.median, tables, n=everyone.orders),
        money_figure(
            "aov_identified", ratio(identified.total, identified.orders), tables, n=identified.orders
        ),
        money_figure("revenue_per_customer", per_customer, tables, n=found.customers),
    )


GAP_FIGURES = {"tbp_median": 0.5, "tbp_p80": 0.8, "tbp_p90": 0.9}


def _gap_figures(tables: Tables, span: Span) -> tuple[Figure, ...]:
    if "customer_id" not in tables.known:
        return tuple(
            Figure.refused(name, "days", "no_customer_column") for name in (*GAP_FIGURES, "tbp_mean")
        )
    pooled = gaps(tables[Fact.PURCHASE_DAYS], span.until, span.since)["gap"]
    n = pooled.len()
    if n == 0:
        return tuple(Figure.undefined(name, "days", "no_gaps", n=0) for name in (*GAP_FIGURES, "tbp_mean"))
    quantiles = (
        Figure(name, pooled.quantile(share, interpolation="linear"), "days", n=n)
        for name, share in GAP_FIGURES.items()
    )
    return (*quantiles, Figure("tbp_mean", int(pooled.sum()) / n, "days", n=n))


def _notes(tables: Tables, span: Span) -> tuple[Note, ...]:
    found = base(tables, span)
    notes = [Note("occasion_day")]
    known = "customer_id" in tables.known
    if known and found.orders and found.guest_orders > GUEST_WARNING * found.orders:
        notes.append(Note("many_guests", {"guests": found.guest_orders, "orders": found.orders}))
    if found.unlinked and -found.unlinked > UNLINKED_WARNING * (found.value or 0):
        notes.append(Note("unlinked_refunds", {"amount": -found.unlinked}))
    if span.since is None:
        notes.append(Note("right_censored"))
    return tuple(notes)


METRIC = Metric(
    name="repeat",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_VALUES, Fact.ORDER_ROWS),
    options=RepeatOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.of_period(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty repeat sample_data/orders.csv",
        "loyalty repeat sample_data/orders.csv --by channel",
        "loyalty repeat sample_data/orders.csv --period 2026-Q3 --format csv",
    ),
)
