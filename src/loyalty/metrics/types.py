"""Kinds of loyalty: who comes for the value, for low prices, for rewards or for discounts, and what to do with each.

Question
    Why do our regular customers come back, and what do we do with each kind of them?

Formula
    The orders of the last `--window-days` (365) days get one driver each, the first that applies. reward: paid with
    points, and not on a discount, or with points worth at least the discount. discount: discount / list price >=
    `--min-discount-depth` (0.05). price: at least half of the pieces (`--low-tier-unit-share`) are from the lowest
    price tier of their kind, which ends at the 33rd percentile (`--low-tier-quantile`) of the prices of its products.
    value: the rest, at full price and not of the lowest tier.

    A customer with `--min-orders` (4) purchase days or more, not lapsed, is of the kind that drives the largest share
    of the orders, if that share is at least `--majority` (0.5), no other is as large, and the lower end of its Wilson
    interval is at least `--min-wilson-lower` (0.25). No share so large, or two equal: mixed. Too few purchases,
    lapsed, or a weak majority: unclassified. Shares are of all identified customers who bought in the window.

    The list price is that of the file; without one it is amount + discount. A product's price is its list value over
    the pieces sold in the window. Kinds of fewer than three products, or with one price, have no tier.

    discount_order_share = orders with a discount of that depth / orders, guests included; discount_list_share = their
    list value / all; discount_depth = their discounts / their list value; discount_only = customers with three orders
    or more, all discounted, of those with three or more. first_order_depth = discounts / list value of the orders with
    which customers came for the first time. With `--promo-days 2026-03-01..2026-03-08,2026-06-10` (the day after `..`
    does not count) promo_response_index = orders per promotion day / orders per other day.

    price_elasticity = median arc elasticity of the products whose list price changed once in the window: relative
    change of the pieces sold per day over that of the price, by midpoints; both prices stood for 28 days or more.

    `--surveys FILE` adds what customers said last to the 0-10 question in the 365 days before, and never changes a
    kind: who buys for value and answered 9-10 is confirmed, 0-6 perhaps loyal by habit only (spurious). Where the file
    asks why people buy (a column such as "Purchase reason", or rows of survey_type reason: price, offers, points,
    quality), stated_type is what they said last in those days, and agrees says whether the orders show the same;
    stated_agreement = the same / all of a kind who said one. With `--trust-survey` what they say is their kind.

    `--sensitivity` tries half and one and a half times the window, the purchase days and the depth, and counts who
    would change kind.

Not counted
    Guests, in all that is about customers; cancelled, test, free and fully refunded orders. Returned lines count: they
    were bought on the same terms. A kind that the file cannot show has no value, never 0: reward without a column of
    points; value, price and discount without a column of discounts; price without kinds of product, pieces, or tiers
    for half of the orders, and of amounts in several currencies. Where more than `--always-on-discount` (0.7) of the
    orders are discounted, only a discount deeper than the shop's median counts as one; where none is, value and
    discount are refused. No customer's own price sensitivity is computed.

Worked example
    D1 has five orders, four with 20 of 100 off: discount 0.8 of the orders, lower bound 0.376: discount. X1 has two
    orders with points and two with a discount: mixed (tie). K1 has two with a discount, one with points and one at
    full price: a share of 0.5, but a lower bound of 0.150: unclassified (weak majority). W1 had 3 % off each: value.

Cautions
    The kinds are what orders show, not what people think. Price-based loyalty is about competitors' prices, which no
    order shows. Prices were not set at random: the elasticity describes, it does not predict. Frequent buying alone
    never proves value: some of it is habit (spurious loyalty).

References
    The four kinds: What is customer loyalty? Five ways to build a loyal culture (2022). Deal proneness against value
    consciousness: Lichtenstein, Netemeyer & Burton (1990). Spurious loyalty: Dick & Basu (1994).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.ledger import customer_ledger, gaps
from loyalty.derive.lists import CUSTOMERS_JOIN, ListOptions
from loyalty.derive.loyalty_types.customers import (
    MIXED,
    UNCLASSIFIED,
    Attitude,
    TypeOptions,
    customer_types,
    with_attitude,
    with_stated_type,
)
from loyalty.derive.loyalty_types.discounts import (
    discount_figures,
    discounts_by_month,
    promo_days,
    promo_response,
)
from loyalty.derive.loyalty_types.drivers import DRIVERS, Driven, Driver, cannot_tell, order_drivers
from loyalty.derive.loyalty_types.price_changes import price_elasticities
from loyalty.derive.retention.activity import lapse_window
from loyalty.derive.rows import LaterRows
from loyalty.derive.sensitivity import Trial, around, around_whole, sensitivity
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.sentiment import last_reason, last_sentiment
from loyalty.engine import collect
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Join, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, Note, ResultTable, Value

CLASSES = (*(driver.value for driver in Driver), MIXED, UNCLASSIFIED)
CAMPAIGN_DAYS = 31
"""Promotion days so shortly before the end make the picture that of a campaign."""


@dataclass(frozen=True)
class TypesOptions(ListOptions, TypeOptions):
    """What the user may choose."""

    window_days: int = option(365, "Days before the end whose orders are looked at.", low=30, high=1825)
    promo_days: str | None = option(
        None, "Days of promotions, for the response to them: 2026-03-01..2026-03-08,2026-06-10."
    )
    sensitivity: bool = option(False, "Count who would change kind under other thresholds.")
    trust_survey: bool = option(False, "With --surveys: let what customers say they buy for be their kind.")


def compute(tables: Tables, scope: Scope, options: TypesOptions) -> MetricResult:
    """Return the kinds as of the end of the scope's period."""
    history = Span.history(scope)
    promos = promo_days(options.promo_days, scope) if options.promo_days else []
    span = Span(history.until - timedelta(days=options.window_days), history.until)
    driven = order_drivers(tables, span, options)
    one_money = not tables.several_currencies
    changes = price_elasticities(tables[Fact.PRODUCT_DAYS], span) if one_money else []
    known = "customer_id" in tables.known
    people = _people(tables, driven, history, options, scope.confidence)
    figures = (
        *_type_figures(people, driven.off, scope.confidence, known=known),
        *_attitude_figures(tables, people, driven.off, scope.confidence, known=known),
        *discount_figures(
            tables,
            driven.orders,
            _first_orders(tables, driven.orders, history),
            _without_discounts(driven.off),
            scope.confidence,
        ),
        promo_response(driven.orders, tables, span, promos),
        _elasticity(changes, one_money=one_money),
        *base_figures(tables, history),
    )
    result = MetricResult(
        "types",
        "standard",
        figures,
        rows=rows_of(tables[Fact.ORDER_ROWS], history),
        period=history.period(tables),
        as_of=history.until,
        notes=tuple(_notes(tables, driven, span, options)),
    )
    if changes:
        result = result.with_notes(Note("prices_not_random"))
    if promos and any(promo.end > history.until - timedelta(days=CAMPAIGN_DAYS) for promo in promos):
        result = result.with_notes(Note("campaign_month"))
    if not known:
        return result
    shown = [_types_table(tables, people, driven.off), _unclassified_table(people)]
    if options.sensitivity:
        trials = _trials(tables, history, options, scope.confidence)
        table, notes = sensitivity(_classes(people), trials)
        shown.append(table)
        result = result.with_notes(*notes)
    if _without_discounts(driven.off) is None:
        shown.append(discounts_by_month(tables, driven.orders, span))
    return replace(result, tables=(*shown, _customers_table(tables, people)))


