"""Lifetime value by formulas: averages multiplied, each named for what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from loyalty.derive.base import SHORTEST_YEARLY, Span, money_figure
from loyalty.derive.ledger import visits
from loyalty.derive.lifetime.lifespan import Lifespan, lifespan_figure
from loyalty.derive.order_values import describe
from loyalty.derive.runs import Runs
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Figure, Key, ResultTable, Value
from loyalty.stats.lifetime_value import Drivers, acquisition, discounted
from loyalty.stats.ratio import ratio

YEAR = timedelta(days=365)
DAYS_PER_YEAR = 365.25
FORMULAS = ("clv_aov_lifespan", "clv_revenue", "clv_margin", "clv_discounted", "clv_discounted_later")
OF_MARGIN = FORMULAS[2:]
AGAINST_COST = {"clv_to_cac": "ratio", "payback_months": "months"}


@dataclass(frozen=True)
class Terms:
    """What the formulas take from the user: gross margin, yearly discount rate, cost of winning a customer."""

    margin: float | None
    discount_rate: float
    cac: float | None


def formulas(
    tables: Tables, span: Span, lifespan: Lifespan, terms: Terms
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return the formula figures, and the drivers they multiply."""
    if "customer_id" not in tables.known:
        return tuple(Figure.refused(name, "money", "no_customer_column") for name in FORMULAS), ()
    recent = Span(max(span.until - YEAR, tables.first_day or span.until - YEAR), span.until)
    values = describe(tables[Fact.ORDER_VALUES], recent, identified_only=True)
    orders, buyers = _bought(tables[Fact.PURCHASE_DAYS], recent)
    window = (recent.until - recent.since).days if recent.since else 0
    order_value = ratio(values.total, values.orders)
    per_customer = ratio(orders, buyers)
    short = window < SHORTEST_YEARLY
    frequency = per_customer * DAYS_PER_YEAR / window if per_customer is not None and not short else None
    no_rate = "short_window" if short and per_customer is not None else "denominator_zero"
    shown = (
        money_figure("aov_identified", order_value, tables, n=values.orders),
        Figure("orders_per_year", frequency, "per_customer", n=buyers)
        if frequency is not None
        else Figure.undefined("orders_per_year", "per_customer", no_rate, n=buyers),
        lifespan_figure(lifespan),
    )
    if order_value is None or frequency is None or lifespan.years is None:
        reason = lifespan.reason or no_rate
        withheld = Figure.refused if lifespan.reason and order_value is not None else Figure.undefined
        withheld_figures = (
            *((name, tables.unit) for name in FORMULAS),
            *(AGAINST_COST.items() if terms.cac is not None else ()),
        )
        return tuple(
            _unless_money(name, tables, withheld(name, unit, reason)) for name, unit in withheld_figures
        ), shown
    values_of = {
        years: _values(Drivers(order_value, frequency, years, terms.margin), terms)
        for years in (lifespan.low, lifespan.years, lifespan.high)
        if years is not None
    }
    figures = tuple(_formula(name, tables, lifespan, values_of, buyers) for name in FORMULAS)
    return (*figures, *_against_cost(tables, values_of[lifespan.years], terms, buyers)), shown


def _bought(purchase_days: pl.DataFrame, span: Span) -> tuple[int, int]:
    """Return the orders of identified customers in a span, and the customers."""
    bought = visits(purchase_days, span.until, span.since, ("customer", "orders"))
    return int(bought["orders"].sum()), len(Runs.of(bought, "customer"))


def _values(drivers: Drivers, terms: Terms) -> dict[str, float | None]:
    """Return what each formula says; None where it needs the margin, or a lifespan of a year."""
    yearly = (
        drivers.order_value * drivers.orders_per_year * drivers.margin if drivers.margin is not None else None
    )
    kept = 1 - 1 / drivers.lifespan_years
    later = {
        name: discounted(yearly, kept, terms.discount_rate, first_year=first)
        if yearly is not None and 0 <= kept < 1 + terms.discount_rate
        else None
        for name, first in (("clv_discounted", True), ("clv_discounted_later", False))
    }
    return {
        "clv_aov_lifespan": drivers.aov_lifespan,
        "clv_revenue": drivers.revenue,
        "clv_margin": drivers.gross_margin,
        **later,
        "yearly": yearly,
    }


def _formula(
    name: str,
    tables: Tables,
    lifespan: Lifespan,
    values_of: dict[float, dict[str, float | None]],
    n: int,
) -> Figure:
    assert lifespan.years is not None
    value = values_of[lifespan.years][name]
    if value is None:
        no_margin = values_of[lifespan.years]["yearly"] is None
        reason = "no_margin" if no_margin and name in OF_MARGIN else "lifespan_below_year"
        return Figure.undefined(name, tables.unit, reason)
    figure = money_figure(name, value, tables, n=n)
    if lifespan.low is None or lifespan.high is None or figure.value is None:
        return figure
    low, high = values_of[lifespan.low][name], values_of[lifespan.high][name]
    return replace(figure, low=low, high=high) if low is not None and high is not None else figure


def _against_cost(
    tables: Tables, values: dict[str, float | None], terms: Terms, n: int
) -> tuple[Figure, ...]:
    """Return lifetime value against the cost of winning a customer, where that was given."""
    if terms.cac is None:
        return ()
    told = acquisition(values["clv_margin"], values["yearly"], terms.cac)
    reason = "no_margin" if terms.margin is None else "denominator_zero"
    return tuple(
        Figure.undefined(name, unit, reason, n=n) if value is None else Figure(name, value, unit, n=n)
        for (name, unit), value in zip(AGAINST_COST.items(), told, strict=True)
    )


def _unless_money(name: str, tables: Tables, otherwise: Figure) -> Figure:
    """Let missing or mixed money be told before anything else."""
    figure = money_figure(name, None, tables)
    return figure if figure.reason in ("mixed_currency", "no_amount") else otherwise


def variants_table(tables: Tables, figures: tuple[Figure, ...]) -> Iterator[ResultTable]:
    """Yield what each variant says beside what it leaves out."""
    shown = [figure for figure in figures if figure.unit == tables.unit and figure.value is not None]
    if not shown:
        return
    yield ResultTable(
        "clv_variants",
        (Column("variant", "text"), Column("value", tables.unit), Column("ignores", "text")),
        tuple(_variant(figure.name, figure.value) for figure in shown),
        word_columns=frozenset({"variant", "ignores"}),
    )


def _variant(name: str, value: Value) -> tuple[Value, ...]:
    return Key(name, "figures"), value, Key(name, "ignores")
