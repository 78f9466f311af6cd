"""Customer lifetime value by formula: what a customer brings, each variant named for what it leaves out.

Question
    What is a customer worth to us?

Formula
    clv_historic = net revenue to date per customer: what really came in, no guess. clv_aov_lifespan = average order
    value x lifespan in years: the guide's formula, which ignores frequency and cost. clv_revenue = order value x
    orders per customer and year x lifespan: revenue, not profit. clv_margin = clv_revenue x `--margin`.
    Order value and frequency are those of identified customers in the last 365 days. The lifespan is `--lifespan`
    in years, or 1 / yearly churn, where churn is measured between the last two half years and compounded, held to
    5 years.

Not counted
    Guests; cancelled, test, free and fully refunded orders. Without twelve months of history, or where churn cannot
    be told from none, no lifespan is guessed: the formula variants are refused until `--lifespan` says it.
    Multiplying averages assumes that order value, frequency and lifespan have nothing to do with each other; heavy
    buyers break that, so look at clv_historic's spread too.

Worked example
    Order value 150, 6 orders a year, 3 years, margin 40 %: clv_aov_lifespan = 450, clv_revenue = 2,700,
    clv_margin = 1,080.

References
    Guide: What is customer loyalty? (2022). 150 x 6 x 3: dusunceler.com/sozluk/musteri-yasam-boyu-degeri. On
    multiplying averages: revenueforesight.com/blog.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.flows import flow
from loyalty.derive.ledger import customer_ledger, visits
from loyalty.derive.lists import CUSTOMERS_JOIN, ListOptions
from loyalty.derive.order_values import describe
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Column, Figure, MetricResult, Note, Period, ResultTable
from loyalty.stats.lifetime_value import Drivers
from loyalty.stats.proportions import wilson
from loyalty.stats.ratio import ratio

YEAR, HALF_YEAR = timedelta(days=365), timedelta(days=182)
DAYS_PER_YEAR = 365.25
LONGEST_YEARS = 5.0
NO_CHURN = 0.02
"""Yearly churn that cannot be told from none: a lifespan of 50 years would be made up."""
FORMULAS = ("clv_aov_lifespan", "clv_revenue", "clv_margin")


@dataclass(frozen=True)
class ClvOptions(ListOptions):
    """What the user may choose."""

    margin: float | None = option(None, "Gross margin as a share of net revenue, e.g. 0.4.", low=0, high=1)
    lifespan: float | None = option(
        None, "Customer lifespan in years; otherwise measured.", low=0.01, high=100
    )


@dataclass(frozen=True)
class Lifespan:
    """Years a customer stays, with the yearly churn behind it; ``years`` None carries the reason."""

    years: float | None
    reason: str | None = None
    low: float | None = None
    high: float | None = None
    capped: bool = False
    measured: bool = False


def compute(tables: Tables, scope: Scope, options: ClvOptions) -> MetricResult:
    """Return the variants as of the end of the scope's period."""
    span = Span.history(scope)
    ledger = customer_ledger(tables[Fact.PURCHASE_DAYS], span.until)
    lifespan = _lifespan(tables, span.until, options, scope.confidence)
    formulas, drivers = _formulas(tables, span, lifespan, options)
    historic, deciles = _historic(tables, ledger)
    figures = (*historic, *formulas, *drivers, *base_figures(tables, span))
    return MetricResult(
        "clv",
        "formula",
        figures,
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=deciles,
        notes=_notes(lifespan, options),
    )


def _historic(tables: Tables, ledger: pl.DataFrame) -> tuple[tuple[Figure, ...], tuple[ResultTable, ...]]:
    names = ("clv_historic", "clv_historic_median", "clv_historic_p90")
    if "customer_id" not in tables.known:
        return tuple(Figure.refused(name, "money", "no_customer_column") for name in names), ()
    values = ledger["value"].drop_nulls()
    total = values.sum()
    mean = ratio(total, values.len()) if isinstance(total, Decimal) else None
    floats = values.cast(pl.Float64)
    figures = (
        money_figure("clv_historic", mean, tables, n=values.len()),
        money_figure(
            "clv_historic_median", floats.quantile(0.5, interpolation="linear"), tables, n=values.len()
        ),
        money_figure(
            "clv_historic_p90", floats.quantile(0.9, interpolation="linear"), tables, n=values.len()
        ),
    )
    if figures[0].value is None:
        return figures, ()
    return figures, (_customers_table(tables, ledger),)


def _customers_table(tables: Tables, ledger: pl.DataFrame) -> ResultTable:
    ranked = ledger.sort("value", "customer_id", descending=[True, False], nulls_last=True)
    return ResultTable(
        "customers",
        (
            Column("customer_id", "id", personal=True),
            Column("clv_historic", tables.unit),
            Column("orders", "count"),
            Column("first_day", "date"),
            Column("last_day", "date"),
        ),
        tuple(ranked.select("customer_id", "value", "orders", "first_day", "last_day").iter_rows()),
        headline=False,
    )


