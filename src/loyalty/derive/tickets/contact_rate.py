"""How many tickets there are per hundred active customers: the orders of the run tell who is active."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from loyalty.derive.base import Span
from loyalty.derive.joined_orders import rows_note, stale_notes
from loyalty.derive.ledger import gaps, visits
from loyalty.derive.retention.activity import LapseWindow, asked_days, lapse_window, window_notes
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure, Note, Status
from loyalty.stats.ratio import ratio

HUNDRED = 100
SHORT = "history_shorter_than_window"


@dataclass(frozen=True)
class ActiveCustomers:
    """Customers who bought in the ``window`` before a day; ``obstacle`` is why they cannot be counted."""

    count: int | None
    window: LapseWindow | None
    obstacle: str | None = None


def active_customers(tables: Tables, span: Span, window: str) -> ActiveCustomers:
    """Return who is active at the end of a period, by the joined orders.

    ``window`` is ``auto`` or days, as of retention. Without a period nothing is counted: tickets of two years, set
    against the customers of today, would be no rate.

    Raises:
        UsageError: ``window`` is neither.
    """
    asked = asked_days(window)
    orders = tables.joined.get(Kind.ORDERS)
    if orders is None:
        return ActiveCustomers(None, None, "no_orders_joined")
    if "customer_id" not in orders.known:
        return ActiveCustomers(None, None, "no_customer_column")
    if span.since is None:
        return ActiveCustomers(None, None, "no_period_asked")
    days = orders[Fact.PURCHASE_DAYS]
    found = lapse_window(gaps(days, span.until))
    found = replace(found, days=asked) if asked else found
    start = span.until - timedelta(days=found.days)
    active = visits(days, span.until, start, ("customer",))["customer"].n_unique()
    is_short = orders.first_day is None or orders.first_day > start
    return ActiveCustomers(active, found, SHORT if is_short else None)


def contact_figures(tickets: int, active: ActiveCustomers) -> Iterator[Figure]:
    """Yield tickets per hundred active customers, these, and the window that says who is one."""
    if active.count is None:
        yield Figure.undefined("contact_rate", "ratio", active.obstacle or "")
        yield Figure.undefined("active_customers", "count", active.obstacle or "")
        return
    rate = ratio(HUNDRED * tickets, active.count)
    figures = (
        Figure.undefined("contact_rate", "ratio", "nobody_active", n=0)
        if rate is None
        else Figure(
            "contact_rate", rate, "ratio", n=active.count, numerator=tickets, denominator=active.count
        ),
        Figure("active_customers", active.count, "count"),
    )
    for figure in figures:
        # Where the orders begin within the window, some who are active seem not to be: machines get the value.
        if active.obstacle is None or figure.status is not Status.OK:
            yield figure
        else:
            yield replace(figure, status=Status.INSUFFICIENT, reason=active.obstacle)
    if active.window is not None:
        # Measured, it differs from month to month: a rate that moved for it is not one that moved.
        yield Figure("window_days", active.window.days, "days")


def contact_notes(tables: Tables, span: Span, active: ActiveCustomers, window: str) -> Iterator[Note]:
    """Yield what the rate stands on, and that it can be read both ways."""
    orders = tables.joined.get(Kind.ORDERS)
    if orders is None or active.window is None:
        return
    yield rows_note(orders, span.until)
    yield from window_notes(active.window, window, None)
    yield Note("contact_rate_reading")
    yield from stale_notes(orders, span.until)
