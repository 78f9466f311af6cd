"""Net Promoter Score: how many would recommend us, less how many would not.

Question
    "How likely is it that you would recommend us to a friend or colleague?", answered from 0 to 10.

Formula
    Promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6. nps = 100 x (promoters - detractors) / answers, in
    points from -100 to +100, never in per cent. The interval is the adjusted Wald one: three answers are added (3/4
    promoter, 3/2 passive, 3/4 detractor), so that ten equal answers do not look certain. The score shown is the raw
    one.

Not counted
    Answers that are blank, no whole number or outside 0 to 10, each counted by reason. Of several answers of one
    respondent the last valid one counts (`--dedupe last`, within the wave or the period; anonymous answers are never
    merged); `--dedupe none` counts them all. A column of stars or of 1 to 5 is refused, not rescaled. Below 30
    answers the score is marked, below 10 it is not shown to people.

Worked example
    10, 10, 9, 9, 9, 8, 7, 6, 3, 0: five promoters, two passives, three detractors. nps = 100 x (5 - 3) / 10 = +20,
    interval -30 to +61.

References
    Interval: Rocks (2016), The American Statistician 70(4); measuringu.com/nps-confidence-intervals. Cut-offs:
    Reichheld (2003), Harvard Business Review. Net Promoter®, Net Promoter Score® and NPS® are registered trademarks
    of Bain & Company, Inc., Fred Reichheld and Satmetrix Systems, Inc. (now part of NICE). This project is
    independent and not affiliated with or endorsed by them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from loyalty.derive.answers import Dedupe, Standing, judge_scores, scored, standing, superseded
from loyalty.derive.base import Span
from loyalty.derive.share import share_figure
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable, Status
from loyalty.stats.net_promoter import Recommendations, interval
from loyalty.stats.proportions import Interval

LOWEST, HIGHEST = 0, 10
MIN_INTERPRET, MIN_SHOW = 30, 10
MAX_INVALID_SHARE = 0.05
UNITS = {
    "nps": "points",
    "promoters": "count",
    "passives": "count",
    "detractors": "count",
    "promoter_share": "share",
    "detractor_share": "share",
    "mean_score": "score",
    "answers": "count",
}
INVALID = ("out_of_range", "non_integer", "unparseable")


@dataclass(frozen=True)
class NpsOptions:
    """What the user may choose."""

    dedupe: Dedupe = option(Dedupe.LAST, "Which answers of one respondent count.")


def compute(tables: Tables, scope: Scope, options: NpsOptions) -> MetricResult:
    """Return the score of the scope's period, or of all answers before the as-of day."""
    span = Span.of_period(scope)
    stands = standing(_judged(tables, scope, options))
    refusal = _scale_guard(tables, stands)
    return MetricResult(
        "nps",
        "standard",
        _figures(stands, refusal, scope.confidence),
        rows=stands.rows,
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=() if refusal else (_distribution(stands),),
        notes=_notes(stands, refusal),
    )


def _judged(tables: Tables, scope: Scope, options: NpsOptions) -> pl.DataFrame:
    span = Span.of_period(scope)
    if Fact.ANSWERS not in tables.facts:
        return judge_scores(tables[Fact.NPS_COUNTS], span, LOWEST, HIGHEST)
    judged = judge_scores(scored(tables[Fact.ANSWERS], "nps"), span, LOWEST, HIGHEST)
    return superseded(judged) if options.dedupe is Dedupe.LAST else judged


def left_out(tables: Tables, scope: Scope, options: NpsOptions) -> pl.DataFrame:
    """Return the responses that do not count, each with its reason."""
    judged = _judged(tables, scope, options)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


def _scale_guard(tables: Tables, stands: Standing) -> str | None:
    """Return why these answers cannot be 0 to 10, or None."""
    counts, n = stands.counts, stands.n
    if "nps" in tables.scales and tables.scales["nps"] != (LOWEST, HIGHEST):
        return "scale_suspect_1_5" if tables.scales["nps"][1] <= 5 else "scale_suspect_mixed"
    beyond = stands.left_out("out_of_range")
    # A single typing error among a few answers is no other scale; most of them, or many of many, are.
    if beyond > n or (n + beyond >= MIN_INTERPRET and beyond > MAX_INVALID_SHARE * (n + beyond)):
        return "scale_suspect_0_100"
    if n >= MIN_INTERPRET and max(counts) <= 5:
        return "scale_suspect_1_5"
    low = sum(count for score, count in counts.items() if score <= 5)
    if n >= 200 and 0 not in counts and low > 0.9 * n:
        return "scale_suspect_mixed"
    return None


