"""The base every metric on orders stands on, and the fate of the rows in a result's scope.

The base (customers, orders, revenue) is the same computation for all, so that two metrics can be seen to speak of
the same thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from loyalty.derive.ledger import visits
from loyalty.derive.runs import Runs
from loyalty.engine import collect
from loyalty.engine.remembered import remembered
from loyalty.model.metric import Fact, Scope, Tables
from loyalty.model.result import Figure, LeftOut, MetricResult, Note, Period, Rows, Status


@dataclass(frozen=True)
class Span:
    """The days a result uses, ``[since, until)``; ``since`` None is the beginning of the data.

    ``chosen`` unless it merely ends with the data: nobody asked to leave out the rows after it. ``of_a_period`` where
    it ends with a period, and not with the as-of day. ``asked`` is the day up to which was asked where the data end
    within the period: nobody asked to leave out the rows of ``[until, asked)`` either.
    """

    since: date | None
    until: date
    chosen: bool = True
    of_a_period: bool = False
    asked: date | None = None

    @classmethod
    def of_period(cls, scope: Scope) -> Span:
        """Return the scope's period, or all days before the as-of day when none was asked for."""
        if scope.period is None:
            return cls(None, scope.as_of, chosen=not scope.ends_with_data)
        until = min(scope.period.end, scope.as_of)
        return cls(scope.period.start, until, of_a_period=True, asked=scope.asked)

    @classmethod
    def history(cls, scope: Scope) -> Span:
        """Return all days before the end of the scope's period (or the as-of day): for states at a day."""
        return replace(cls.of_period(scope), since=None)

    def inside(self, column: str = "day") -> pl.Expr:
        """Return whether a day lies in the span."""
        inside = pl.col(column) < self.until
        return inside if self.since is None else inside & (pl.col(column) >= self.since)

    @property
    def beyond(self) -> str:
        """Why a row outside is left out."""
        return "after_as_of" if self.since is None and not self.of_a_period else "outside_period"

    def reason(self, own: str | pl.Expr = "reason") -> pl.Expr:
        """Return why a row is left out: its ``day`` lies outside the span, or what its ``own`` reason says.

        The span goes first where it was chosen: a month is not blamed for another month's rows. It is for its own,
        also where the data end before them.
        """
        outside = pl.when(~self.inside() & pl.col("day").is_not_null()).then(pl.lit(self.beyond))
        if not self.chosen:
            return pl.coalesce(own, outside)
        unreached = pl.col("day").is_between(self.until, self.asked or self.until, closed="left")
        return pl.coalesce(pl.when(unreached).then(own), outside, own)

    def period(self, tables: Tables) -> Period | None:
        """Return the span as days to print, from the first day of the data where it has no beginning."""
        since = self.since or tables.first_day
        return None if since is None or since >= self.until else Period(since, self.until)


@dataclass(frozen=True)
class Base:
    """Customers, orders and net revenue of a span; ``value`` is revenue without returns that have no order."""

    customers: int
    orders: int
    guest_orders: int
    value: Decimal | None
    unlinked: Decimal

    @property
    def revenue(self) -> Decimal | None:
        """Net merchandise less returns without an order; None when amounts are unknown."""
        return None if self.value is None else self.value + self.unlinked


def base(tables: Tables, span: Span) -> Base:
    """Count customers, orders and revenue of a span from the purchase days."""
    return _base(tables[Fact.PURCHASE_DAYS], span, "value" in tables.known)


@remembered(32)
def _base(purchase_days: pl.DataFrame, span: Span, has_amounts: bool) -> Base:
    bought, orders, value = pl.col("orders") > 0, pl.col("orders").cast(pl.Int64), pl.col("value")
    sums = collect(
        purchase_days.lazy()
        .filter(span.inside())
        .select(
            orders.sum(),
            guest_orders=orders.filter(pl.col("customer_id").is_null()).sum(),
            value=value.filter(bought).sum(),
            unlinked=value.filter(~bought).sum(),
        )
    ).row(0, named=True)
    return Base(
        customers=len(Runs.of(visits(purchase_days, span.until, span.since, ("customer",)), "customer")),
        orders=sums["orders"],
        guest_orders=sums["guest_orders"],
        value=(sums["value"] or Decimal(0)) if has_amounts else None,
        unlinked=sums["unlinked"] or Decimal(0),
    )


