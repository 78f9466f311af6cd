"""Four hand-made results: a survey, money with a distribution of segments, an undefined one, one by group."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from loyalty.model.result import (
    Column,
    Draw,
    Figure,
    LeftOut,
    MetricResult,
    Note,
    Period,
    ResultTable,
    Rows,
    Status,
)

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), label="2026-10")
CLASSES = ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2


@pytest.fixture
def nps() -> MetricResult:
    """10, 10, 9, 9, 9, 8, 7, 6, 3, 0: nps.basic of the specification, one row out of range."""
    return MetricResult(
        metric="nps",
        variant="standard",
        figures=(
            Figure("nps", 20.0, "points", n=10, denominator=10, low=-30.3254, high=61.0946, confidence=0.95),
            Figure("promoters", 5, "count"),
            Figure("detractors", 3, "count"),
            Figure("promoter_share", 0.5, "share", n=10, low=0.2366, high=0.7634, confidence=0.95),
        ),
        rows=Rows(11, 10, (LeftOut("out_of_range", 1, (5,)),)),
        period=OCTOBER,
        as_of=date(2026, 11, 1),
        options={"dedupe": "last"},
        tables=(
            ResultTable(
                "distribution",
                (Column("score", "count"), Column("count", "count"), Column("class", "text")),
                tuple(zip(range(11), [1, 0, 0, 1, 0, 0, 1, 1, 1, 3, 2], CLASSES, strict=True)),
                draw=Draw.DISTRIBUTION,
                word_columns=frozenset({"class"}),
            ),
        ),
        notes=(Note("below_min_n", {"n": 10, "min_n": 30}),),
    )


@pytest.fixture
def lifecycle() -> MetricResult:
    """Segments with money, and a customer whose name tries to be markup."""
    columns = (
        Column("segment", "text"),
        Column("customers", "count"),
        Column("share", "share"),
        Column("revenue", "money:TRY"),
        Column("strategy", "text"),
    )
    return MetricResult(
        metric="lifecycle",
        variant="cadence",
        figures=(
            Figure("customers", 1234, "count"),
            Figure("revenue", Decimal("1234567.8900"), "money:TRY"),
            Figure("lifespan_years", 2.5, "years"),
            Figure.undefined("clv_margin", "money:TRY", "no_margin"),
        ),
        rows=Rows(1300, 1234, (LeftOut("duplicate", 60, (7, 9, 11)), LeftOut("test", 6, ()))),
        as_of=date(2026, 11, 1),
        tables=(
            ResultTable(
                "segments",
                columns,
                (
                    ("new", 200, 200 / 1234, Decimal("20000.5"), "new"),
                    ("active", 1000, 1000 / 1234, Decimal("1200000"), "active"),
                    ("lapsed", 34, 34 / 1234, Decimal("-14567.39"), "lapsed"),
                ),
                draw=Draw.BARS,
                word_columns=frozenset({"segment", "strategy"}),
            ),
            ResultTable(
                "customers",
                (
                    Column("customer_id", "text", personal=True),
                    Column("last_day", "date"),
                    Column("days_since", "days"),
                ),
                (
                    ("[/red] <b>Nur</b> | Oğulları", date(2026, 6, 19), 73),
                    ("=1+1", date(2026, 7, 25), 92),
                    ("\x1b[31mŞule\x1b[0m\n\u202eIşık", None, None),
                ),
            ),
        ),
    )


@pytest.fixture
def churn() -> MetricResult:
    """Nothing to divide by, too few to show, and a figure that would mislead; a trend with a gap."""
    return MetricResult(
        metric="churn",
        variant="opening",
        figures=(
            Figure.undefined("ccr_opening", "share", "denominator_zero", n=0),
            Figure("ccr_average", 0.25, "share", n=4, status=Status.INSUFFICIENT, reason="below_min_show"),
            Figure.refused("ccr_served", "share", "end_exceeds_start_plus_acquired"),
        ),
        rows=Rows(3, 3),
        period=Period(date(2026, 10, 5), date(2026, 10, 20), partial=True),
        tables=(
            ResultTable(
                "trend",
                (
                    Column("period", "text"),
                    Column("ccr_opening", "share"),
                    Column("low", "share"),
                    Column("high", "share"),
                    Column("n", "count"),
                ),
                (
                    ("2026-08", 0.1, 0.05, 0.2, 100),
                    ("2026-09", None, None, None, 0),
                    ("2026-10", 0.2, 0.1, 0.4, 20),
                ),
                draw=Draw.TREND,
            ),
        ),
    )


@pytest.fixture
def by_channel() -> tuple[MetricResult, ...]:
    """Orders by channel with their total."""

    def one(group: dict[str, str | None], orders: int, aov: str) -> MetricResult:
        return MetricResult(
            metric="repeat",
            variant="horizon",
            figures=(
                Figure("rpr_horizon", orders / 40, "share", n=orders, low=0.1, high=0.9, confidence=0.95),
                Figure("orders", orders, "count"),
                Figure("aov", Decimal(aov), "money"),
            ),
            rows=Rows(orders, orders),
            period=OCTOBER,
            group=group,
            notes=(Note("below_min_n", {"n": orders, "min_n": 30}),) if orders < 30 else (),
        )

    return (
        one({}, 40, "99.165"),
        one({"channel": "web"}, 28, "110.5"),
        one({"channel": None}, 12, "72.7166666"),
    )


@pytest.fixture
def results(
    nps: MetricResult, lifecycle: MetricResult, churn: MetricResult, by_channel: tuple[MetricResult, ...]
) -> tuple[MetricResult, ...]:
    return (nps, lifecycle, churn, *by_channel)
