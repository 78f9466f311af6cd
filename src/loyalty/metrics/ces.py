"""Customer effort score (CES): how easy customers found it to get something done.

Question
    Version 2: "The company made it easy for me to handle my issue", 1 to 7, high is easy. Version 1: "How much effort
    did you have to put forth?", 1 to 5, low is good.

Formula
    ces = mean of the answers as they were given. Version 2: share_5_7 = answers 5 to 7 / valid answers, top2 = 6 and 7,
    bottom3 = 1 to 3, each with Wilson's interval; net_easy = 100 x (top2 - bottom3), in points from -100 to +100 with
    the adjusted Wald interval of a net score. Version 1: top2 and bottom2 are the two best and the two worst answers.
    The mean's interval is Student's t, from 30 answers on.

    Change: of the asked `--period` against the one before, else of the last two finished periods of `--every`, else
    of the last two waves of the file. z-test of two means of 30 answers or more. It is called a change only where
    the interval leaves out 0; otherwise the answers are named with which a true change of that size would be found
    four times in five: (s1^2 + s2^2) (1.96 + 0.84)^2 / d^2 a side. Who answered both times is compared with himself
    as well (paired t). An unfinished period, or a wave called by one, is shown and not compared.

    `--by COLUMN`: each segment of 30 answers or more against all others together, with Holm's p-values.

    `--every month`: the mean of each month from the beginning of the data, each with its own respondents' last
    answers.

Not counted
    Answers that are blank, no whole number or outside the scale, each counted by reason. Of several answers of one
    respondent the last valid one counts (`--dedupe last`). The version follows from the scale, which labels, the header
    or the question text tell, or else `--scale 1-7`. On 1 to 5 the good end must be known: from labels, or `--best 1`
    (effort: little is good) or `--best 5` (ease: much is good). The versions are never
    added up: where a file asks both, or the same in several words, `--question` names one.
    Below 10 answers only their number is shown to people; of a group of fewer than 5 only their number is told at all,
    and of the next smallest beside it, where the total would give it away.

Worked example
    80, 210, 140, 110, 160, 180 and 120 answers of 1 to 7: mean 4.08, 46 % answer 5 to 7, top2 30 %, bottom3 43 %,
    net_easy = -13.

References
    Dixon, Freeman, Toman (2010), Harvard Business Review; support.cys.group articles 3000095529 and 3000095531.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import withheld_below_minimum
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.answers import Dedupe
from loyalty.derive.surveys.guards import check_question, questions_beside
from loyalty.derive.surveys.measures import mean_of_answers
from loyalty.derive.surveys.ratings import Ratings, distribution, doubts, judge_ratings, mean_figure, ratings
from loyalty.derive.surveys.scales import Ends, ends, stated
from loyalty.derive.surveys.views import View, by_segment, over_time
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import Figure, MetricResult, Note
from loyalty.model.tables import Scale
from loyalty.stats.net_promoter import Recommendations, interval

FIRST, SECOND = (1, 5), (1, 7)
UNITS = {
    FIRST: {"ces": "score", "top2": "share", "bottom2": "share"},
    SECOND: {"ces": "score", "share_5_7": "share", "top2": "share", "bottom3": "share", "net_easy": "points"},
}


@dataclass(frozen=True)
class CesOptions:
    """What the user may choose."""

    scale: str | None = option(None, "The scale where the file does not tell it: 1-7 or 1-5.", check=stated)
    best: int | None = option(None, "The best answer: 1 where low is good, 5 or 7 where high is.")
    question: str | None = option(None, "Column or text of the effort question, where several could be it.")
    dedupe: Dedupe = option(Dedupe.LAST, "Which answers of one respondent count.")
    every: Every | None = option(None, "Show the score of every month (or week, quarter, year).")


def compute(tables: Tables, scope: Scope, options: CesOptions) -> MetricResult:
    """Return the effort of the scope's period, or of all answers before the as-of day."""
    check_question(tables, "ces")
    span = Span.of_period(scope)
    _, found = _found(tables, span, options)
    version = FIRST if found.ends and (found.ends.lowest, found.ends.highest) == FIRST else SECOND
    view = None if found.refusal else _view(found.ends, scope, options)
    seen = over_time(tables, scope, view)
    return MetricResult(
        "ces",
        "v1_five_point" if version == FIRST else "v2_seven_point",
        _figures(found, version, scope.confidence),
        rows=found.stands.rows,
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(distribution(found), *seen.tables) if found.ends and not found.refusal else (),
        notes=(*_readings(found), *seen.notes, *doubts(found), *questions_beside(tables, "ces")),
    )