def money_figure(name: str, value: Decimal | float | None, tables: Tables, n: int | None = None) -> Figure:
    """Return a money figure: refused when currencies are mixed, undefined when amounts are unknown."""
    if tables.several_currencies:
        return Figure.refused(name, "money", "mixed_currency", n=n)
    if "value" not in tables.known:
        return Figure.undefined(name, "money", "no_amount", n=n)
    if value is None:
        return Figure.undefined(name, tables.unit, "denominator_zero", n=n)
    return Figure(name, value, tables.unit, n=n)


BASE_FIGURES = ("customers", "orders", "revenue", "guest_orders")


def base_figures(tables: Tables, span: Span) -> tuple[Figure, ...]:
    """Return the figures of ``BASE_FIGURES`` of a span."""
    found = base(tables, span)
    known = "customer_id" in tables.known
    return (
        _people("customers", found.customers, known=known),
        Figure("orders", found.orders, "count"),
        money_figure("revenue", found.revenue, tables, n=found.orders),
        _people("guest_orders", found.guest_orders, known=known),
    )


def _people(name: str, count: int, *, known: bool) -> Figure:
    return Figure(name, count, "count") if known else Figure.undefined(name, "count", "no_customer_column")


def rows_of(table: pl.DataFrame, span: Span) -> Rows:
    """Return the fate of every row: used in the span, or left out under a reason.

    ``table`` has ``reason`` (null: usable), ``day``, ``rows`` and ``first_rows``. Rows outside the span are left out
    for that, whatever else is the matter with them: a month is not blamed for another month's rows. Where nobody chose
    to leave them out, what is the matter with them is the reason.
    """
    counts: dict[str | None, int] = defaultdict(int)
    first: dict[str | None, list[int]] = defaultdict(list)
    for reason, day, rows, first_rows in table.select("reason", "day", "rows", "first_rows").iter_rows():
        fate = reason
        if day is not None and not _in_span(day, span) and (reason is None or _by_choice(day, span)):
            fate = span.beyond
        counts[fate] += rows
        first[fate].extend(first_rows)
    left_out = tuple(
        LeftOut(reason, counts[reason], tuple(sorted(first[reason])[:5]))
        for reason in sorted(key for key in counts if key is not None)
    )
    return Rows(read=sum(counts.values()), used=counts[None], left_out=left_out)


def _in_span(day: date, span: Span) -> bool:
    return day < span.until and (span.since is None or day >= span.since)


def _by_choice(day: date, span: Span) -> bool:
    """Return whether somebody chose to leave out a day outside the span."""
    return span.chosen and not span.until <= day < (span.asked or span.until)


SHORTEST_YEARLY = 90
"""Days below which nothing is told by the year: it would be the fastest customers' first weeks, stretched."""
GUEST_WARNING = 0.20
"""Share of guests from which a result says how many orders tell nothing about customers."""
FEW = 30


def base_notes(result: MetricResult, known: frozenset[str]) -> Iterator[Note]:
    """Yield what every result on orders says of its base: many guests, or a headline of few cases.

    ``known`` are the columns of the export: without one of customers, nobody is a guest.
    """
    told = {note.code for note in result.notes}
    guests, orders = result.figure("guest_orders"), result.figure("orders")
    counts = (guests.value if guests else None, orders.value if orders else None)
    if "customer_id" in known and all(isinstance(count, int) for count in counts):
        guest_orders, all_orders = (int(count) for count in counts if isinstance(count, int))
        if guest_orders > GUEST_WARNING * all_orders:
            yield Note("many_guests", {"guests": guest_orders, "orders": all_orders})
    headline = result.headline
    if "below_min_n" not in told and headline.status is Status.OK and 0 < (headline.n or FEW) < FEW:
        yield Note("below_min_n", {"n": headline.n, "min_n": FEW})
