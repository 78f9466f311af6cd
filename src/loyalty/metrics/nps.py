"""Net Promoter Score: how many would recommend us, less how many would not.

Question
    "How likely is it that you would recommend us to a friend or colleague?", answered from 0 to 10.

Formula
    Promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6. nps = 100 x (promoters - detractors) / answers, in
    points from -100 to +100, never in per cent. The interval is the adjusted Wald one: three answers are added (3/4
    promoter, 3/2 passive, 3/4 detractor), so that ten equal answers do not look certain. The score shown is the raw
    one. With `--weight COLUMN` shares are shares of the weights, and the interval stands on Kish's effective number
    of answers, (sum of w)^2 / sum of w^2; both numbers are shown.

    Change: the asked `--period` against the one before, else the last two finished periods of `--every`, else the
    last two waves of the file. z-test of the adjusted scores, se = sqrt(se1^2 + se2^2); it is called a change only
    where the interval leaves out 0, and otherwise the answers are named with which a true change of that size would
    be found four times in five: (s1^2 + s2^2) (1.96 + 0.84)^2 / d^2 - 3 a side. Who answered both times is compared
    with himself as well (paired t on +1, 0, -1). An unfinished period, or a wave called by one, is shown and not
    compared.

    `--by COLUMN`: each segment of 30 answers or more against all others together, with Holm's p-values. A change of
    the total is taken apart: within = sum of w1 (s2 - s1) with the segments' shares w and scores s, mix = the rest.

    `--every month`: the score of each month from the beginning of the data, each with its own respondents' last
    answers.

    `--driver COLUMN`: impact of a tag = nps less nps without the answers that carry it
    = n_T (nps_T - nps) / (n - n_T). Negative: the tag pulls the score down. Tags of fewer than 30 answers are not
    ranked.

    `--orders FILE`: respondents as customers. By lifecycle segment (the defaults of `loyalty lifecycle`) on the day of
    each answer, purchases of that day not counted; the shop's own rhythm is that of all purchases before the end of the
    result. By value tier: net merchandise of the 365 days before the wave began (with `--every` or `--period`, before
    that period; without any of them, before the calendar month of the answer): the first 20 % of customers
    (`--high-value-share`), the next 30 %, the rest; equal values stand in the same tier. Tiers are frozen: nobody is
    of high value for what was bought later. Every answer is in a row, also those without an order, so that rows add up
    to `answers`. Customers of high value over time, with the change from one wave or period to the next, also of the
    same people. What they bought in the `--follow-days` (90) after the day of the answer, per customer: the last
    answer with so many days behind it counts, who bought nothing counts as 0; the interval of the mean is Student's
    from 100 customers on, and from 10 on that of 2,000 draws of whole customers (bootstrap, percentiles, fixed seed);
    bought_again has Wilson's. revenue_at_stake = what detractors, and promoters who are at risk or lapsed at the end of
    the result, bought in the 365 days before it; shares are of all revenue of these days, guests included.
    Respondents are customers of the same id; `--customers FILE` joins e-mail addresses with customer numbers. Who these
    people are: `loyalty contacts`.

    `--plan`: answers for an interval of plus or minus `--margin` points, z^2 s^2 / d^2 - 3, and per wave to find a
    difference of `--detect` points; `--variance` 1 is the worst case, 0.7 is usual.

Not counted
    Answers that are blank, no whole number or outside 0 to 10, each counted by reason; numbers that stand for no
    answer (`--missing 11,99`); answers without a weight or with a negative one, where they are weighted.
    `--half-points floor` takes 7.5 as 7. Of several answers of one respondent the last valid one counts (`--dedupe
    last`, within the wave or the period; anonymous answers are never merged); `--dedupe none` counts them all, and
    then comments and the same respondents are not looked at. A column of stars or of 1 to 5 is refused, not rescaled
    (`--scale 0-10` says that it is no such column). Where several columns, texts of a
    column of questions, or files with other words could be the question, `--question` names it; other survey types and
    questions are left out by name. Below 30 answers the score is marked and not ranked,
    below 10 it is not shown to people; of a group of fewer than 5 only their number is told, and of the next
    smallest beside it, where the total would give it away.

Worked example
    10, 10, 9, 9, 9, 8, 7, 6, 3, 0: five promoters, two passives, three detractors. nps = 100 x (5 - 3) / 10 = +20,
    interval -30 to +61. Segments A 70/20/10 and B 8/4/8 (promoters/passives/detractors), then A 28/10/2 and
    B 34/16/30: the total falls from +50 to +25 although A and B each rise by 5; within +5, mix -30.
    Customers of high value 40/30/30, in the next wave 55/25/20: +10, then +35, change +25, interval +2 to +46.

Cautions
    Do not compare across countries, languages, survey modes or very different response rates. Sampling error says
    nothing about those who did not answer. A score on which a bonus hangs, or for which only happy customers are
    asked, measures that.

References
    Interval: Rocks (2016), The American Statistician 70(4); measuringu.com/nps-confidence-intervals. Change and
    sample size: measuringu.com/nps-significance-test, /nps-sig-test-sample-size. Weights: Kish (1965), Survey
    Sampling. Mix: Kitagawa (1955), JASA 50. Holm (1979), Scandinavian Journal of Statistics 6. Cut-offs: Reichheld
    (2003), Harvard Business Review. Net Promoter®, Net Promoter Score® and NPS® are registered trademarks of Bain &
    Company, Inc., Fred Reichheld and Satmetrix Systems, Inc. (now part of NICE). This project is independent and not
    affiliated with or endorsed by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET, MIN_SHOW, withheld_below_minimum
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.answers import Dedupe, Standing, standing
from loyalty.derive.surveys.change import Comparison
from loyalty.derive.surveys.guards import (
    MANY,
    MAX_INVALID_SHARE,
    StatedScale,
    check_asked,
    check_question,
    looks_like_seven,
    questions_beside,
    scale_guard,
)
from loyalty.derive.surveys.nps_answers import (
    HalfPoints,
    Reading,
    codes,
    comments_table,
    judge,
    stands,
    suspicious_codes,
    whatever_weight,
)
from loyalty.derive.surveys.recommendations import (
    ADDED,
    HIGHEST,
    LOWEST,
    PASSIVE,
    PROMOTER,
    group_of,
    measure,
    recommendations,
)
from loyalty.derive.surveys.tally import Tally, tally
from loyalty.derive.surveys.views import OF_CHANGE, OverTime, View, by_segment, over_time, taken_apart
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Join, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable, Rows, Status
from loyalty.stats.sample_size import for_margin, to_detect
from loyalty.stats.weights import effective

MANY_PROMOTERS = 0.90
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
PLAN = {"margin": 5.0, "detect": 10.0, "variance": 1.0}
"""What a plan is for where nothing else is said: points, points, and the worst case."""
INVALID = ("out_of_range", "non_integer", "unparseable")
ABOUT_THE_WHOLE = (
    *OF_CHANGE,
    "weighted_not_followed",
    "high_value_",
    "joined_",
    "at_stake_withheld",
    "withheld_beside",
    "respondents_only",
)
"""How the notes begin that are said once, not of every group."""


@dataclass(frozen=True)
class NpsOptions:
    """What the user may choose."""

    dedupe: Dedupe = option(Dedupe.LAST, "Which answers of one respondent count.")
    every: Every | None = option(None, "Show the score of every month (or week, quarter, year).")
    weight: str | None = option(None, "Column with the weight of each answer.")
    driver: str | None = option(
        None, "Column with tags or themes (several to a cell: , ; or | between them)."
    )
    question: str | None = option(None, "Column or text of the 0-10 question, where several could be it.")
    missing: str | None = option(None, "Numbers that stand for no answer: 11,99.", check=codes)
    half_points: HalfPoints = option(HalfPoints.REJECT, "7.5 is no answer, or counts as 7 (floor).")
    scale: StatedScale | None = option(
        None, "Say that the scale is 0-10 where the answers look like another."
    )
    comments: int = option(3, "Show so many of the newest comments of each group.", low=0, high=1000)
    plan: bool = option(False, "Without a file: how many answers a survey needs.")
    margin: float | None = option(
        None, "With --plan: the interval wanted, plus or minus so many points (default 5).", low=0.1, high=100
    )
    detect: float | None = option(
        None, "With --plan: the difference between two waves to be found (default 10).", low=0.1, high=200
    )
    variance: float | None = option(
        None, "With --plan: variance of an answer coded +1, 0, -1 (default 1).", low=0.01, high=1
    )
    high_value_share: float = option(
        0.2,
        "With --orders: share of customers that is of high value.",
        low=0.01,
        high=0.7,
        share=True,
    )
    follow_days: int = option(
        90, "With --orders: days after an answer whose purchases count.", low=1, high=730
    )

    @property
    def reading(self) -> Reading:
        """How answers are taken."""
        return Reading(self.dedupe, codes(self.missing), self.half_points, weighted=self.weight is not None)


def compute(tables: Tables, scope: Scope, options: NpsOptions) -> MetricResult:
    """Return the score of the scope's period, or of all answers before the as-of day."""
    check_question(tables)
    check_asked(tables)
    span = Span.of_period(scope)
    judged = judge(tables, span, options.reading)
    found = standing(judged)
    refusal = None if options.scale else scale_guard(tables, standing(whatever_weight(judged)))
    answers = tally(stands(judged))
    view = None if refusal else _view(scope, options)
    seen = over_time(tables, scope, view)
    figures = _refused(found.n, refusal) if refusal else _figures(answers, options, scope.confidence)
    evidence = () if refusal else tuple(_tables(tables, scope, options, judged, answers, seen))
    result = MetricResult(
        "nps",
        "weighted" if options.weight else "standard",
        figures,
        rows=found.rows,
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=evidence,
        notes=(*_notes(judged, found, refusal, options, seen), *questions_beside(tables, "nps")),
    )
    return result if view is None else _with_orders(result, tables, scope, view, options, judged, seen)