def _people(
    tables: Tables, driven: Driven, history: Span, options: TypesOptions, confidence: float
) -> pl.DataFrame:
    days = tables[Fact.PURCHASE_DAYS]
    shop = (tables.whole or tables)[Fact.PURCHASE_DAYS]
    lapse = lapse_window(gaps(shop, history.until)).days
    ledger = customer_ledger(days, history.until)
    people = customer_types(driven.orders, ledger, lapse, options, confidence)
    people = with_stated_type(people, last_reason(tables, history.until), trusted=options.trust_survey)
    return with_attitude(people, last_sentiment(tables, history.until))


def _first_orders(tables: Tables, orders: pl.DataFrame, history: Span) -> pl.DataFrame:
    """Return the orders of the days on which customers bought for the first time ever."""
    first = customer_ledger(tables[Fact.PURCHASE_DAYS], history.until).select(
        "customer_id", day=pl.col("first_day")
    )
    return orders.join(first, on=["customer_id", "day"], how="semi")


def _without_discounts(off: Mapping[Driver, str]) -> str | None:
    """Return why discounts are not known at all; where they are always on, they are."""
    reason = off.get(Driver.DISCOUNT)
    return None if reason == "always_on_discount" else reason


# --- figures and tables


def _type_figures(
    people: pl.DataFrame, off: Mapping[Driver, str], confidence: float, *, known: bool
) -> Iterator[Figure]:
    names = [f"{name}_loyal" for name in CLASSES[:4]] + list(CLASSES[4:])
    if not known:
        for name in names:
            yield Figure.refused(f"{name}_share", "share", "no_customer_column")
        return
    counts = dict(people.group_by("type").len().iter_rows())
    reasons: dict[str, str] = {driver.value: reason for driver, reason in off.items()}
    for name, kind in zip(names, CLASSES, strict=True):
        if kind in reasons:
            yield cannot_tell(f"{name}_share", "share", reasons[kind], n=people.height)
        else:
            yield share_figure(f"{name}_share", counts.get(kind, 0), people.height, confidence)
    yield Figure("window_customers", people.height, "count")


