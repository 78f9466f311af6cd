"""Customer loyalty index: three answers - recommend, buy again, try other products - in one number.

Question
    Would you recommend us? Would you buy from us again? Would you try our other products? Usually on six steps.

Formula
    Per respondent the mean of the three answers, turned so that more is better; then the mean over respondents.
    cli_0_100 = 100 x (mean - worst) / (best - worst). cli_1_6 is the same mean on the six-step scale (6 best) and is
    undefined for another scale. Each item is shown beside it, because the mean hides which one fell. cli_alpha is
    Cronbach's alpha of the three answers: below 0.7 they do not hang together, and one number for them says little.

    Change: of the asked `--period` against the one before, else of the last two finished periods of `--every`, else
    of the last two waves of the file. z-test of two means of 30 answers or more. It is called a change only where
    the interval leaves out 0; otherwise the answers are named with which a true change of that size would be found
    four times in five: (s1^2 + s2^2) (1.96 + 0.84)^2 / d^2 a side. Who answered both times is compared with himself
    as well (paired t). An unfinished period, or a wave called by one, is shown and not compared.

    `--by COLUMN`: each segment of 30 answers or more against all others together, with Holm's p-values.

    `--every month`: the index of each month from the beginning of the data, each with its own respondents' last
    answers.

Not counted
    Respondents who did not answer all three (or `--min-items 2` of them), and answers outside the scale, counted by
    reason; alpha stands on those who answered all three. Items or files on different scales, or with different good
    ends, are refused, not added up. Which end is the good one is known from text labels or the platform; otherwise
    `--best 6` or `--best 1` must say it, because turning the scale turns 60 into 40. The interval needs 30 respondents.
    Below 10 answers only their number is shown to people; of a group of fewer than 5 only their number is told at all,
    and of the next smallest beside it, where the total would give it away.

Worked example
    (6, 5, 4), (5, 5, 5) and (3, 2, 1) with 6 the best: means 5, 5 and 2, so cli_1_6 = 4.0 and cli_0_100 = 60.

References
    There is no standard scale: totango.com/glossary/customer-loyalty-index-cli. The table 100-80-60-40-20-0 equals
    (mean - 1) x 20. Alpha: Cronbach (1951), Psychometrika 16.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET, MIN_SHOW, withheld_below_minimum
from loyalty.derive.surveys.answers import Dedupe, fate_of, superseded, undated
from loyalty.derive.surveys.measures import mean_of_answers
from loyalty.derive.surveys.scales import Ends, are_mixed
from loyalty.derive.surveys.views import View, by_segment, over_time
from loyalty.errors import ColumnMissing, UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.places import place
from loyalty.model.result import Figure, MetricResult, Note
from loyalty.model.tables import Scale
from loyalty.stats.means import t_interval
from loyalty.stats.reliability import cronbach_alpha

ITEMS = ("cli_recommend", "cli_repurchase", "cli_try_other")
SCALES = (5, 6, 7, 10)
SIX = (1, 6)
PARTS = 6
"""Means of two or three whole numbers are whole numbers of sixths."""
COHERENT = 0.7
"""Alpha from which on items are commonly taken to measure one thing (Nunnally 1978)."""


@dataclass(frozen=True)
class CliOptions:
    """What the user may choose."""

    best: int | None = option(
        None, "The best answer of the scale: 6, or 1 where 1 means 'definitely yes'.", low=1
    )
    worst: int | None = option(
        None, "The worst answer of the scale, where it is not 1 (or 6 with --best 1).", low=0
    )
    min_items: int = option(3, "How many of the three must be answered.", low=2, high=3)
    dedupe: Dedupe = option(Dedupe.LAST, "Which answers of one respondent count.")
    every: Every | None = option(None, "Show the score of every month (or week, quarter, year).")


def compute(tables: Tables, scope: Scope, options: CliOptions) -> MetricResult:
    """Return the index of the scope's period, or of all responses before the as-of day."""
    span = Span.of_period(scope)
    answers = tables[Fact.ANSWERS]
    ends = _ends(tables, answers, options)
    judged = _judge(answers, span, ends, options)
    used = judged.filter(pl.col("reason").is_null())
    pooled = are_mixed(tables, ITEMS)
    alpha = None if pooled else _alpha(used)
    seen = over_time(tables, scope, None if pooled else _view(ends, scope, options))
    return MetricResult(
        "cli",
        "mean",
        _refused(used.height) if pooled else _figures(used, ends, alpha, scope.confidence),
        rows=fate_of(judged),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=seen.tables,
        notes=() if pooled else (*_notes(used.height, ends, alpha, options), *seen.notes),
    )


