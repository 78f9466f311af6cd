"""What is odd about purchases: guests, returns without their order, cards that buy for many, several currencies."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from loyalty.audit.question import EXAMPLES, Finding, Severity
from loyalty.derive.base import Span, base
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Scope, Tables

MANY_GUESTS = 0.2
MUCH_RETURNED = Decimal("0.01")
MANY_A_DAY = 5


def findings(tables: Tables, scope: Scope) -> Iterator[Finding]:
    """Yield what the purchase days of a shop tell."""
    span = Span.of_period(scope)
    found = base(tables, span)
    if found.orders and "customer_id" in tables.known and found.guest_orders > MANY_GUESTS * found.orders:
        yield Finding("many_guests", Severity.WARNING, Kind.ORDERS, found.guest_orders, found.orders)
    one_money = not tables.several_currencies
    if one_money and found.revenue and -found.unlinked > MUCH_RETURNED * found.revenue:
        yield Finding(
            "unlinked_refunds", Severity.WARNING, Kind.ORDERS, examples=(f"{found.unlinked.normalize():f}",)
        )
    if tables.several_currencies:
        count = len(tables.currencies)
        yield Finding("several_currencies", Severity.WARNING, Kind.ORDERS, count, None, tables.currencies)
    yield from _busy(tables[Fact.PURCHASE_DAYS].filter(span.inside()), found.customers)


def _busy(days: pl.DataFrame, customers: int) -> Iterator[Finding]:
    busy = days.filter(pl.col("customer_id").is_not_null() & (pl.col("orders") > MANY_A_DAY))
    if busy.is_empty():
        return
    shown = busy.sort("orders", "customer_id", "day", descending=[True, False, False]).head(EXAMPLES)
    examples = tuple(
        f"{customer}: {orders} ({day})"
        for customer, orders, day in shown.select("customer_id", "orders", "day").iter_rows()
    )
    count = busy["customer_id"].n_unique()
    yield Finding("many_orders_a_day", Severity.WARNING, Kind.ORDERS, count, customers, examples)