def _attitude_figures(
    tables: Tables, people: pl.DataFrame, off: Mapping[Driver, str], confidence: float, *, known: bool
) -> Iterator[Figure]:
    """Yield how many of those loyal for value say so, and who says the same as the orders; nothing without surveys."""
    if not known or Kind.SURVEYS not in tables.joined:
        return
    if "stated_type" in tables.joined[Kind.SURVEYS].known:
        said = dict(people.filter(pl.col("agrees").is_not_null()).group_by("agrees").len().iter_rows())
        yield share_figure("stated_agreement", said.get("yes", 0), sum(said.values()), confidence)
    if Driver.VALUE in off:
        return
    counts = dict(people.group_by("attitude").len().iter_rows())
    for attitude in Attitude:
        yield Figure(f"value_{attitude}", counts.get(attitude.value, 0), "count")


def _types_table(tables: Tables, people: pl.DataFrame, off: Mapping[Driver, str]) -> ResultTable:
    money = not tables.several_currencies and "value" in tables.known
    found = {
        kind: (customers, value)
        for kind, customers, value in people.group_by("type").agg(pl.len(), pl.col("value").sum()).iter_rows()
    }
    rows: list[tuple[Value, ...]] = []
    for kind in CLASSES:
        customers, value = found.get(kind, (0, Decimal(0)))
        told = kind not in {driver.value for driver in off}
        share = customers / people.height if people.height else None
        counts = (customers, share, value if money else None) if told else (None,) * 3
        rows.append((Key(kind, "loyalty_types"), *counts, Key(kind, "type_strategies")))
    columns = (
        Column("type", "segment"),
        Column("customers", "count"),
        Column("share", "share"),
        Column("revenue", tables.unit),
        Column("strategy", "strategy"),
    )
    return ResultTable("types", columns, tuple(rows), draw=Draw.BARS)


def _elasticity(found: list[float], *, one_money: bool) -> Figure:
    if not one_money:
        return Figure.refused("price_elasticity", "ratio", "mixed_currency")
    if not found:
        return Figure.undefined("price_elasticity", "ratio", "no_price_change", n=0)
    return Figure("price_elasticity", median(found), "ratio", n=len(found))


def _unclassified_table(people: pl.DataFrame) -> ResultTable:
    """Return why customers are of no kind."""
    reasons = (
        people.filter(pl.col("type").is_in([MIXED, UNCLASSIFIED]))
        .group_by("reason")
        .len()
        .sort("len", "reason", descending=[True, False])
    )
    rows = tuple((reason, count, count / people.height) for reason, count in reasons.iter_rows())
    columns = (Column("reason", "reason"), Column("customers", "count"), Column("share", "share"))
    return ResultTable("unclassified", columns, rows, word_columns=frozenset({"reason"}))