def compare_groups(
    results: list[MetricResult], tables: Tables, groups: Groups, scope: Scope, options: CliOptions
) -> list[MetricResult]:
    """Add the segments beside one another; withhold what tiny groups answered."""
    view = _view(_ends(tables, tables[Fact.ANSWERS], options), scope, options)
    return by_segment(results, groups, scope, view, "respondents")


def _view(ends: Ends, scope: Scope, options: CliOptions) -> View:
    """Return how the index from 0 to 100 is looked at over time and by segment."""

    def judge(tables: Tables, span: Span, bucket: pl.Expr | None) -> pl.DataFrame:
        return _judge(tables[Fact.ANSWERS], span, ends, options, bucket)

    measure = mean_of_answers(scope.confidence, step=100 / (PARTS * (ends.points - 1)))
    return View(judge, measure, options.every, options.dedupe is Dedupe.LAST)


FIGURES = ("cli_0_100", "cli_1_6", "item_recommend", "item_repurchase", "item_try_other")


def _refused(n: int) -> tuple[Figure, ...]:
    pooled = (Figure.refused(name, "score", "pooled_cli", n=n) for name in FIGURES)
    return (
        *pooled,
        Figure.refused("cli_alpha", "ratio", "pooled_cli", n=n),
        Figure("respondents", n, "count"),
    )


def _ends(tables: Tables, answers: pl.DataFrame, options: CliOptions) -> Ends:
    """Return the scale's ends: what the user said, else what labels or the platform say.

    Raises:
        ColumnMissing: the file has not all three questions.
        UsageError: nothing tells which end is the good one.
    """
    missing = [item for item in ITEMS if item not in answers.columns]
    if missing:
        raise ColumnMissing(
            f"The loyalty index needs three questions; not recognised here: {', '.join(missing)}.",
            hint="Name them: " + " ".join(f"--map {item}=COLUMN" for item in missing),
        )
    known = [tables.scales[item] for item in ITEMS if item in tables.scales]
    lowest, highest = known[0] if known else (1, _highest(answers))
    if are_mixed(tables, ITEMS):
        return Ends(worst=0, best=max(SCALES))
    if options.best is not None:
        opposite = highest if options.best <= lowest else lowest
        return Ends(worst=options.worst if options.worst is not None else opposite, best=options.best)
    directions = {tables.best.get(item, Scale.UNKNOWN) for item in ITEMS}
    if directions == {Scale.HIGH}:
        return Ends(lowest, highest)
    if directions == {Scale.LOW}:
        return Ends(highest, lowest)
    raise UsageError(
        f"Nothing in the file tells whether {highest} or {lowest} is the best answer of the three loyalty questions.",
        hint=f"Say it: --best {highest} where {highest} means 'definitely yes', --best {lowest} where {lowest} does.",
    )


def _highest(answers: pl.DataFrame) -> int:
    """Return the top of the shortest usual scale that holds the answers; six steps when they fit."""
    seen = answers.select(pl.max_horizontal(*ITEMS).max()).item()
    return next((top for top in SCALES[1:] if seen is None or seen <= top), SCALES[-1])