def _view(scope: Scope, options: NpsOptions) -> View:
    """Return how the score is looked at over time and by segment; weighted answers are not followed by person."""

    def judged(tables: Tables, span: Span, bucket: pl.Expr | None) -> pl.DataFrame:
        return judge(tables, span, options.reading, bucket)

    follows = options.dedupe is Dedupe.LAST and options.weight is None
    return View(judged, measure(scope.confidence), options.every, follows, told_beside=False)


def left_out(tables: Tables, scope: Scope, options: NpsOptions) -> pl.DataFrame:
    """Return the responses that do not count, each with its reason."""
    judged = judge(tables, Span.of_period(scope), options.reading)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


# --- figures


def _refused(n: int, reason: str) -> tuple[Figure, ...]:
    withheld = (Figure.refused(name, unit, reason, n=n) for name, unit in UNITS.items() if name != "answers")
    return (*withheld, Figure("answers", n, "count"))


def _figures(answers: Tally, options: NpsOptions, confidence: float) -> tuple[Figure, ...]:
    n, counts = answers.n, recommendations(answers)
    worth = counts.answers
    weighted = (Figure("answers_effective", worth, "count"),) if options.weight else ()
    if not worth:
        reason = "no_valid_responses" if n == 0 else "weights_zero"
        undefined = (
            Figure(name, n if name == "answers" else 0, unit)
            if unit == "count"
            else Figure.undefined(name, unit, reason, n=n)
            for name, unit in UNITS.items()
        )
        return (*undefined, *weighted)
    score = measure(confidence).score(answers)
    points = float((answers.table["score"] * answers.table["weight"]).sum())
    promoters, detractors = answers.between(PROMOTER, HIGHEST).n, answers.between(LOWEST, PASSIVE - 1).n
    # Unweighted shares keep their whole numerators.
    top, bottom, whole = (
        (counts.promoters, counts.detractors, worth) if options.weight else (promoters, detractors, n)
    )
    figures = (
        Figure(
            "nps",
            score.value,
            UNITS["nps"],
            n=n,
            denominator=n,
            low=score.low,
            high=score.high,
            confidence=confidence,
        ),
        Figure("promoters", promoters, "count"),
        Figure("passives", n - promoters - detractors, "count"),
        Figure("detractors", detractors, "count"),
        replace(share_figure("promoter_share", top, whole, confidence), n=n),
        replace(share_figure("detractor_share", bottom, whole, confidence), n=n),
        Figure(
            "mean_score",
            points / answers.weight,
            UNITS["mean_score"],
            n=n,
            numerator=points if options.weight else int(points),
            denominator=answers.weight if options.weight else n,
        ),
        Figure("answers", n, "count"),
        *weighted,
    )
    return withheld_below_minimum(figures, n)


