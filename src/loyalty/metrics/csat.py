"""Customer satisfaction (CSAT): the share of answers that say satisfied.

Question
    "How satisfied are you?", answered on 1 to 5, 1 to 7 or 1 to 10, in the words or the faces of such a scale, by Good
    and Bad, or, asked "Are you satisfied?", by yes and no.

Formula
    csat = satisfied answers / valid answers (top two boxes): 4 and 5 of 1-5, 6 and 7 of 1-7, 9 and 10 of 1-10, Good of
    Good and Bad, yes of yes and no. top_box = the best answer alone / valid answers. Both with Wilson's interval.
    mean_score is the mean of the answers, with Student's t interval from 30 answers on; a mean of 4.2 is not the CSAT.

    Change: of the asked `--period` against the one before, else of the last two finished periods of `--every`, else
    of the last two waves of the file. Newcombe's interval of two shares, pooled z-test. It is called a change only
    where the interval leaves out 0; otherwise the answers are named with which a true change of that size would be
    found four times in five: (p1 (1 - p1) + p2 (1 - p2)) (1.96 + 0.84)^2 / d^2 a side. Who answered both times is
    compared with himself as well (paired t on 1, 0). An unfinished period, or a wave called by one, is shown and
    not compared.

    `--by COLUMN`: each segment of 30 answers or more against all others together, with Holm's p-values.

    `--every month`: the share of each month from the beginning of the data, each with its own respondents' last
    answers.

Not counted
    Answers that are blank, no whole number or outside the scale, each counted by reason. Of several answers of one
    respondent the last valid one counts (`--dedupe last`); `--dedupe none` counts them all. The scale is known from
    labels, the header, the question text or a column with its highest answer (scale_max); otherwise `--scale 1-5` must
    say it, because the share depends on it. On other scales nobody agrees what satisfied is, such as three faces (1 to
    3) and per cent (0 to 100): `--satisfied 80` names the first answer that means it. Answers on different scales are
    not added up. Where several columns or texts could be the question, `--question` names it.
    Below 10 answers only their number is shown to people; of a group of fewer than 5 only their number is told at all,
    and of the next smallest beside it, where the total would give it away.

Worked example
    42 answers of 5, 32 of 4, 10 of 3, 9 of 2 and 14 of 1: csat = 74/107 = 69.2 %, interval 59.9 % to 77.1 %,
    mean 3.74, top box 39.3 %. From 160 of 200 to 150 of 210 the change is -8.6 percentage points, -16.7 to -0.2.

References
    help.delighted.com/article/240; kicue.com/en/blog/how-to-calculate-csat. Interval: Wilson (1927). Change:
    Newcombe (1998), Statistics in Medicine 17. Holm (1979), Scandinavian Journal of Statistics 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import withheld_below_minimum
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.answers import Dedupe
from loyalty.derive.surveys.guards import check_question, questions_beside
from loyalty.derive.surveys.measures import share_of
from loyalty.derive.surveys.ratings import Ratings, distribution, doubts, judge_ratings, mean_figure, ratings
from loyalty.derive.surveys.scales import BOXES, Ends, ends, stated
from loyalty.derive.surveys.views import View, by_segment, over_time
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import Figure, MetricResult, Note

UNITS = {"csat": "share", "top_box": "share", "mean_score": "score"}


@dataclass(frozen=True)
class CsatOptions:
    """What the user may choose."""

    scale: str | None = option(None, "The scale where the file does not tell it: 1-5.", check=stated)
    satisfied: int | None = option(None, "The first answer that means satisfied, on a scale without a rule.")
    best: int | None = option(None, "The best answer, where it is the lowest: 1.")
    question: str | None = option(
        None, "Column or text of the satisfaction question, where several could be it."
    )
    dedupe: Dedupe = option(Dedupe.LAST, "Which answers of one respondent count.")
    every: Every | None = option(None, "Show the score of every month (or week, quarter, year).")


def compute(tables: Tables, scope: Scope, options: CsatOptions) -> MetricResult:
    """Return the satisfaction of the scope's period, or of all answers before the as-of day."""
    check_question(tables, "csat")
    span = Span.of_period(scope)
    scale = ends(tables, "csat", options.scale, options.best)
    found = ratings(judge_ratings(tables, span, "csat", scale, options.dedupe), "csat", scale, tables)
    satisfied = _satisfied(scale, options) if scale else None
    view = None if found.refusal else _view(scale, satisfied, scope, options)
    seen = over_time(tables, scope, view)
    return MetricResult(
        "csat",
        "top_boxes",
        _figures(found, satisfied, scope.confidence),
        rows=found.stands.rows,
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(distribution(found), *seen.tables) if scale and not found.refusal else (),
        notes=(*_readings(found, satisfied), *seen.notes, *doubts(found), *questions_beside(tables, "csat")),
    )