def compare_groups(
    results: list[MetricResult], tables: Tables, groups: Groups, scope: Scope, options: CesOptions
) -> list[MetricResult]:
    """Add the segments beside one another; withhold what tiny groups answered."""
    view = _view(ends(tables, "ces", options.scale, options.best), scope, options)
    return by_segment(results, groups, scope, view, "answers")


def _view(scale: Ends | None, scope: Scope, options: CesOptions) -> View | None:
    """Return how effort is looked at over time and by segment; None where its scale is not known."""
    if scale is None:
        return None

    def judge(tables: Tables, span: Span, bucket: pl.Expr | None) -> pl.DataFrame:
        return judge_ratings(tables, span, "ces", scale, options.dedupe, bucket)

    return View(judge, mean_of_answers(scope.confidence), options.every, options.dedupe is Dedupe.LAST)


def _columns(options: CesOptions) -> dict[str, str]:
    return {} if options.question is None else {"ces": options.question}


def left_out(tables: Tables, scope: Scope, options: CesOptions) -> pl.DataFrame:
    """Return the responses that do not count, each with its reason."""
    judged, _ = _found(tables, Span.of_period(scope), options)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


def _found(tables: Tables, span: Span, options: CesOptions) -> tuple[pl.DataFrame, Ratings]:
    scale = ends(tables, "ces", options.scale, options.best)
    judged = judge_ratings(tables, span, "ces", scale, options.dedupe)
    found = ratings(judged, "ces", scale, tables)
    if scale is not None and not found.refusal and (scale.lowest, scale.highest) not in UNITS:
        return judged, replace(found, refusal="ces_scale")
    if scale is not None and not found.refusal:
        _require_direction(scale, tables, options)
    return judged, found


def _require_direction(scale: Ends, tables: Tables, options: CesOptions) -> None:
    told = options.best is not None or tables.best.get("ces") in (Scale.HIGH, Scale.LOW)
    if (scale.lowest, scale.highest) == FIRST and not told:
        raise UsageError(
            "Nothing in the file tells whether 1 or 5 is the good end of the effort question.",
            hint="Say it: --best 1 where the question asks for effort, --best 5 where it says that it was easy.",
        )


def _figures(found: Ratings, version: tuple[int, int], confidence: float) -> tuple[Figure, ...]:
    n, units = found.n, UNITS[version]
    answers = Figure("answers", n, "count")
    if found.refusal:
        refusal = found.refusal
        return (*(Figure.refused(name, unit, refusal, n=n) for name, unit in units.items()), answers)
    if n == 0:
        reason = "no_valid_responses"
        return (*(Figure.undefined(name, unit, reason, n=0) for name, unit in units.items()), answers)
    assert found.ends is not None
    mean = mean_figure("ces", found, confidence)
    top2, bottom2, bottom3 = (
        found.among(found.ends.top(2)),
        found.among(found.ends.bottom(2)),
        found.among(found.ends.bottom(3)),
    )
    figures: tuple[Figure, ...]
    if version == FIRST:
        figures = (
            mean,
            share_figure("top2", top2, n, confidence),
            share_figure("bottom2", bottom2, n, confidence),
        )
    else:
        figures = (
            mean,
            share_figure("share_5_7", found.among(found.ends.top(3)), n, confidence),
            share_figure("top2", top2, n, confidence),
            share_figure("bottom3", bottom3, n, confidence),
            _net_easy(Recommendations(top2, n - top2 - bottom3, bottom3), confidence),
        )
    return (*withheld_below_minimum(figures, n), answers)


def _net_easy(groups: Recommendations, confidence: float) -> Figure:
    bounds = interval(groups, confidence)
    return Figure(
        "net_easy",
        groups.score,
        "points",
        n=int(groups.answers),
        denominator=int(groups.answers),
        low=bounds.low if bounds else None,
        high=bounds.high if bounds else None,
        confidence=confidence,
    )


def _readings(found: Ratings) -> tuple[Note, ...]:
    """Return how the scale was read."""
    if found.refusal or found.ends is None:
        return ()
    return (Note("answer_scale", {"worst": found.ends.worst, "best": found.ends.best}),)


METRIC = Metric(
    name="ces",
    source=Kind.SURVEYS,
    needs=lambda _: (Fact.ANSWERS,),
    options=CesOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.ANSWERS,
    asks=("ces",),
    manual=__doc__,
    examples=(
        "loyalty ces sample_data/invitations.csv",
        "loyalty ces sample_data/invitations.csv --every month",
        "loyalty ces sample_data/invitations.csv --by Channel --format csv",
        "loyalty ces sample_data/invitations.csv --period 2026-10 --fail-if 'ces < 5'",
    ),
    columns=_columns,
    compare=compare_groups,
    tells_change=True,
)