# --- evidence


def _tables(
    tables: Tables,
    scope: Scope,
    options: NpsOptions,
    judged: pl.DataFrame,
    answers: Tally,
    seen: OverTime,
) -> Iterator[ResultTable]:
    yield _distribution(answers.counts())
    yield from seen.tables
    if options.driver is not None:
        from loyalty.derive.surveys.drivers import drivers_table

        yield drivers_table(stands(judged), measure(scope.confidence))
    if options.comments and Fact.COMMENTS in tables.facts:
        table = comments_table(judged, tables[Fact.COMMENTS], options.comments)
        if table.rows:
            yield table


def _distribution(counts: dict[int, int]) -> ResultTable:
    return ResultTable(
        "distribution",
        (Column("score", "score"), Column("count", "count"), Column("class", "text")),
        tuple((score, counts.get(score, 0), group_of(score)) for score in range(LOWEST, HIGHEST + 1)),
        draw=Draw.DISTRIBUTION,
        word_columns=frozenset({"class"}),
    )


# --- orders


def _with_orders(
    result: MetricResult,
    tables: Tables,
    scope: Scope,
    view: View,
    options: NpsOptions,
    judged: pl.DataFrame,
    seen: OverTime,
) -> MetricResult:
    """Return the result with what the orders of the run, if there are any, add to it."""
    if Kind.ORDERS not in tables.joined:
        usual = NpsOptions()
        alone = (options.high_value_share, options.follow_days) == (usual.high_value_share, usual.follow_days)
        return result if alone else result.with_notes(Note("joined_without_orders"))
    # Most surveys are read without orders, and need none of this loaded.
    from loyalty.derive.surveys.orders import Ends, cannot_join, join_orders
    from loyalty.derive.surveys.rounds import rounds, started, wave_starts

    if obstacle := cannot_join(tables):
        return result.with_notes(Note(obstacle))
    waves = wave_starts(tables[Fact.ANSWERS])
    last_day = tables.joined[Kind.ORDERS].last_day
    known = min(scope.as_of, last_day + timedelta(days=1)) if last_day else scope.as_of
    # Without calendar periods or waves, the asked period and the one before.
    followed = seen.parts or seen.sides or ()
    joined = join_orders(
        started(stands(judged), options.every, scope.period, waves),
        rounds(followed, waves),
        tables.joined,
        Ends(Span.of_period(scope).until, known),
        view.measure,
        high_share=options.high_value_share,
        follow_days=options.follow_days,
    )
    return replace(
        result,
        figures=(*result.figures, *joined.figures),
        tables=(*result.tables, *joined.tables),
        notes=(*result.notes, *joined.notes),
    )