def compare_groups(
    results: list[MetricResult], tables: Tables, groups: Groups, scope: Scope, options: CsatOptions
) -> list[MetricResult]:
    """Add the segments beside one another; withhold what tiny groups answered."""
    scale = ends(tables, "csat", options.scale, options.best)
    view = _view(scale, _satisfied(scale, options) if scale else None, scope, options)
    return by_segment(results, groups, scope, view, "answers")


def _view(
    scale: Ends | None, satisfied: frozenset[int] | None, scope: Scope, options: CsatOptions
) -> View | None:
    """Return how satisfaction is looked at over time and by segment; None where nobody knows what satisfied is."""
    if satisfied is None:
        return None

    def judge(tables: Tables, span: Span, bucket: pl.Expr | None) -> pl.DataFrame:
        return judge_ratings(tables, span, "csat", scale, options.dedupe, bucket)

    follows = options.dedupe is Dedupe.LAST
    return View(judge, share_of(satisfied, scope.confidence), options.every, follows)


def _columns(options: CsatOptions) -> dict[str, str]:
    return {} if options.question is None else {"csat": options.question}


def left_out(tables: Tables, scope: Scope, options: CsatOptions) -> pl.DataFrame:
    """Return the responses that do not count, each with its reason."""
    scale = ends(tables, "csat", options.scale, options.best)
    judged = judge_ratings(tables, Span.of_period(scope), "csat", scale, options.dedupe)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


def _satisfied(scale: Ends, options: CsatOptions) -> frozenset[int] | None:
    """Return the answers that mean satisfied: from the one the user names to the best, else by the scale's rule."""
    first = options.satisfied
    if first is None:
        boxes = BOXES.get((scale.lowest, scale.highest))
        return scale.top(boxes) if boxes else None
    if not scale.lowest <= first <= scale.highest or first == scale.worst:
        raise UsageError(
            f"--satisfied: {first} cannot be the first satisfied answer where {scale.worst} is the worst "
            f"and {scale.best} the best",
            hint="Name an answer of the scale above its worst one.",
        )
    return scale.top(abs(scale.best - first) + 1)


def _figures(found: Ratings, satisfied: frozenset[int] | None, confidence: float) -> tuple[Figure, ...]:
    n = found.n
    if found.refusal or n == 0:
        return (*_nothing(found), Figure("answers", n, "count"))
    assert found.ends is not None
    best = found.among({found.ends.best})
    figures = (
        Figure.refused("csat", UNITS["csat"], "satisfied_unknown", n=n)
        if satisfied is None
        else share_figure("csat", found.among(satisfied), n, confidence),
        share_figure("top_box", best, n, confidence),
        mean_figure("mean_score", found, confidence),
    )
    counts = () if satisfied is None else (Figure("satisfied", found.among(satisfied), "count"),)
    return (*withheld_below_minimum(figures, n), *counts, Figure("answers", n, "count"))


def _nothing(found: Ratings) -> tuple[Figure, ...]:
    if found.refusal:
        return tuple(Figure.refused(name, unit, found.refusal, n=found.n) for name, unit in UNITS.items())
    return tuple(Figure.undefined(name, unit, "no_valid_responses", n=0) for name, unit in UNITS.items())


def _readings(found: Ratings, satisfied: frozenset[int] | None) -> tuple[Note, ...]:
    """Return how the scale was read."""
    if found.refusal or found.ends is None or satisfied is None:
        return ()
    values = {"worst": found.ends.worst, "best": found.ends.best}
    first, last = min(satisfied), max(satisfied)
    answers = f"{first}" if first == last else f"{first}–{last}"
    return (Note("satisfied_answers", {**values, "answers": answers}),)


METRIC = Metric(
    name="csat",
    source=Kind.SURVEYS,
    needs=lambda _: (Fact.ANSWERS,),
    options=CsatOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.ANSWERS,
    asks=("csat",),
    manual=__doc__,
    examples=(
        "loyalty csat sample_data/surveys.csv",
        "loyalty csat sample_data/surveys.csv --period 2026-10 --fail-if 'csat < 80%'",
        "loyalty csat sample_data/surveys.csv --every quarter",
        "loyalty csat sample_data/surveys.csv --by wave --format csv",
    ),
    columns=_columns,
    compare=compare_groups,
    tells_change=True,
)
