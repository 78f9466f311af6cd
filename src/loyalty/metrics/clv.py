"""Customer lifetime value by formula: what a customer brings, each variant named for what it leaves out.

Question
    What is a customer worth to us?

Formula
    clv_historic = net revenue to date per customer: what really came in, no guess. clv_aov_lifespan = average order
    value x lifespan in years: the guide's formula, which ignores frequency and cost. clv_revenue = order value x
    orders per customer and year x lifespan: revenue, not profit. clv_margin = clv_revenue x `--margin`.
    clv_discounted = m (1 + d) / (1 + d - r), with the margin m of a year, `--discount-rate` d (0.10) and yearly
    retention r = 1 - 1 / lifespan: money of later years is worth less; clv_discounted_later leaves the first year out.
    clv_to_cac = clv_margin / `--cac`, what winning a customer costs; payback_months = `--cac` / margin of a month.
    Order value and frequency are those of identified customers in the last 365 days. The lifespan is `--lifespan`
    in years, or 1 / yearly churn, where churn is measured between the last two half years and compounded, held to
    5 years; intervals are of the lifespan alone. The table of variants says what each leaves out. The top decile, which
    `-o list.csv` writes, are the customers of whom fewer than a tenth brought more: equal customers go together.

Not counted
    Guests; cancelled, test, free and fully refunded orders. Without twelve months of history, or where churn cannot
    be told from none, no lifespan is guessed: the formula variants are refused until `--lifespan` says it.
    Multiplying averages assumes that order value, frequency and lifespan have nothing to do with each other; heavy
    buyers break that, so look at clv_historic's spread too.

Worked example
    Order value 150, 6 orders a year, 3 years, margin 40 %: clv_aov_lifespan = 450, clv_revenue = 2,700,
    clv_margin = 1,080. Discounted at 10 % with two of three customers kept: 913.85, without the first year 553.85.
    With a cost of 270 per customer: clv_to_cac = 4.0, paid back after 9 months of 30.

References
    Guide: What is customer loyalty? (2022). 150 x 6 x 3: dusunceler.com/sozluk/musteri-yasam-boyu-degeri. On
    multiplying averages: revenueforesight.com/blog. That CLV should be three times CAC is folklore.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.flows import flow
from loyalty.derive.ledger import customer_ledger, visits
from loyalty.derive.lists import CUSTOMERS_JOIN, ListOptions
from loyalty.derive.order_values import describe
from loyalty.derive.spread import bands, deciles
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, Note, Period, ResultTable, Value
from loyalty.stats.lifetime_value import Drivers, acquisition, discounted
from loyalty.stats.proportions import wilson
from loyalty.stats.ratio import ratio

YEAR, HALF_YEAR = timedelta(days=365), timedelta(days=182)
DAYS_PER_YEAR = 365.25
LONGEST_YEARS = 5.0
NO_CHURN = 0.02
"""Yearly churn that cannot be told from none: a lifespan of 50 years would be made up."""
FORMULAS = ("clv_aov_lifespan", "clv_revenue", "clv_margin", "clv_discounted", "clv_discounted_later")
OF_MARGIN = FORMULAS[2:]
AGAINST_COST = {"clv_to_cac": "ratio", "payback_months": "months"}
TOP, DECILES = 1, 10
"""The decile of those who brought the most."""


@dataclass(frozen=True)
class ClvOptions(ListOptions):
    """What the user may choose."""

    margin: float | None = option(None, "Gross margin as a share of net revenue, e.g. 0.4.", low=0, high=1)
    lifespan: float | None = option(
        None, "Customer lifespan in years; otherwise measured.", low=0.01, high=100
    )
    discount_rate: float = option(0.10, "By how much money a year later is worth less.", low=0, high=1)
    cac: float | None = option(None, "What winning a customer costs, in the money of the orders.", low=0)


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
    historic, spread = _historic(tables, ledger, options)
    figures = (*historic, *formulas, *drivers, *base_figures(tables, span))
    return MetricResult(
        "clv",
        "formula",
        figures,
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=(*_variants_table(tables, (historic[0], *formulas)), *spread),
        notes=_notes(lifespan, options),
    )


def _historic(
    tables: Tables, ledger: pl.DataFrame, options: ClvOptions
) -> tuple[tuple[Figure, ...], tuple[ResultTable, ...]]:
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
    ranked = deciles(ledger).sort("value", "customer_id", descending=[True, False], nulls_last=True)
    return figures, (
        *_distribution_table(tables, values),
        *_deciles_table(tables, ranked),
        _customers_table("top_decile", tables, ranked.filter(pl.col("decile") == TOP), options),
        _customers_table("customers", tables, ranked, options),
    )


def _distribution_table(tables: Tables, values: pl.Series) -> Iterator[ResultTable]:
    """Yield how many customers brought how much, in bands of equal width; the last one has no end."""
    found = bands(values)
    if not found:
        return
    yield ResultTable(
        "clv_distribution",
        (
            Column("brought_from", tables.unit),
            Column("customers", "count"),
            Column("share", "share"),
            Column("brought_below", tables.unit),
        ),
        tuple((band.low, band.count, band.count / values.len(), band.high) for band in found),
        draw=Draw.DISTRIBUTION,
    )


def _deciles_table(tables: Tables, ranked: pl.DataFrame) -> Iterator[ResultTable]:
    if ranked.height < DECILES:
        return
    total = ranked["value"].sum()
    grouped = ranked.group_by("decile").agg(
        customers=pl.len(),
        lowest=pl.col("value").min(),
        highest=pl.col("value").max(),
        revenue=pl.col("value").sum(),
    )
    yield ResultTable(
        "clv_deciles",
        (
            Column("decile", "count"),
            Column("share", "share"),
            Column("customers", "count"),
            Column("revenue", tables.unit),
            Column("lowest", tables.unit),
            Column("highest", tables.unit),
        ),
        tuple(
            (decile, ratio(revenue, total), customers, revenue, lowest, highest)
            for decile, customers, lowest, highest, revenue in grouped.sort("decile").iter_rows()
        ),
    )


def _variants_table(tables: Tables, figures: tuple[Figure, ...]) -> Iterator[ResultTable]:
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


def _customers_table(name: str, tables: Tables, ranked: pl.DataFrame, options: ClvOptions) -> ResultTable:
    """Return customers with what they brought, and what was earned on it where a margin was given."""
    columns = [
        Column("customer_id", "id", personal=True),
        Column("clv_historic", tables.unit),
        Column("orders", "count"),
        Column("first_day", "date"),
        Column("last_day", "date"),
    ]
    shown = ["customer_id", "value", "orders", "first_day", "last_day"]
    if options.margin is not None:
        columns.insert(2, Column("margin_to_date", tables.unit))
        shown.insert(2, "earned")
        ranked = ranked.with_columns(earned=pl.col("value") * Decimal(str(options.margin)))
    return ResultTable(name, tuple(columns), tuple(ranked.select(shown).iter_rows()), headline=False)


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
        withheld_figures = (
            *((name, tables.unit) for name in FORMULAS),
            *(AGAINST_COST.items() if options.cac is not None else ()),
        )
        return tuple(
            _unless_money(name, tables, withheld(name, unit, reason)) for name, unit in withheld_figures
        ), shown
    values_of = {
        years: _values(Drivers(order_value, frequency, years, options.margin), options)
        for years in (lifespan.low, lifespan.years, lifespan.high)
        if years is not None
    }
    figures = tuple(_formula(name, tables, lifespan, values_of, buyers.height) for name in FORMULAS)
    return (*figures, *_against_cost(tables, values_of[lifespan.years], options, buyers.height)), shown


def _values(drivers: Drivers, options: ClvOptions) -> dict[str, float | None]:
    """Return what each formula says; None where it needs the margin, or a lifespan of a year."""
    yearly = (
        drivers.order_value * drivers.orders_per_year * drivers.margin if drivers.margin is not None else None
    )
    kept = 1 - 1 / drivers.lifespan_years
    later = {
        name: discounted(yearly, kept, options.discount_rate, first_year=first)
        if yearly is not None and 0 <= kept < 1 + options.discount_rate
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
    tables: Tables, values: dict[str, float | None], options: ClvOptions, n: int
) -> tuple[Figure, ...]:
    """Return lifetime value against the cost of winning a customer, where that was given."""
    if options.cac is None:
        return ()
    told = acquisition(values["clv_margin"], values["yearly"], options.cac)
    reason = "no_margin" if options.margin is None else "denominator_zero"
    return tuple(
        Figure.undefined(name, unit, reason, n=n) if value is None else Figure(name, value, unit, n=n)
        for (name, unit), value in zip(AGAINST_COST.items(), told, strict=True)
    )


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
        "loyalty clv sample_data/orders.csv --margin 0.6 --lifespan 3 --cac 900",
        "loyalty clv sample_data/orders.csv -o list.csv",
    ),
    list_table="top_decile",
    joins=(CUSTOMERS_JOIN,),
)