# --- groups


def compare_groups(
    results: list[MetricResult], tables: Tables, groups: Groups, scope: Scope, options: NpsOptions
) -> list[MetricResult]:
    """Add the segments beside one another and a change taken apart; withhold what tiny groups answered."""
    view = _view(scope, options)
    total, *parts = by_segment(results, groups, scope, view, "answers", ABOUT_THE_WHOLE)
    if total.headline.status is Status.REFUSED:
        return [total, *parts]
    return [taken_apart(total, tables, groups, scope, view), *parts]


# --- notes


def _notes(
    judged: pl.DataFrame,
    found: Standing,
    refusal: str | None,
    options: NpsOptions,
    seen: OverTime,
) -> Iterator[Note]:
    n = found.n
    suspicious, times = suspicious_codes(judged)
    if refusal:
        yield Note(refusal, {"n": n})
    if suspicious:
        typed = ",".join(str(code) for code in suspicious)
        yield Note(
            "suspicious_codes", {"codes": ", ".join(map(str, suspicious)), "count": times, "typed": typed}
        )
    if refusal:
        return
    yield from _small_print(judged, found, options)
    yield from seen.notes
    if options.weight is not None and seen.compared and judged["respondent_id"].count():
        yield Note("weighted_not_followed")
    yield from _doubts(tally(stands(judged)), seen.compared)


