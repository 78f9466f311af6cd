"""Survey answers: which of them stand, and how many there are of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from loyalty.derive.base import Span
from loyalty.model.places import place
from loyalty.model.result import LeftOut, Rows
from loyalty.model.tables import QUESTIONS, Surveys


class Dedupe(StrEnum):
    """What counts when one respondent answered several times."""

    LAST = "last"
    NONE = "none"


def answers(source: Surveys, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return one slim row per response: ``by``, ``row``, ``fault``, ``respondent_id``, ``wave``, ``answered_at``,
    ``day`` and, per question that the file has, the answer and its issue; also ``file``, and where the source has
    them ``question``, ``nps_floor``, ``weight``, ``tags`` and ``stated_type``.
    """
    questions = [name for name in QUESTIONS if name in source.columns]
    named = [name for name in ("question", "weight", "tags", "stated_type") if name in source.columns]
    return source.frame.select(
        *by,
        *named,
        pl.col("^nps_floor$"),
        "file",
        "row",
        "fault",
        "respondent_id",
        "wave",
        "answered_at",
        "day",
        *questions,
        *(f"{name}_issue" for name in questions),
    )


_STEPS = 16
"""More than there are answers on the scale."""
_NO_DAY = -(10**6)
"""A day long before all others, standing for none."""


