"""A small report made by hand: a score that fell, retention and churn that share a table, a failure and a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from loyalty.errors import UsageError
from loyalty.model.kind import Kind
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
)
from loyalty.pipeline.change import FigureChange
from loyalty.report.build import Report, Section
from loyalty.report.comparison import Comparison

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), label="2026-10")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), label="2026-09")
AS_OF = date(2026, 11, 1)
OPTIONS = {"confidence": 0.95}
HOSTILE = "Kervan <b>Kahve</b> & Oğulları | `x`"


def report() -> Report:
    """Return the report of October 2026, compared with September."""
    return Report(
        title=HOSTILE,
        currency="TRY",
        period=OCTOBER,
        previous=SEPTEMBER,
        as_of=AS_OF,
        sections=(_nps(), _cli(), _retention(), _churn(), _lifecycle(), _mentions()),
        absent=("upsell",),
        digest="0" * 64,
    )


def unfinished() -> Report:
    """Return the same report of a month that is not over: nothing is compared."""
    running = replace(OCTOBER, partial=True)
    made = report()
    sections = tuple(
        replace(
            section,
            before=Comparison(SEPTEMBER),
            result=section.result and replace(section.result, period=running),
        )
        for section in made.sections
    )
    return replace(made, period=running, sections=sections)


def change(now: Figure, before: float | Decimal, *, detectable: bool | None = None) -> FigureChange:
    """Return the change of a figure since it had another value."""
    difference = float(now.value or 0) - float(before)  # type: ignore[arg-type]  # figures here are numbers
    return FigureChange(now, replace(now, value=before), difference, detectable=detectable)


def _section(
    metric: str, source: Kind, result: MetricResult, *changes: FigureChange, trend: ResultTable | None = None
) -> Section:
    before = {item.figure.name: item.before for item in changes}
    figures = tuple(before.get(figure.name, figure) for figure in result.figures)
    earlier = replace(result, period=SEPTEMBER, figures=figures)
    named = {item.figure.name: item for item in changes}
    return Section(metric, source, result, Comparison(SEPTEMBER, earlier, named), trend=trend)


def _result(metric: str, *figures: Figure, rows: Rows, variant: str = "standard") -> MetricResult:
    return MetricResult(
        metric, variant, figures, rows=rows, period=OCTOBER, as_of=AS_OF, options=dict(OPTIONS)
    )


def _nps() -> Section:
    score = Figure("nps", 20.0, "points", n=79, low=0.1, high=36.5, confidence=0.95)
    rows = Rows(886, 79, (LeftOut("out_of_range", 1, (138,)), LeftOut("outside_period", 806, (2, 3, 4))))
    distribution = ResultTable(
        "distribution",
        (Column("score", "score"), Column("count", "count"), Column("class", "text")),
        tuple(
            (score, score, "promoter" if score > 8 else "passive" if score > 6 else "detractor")
            for score in range(11)
        ),
        draw=Draw.DISTRIBUTION,
        word_columns=frozenset({"class"}),
    )
    trend = ResultTable(
        "trend",
        (
            Column("period", "text"),
            Column("value", "points"),
            Column("low", "points"),
            Column("high", "points"),
            Column("n", "count"),
        ),
        (("2026-09", 31.6, 12.0, 48.0, 20), ("2026-10", 20.0, 0.1, 36.5, 79)),
        draw=Draw.TREND,
    )
    result = _result("nps", score, Figure("promoters", 37, "count"), rows=rows)
    result = replace(result, tables=(distribution,), notes=(Note("below_min_n", {"n": 20, "min_n": 30}),))
    return _section("nps", Kind.SURVEYS, result, change(score, 31.6, detectable=False), trend=trend)


def _cli() -> Section:
    problem = UsageError("Nothing tells which end of <1..6> is the best.", hint="Say it: --best 6")
    return Section("cli", Kind.SURVEYS, problem=problem)


ORDER_ROWS = Rows(100, 90, (LeftOut("test", 10, (17, 29)),))
PERIODS = ResultTable(
    "periods",
    (
        Column("period", "text"),
        Column("crr_period", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        Column("partial", "flag"),
    ),
    (
        ("2026-08", None, None, None, None, False),
        ("2026-09", 0.6, 0.5, 0.7, 120, False),
        ("2026-10", 0.8, 0.7, 0.9, 119, True),
    ),
    draw=Draw.TREND,
)
BASE = (Figure("customers", 436, "count"), Figure("revenue", Decimal("2231152.2500"), "money:TRY", n=3980))


def _rates() -> tuple[Figure, Figure, Figure]:
    return (
        Figure("crr_period", 0.8, "share", n=119, low=0.7, high=0.9, confidence=0.95),
        Figure("ccr_opening", 0.2, "share", n=119, low=0.1, high=0.3, confidence=0.95),
        Figure("lost", 33, "count"),
    )


def _retention() -> Section:
    kept, gone, lost = _rates()
    result = _result("retention", kept, lost, gone, *BASE, rows=ORDER_ROWS, variant="period")
    noted = replace(result, tables=(PERIODS,), notes=(Note("left_truncated", {"period": "2026-08"}),))
    return _section(
        "retention",
        Kind.ORDERS,
        noted,
        change(kept, 0.6, detectable=True),
        change(gone, 0.4, detectable=True),
    )


def _churn() -> Section:
    kept, gone, lost = _rates()
    served = Figure("ccr_served", 0.16, "share", n=158)
    result = _result("churn", gone, served, lost, kept, *BASE, rows=ORDER_ROWS, variant="period")
    noted = replace(result, tables=(PERIODS,), notes=(Note("left_truncated", {"period": "2026-08"}),))
    worse = replace(gone, value=0.2)
    return _section(
        "churn", Kind.ORDERS, noted, change(worse, 0.1, detectable=True), change(kept, 0.6, detectable=True)
    )


def _lifecycle() -> Section:
    segments = ResultTable(
        "segments",
        (Column("segment", "segment"), Column("customers", "count"), Column("strategy", "strategy")),
        (("active", 114, "active"), ("at_risk", 19, "at_risk")),
        draw=Draw.BARS,
        word_columns=frozenset({"segment", "strategy"}),
    )
    share = Figure.refused("active_share", "share", "no_customer_column")
    result = _result("lifecycle", share, *BASE, rows=ORDER_ROWS, variant="cadence")
    return _section("lifecycle", Kind.ORDERS, replace(result, tables=(segments,)))


def _mentions() -> Section:
    brands = ResultTable(
        "brands",
        (Column("brand", "text"), Column("mentions", "count")),
        (("<script>alert(1)</script>", 20), ("Ördekbaşı", 6)),
        draw=Draw.BARS,
    )
    mentions = Figure("mentions", 20, "count")
    voice = Figure.undefined("share_of_voice", "share", "no_competitors", n=20)
    result = _result("mentions", mentions, voice, rows=Rows(26, 26), variant="count")
    return _section("mentions", Kind.MENTIONS, replace(result, tables=(brands,)), change(mentions, 32))
