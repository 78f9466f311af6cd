"""Repeat purchase: who buys again, how soon, how often, for how much.

Question
    How many customers came back, and after how long? How often do they buy, how much is an order worth, and how long
    lies between two purchases?

Formula
    rpr_horizon = customers whose second purchase day came within `--horizon` (90) days of the first / customers whose
    first one lies at least so long back, so that customers who only just arrived do not drag it down; with `--period`,
    those whose horizon ended in it. rpr_share_by_day = customers with two or more purchase days / customers;
    rpr_share_by_order counts two orders on one day as well. returning_share = orders by customers with an earlier
    order / orders of known customers. repeat_revenue_share = net revenue of customers with two or more orders / that
    of all known customers.

    second_purchase_30d, _60d, _90d, _180d = 1 - S, where S is Kaplan and Meier's curve of the days from the first to
    the second purchase day: who has not come back yet counts for as long as they have been watched, and not as never.
    time_to_second_purchase is the day by which half came back, where that is reached. With `--period`, of customers who
    bought first in it. Interval: log(-log S), Greenwood's variance.

    purchase_frequency = orders of known customers / customers, by_day = purchase days / customers, per_year = / days
    of the window x 365.25 (not under 90 days). aov = net merchandise value / orders, guests included, with median and
    90th percentile beside it; revenue_per_customer = order value x frequency of known customers. Their intervals are
    percentiles of 2,000 draws of whole customers with all their orders (each order of a guest on its own), seed
    20240701; none below 10. tbp_* describe the days between consecutive purchase days, pooled: tbp_gaps of them, of
    tbp_customers; tbp_median_by_order counts two orders on one day as a gap of 0.

Not counted
    Cancelled, test, free and fully refunded orders; guests in everything about customers. Returns without an order
    are taken off revenue, not off the average order value. One-time buyers have no gap: one_time_share says how many.

Worked example
    Twelve orders worth 1,190 in all: aov = 99.17, median 95. Six customers, three with two orders: by order 50 %;
    one of those bought twice on one day only: by day 33.3 %. Of the four whose first purchase is 90 days old, one came
    back within 90: rpr_horizon = 25 %. Five were watched for 31 days, when the first came back, and three for 91, when
    the second did: 1 - 4/5 = 20 % by day 90, 1 - 4/5 x 2/3 = 46.7 % by day 91; half is not reached.

Cautions
    Pooled gaps over-represent frequent buyers and leave out those who never returned: an average gap is no promise of
    the next purchase. A higher order value is good only where the frequency holds. Renewals of subscriptions are
    purchases here: `--by is_subscription` shows them apart.

References
    "Repeat rate" is used for all of these: ecommercedb.com, geckoboard.com, kpitree.co. Kaplan and Meier (1958), JASA
    53. Efron and Tibshirani (1993), An Introduction to the Bootstrap. Quantiles are type 7 (linear).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from loyalty.derive.base import BASE_FIGURES, SHORTEST_YEARLY, Span, base, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.ledger import customer_ledger, numbered_visits, visits
from loyalty.derive.order_values import describe
from loyalty.derive.purchase_gaps import gap_figures
from loyalty.derive.second_purchase import (
    FIGURES,
    first_two_days,
    second_purchase_curve,
    second_purchase_figures,
    second_purchase_table,
    within_horizon,
)
from loyalty.derive.share import share_figure
from loyalty.derive.spending import intervals
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Figure, MetricResult, Note, Status
from loyalty.stats.bootstrap import DRAWS, SEED
from loyalty.stats.proportions import Interval
from loyalty.stats.ratio import ratio

UNLINKED_WARNING = Decimal("0.01")
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class RepeatOptions:
    """What the user may choose."""

    horizon: int = option(
        90,
        "Days within which the second purchase must come for rpr_horizon.",
        low=1,
        high=3650,
        days=True,
    )


def compute(tables: Tables, scope: Scope, options: RepeatOptions) -> MetricResult:
    """Return the repeat-purchase figures of the scope's period, or of all days before the as-of day."""
    span, confidence = Span.of_period(scope), scope.confidence
    known = "customer_id" in tables.known
    numbered = numbered_visits(visits(tables[Fact.PURCHASE_DAYS], span.until))
    two = first_two_days(numbered)
    curve, newcomers = second_purchase_curve(two, span, confidence)
    drawn = dict(intervals(tables, span, confidence))
    if (factor := _per_year(tables, span)) and (yearly := drawn.get("purchase_frequency")):
        drawn["purchase_frequency_per_year"] = Interval(factor * yearly.low, factor * yearly.high)
    people = _with_intervals(_customer_figures(tables, span, two, confidence), drawn, confidence)
    orders = _with_intervals(_order_figures(tables, span), drawn, confidence)
    soon: tuple[Figure, ...] = (
        within_horizon(two, span, options.horizon, confidence),
        *second_purchase_figures(curve, newcomers, confidence),
    )
    if not known:
        refused = {"rpr_horizon": "share"} | FIGURES
        soon = tuple(Figure.refused(name, unit, "no_customer_column") for name, unit in refused.items())
    return MetricResult(
        "repeat",
        "standard",
        (*soon, *people, *orders, *gap_figures(tables, span, numbered), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(second_purchase_table(two, curve, span),) if known else (),
        notes=_notes(tables, span, drawn),
    )


CUSTOMER_FIGURES = {
    "rpr_share_by_day": "share",
    "rpr_share_by_order": "share",
    "returning_share": "share",
    "repeat_revenue_share": "share",
    "purchase_frequency": "per_customer",
    "purchase_frequency_by_day": "per_customer",
    "purchase_frequency_per_year": "per_customer",
    "one_time_share": "share",
}


def _customer_figures(tables: Tables, span: Span, two: pl.DataFrame, confidence: float) -> tuple[Figure, ...]:
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
        # All orders in the span but the very first of each customer, where that lies in it.
        share_figure("returning_share", orders - two.filter(span.inside("first_day")).height, orders, None),
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


def _repeat_revenue(tables: Tables, ledger: pl.DataFrame) -> Figure:
    name = "repeat_revenue_share"
    if tables.several_currencies:
        return Figure.refused(name, "share", "mixed_currency")
    if "value" not in tables.known:
        return Figure.undefined(name, "share", "no_amount")
    repeated = ledger.filter(pl.col("orders") >= 2)["value"].sum() or Decimal(0)
    total = ledger["value"].sum() or Decimal(0)
    value = ratio(repeated, total)
    if value is None:
        return Figure.undefined(name, "share", "denominator_zero", n=ledger.height)
    return Figure(name, value, "share", n=ledger.height, numerator=repeated, denominator=total)


ORDER_FIGURES = ("aov", "aov_median", "aov_p90", "aov_identified", "revenue_per_customer")


def _order_figures(tables: Tables, span: Span) -> tuple[Figure, ...]:
    found = base(tables, span)
    everyone = describe(tables[Fact.ORDER_VALUES], span)
    identified = describe(tables[Fact.ORDER_VALUES], span, identified_only=True)
    per_customer = ratio(identified.total, found.customers) if found.customers else None
    return (
        money_figure("aov", ratio(everyone.total, everyone.orders), tables, n=everyone.orders),
        money_figure("aov_median", everyone.median, tables, n=everyone.orders),
        money_figure("aov_p90", everyone.p90, tables, n=everyone.orders),
        money_figure(
            "aov_identified", ratio(identified.total, identified.orders), tables, n=identified.orders
        ),
        money_figure("revenue_per_customer", per_customer, tables, n=found.customers),
    )


def _with_intervals(
    figures: Iterable[Figure], drawn: Mapping[str, Interval], confidence: float
) -> Iterator[Figure]:
    """Yield the figures that have a value with the interval that was drawn for them."""
    for figure in figures:
        interval = drawn.get(figure.name)
        if interval is None or figure.status is not Status.OK:
            yield figure
        else:
            yield replace(figure, low=interval.low, high=interval.high, confidence=confidence)


def _notes(tables: Tables, span: Span, drawn: Mapping[str, Interval]) -> tuple[Note, ...]:
    found = base(tables, span)
    notes = [Note("occasion_day")]
    one_money = not tables.several_currencies
    if one_money and found.unlinked and -found.unlinked > UNLINKED_WARNING * (found.value or 0):
        notes.append(Note("unlinked_refunds", {"amount": -found.unlinked}))
    if span.since is None:
        notes.append(Note("right_censored"))
    if drawn:
        notes.append(Note("bootstrap_by_customer", {"draws": DRAWS, "seed": str(SEED)}))
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
    tells_change=True,
    examples=(
        "loyalty repeat sample_data/orders.csv",
        "loyalty repeat sample_data/orders.csv --by channel",
        "loyalty repeat sample_data/orders.csv --period 2026-Q3 --format csv",
    ),
    without_past=frozenset({*CUSTOMER_FIGURES, *ORDER_FIGURES, *BASE_FIGURES}) - {"returning_share"},
)