def nps_counts(source: Surveys, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return how many rows gave which answer on which day, without telling respondents apart.

    Columns: ``by``, ``day``, ``wave`` where the source has one, ``score``, ``reason`` (the row's fault or the answer's
    issue; null: a whole number), ``rows``, ``first_rows``.
    """
    question = "nps" if "nps" in source.columns else None
    score = pl.col(question) if question else pl.lit(None, pl.Int64)
    issue = pl.col(f"{question}_issue") if question else pl.lit("missing")
    named = [*by, *(["wave"] if "wave" in source.columns else [])]
    given = source.frame.select(*named, "day", place=place(), score=score, reason=pl.coalesce("fault", issue))
    # Almost all answers are whole numbers on the scale: day and score are one key, which is grouped by much faster
    # than two and a reason; of where they stand, one row is enough.
    usual = pl.col("reason").is_null() & pl.col("score").is_between(0, _STEPS - 1)
    day = pl.col("day").to_physical().fill_null(_NO_DAY)
    counted = (
        given.select(*named, "place", key=pl.when(usual).then(day * _STEPS + pl.col("score").cast(pl.Int32)))
        .group_by(*named, "key")
        .agg(rows=pl.len().cast(pl.UInt32), first=pl.col("place").min())
        .filter(pl.col("key").is_not_null())
        .with_columns(day=pl.col("key").floordiv(_STEPS), score=pl.col("key").mod(_STEPS).cast(pl.Int64))
        .select(
            *named,
            day=pl.when(pl.col("day") != _NO_DAY).then("day").cast(pl.Date),
            score="score",
            reason=pl.lit(None, pl.String),
            rows="rows",
            first_rows=pl.concat_list("first"),
        )
    )
    unusual = (
        given.filter(~usual.fill_null(value=False))
        .group_by(*named, "day", "score", "reason")
        .agg(rows=pl.len().cast(pl.UInt32), first_rows=pl.col("place").bottom_k(5))
    )
    return pl.concat([counted, unusual])


def ungrouped(counts: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Return :func:`nps_counts` of everything from those by group."""
    keys = [name for name in ("wave", "day", "score", "reason") if name in counts.columns]
    return (
        counts.drop(*by)
        .group_by(keys)
        .agg(pl.col("rows").sum(), first_rows=pl.col("first_rows").explode(empty_as_null=False).bottom_k(5))
    )


def comments(source: Surveys) -> pl.LazyFrame:
    """Return what respondents wrote: ``file``, ``row`` and ``comment``, without the rows that say nothing."""
    return source.frame.select("file", "row", "comment").filter(pl.col("comment").is_not_null())


def survey_extent(source: Surveys) -> pl.LazyFrame:
    """Return one row: the first and last day on which something happened - asked, answered, followed up."""
    usable = pl.col("fault").is_null()
    moments = [name for name in ("invited_at", "followed_up_at") if name in source.columns]
    days = [pl.col("day"), *(pl.col(name).dt.date() for name in moments)]
    return source.frame.select(
        first_day=pl.min_horizontal(days).filter(usable).min(),
        last_day=pl.max_horizontal(days).filter(usable).max(),
    )


@dataclass(frozen=True)
class Standing:
    """The answers that stand: counts by score, the fate of every row, and what was seen on the way."""

    counts: dict[int, int]
    rows: Rows

    @property
    def n(self) -> int:
        """How many answers stand."""
        return sum(self.counts.values())

    def left_out(self, reason: str) -> int:
        """Return how many rows were left out for a reason."""
        return next((item.count for item in self.rows.left_out if item.reason == reason), 0)


def judge_scores(table: pl.DataFrame, span: Span, lowest: int, highest: int) -> pl.DataFrame:
    """Return the table with the reason of every row that does not stand in a span (null: it stands).

    ``table`` has ``day``, ``score`` and ``reason``, as from :func:`nps_counts` or :func:`scored`. Responses outside the
    span are left out as ``outside_period`` whatever they say, undated ones as ``undated`` where the span has a
    beginning, answers outside ``lowest..highest`` as ``out_of_range``.
    """
    out_of_range = ~pl.col("score").is_between(lowest, highest)
    return table.with_columns(
        reason=pl.coalesce(span.reason(), undated(span), pl.when(out_of_range).then(pl.lit("out_of_range")))
    )


def undated(span: Span) -> pl.Expr:
    """Return the reason of rows without a day, which cannot be placed in a span that has a beginning."""
    return pl.when(pl.col("day").is_null() & pl.lit(span.since is not None)).then(pl.lit("undated"))


def standing(judged: pl.DataFrame) -> Standing:
    """Return the answers that stand; ``judged`` has ``score``, ``reason``, ``rows`` and ``first_rows``."""
    used = judged.filter(pl.col("reason").is_null())
    counts = dict(used.group_by("score").agg(pl.col("rows").sum()).sort("score").iter_rows())
    return Standing(counts, fate_of(judged))


def fate_of(judged: pl.DataFrame) -> Rows:
    """Return the fate of every row of a table with ``reason`` (null: used), ``rows`` and ``first_rows``."""
    fates = (
        judged.group_by("reason")
        .agg(pl.col("rows").sum(), first=pl.col("first_rows").explode().sort().head(5))
        .sort("reason", nulls_last=False)
    )
    used = sum(rows for reason, rows, _ in fates.iter_rows() if reason is None)
    left_out = tuple(
        LeftOut(reason, rows, tuple(first)) for reason, rows, first in fates.iter_rows() if reason is not None
    )
    return Rows(read=used + sum(item.count for item in left_out), used=used, left_out=left_out)


def scored(table: pl.DataFrame, question: str) -> pl.DataFrame:
    """Return one row per response with its ``score`` for a question and the ``reason`` it is none."""
    present = question in table.columns
    return table.with_columns(
        score=pl.col(question) if present else pl.lit(None, pl.Int64),
        reason=pl.coalesce("fault", pl.col(f"{question}_issue") if present else pl.lit("missing")),
        rows=pl.lit(1, pl.UInt32),
        first_rows=pl.concat_list(place()),
    )


def superseded(judged: pl.DataFrame, bucket: pl.Expr | None = None) -> pl.DataFrame:
    """Mark earlier answers of one respondent: the last one that stands per respondent and wave is kept.

    Where ``bucket`` says to which calendar period a response belongs, the last one per respondent, wave and period;
    where rows say what they ask (``question``), the last one to each question.

    A later row wins a tie; anonymous responses are never merged. ``judged`` has ``respondent_id``, ``wave``,
    ``answered_at``, ``file``, ``row`` and ``reason`` (null: it stands so far).
    """
    if bucket is not None:
        judged = judged.with_columns(bucket=bucket)
    candidates = judged.filter(pl.col("reason").is_null() & pl.col("respondent_id").is_not_null())
    within = [name for name in ("wave", "bucket", "question") if name in judged.columns]
    last = (
        candidates.sort("answered_at", "file", "row", nulls_last=False)
        .group_by("respondent_id", *within, maintain_order=True)
        .agg(pl.col("file").last(), pl.col("row").last())
    )
    earlier = candidates.join(last, on=["file", "row"], how="anti").select(
        "file", "row", later=pl.lit("superseded")
    )
    return (
        judged.join(earlier, on=["file", "row"], how="left")
        .with_columns(reason=pl.coalesce("reason", "later"))
        .drop("later")
    )