def _small_print(judged: pl.DataFrame, found: Standing, options: NpsOptions) -> Iterator[Note]:
    n = found.n
    invalid = sum(found.left_out(reason) for reason in INVALID)
    if MIN_SHOW <= n < MIN_INTERPRET:
        yield Note("below_min_n", {"n": n, "min_n": MIN_INTERPRET})
    if invalid > MAX_INVALID_SHARE * (n + invalid):
        yield Note("dirty_scores", {"invalid": invalid, "answers": n + invalid})
    if n >= MIN_INTERPRET and looks_like_seven(found.counts) and options.scale is None:
        yield Note("scale_1_7", {"n": n})
    elif n >= MANY and 0 not in found.counts and 1 in found.counts and options.scale is None:
        yield Note("scale_1_10", {"n": n})
    if options.scale is not None:
        yield Note("scale_stated", {"scale": options.scale.value})
    if options.half_points is HalfPoints.FLOOR:
        floored = int(stands(judged).get_column("floored").sum())
        yield Note("half_points_floored", {"count": floored})
    if superseded := found.left_out("superseded"):
        yield Note("superseded", {"count": superseded})
    if options.weight is not None:
        answers = tally(stands(judged))
        yield Note("weighted_answers", {"n": n, "effective": effective(answers.weight, answers.squares)})


def _doubts(answers: Tally, compared: Sequence[Comparison]) -> Iterator[Note]:
    """Yield what the score cannot tell: who did not answer, and whether it was courted."""
    if not answers.n:
        return
    share = answers.between(PROMOTER, HIGHEST).n / answers.n
    change = compared[0].change if compared else None
    courted = answers.n >= MIN_INTERPRET and share >= MANY_PROMOTERS
    halved = compared and 2 * compared[0].after.n < compared[0].before.n
    if courted:
        yield Note("many_promoters", {"share": share})
    if halved and change is not None and change.low > 0:
        values = {"before": compared[0].before.n, "after": compared[0].after.n}
        yield Note("fewer_and_happier", values)
    yield Note("respondents_only", {"n": answers.n})


# --- planning


def plan(options: NpsOptions) -> MetricResult | None:
    """Return how many answers a survey needs; None unless ``--plan`` was said.

    Raises:
        UsageError: an option of the plan without it.
    """
    wanted = {name: getattr(options, name) for name in PLAN}
    said = [f"--{name}" for name, value in wanted.items() if value is not None]
    if not options.plan:
        if said:
            raise UsageError(f"{', '.join(said)}: this belongs to --plan", hint="Say --plan, without a file.")
        return None
    values = {name: PLAN[name] if value is None else value for name, value in wanted.items()}
    variance = values["variance"]
    figures = (
        Figure("plan_margin", for_margin(values["margin"] / 100, variance, added=ADDED), "count"),
        Figure("plan_detect", to_detect(values["detect"] / 100, (variance, variance), added=ADDED), "count"),
    )
    notes = (Note("plan_assumes", values),)
    return MetricResult("nps", "plan", figures, rows=Rows(0, 0), options=values, notes=notes)


def _needs(options: NpsOptions) -> tuple[Fact, ...]:
    one_by_one = (
        options.dedupe is Dedupe.LAST
        or options.weight is not None
        or options.driver is not None
        or options.half_points is HalfPoints.FLOOR
    )
    if not one_by_one:
        return (Fact.NPS_COUNTS,)
    return (Fact.ANSWERS, Fact.COMMENTS) if options.comments else (Fact.ANSWERS,)


def _columns(options: NpsOptions) -> dict[str, str]:
    named = {"nps": options.question, "weight": options.weight, "tags": options.driver}
    return {name: header for name, header in named.items() if header is not None}


METRIC = Metric(
    name="nps",
    source=Kind.SURVEYS,
    needs=_needs,
    options=NpsOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.ANSWERS,
    asks=("nps",),
    manual=__doc__,
    examples=(
        "loyalty nps sample_data/surveys.csv",
        "loyalty nps sample_data/surveys.csv --period 2026-Q3 --format json",
        "loyalty nps sample_data/surveys.csv --every quarter --fail-if 'nps < 30'",
        "loyalty nps sample_data/surveys.csv --by wave --comments 0",
        "loyalty nps sample_data/surveys.csv --orders sample_data/orders.csv",
        "loyalty nps --plan --margin 5 --detect 10",
    ),
    without_file=plan,
    columns=_columns,
    compare=compare_groups,
    joins=(
        Join(
            Kind.ORDERS,
            lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
            "Orders, to tell respondents as customers.",
        ),
        Join(Kind.CUSTOMERS, lambda _: (Fact.CONSENTS,), "Customers, whose e-mails join both."),
    ),
)