def _formulas(
    tables: Tables, span: Span, lifespan: Lifespan, options: ClvOptions
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return the formula figures, and the drivers they multiply."""
    if "customer_id" not in tables.known:
        return tuple(Figure.refused(name, "money", "no_customer_column") for name in FORMULAS), ()
    recent = Span(max(span.until - YEAR, tables.first_day or span.until - YEAR), span.until)
    values = describe(tables[Fact.ORDER_VALUES], recent, identified_only=True)
    buyers = customer_ledger(tables[Fact.PURCHASE_DAYS], recent.until, recent.since)
    window = (recent.until - recent.since).days if recent.since else 0
    order_value = ratio(values.total, values.orders)
    per_customer = ratio(int(buyers["orders"].sum()), buyers.height)
    frequency = per_customer * DAYS_PER_YEAR / window if per_customer is not None and window > 0 else None
    shown = (
        money_figure("aov_identified", order_value, tables, n=values.orders),
        Figure("orders_per_year", frequency, "per_customer", n=buyers.height)
        if frequency is not None
        else Figure.undefined("orders_per_year", "per_customer", "denominator_zero", n=0),
        _lifespan_figure(lifespan),
    )
    if order_value is None or frequency is None or lifespan.years is None:
        reason = lifespan.reason or "denominator_zero"
        withheld = Figure.refused if lifespan.reason and order_value is not None else Figure.undefined
        return tuple(
            _unless_money(name, tables, withheld(name, tables.unit, reason)) for name in FORMULAS
        ), shown
    drivers = Drivers(order_value, frequency, lifespan.years, options.margin)
    margin = (
        money_figure("clv_margin", drivers.gross_margin, tables, n=buyers.height)
        if options.margin is not None
        else Figure.undefined("clv_margin", tables.unit, "no_margin")
    )
    return (
        money_figure("clv_aov_lifespan", drivers.aov_lifespan, tables, n=buyers.height),
        money_figure("clv_revenue", drivers.revenue, tables, n=buyers.height),
        margin,
    ), shown


def _unless_money(name: str, tables: Tables, otherwise: Figure) -> Figure:
    """Let missing or mixed money be told before anything else."""
    figure = money_figure(name, None, tables)
    return figure if figure.reason in ("mixed_currency", "no_amount") else otherwise


def _lifespan(tables: Tables, until: date, options: ClvOptions, confidence: float) -> Lifespan:
    if options.lifespan is not None:
        return Lifespan(options.lifespan)
    if tables.first_day is None or tables.first_day > _year_before(until):
        return Lifespan(None, "short_history")
    days = visits(tables[Fact.PURCHASE_DAYS], until).select("customer_id", "day")
    step = flow(days, Period(until - 2 * HALF_YEAR, until - HALF_YEAR), Period(until - HALF_YEAR, until))
    bounds = wilson(step.lost, step.start, confidence)
    if bounds is None:
        return Lifespan(None, "short_history")
    lowest, share, highest = (_yearly(churn) for churn in (bounds.low, step.lost / step.start, bounds.high))
    if lowest < NO_CHURN:
        return Lifespan(None, "churn_near_zero")
    years = 1 / share
    return Lifespan(
        min(years, LONGEST_YEARS),
        low=min(1 / highest, LONGEST_YEARS),
        high=min(1 / lowest, LONGEST_YEARS),
        capped=years > LONGEST_YEARS,
        measured=True,
    )


def _year_before(day: date) -> date:
    """Return the same day of the year before; the last of February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _yearly(half_year_churn: float) -> float:
    """Compound, never double."""
    return 1 - (1 - half_year_churn) ** 2


def _lifespan_figure(lifespan: Lifespan) -> Figure:
    if lifespan.years is None:
        return Figure.refused("lifespan_years", "years", lifespan.reason or "short_history")
    return Figure("lifespan_years", lifespan.years, "years", low=lifespan.low, high=lifespan.high)


def _notes(lifespan: Lifespan, options: ClvOptions) -> tuple[Note, ...]:
    notes = [Note("clv_ignores")]
    if options.margin is None:
        notes.append(Note("revenue_not_profit"))
    if lifespan.measured:
        notes.append(Note("lifespan_measured"))
    if lifespan.capped:
        notes.append(Note("lifespan_capped", {"years": LONGEST_YEARS}))
    return tuple(notes)


METRIC = Metric(
    name="clv",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_VALUES, Fact.ORDER_ROWS),
    options=ClvOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty clv sample_data/orders.csv --margin 0.6",
        "loyalty clv sample_data/orders.csv --margin 0.6 --lifespan 3",
    ),
    list_table="customers",
    joins=(CUSTOMERS_JOIN,),
)
