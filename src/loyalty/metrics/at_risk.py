"""At-risk customers: the list of people who should have been back by now, most valuable first.

Question
    Whom do we write to on Monday, before they are gone?

Formula
    Customers with two or more purchase days whose silence is longer than `--overdue` (2) x their expected gap,
    and who are not yet lapsed. expected gap = (sum of own gaps + 2 x the shop's mean gap) / (number of own gaps + 2);
    overdue = days since the last purchase / expected gap. at_risk_value is what they have brought so far. Other rules,
    `--basis`, `--backtest` and `--sensitivity` are those of `loyalty lifecycle`; the flag low_and_falling is at risk in
    the guides' own words.

    `--rule model` adds those whose probability of no order within `--horizon` (90d) is above `--p-none` (0.7), by
    the transaction model with the best likelihood of BG/NBD, MBG/NBD and Pareto/NBD, and puts first whom there is most
    to lose with: value_at_risk = that probability x what the customer is expected to bring on a purchase day
    (Gamma-Gamma: the own mean, shrunken towards that of all). Each has a sentence that says why. Where no customer
    bought on two days no model can be fitted; the rule is then cadence, and says so. With `--by` a group holds the
    purchases in it; the shop's gaps stay those of all purchases, and each group has a model of its own.

    With `--customers FILE --consent email` (sms, call) the list has those who agreed; `--pseudonymise` writes codes in
    place of ids: keyed hashes with LOYALTY_SALT in the environment, else numbers that hold for this list only.

Not counted
    New and one-time customers, whose rhythm is unknown; lapsed customers; guests. Customers who come back after a
    message might have come back anyway: measure a win-back against people who got none.

Worked example
    A customer bought every 30 days, four times, and the shop's mean gap is 36 days: expected gap = (90 + 72) / 5 =
    32.4 days. After 78 days of silence overdue = 2.4: at risk. By `--rule model`, with 81 % probability of no order in
    90 days and 50 expected on a purchase day: value_at_risk = 0.81 x 50 = 40.5.

References
    Loyalty programmes encourage repeat purchase (2024); the rule and its measured precision: docs/decisions.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.lifecycle.risk_reasons import with_sentences
from loyalty.derive.lifecycle.segments import Rule, Segment, customer_segments
from loyalty.derive.lifecycle.study import STUDY_JOIN, Study, StudyOptions, enrolled, model_notes, study
from loyalty.derive.lifetime.outlook import Outlook, Unfitted
from loyalty.derive.lists import ListOptions
from loyalty.derive.share import share_figure
from loyalty.derive.shop import shop_of
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables
from loyalty.model.result import Column, Figure, MetricResult, Note, ResultTable


@dataclass(frozen=True)
class AtRiskOptions(ListOptions, StudyOptions):
    """What the user may choose."""


def compute(tables: Tables, scope: Scope, options: AtRiskOptions) -> MetricResult:
    """Return the list as of the end of the scope's period.

    Raises:
        UsageError: enrolments are asked for, and no list of customers tells them.
    """
    span = Span.history(scope)
    since = enrolled(tables, options)
    shop = shop_of(tables, span.until)
    found = customer_segments(tables[Fact.PURCHASE_DAYS], span.until, options, since, shop=shop)
    at_risk = found.ledger.filter(pl.col("segment") == Segment.AT_RISK.value)
    known = "customer_id" in tables.known
    asked = Study()
    if known:
        asked = study(tables, span.until, options, scope.confidence, _classes, found.model)
    # The rule that was in fact applied.
    rule = Rule.CADENCE if isinstance(found.model, Unfitted) else options.rule
    return MetricResult(
        "at-risk",
        rule.value,
        (
            *_figures(tables, at_risk, found.ledger, scope.confidence, known=known),
            *(_model_figures(tables, at_risk) if isinstance(found.model, Outlook) else ()),
            *base_figures(tables, span),
            *asked.figures,
        ),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=(*asked.tables, _list(tables, at_risk, options)) if known else (),
        notes=(
            Note("at_risk_strategy"),
            Note("regression_to_mean"),
            *model_notes(found, options),
            *asked.notes,
        )
        if known
        else (),
    )


def _classes(people: pl.DataFrame) -> pl.DataFrame:
    """Return who is on the list and who is not."""
    return people.select("customer_id", (pl.col("segment") == Segment.AT_RISK.value).alias("class"))


def _figures(
    tables: Tables, at_risk: pl.DataFrame, ledger: pl.DataFrame, confidence: float, *, known: bool
) -> tuple[Figure, ...]:
    if not known:
        names = {"at_risk": "count", "at_risk_share": "share", "at_risk_value": "money"}
        return tuple(Figure.refused(name, unit, "no_customer_column") for name, unit in names.items())
    value = at_risk["value"].sum()
    return (
        Figure("at_risk", at_risk.height, "count"),
        share_figure("at_risk_share", at_risk.height, ledger.height, confidence),
        money_figure(
            "at_risk_value", value if isinstance(value, Decimal) else Decimal(0), tables, n=at_risk.height
        ),
    )


def _model_figures(tables: Tables, at_risk: pl.DataFrame) -> tuple[Figure, ...]:
    """Return what is expected to be lost with them, where a model foretells it."""
    values = at_risk["value_at_risk"]
    total = float(values.sum()) if values.null_count() == 0 else None
    return (money_figure("value_at_risk", total, tables, n=at_risk.height),)


def _list(tables: Tables, at_risk: pl.DataFrame, options: AtRiskOptions) -> ResultTable:
    money = ("value", "value_at_risk", "expected_spend")
    if tables.several_currencies:
        at_risk = at_risk.with_columns(pl.lit(None).alias(name) for name in money if name in at_risk.columns)
    by = ("value_at_risk", "p_no_order") if "p_no_order" in at_risk.columns else ("value", "overdue")
    ranked = at_risk.sort(*by, "customer_id", descending=[True, True, False], nulls_last=True)
    units = {name: unit for name, unit in LISTED.items() if name in ranked.columns}
    columns = {name: ranked[name].to_list() for name in units}
    columns["reason"] = with_sentences(ranked, options.horizon_days)
    return ResultTable(
        "at_risk",
        tuple(
            Column(SHOWN_AS.get(name, name), tables.unit if unit == "money" else unit, personal=unit == "id")
            for name, unit in units.items()
        ),
        tuple(zip(*columns.values(), strict=True)),
        word_columns=frozenset({"reason"}),
    )


LISTED = {
    "customer_id": "id",
    "value_at_risk": "money",
    "value": "money",
    "reason": "reason",
    "p_no_order": "share",
    "expected_spend": "money",
    "days_since": "days",
    "expected_gap": "days",
    "overdue": "ratio",
    "days": "count",
    "orders": "count",
    "last_day": "date",
    "low_and_falling": "flag",
}
"""Columns of the list with their units; those that only a model knows are left out without one."""
SHOWN_AS = {"days": "purchase_days"}


METRIC = Metric(
    name="at-risk",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=AtRiskOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty at-risk sample_data/orders.csv",
        "loyalty at-risk sample_data/orders.csv -o list.csv",
        "loyalty at-risk sample_data/orders.csv --customers sample_data/customers.csv --consent email -o mailing.xlsx",
        "loyalty at-risk sample_data/orders.csv --backtest",
        "loyalty at-risk sample_data/orders.csv --rule model --backtest",
    ),
    list_table="at_risk",
    joins=(STUDY_JOIN,),
)