def _groups(counts: dict[int, int]) -> Recommendations:
    return Recommendations(
        promoters=sum(count for score, count in counts.items() if score >= 9),
        passives=sum(count for score, count in counts.items() if 7 <= score <= 8),
        detractors=sum(count for score, count in counts.items() if score <= 6),
    )


def _figures(stands: Standing, refusal: str | None, confidence: float) -> tuple[Figure, ...]:
    groups = _groups(stands.counts)
    n = groups.answers
    if refusal:
        withheld = (
            Figure.refused(name, unit, refusal, n=n) for name, unit in UNITS.items() if name != "answers"
        )
        return (*withheld, Figure("answers", n, "count"))
    if n == 0:
        reason = "no_valid_responses"
        return tuple(
            Figure(name, 0, unit) if unit == "count" else Figure.undefined(name, unit, reason, n=0)
            for name, unit in UNITS.items()
        )
    bounds = interval(groups, confidence)
    points = sum(score * count for score, count in stands.counts.items())
    figures = (
        Figure("nps", groups.score, UNITS["nps"], n=n, denominator=n, **_bounds(bounds, confidence)),
        Figure("promoters", groups.promoters, "count"),
        Figure("passives", groups.passives, "count"),
        Figure("detractors", groups.detractors, "count"),
        share_figure("promoter_share", groups.promoters, n, confidence),
        share_figure("detractor_share", groups.detractors, n, confidence),
        Figure("mean_score", points / n, UNITS["mean_score"], n=n, numerator=points, denominator=n),
        Figure("answers", n, "count"),
    )
    return figures if n >= MIN_SHOW else tuple(_withhold(figure) for figure in figures)


def _bounds(bounds: Interval | None, confidence: float) -> dict[str, Any]:
    return {} if bounds is None else {"low": bounds.low, "high": bounds.high, "confidence": confidence}


def _withhold(figure: Figure) -> Figure:
    """Keep the value for machines; people are shown counts only."""
    if figure.unit == "count":
        return figure
    return replace(figure, status=Status.INSUFFICIENT, reason="below_min_show")


def _distribution(stands: Standing) -> ResultTable:
    groups = {
        score: "promoter" if score >= 9 else "passive" if score >= 7 else "detractor" for score in range(11)
    }
    return ResultTable(
        "distribution",
        (Column("score", "score"), Column("count", "count"), Column("class", "text")),
        tuple((score, stands.counts.get(score, 0), group) for score, group in groups.items()),
        draw=Draw.DISTRIBUTION,
        word_columns=frozenset({"class"}),
    )


def _notes(stands: Standing, refusal: str | None) -> tuple[Note, ...]:
    if refusal:
        return (Note(refusal, {"n": stands.n}),)
    n = stands.n
    invalid = sum(stands.left_out(reason) for reason in INVALID)
    notes = []
    if 0 < n < MIN_INTERPRET:
        notes.append(Note("below_min_n", {"n": n, "min_n": MIN_INTERPRET}))
    if invalid > MAX_INVALID_SHARE * (n + invalid):
        notes.append(Note("dirty_scores", {"invalid": invalid, "answers": n + invalid}))
    if n >= 200 and 0 not in stands.counts and 1 in stands.counts:
        notes.append(Note("scale_1_10", {"n": n}))
    if superseded := stands.left_out("superseded"):
        notes.append(Note("superseded", {"count": superseded}))
    return tuple(notes)


METRIC = Metric(
    name="nps",
    source=Kind.SURVEYS,
    needs=lambda options: (Fact.ANSWERS if options.dedupe is Dedupe.LAST else Fact.NPS_COUNTS,),
    options=NpsOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.ANSWERS,
    manual=__doc__,
    examples=(
        "loyalty nps sample_data/surveys.csv",
        "loyalty nps sample_data/surveys.csv --period 2026-10 --format json",
        "loyalty nps sample_data/surveys.csv --by wave --fail-if 'nps < 30'",
    ),
)
