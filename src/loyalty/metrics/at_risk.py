"""At-risk customers: the list of people who should have been back by now, most valuable first.

Question
    Whom do we write to on Monday, before they are gone?

Formula
    Customers with two or more purchase days whose silence is longer than `--overdue-factor` (2) x their expected gap,
    and who are not yet lapsed. expected gap = (sum of own gaps + 2 x the shop's mean gap) / (number of own gaps + 2);
    overdue = days since the last purchase / expected gap. at_risk_value is what they have brought so far. Other rules,
    `--basis`, `--backtest` and `--sensitivity` are those of `loyalty lifecycle`; the flag low_and_falling is at risk in
    the guides' own words.

    With `--customers FILE --consent email` (sms, call) the list has those who agreed; `--pseudonymise` writes codes in
    place of ids: keyed hashes with LOYALTY_SALT in the environment, else numbers that hold for this list only.

Not counted
    New and one-time customers, whose rhythm is unknown; lapsed customers; guests. Customers who come back after a
    message might have come back anyway: measure a win-back against people who got none.

Worked example
    A customer bought every 30 days, four times, and the shop's mean gap is 36 days: expected gap = (90 + 72) / 5 =
    32.4 days. After 78 days of silence overdue = 2.4: at risk.

References
    Loyalty programmes encourage repeat purchase (2024); the rule and its measured precision: docs/decisions.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.lifecycle import Segment, customer_segments
from loyalty.derive.lifecycle_study import STUDY_JOIN, Study, StudyOptions, enrolled, study
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
    ledger, _ = customer_segments(
        tables[Fact.PURCHASE_DAYS], span.until, options, since, shop_of(tables, span.until)
    )
    at_risk = ledger.filter(pl.col("segment") == Segment.AT_RISK.value)
    known = "customer_id" in tables.known
    asked = study(tables, span.until, options, scope.confidence, _classes) if known else Study()
    return MetricResult(
        "at-risk",
        options.rule.value,
        (
            *_figures(tables, at_risk, ledger, scope.confidence, known=known),
            *base_figures(tables, span),
            *asked.figures,
        ),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=(*asked.tables, _list(tables, at_risk)) if known else (),
        notes=(Note("at_risk_strategy"), Note("at_risk_needs_holdout"), *asked.notes) if known else (),
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


def _list(tables: Tables, at_risk: pl.DataFrame) -> ResultTable:
    money = len(tables.currencies) <= 1
    ranked = (at_risk if money else at_risk.with_columns(value=pl.lit(None))).sort(
        "value", "overdue", "customer_id", descending=[True, True, False], nulls_last=True
    )
    names = (
        "customer_id",
        "value",
        "reason",
        "days_since",
        "expected_gap",
        "overdue",
        "days",
        "orders",
        "last_day",
        "low_and_falling",
    )
    return ResultTable(
        "at_risk",
        (
            Column("customer_id", "id", personal=True),
            Column("value", tables.unit),
            Column("reason", "reason"),
            Column("days_since", "days"),
            Column("expected_gap", "days"),
            Column("overdue", "ratio"),
            Column("purchase_days", "count"),
            Column("orders", "count"),
            Column("last_day", "date"),
            Column("low_and_falling", "flag"),
        ),
        tuple(ranked.select(*names).iter_rows()),
        word_columns=frozenset({"reason"}),
    )


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
    ),
    list_table="at_risk",
    joins=(STUDY_JOIN,),
)
