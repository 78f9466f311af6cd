"""Customer lifetime value: what customers brought, what they will bring, and formulas named for what they leave out.

Question
    What is a customer worth to us, and who will still buy?

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
    `--table top_decile` writes, are the customers of whom fewer than a tenth brought more: equal customers go together.

    Predictions (`--model`): each customer is x (purchase days after the first), t_x (days from the first to the last)
    and T (days from the first to the last day that counts). BG/NBD, MBG/NBD and Pareto/NBD take customers to buy at
    rates of their own, gamma-distributed among them, and to leave: after a repeat order, after any order, at any time.
    Fitted by maximum likelihood; `auto` takes the likeliest of the three, `none` leaves the predictions out. Value per
    order is Gamma-Gamma's, shrunken towards that of all, from repeat orders; one-time buyers get the mean of all.
    predicted_orders, predicted_revenue and predicted_margin (x `--margin`) are for the next `--horizon` (12m; months of
    30.4375 days); residual_revenue and residual_clv (x `--margin`) for the next 36 months or the horizon, if longer,
    discounted at `--discount-rate` a year. p_alive is the probability of not having left, p_no_order_90d that of no
    order in 90 days. next_from and next_to are the days between which the next order of a customer who stays comes half
    of the time. Tiers are by residual value: first 20 %, next 30 %, the rest. `-o list.csv` writes all customers.

    Intervals of predictions are parameter uncertainty by the delta method (`--bootstrap N`: from resamples): they
    shrink with the number of customers however wrong the model is. Beside them stands the hold-out error: the model
    fitted anew to the days before a split (the horizon before the end, but not before the middle of the history) and
    held against what came: holdout_bias = expected / actual orders - 1, holdout_mae = mean error of a customer's
    orders; each also if customers went on at their own rate, and if all were alike. `--validate` adds tables: repeat
    orders by week (cumulative and each, with MAPE), by frequency, by decile, and how true P(no order) came.

    `--save-fit model.json` keeps a fit (parameters, unit, days, counts, version, hash of the data), `--fit model.json`
    predicts with it: refused where its money is another; a note says where repeat orders so far differ from what it
    expects by more than 10 % and more than chance.

    `--basis membership`, from a list of members with the days they joined and left: at the end of each `--every`
    (month) a member renews or leaves; the chance to leave is beta-distributed among members (sBG), so that
    S(t) = B(alpha, beta + t) / B(alpha, beta). retention_clv = `--fee` x `--margin` x the sum of S(t) / (1 + d)^t for
    t = 0, 1, ...; retention_clv_left is what present members still pay after the period they have paid for.

Not counted
    Guests; cancelled, test, free and fully refunded orders. Without twelve months of history, or where churn cannot
    be told from none, no lifespan is guessed: the formula variants are refused until `--lifespan` says it.
    Predictions are refused where nobody bought on a second day, or in less than four weeks of history; where the data
    do not settle the parameters a weak prior is added and a note says so. Returns without an order are in no
    prediction. Renewals that have not come up yet, also of members already gone, are in no count.
    Multiplying averages assumes that order value, frequency and lifespan have nothing to do with each other; heavy
    buyers break that, so look at clv_historic's spread too.

Worked example
    Order value 150, 6 orders a year, 3 years, margin 40 %: clv_aov_lifespan = 450, clv_revenue = 2,700,
    clv_margin = 1,080. Discounted at 10 % with two of three customers kept: 913.85, without the first year 553.85.
    With a cost of 270 per customer: clv_to_cac = 4.0, paid back after 9 months of 30.
    2,357 customers who first bought at CDNOW in early 1997, known for 39 weeks: MBG/NBD expects 1,577 orders in the
    next 39; 1,882 came (holdout_bias -16 %). On average it was off by 0.76 orders per customer, going on as before
    would have been by 1.02.
    Of 1,000 members 631 renew, then 468, 382, 326, 289, 262, 241: alpha = 0.70, beta = 1.18; 22 % stay an eighth time.

Cautions
    The models know no season and no campaign. Left-censored data (a first order that is not the first) make customers
    look newer than they are. Where no dropout is identified, p_alive is about 1 for everybody: use p_no_order_90d.

References
    MBG/NBD: Batislam, Denizel and Filiztekin (2007), IJRM 24. BG/NBD: Fader, Hardie and Lee (2005), Marketing Science
    24. Pareto/NBD: Schmittlein, Morrison and Colombo (1987). Gamma-Gamma: Fader and Hardie (2013), note 025. sBG: Fader
    and Hardie (2007), J. Interactive Marketing 21; value of contracts: (2010), Marketing Science 29.
    Guide: What is customer loyalty? (2022). 150 x 6 x 3: dusunceler.com/sozluk/musteri-yasam-boyu-degeri. On
    multiplying averages: revenueforesight.com/blog. That CLV should be three times CAC is folklore.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from loyalty.derive.base import SHORTEST_YEARLY, Span, base_figures, money_figure, rows_of
from loyalty.derive.bridge import Basis
from loyalty.derive.fates import left_out_rows
from loyalty.derive.flows import flow
from loyalty.derive.ledger import customer_ledger, visits
from loyalty.derive.lifetime_options import Model, PredictionOptions
from loyalty.derive.lists import CUSTOMERS_JOIN
from loyalty.derive.order_values import describe
from loyalty.derive.spread import bands, deciles
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, Note, Period, ResultTable, Value
from loyalty.stats.lifetime_value import Drivers, acquisition, discounted
from loyalty.stats.proportions import wilson
from loyalty.stats.ratio import ratio

if TYPE_CHECKING:
    from loyalty.derive.lifetime_section import Section

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
class ClvOptions(PredictionOptions):
    """What the user may choose."""

    lifespan: float | None = option(
        None, "Customer lifespan in years; otherwise measured.", low=0.01, high=100
    )
    cac: float | None = option(None, "What winning a customer costs, in the money of the orders.", low=0)
    basis: Basis = option(
        Basis.PURCHASES, "By purchases, or by the days on which members joined and left (a list of members)."
    )
    every: Every | None = option(None, "How often members renew, with --basis membership (default: month).")
    fee: float | None = option(None, "What a member pays each time, with --basis membership.", low=0)


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
    """Return the variants as of the end of the scope's period.

    Raises:
        UsageError: options are about members, or say what cannot be meant.
    """
    for name, given in (("every", options.every), ("fee", options.fee)):
        if given is not None:
            raise UsageError(f"--{name} is about members", hint="Add --basis membership, or leave it out.")
    span = Span.history(scope)
    ledger = customer_ledger(tables[Fact.PURCHASE_DAYS], span.until)
    lifespan = _lifespan(tables, span.until, options, scope.confidence)
    formulas, drivers = _formulas(tables, span, lifespan, options)
    historic, spread = _historic(tables, ledger, options)
    future = _future(tables, ledger, span, options, scope.confidence)
    figures = (
        *historic,
        *(future.figures if future else ()),
        *formulas,
        *drivers,
        *base_figures(tables, span),
    )
    return MetricResult(
        "clv",
        "formula",
        figures,
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=(
            *(future.tables if future else ()),
            *_variants_table(tables, (historic[0], *formulas)),
            *spread,
        ),
        notes=(*_notes(lifespan, options), *(future.notes if future else ())),
        keeps=future.keeps if future else None,
    )


def _future(
    tables: Tables, ledger: pl.DataFrame, span: Span, options: ClvOptions, confidence: float
) -> Section | None:
    if options.model is Model.NONE:
        return None
    # Models take scipy, which takes a third of a second to import.
    from loyalty.derive.lifetime_section import predicted

    return predicted(tables, ledger, span.until, options, confidence)


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
    short = window < SHORTEST_YEARLY
    frequency = per_customer * DAYS_PER_YEAR / window if per_customer is not None and not short else None
    no_rate = "short_window" if short and per_customer is not None else "denominator_zero"
    shown = (
        money_figure("aov_identified", order_value, tables, n=values.orders),
        Figure("orders_per_year", frequency, "per_customer", n=buyers.height)
        if frequency is not None
        else Figure.undefined("orders_per_year", "per_customer", no_rate, n=buyers.height),
        _lifespan_figure(lifespan),
    )
    if order_value is None or frequency is None or lifespan.years is None:
        reason = lifespan.reason or no_rate
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


def of_members(tables: Tables, scope: Scope, options: ClvOptions) -> MetricResult:
    """Return lifetime value of members, who renew or leave."""
    from loyalty.derive.contract_value import contract_result

    return contract_result(
        tables,
        scope,
        every=options.every or Every.MONTH,
        horizon=options.horizon,
        fee=options.fee,
        margin=options.margin,
        discount_rate=options.discount_rate,
    )


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
    list_table="clv_predictions",
    list_instead="top_decile",
    keeps="fit",
    joins=(CUSTOMERS_JOIN,),
    # A model fitted to what was known a year ago tells of other customers: its parameters are no change of anything.
    in_brief=lambda options: replace(options, model=Model.NONE, fit=None),
    instead=lambda options: MEMBERS if options.basis == Basis.MEMBERSHIP else None,
)

MEMBERS: Metric = replace(
    METRIC,
    source=Kind.CUSTOMERS,
    needs=lambda _: (Fact.MEMBERSHIPS, Fact.MEMBER_ROWS),
    compute=of_members,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.MEMBER_FATES], Span.history(scope)),
    fates=Fact.MEMBER_FATES,
    list_table=None,
    list_instead=None,
    joins=(),
    instead=None,
)