def _judge(
    answers: pl.DataFrame, span: Span, ends: Ends, options: CliOptions, bucket: pl.Expr | None = None
) -> pl.DataFrame:
    """Return one row per response with the reason it does not count, and the sixths of a step its mean is above the
    worst answer as ``score``.
    """
    out_of_range = pl.any_horizontal(
        *(~pl.col(item).is_between(ends.lowest, ends.highest).fill_null(value=True) for item in ITEMS)
    )
    given = pl.sum_horizontal(*(pl.col(item).is_not_null() for item in ITEMS)).cast(pl.Int64)
    above = pl.sum_horizontal(*((pl.col(item) - ends.worst).abs() for item in ITEMS)).cast(pl.Int64)
    incomplete = given < options.min_items
    judged = answers.with_columns(
        reason=pl.coalesce(
            span.reason("fault"),
            pl.when(incomplete).then(pl.lit("incomplete")),
            # After it, as with one question: an invitation that nobody answered has no day either.
            undated(span),
            pl.when(out_of_range).then(pl.lit("out_of_range")),
        ),
        score=pl.when(~incomplete).then(above * PARTS // given),
        rows=pl.lit(1, pl.UInt32),
        first_rows=pl.concat_list(place()),
    )
    return judged if options.dedupe is Dedupe.NONE else superseded(judged, bucket)


def left_out(tables: Tables, scope: Scope, options: CliOptions) -> pl.DataFrame:
    """Return the responses that do not count, each with its reason."""
    answers = tables[Fact.ANSWERS]
    judged = _judge(answers, Span.of_period(scope), _ends(tables, answers, options), options)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


def _figures(used: pl.DataFrame, ends: Ends, alpha: float | None, confidence: float) -> tuple[Figure, ...]:
    n = used.height
    if n == 0:
        reason = "no_valid_responses"
        undefined = (Figure.undefined(name, "score", reason, n=0) for name in FIGURES)
        return (
            *undefined,
            Figure.undefined("cli_alpha", "ratio", reason, n=0),
            Figure("respondents", 0, "count"),
        )
    goodness = {item: ends.goodness(pl.col(item)) for item in ITEMS}
    turned = used.select(pl.mean_horizontal(*goodness.values()).alias("all"), **goodness)
    respondents: list[float] = turned["all"].sort().to_list()
    # Counted in whole sixths of a step, so that 60 is 60 and not a little more.
    above, most = int(used["score"].sum()), PARTS * n * (ends.points - 1)
    bounds = t_interval(respondents, confidence) if n >= MIN_INTERPRET else None
    on_hundred = Figure("cli_0_100", 100 * above / most, "score", n=n)
    on_six = Figure("cli_1_6", (most + 5 * above) / most, "score", n=n)
    if bounds:
        on_hundred = replace(on_hundred, low=100 * bounds.low, high=100 * bounds.high, confidence=confidence)
        on_six = replace(on_six, low=1 + 5 * bounds.low, high=1 + 5 * bounds.high, confidence=confidence)
    if (ends.lowest, ends.highest) != SIX:
        on_six = Figure.undefined("cli_1_6", "score", "scale_not_1_6", n=n)
    items = (_item(name, used[item], ends) for name, item in zip(FIGURES[2:], ITEMS, strict=True))
    figures = withheld_below_minimum((on_hundred, on_six, *items, _alpha_figure(used, alpha)), n)
    return (*figures, Figure("respondents", n, "count"))


def _item(name: str, answers: pl.Series, ends: Ends) -> Figure:
    given = answers.drop_nulls()
    if given.is_empty():
        return Figure.undefined(name, "score", "no_valid_responses", n=0)
    above = int((given - ends.worst).abs().sum())
    return Figure(name, 100 * above / (given.len() * (ends.points - 1)), "score", n=given.len())


def _alpha(used: pl.DataFrame) -> float | None:
    """Return Cronbach's alpha of those who answered all three; turning the scale does not change it."""
    complete = used.drop_nulls(ITEMS).sort("file", "row")
    return cronbach_alpha([complete[item].to_list() for item in ITEMS])


def _alpha_figure(used: pl.DataFrame, alpha: float | None) -> Figure:
    n = used.drop_nulls(ITEMS).height
    if alpha is None:
        return Figure.undefined("cli_alpha", "ratio", "answers_do_not_vary", n=n)
    return Figure("cli_alpha", alpha, "ratio", n=n)


def _notes(n: int, ends: Ends, alpha: float | None, options: CliOptions) -> tuple[Note, ...]:
    notes = [Note("answer_scale", {"worst": ends.worst, "best": ends.best})]
    if alpha is not None and n >= MIN_INTERPRET and alpha < COHERENT:
        notes.append(Note("items_apart", {"alpha": alpha, "coherent": COHERENT}))
    if options.min_items < len(ITEMS):
        notes.append(Note("incomplete_counted", {"min_items": options.min_items}))
    if (ends.lowest, ends.highest) != SIX:
        notes.append(Note("mapped_linearly", {"worst": ends.worst, "best": ends.best}))
    if MIN_SHOW <= n < MIN_INTERPRET:
        notes.append(Note("below_min_n", {"n": n, "min_n": MIN_INTERPRET}))
    return tuple(notes)


METRIC = Metric(
    name="cli",
    source=Kind.SURVEYS,
    needs=lambda _: (Fact.ANSWERS,),
    options=CliOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.ANSWERS,
    asks=ITEMS,
    manual=__doc__,
    examples=(
        "loyalty cli sample_data/surveys.csv --best 6",
        "loyalty cli sample_data/surveys.csv --best 6 --every quarter",
        "loyalty cli sample_data/surveys.csv --best 6 --period 2026-Q3 --format markdown",
    ),
    compare=compare_groups,
    tells_change=True,
)
