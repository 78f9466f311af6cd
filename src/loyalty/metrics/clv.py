"""Customer lifetime value: what customers brought, what they will bring, and formulas named for what they leave out.

Question
    What is a customer worth to us, and who will still buy?

Formula
    clv_historic = net revenue to date per customer: what really came in, no guess. clv_aov_lifespan = average order
    value x lifespan in years: the guide's formula, which ignores frequency and cost. clv_revenue = order value x
    orders per customer and year x lifespan: revenue, not profit. clv_margin = clv_revenue x `--margin`.
    clv_discounted = m (1 + d) / (1 + d - r), with the margin m of a year, `--discount` d (0.10) and yearly
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
    discounted at `--discount` a year. p_alive is the probability of not having left, p_no_order_90d that of no
    order in 90 days. next_from and next_to are the days between which the next order of a customer who stays comes half
    of the time. Tiers are by residual value: first 20 %, next 30 %, the rest. `-o list.csv` writes all customers.
    predicted_top_decile is the share of the expected revenue that the best tenth brings, holdout_top_decile that of
    the revenue that came in the hold-out by the tenth foretold as best (_by_past: best so far). Where no value is
    known, tiers and these shares are of orders.

    Intervals of predictions are parameter uncertainty by the delta method (`--bootstrap N`: from resamples): they
    shrink with the number of customers however wrong the model is. Beside them stands the hold-out error: the model
    fitted anew to the days before a split (the horizon before the end, but not before the middle of the history) and
    held against what came: holdout_bias = expected / actual orders - 1, holdout_mae = mean error of a customer's
    orders; each also if customers went on at their own rate, and if all were alike. `--validate` adds tables: repeat
    orders by week (cumulative and each, with MAPE), by frequency, by decile, and how true P(no order) came.

    `--save-fit model.json` keeps a fit (parameters, unit, days, counts, version, hash of the data), `--fit model.json`
    predicts with it: refused where its money is another, or another model is asked for; a note says where repeat
    orders so far differ from what it expects by more than 10 % and more than chance.

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

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.ledger import customer_ledger
from loyalty.derive.lifetime.formulas import Terms, formulas, variants_table
from loyalty.derive.lifetime.historic_value import historic_value
from loyalty.derive.lifetime.lifespan import LONGEST_YEARS, Lifespan, lifespan
from loyalty.derive.lifetime.options import Model, PredictionOptions
from loyalty.derive.lists import CUSTOMERS_JOIN
from loyalty.derive.members.metric import on_memberships
from loyalty.derive.retention.bridge import Basis
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import MetricResult, Note

if TYPE_CHECKING:
    from loyalty.derive.lifetime.section import Section


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


OF_CUSTOMERS = ("customer_id", "first_day", "last_day", "orders", "value")
"""What lists say of each customer: no more of a ledger is held as long as they."""


def compute(tables: Tables, scope: Scope, options: ClvOptions) -> MetricResult:
    """Return the variants as of the end of the scope's period.

    Raises:
        UsageError: options are about members, or say what cannot be meant.
    """
    for name, given in (("every", options.every), ("fee", options.fee)):
        if given is not None:
            raise UsageError(f"--{name} is about members", hint="Add --basis membership, or leave it out.")
    span = Span.history(scope)
    stay = lifespan(tables, span.until, options.lifespan, scope.confidence)
    terms = Terms(options.margin, options.discount_rate, options.cac)
    multiplied, drivers = formulas(tables, span, stay, terms)
    tables.let_go(Fact.ORDER_VALUES)
    base = base_figures(tables, span)
    ledger = customer_ledger(tables[Fact.PURCHASE_DAYS], span.until).select(OF_CUSTOMERS)
    historic, spread = historic_value(tables, ledger, options.margin)
    future = _future(tables, ledger, span, options, scope.confidence)
    figures = (
        *historic,
        *(future.figures if future else ()),
        *multiplied,
        *drivers,
        *base,
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
            *variants_table(tables, (historic[0], *multiplied)),
            *spread,
        ),
        notes=(*_notes(stay, options), *(future.notes if future else ())),
        keeps=future.keeps if future else None,
    )


OF_A_MODEL = {"fit": "brings", "validate": "tests", "bootstrap": "draws the customers again for"}
"""Options that mean nothing without a model, and what they do with it."""


def _future(
    tables: Tables, ledger: pl.DataFrame, span: Span, options: ClvOptions, confidence: float
) -> Section | None:
    if options.model is Model.NONE:
        for name, does in OF_A_MODEL.items():
            if getattr(options, name):
                raise UsageError(
                    f"--{name} {does} a model, and --model none wants none", hint="Leave one of them out."
                )
        return None
    # Models take scipy, which takes a third of a second to import.
    from loyalty.derive.lifetime.section import predicted

    return predicted(tables, ledger, span.until, options, confidence)


def _notes(stay: Lifespan, options: ClvOptions) -> tuple[Note, ...]:
    notes = [Note("clv_ignores")]
    if options.margin is None:
        notes.append(Note("revenue_not_profit"))
    if stay.measured:
        notes.append(Note("lifespan_measured"))
    if stay.capped:
        notes.append(Note("lifespan_capped", {"years": LONGEST_YEARS}))
    return tuple(notes)


OF_PURCHASES = ("lifespan", "cac", "model", "bootstrap", "validate", "fit")
"""Options that mean nothing to a list of members."""


def of_members(tables: Tables, scope: Scope, options: ClvOptions) -> MetricResult:
    """Return lifetime value of members, who renew or leave.

    Raises:
        UsageError: options are about purchases, or say what cannot be meant.
    """
    from loyalty.derive.lifetime.contract_value import contract_result

    usual = ClvOptions()
    for name in OF_PURCHASES:
        if getattr(options, name) != getattr(usual, name):
            raise UsageError(
                f"--{name} is about purchases, and --basis membership has none", hint="Leave one of them out."
            )
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
    in_brief=lambda options: replace(options, model=Model.NONE, fit=None, validate=False, bootstrap=None),
    instead=lambda options: MEMBERS if options.basis == Basis.MEMBERSHIP else None,
)

MEMBERS: Metric = replace(on_memberships(METRIC, of_members), list_table=None, list_instead=None, joins=())
