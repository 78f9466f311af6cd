"""How a rule for customers at risk would have done on the shop's own previous window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from loyalty.derive.ledger import gaps, visits
from loyalty.derive.lifecycle.segments import Rule, Segment, SegmentOptions, judged, placed
from loyalty.derive.lifetime.outlook import Unfitted
from loyalty.derive.retention.activity import QUANTILE
from loyalty.derive.share import share_figure
from loyalty.derive.shop import shop_of
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Figure, Key, ResultTable, Value

FIGURES = ("backtest_precision", "backtest_recall")
COLUMNS = (
    Column("rule", "text"),
    Column("flagged", "count"),
    Column("silent", "count"),
    Column("precision", "share"),
    Column("low", "share"),
    Column("high", "share"),
    Column("recall", "share"),
    Column("balanced_accuracy", "share"),
)


@dataclass(frozen=True)
class Backtest:
    """Precision and recall as figures, and beside other rules as a table; no table where there was nobody to judge.

    ``without_model`` where the rule asks a model and none could be fitted then: it was judged as ``cadence``.
    """

    figures: tuple[Figure, ...]
    table: ResultTable | None = None
    without_model: bool = False


def backtest(tables: Tables, until: date, days: int, cuts: SegmentOptions, confidence: float) -> Backtest:
    """Judge everyone with two purchase days or more, as of ``days`` ago, by whether they bought since.

    ``rule`` is the rule itself; ``at_risk_list`` those it would have listed, without new and lapsed customers;
    ``everyone`` and ``pooled_hiatus`` (silent for longer than 90 % of all gaps) are what it has to beat, and
    ``cadence`` what the rule ``model`` has to.
    """
    purchase_days = tables[Fact.PURCHASE_DAYS]
    snapshot = until - timedelta(days=days)
    shop = shop_of(tables, snapshot)
    found = judged(purchase_days, snapshot, cuts, shop=shop)
    segments = placed(found, snapshot, cuts).ledger
    bought = visits(purchase_days, until, snapshot, ("customer_id",)).unique()
    people = (
        found.ledger.filter(pl.col("days") >= 2)
        .join(segments.select("customer_id", "segment"), on="customer_id", how="left")
        .join(bought.with_columns(came=True), on="customer_id", how="left")
    )
    if people.is_empty():
        return Backtest(
            tuple(Figure.undefined(name, "share", "history_too_short_to_test", n=0) for name in FIGURES)
        )
    own = gaps(purchase_days, snapshot)["gap"].quantile(QUANTILE, interpolation="linear")
    hiatus = shop.hiatus if shop else own
    flags = {
        "rule": pl.col("risk").is_not_null(),
        "at_risk_list": pl.col("segment") == Segment.AT_RISK.value,
        "low_and_falling": pl.col("low_and_falling"),
        "pooled_hiatus": pl.col("days_since") > hiatus,
        "everyone": pl.col("days") >= 2,
    }
    if cuts.rule is Rule.MODEL:
        flags["cadence"] = pl.col("overdue") > cuts.overdue_factor
    left = pl.col("came").is_null()
    counted = people.select(
        gone=left.sum(),
        stayed=(~left).sum(),
        **{f"{name}_flagged": flag.sum() for name, flag in flags.items()},
        **{f"{name}_right": (flag & left).sum() for name, flag in flags.items()},
    ).row(0, named=True)
    rows = tuple(
        _row(
            name,
            counted[f"{name}_flagged"],
            counted[f"{name}_right"],
            counted["gone"],
            counted["stayed"],
            confidence,
        )
        for name in flags
    )
    precision = share_figure(FIGURES[0], counted["rule_right"], counted["rule_flagged"], confidence)
    recall = share_figure(FIGURES[1], counted["rule_right"], counted["gone"], confidence)
    table = ResultTable("backtest", COLUMNS, rows)
    return Backtest((precision, recall), table, without_model=isinstance(found.model, Unfitted))


def _row(name: str, flagged: int, right: int, gone: int, stayed: int, confidence: float) -> tuple[Value, ...]:
    precision = share_figure("precision", right, flagged, confidence)
    recall = right / gone if gone else None
    kept = (stayed - (flagged - right)) / stayed if stayed else None
    balanced = (recall + kept) / 2 if recall is not None and kept is not None else None
    return (
        Key(name, "risk_rules"),
        flagged,
        right,
        precision.value,
        precision.low,
        precision.high,
        recall,
        balanced,
    )
