"""The answers to one question on an agreement scale: those that stand, counted, with what may keep them back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET, MIN_SHOW
from loyalty.derive.surveys.answers import Dedupe, Standing, judge_scores, scored, standing, superseded
from loyalty.derive.surveys.scales import MAX_BEYOND, Ends, are_mixed, is_another_scale
from loyalty.errors import ColumnMissing
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Draw, Figure, Note, ResultTable
from loyalty.stats.means import t_interval_of_counts

INVALID = ("out_of_range", "non_integer", "unparseable")
ANY = (-(2**31), 2**31)
LONGEST = 11
"""Points of a scale whose answers are all shown, those that nobody gave too."""


@dataclass(frozen=True)
class Ratings:
    """Answers that stand, by the number answered; ``refusal`` says why nothing may be computed from them."""

    stands: Standing
    ends: Ends | None
    refusal: str | None

    @property
    def n(self) -> int:
        """How many answers stand."""
        return self.stands.n

    def among(self, answers: Collection[int]) -> int:
        """Return how many gave one of these answers."""
        return sum(count for answer, count in self.stands.counts.items() if answer in answers)


def ratings(judged: pl.DataFrame, question: str, ends: Ends | None, tables: Tables) -> Ratings:
    """Return the answers that stand of rows judged by :func:`judge_ratings`."""
    stands = standing(judged)
    refusal = None
    if are_mixed(tables, [question]):
        refusal = "mixed_scales"
    elif ends is None:
        refusal = "scale_unknown" if stands.n else None
    elif is_another_scale(stands.left_out("out_of_range"), stands.n):
        refusal = "beyond_scale"
    return Ratings(stands, ends, refusal)


def judge_ratings(
    tables: Tables,
    span: Span,
    question: str,
    ends: Ends | None,
    dedupe: Dedupe,
    bucket: pl.Expr | None = None,
) -> pl.DataFrame:
    """Return one row per response with the reason it does not stand (null: it stands).

    Of several answers of one respondent the last counts, within the wave and, where ``bucket`` says to which calendar
    period a response belongs, within that.

    Raises:
        ColumnMissing: no file asks the question.
    """
    answers = tables[Fact.ANSWERS]
    if question not in answers.columns:
        raise ColumnMissing(
            f"No column was recognised as the {question.upper()} question.",
            hint=f"Name it: --map {question}=COLUMN.",
        )
    lowest, highest = (ends.lowest, ends.highest) if ends else ANY
    judged = judge_scores(scored(answers, question), span, lowest, highest)
    return superseded(judged, bucket) if dedupe is Dedupe.LAST else judged


def mean_figure(name: str, found: Ratings, confidence: float) -> Figure:
    """Return the mean of the answers as they were given, with Student's t interval from 30 answers on."""
    counts, n = found.stands.counts, found.n
    points = sum(answer * count for answer, count in counts.items())
    bounds = t_interval_of_counts(counts, confidence) if n >= MIN_INTERPRET else None
    return Figure(
        name,
        points / n,
        "score",
        n=n,
        numerator=points,
        denominator=n,
        low=bounds.low if bounds else None,
        high=bounds.high if bounds else None,
        confidence=confidence if bounds else None,
    )


def distribution(found: Ratings) -> ResultTable:
    """Return how many gave each answer of the scale, of one as long as per cent each answer that was given."""
    assert found.ends is not None
    every = range(found.ends.lowest, found.ends.highest + 1)
    answers = every if found.ends.points <= LONGEST else sorted(set(every) & found.stands.counts.keys())
    return ResultTable(
        "distribution",
        (Column("score", "score"), Column("count", "count")),
        tuple((answer, found.stands.counts.get(answer, 0)) for answer in answers),
        draw=Draw.DISTRIBUTION,
    )


def doubts(found: Ratings) -> tuple[Note, ...]:
    """Return what the reader must know about the answers themselves."""
    n, stands = found.n, found.stands
    notes = []
    if MIN_SHOW <= n < MIN_INTERPRET:
        notes.append(Note("below_min_n", {"n": n, "min_n": MIN_INTERPRET}))
    invalid = sum(stands.left_out(reason) for reason in INVALID)
    if invalid > MAX_BEYOND * (n + invalid):
        notes.append(Note("dirty_answers", {"invalid": invalid, "answers": n + invalid}))
    if count := stands.left_out("superseded"):
        notes.append(Note("superseded", {"count": count}))
    return tuple(notes)