def _customers_table(tables: Tables, people: pl.DataFrame) -> ResultTable:
    """Every customer with the evidence, by kind, those who spent most first."""
    money = not tables.several_currencies and "value" in tables.known
    value = pl.col("value") if money else pl.lit(None)
    depth = pl.when(pl.col("list_value") > 0).then(
        pl.col("discount_value").cast(pl.Float64) / pl.col("list_value").cast(pl.Float64)
    )
    order = pl.col("type").replace_strict(list(CLASSES), list(range(len(CLASSES))), return_dtype=pl.Int8)
    shares = [f"{name}_{what}" for what in ("share", "spend") for name in DRIVERS]
    chosen = (
        people.lazy()
        .with_columns(
            value=value,
            depth=depth if money else pl.lit(None, pl.Float64),
            **{} if money else {name: pl.lit(None, pl.Float64) for name in shares if name.endswith("_spend")},
        )
        .sort(order, "value", "customer_id", descending=[False, True, False], nulls_last=True)
        .select(
            *("customer_id", "type", "reason", "runner_up", "share", "low", "orders", "purchase_days"),
            *shares,
            *("depth", "value", "attitude", "stated_type", "agrees"),
        )
    )
    columns = (
        Column("customer_id", "id", personal=True),
        Column("type", "segment"),
        Column("reason", "reason"),
        Column("runner_up", "segment"),
        Column("largest_share", "share"),
        Column("lower_bound", "share"),
        Column("orders", "count"),
        Column("purchase_days", "count"),
        *(Column(f"driver_{name}", "share") for name in shares),
        Column("discount_depth", "share"),
        Column("value", tables.unit),
        Column("attitude", "text"),
        Column("stated_type", "text"),
        Column("agrees", "text"),
    )
    named = {name: Key(name, "loyalty_types") for name in (*CLASSES, *DRIVERS)}
    rows = LaterRows(
        lambda: (
            (customer, named[kind], reason, named.get(runner), *rest, named.get(stated), agrees)
            for customer, kind, reason, runner, *rest, stated, agrees in collect(chosen).iter_rows()
        )
    )
    return ResultTable(
        "customers",
        columns,
        rows,
        headline=False,
        word_columns=frozenset({"reason", "attitude", "agrees"}),
    )


# --- sensitivity


def _classes(people: pl.DataFrame) -> pl.DataFrame:
    return people.select("customer_id", pl.col("type").alias("class"))


def _trials(tables: Tables, history: Span, options: TypesOptions, confidence: float) -> Iterator[Trial]:
    tried: list[tuple[str, float, TypesOptions]] = [
        *(
            ("window_days", days, replace(options, window_days=days))
            for days in around_whole(options.window_days)
        ),
        *(
            ("min_orders", orders, replace(options, min_orders=orders))
            for orders in around_whole(options.min_orders)
        ),
        *(
            ("min_discount_depth", depth, replace(options, min_discount_depth=depth))
            for depth in around(options.min_discount_depth, least=0.001)
        ),
    ]
    for threshold, setting, changed in tried:
        span = Span(history.until - timedelta(days=changed.window_days), history.until)
        driven = order_drivers(tables, span, changed)
        yield Trial(threshold, setting, _classes(_people(tables, driven, history, changed, confidence)))


# --- notes


def _notes(tables: Tables, driven: Driven, span: Span, options: TypesOptions) -> Iterator[Note]:
    if Driver.PRICE not in driven.off:
        yield Note("price_tier_proxy")
        if driven.without_tier:
            yield Note("tier_unknown", {"share": driven.without_tier})
    if driven.off.get(Driver.DISCOUNT) == "no_discount_column":
        yield Note("discounts_unseen")
    if Driver.REWARD in driven.off:
        yield Note("rewards_unseen")
    if driven.raised_to is not None:
        yield Note("always_on_discount", {"limit": options.always_on_discount, "depth": driven.raised_to})
    if _without_discounts(driven.off) is None and "list_value" not in tables.known:
        yield Note("list_from_amount")
    if short := _missing_days(tables.first_day, span):
        yield Note(
            "history_shorter_than_window",
            {"days": options.window_days - short, "window": options.window_days},
        )
    if options.trust_survey and last_reason(tables, span.until) is None:
        yield Note("no_stated_types")
    yield Note("types_are_proxies")


def _missing_days(first_day: date | None, span: Span) -> int:
    """Return for how many days of the window there are no data."""
    if first_day is None or span.since is None:
        return 0
    return max(0, (min(first_day, span.until) - span.since).days)


METRIC = Metric(
    name="types",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_TERMS, Fact.PRODUCT_DAYS, Fact.ORDER_ROWS),
    options=TypesOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty types sample_data/orders.csv",
        "loyalty types sample_data/orders.csv --sensitivity",
        "loyalty types sample_data/orders.csv --customers sample_data/customers.csv --consent email -o kinds.csv",
    ),
    list_table="customers",
    joins=(
        Join(Kind.SURVEYS, lambda _: (Fact.ANSWERS,), "Survey answers, for what customers say."),
        CUSTOMERS_JOIN,
    ),
)
