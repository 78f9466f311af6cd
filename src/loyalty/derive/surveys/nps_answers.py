"""Which answers to the 0-10 question stand, after what the user says about codes, half points and weights."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.surveys.answers import Dedupe, judge_scores, scored, superseded
from loyalty.derive.surveys.recommendations import HIGHEST, LOWEST, group_of
from loyalty.errors import UsageError
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, ResultTable

LONGEST_COMMENT = 100


class HalfPoints(StrEnum):
    """What becomes of an answer between two points, such as 7.5."""

    REJECT = "reject"
    FLOOR = "floor"


@dataclass(frozen=True)
class Reading:
    """How answers are taken: ``codes`` are numbers that stand for no answer."""

    dedupe: Dedupe
    codes: frozenset[int]
    half_points: HalfPoints
    weighted: bool


def codes(text: str | None) -> frozenset[int]:
    """Return the codes written as ``11,99``.

    Raises:
        UsageError: one of them is no whole number.
    """
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    if not all(part.removeprefix("-").isdecimal() for part in parts):
        raise UsageError(
            f"--missing: {text!r} is not whole numbers",
            hint="Write the codes for no answer with commas: --missing 11,99.",
        )
    return frozenset(int(part) for part in parts)


def judge(tables: Tables, span: Span, reading: Reading, bucket: pl.Expr | None = None) -> pl.DataFrame:
    """Return the responses (or their counts) with the ``reason`` each does not stand in a span; null: it stands.

    Of several answers of one respondent the last counts, within the wave and, where ``bucket`` says to which calendar
    period a response belongs, within that.
    """
    if Fact.ANSWERS not in tables.facts:
        return judge_scores(_without_codes(tables[Fact.NPS_COUNTS], reading), span, LOWEST, HIGHEST)
    table = scored(tables[Fact.ANSWERS], "nps").with_columns(floored=pl.lit(value=False))
    if reading.half_points is HalfPoints.FLOOR and "nps_floor" in table.columns:
        between = (
            pl.col("reason").eq("non_integer").fill_null(value=False) & pl.col("nps_floor").is_not_null()
        )
        table = table.with_columns(
            score=pl.when(between).then("nps_floor").otherwise("score"),
            reason=pl.when(~between).then("reason"),
            floored=between,
        )
    judged = judge_scores(_without_codes(table, reading), span, LOWEST, HIGHEST)
    if reading.weighted:
        judged = judged.with_columns(reason=pl.coalesce("reason", _unfit_weight()))
    else:
        judged = judged.drop("weight", strict=False)
    return judged if reading.dedupe is Dedupe.NONE else superseded(judged, bucket)


def _without_codes(table: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    is_code = pl.col("score").is_in(sorted(reading.codes))
    return table.with_columns(reason=pl.coalesce("reason", pl.when(is_code).then(pl.lit("missing"))))


def _unfit_weight() -> pl.Expr:
    return (
        pl.when(pl.col("weight").is_null())
        .then(pl.lit("weight_missing"))
        .when(pl.col("weight") < 0)
        .then(pl.lit("weight_negative"))
    )


def stands(judged: pl.DataFrame) -> pl.DataFrame:
    """Return the answers that stand."""
    return judged.filter(pl.col("reason").is_null())


def whatever_weight(judged: pl.DataFrame) -> pl.DataFrame:
    """Return the responses as if none had been left out for its weight: the scale is told by what people answered."""
    return judged.with_columns(reason=pl.when(~pl.col("reason").str.starts_with("weight_")).then("reason"))


def suspicious_codes(judged: pl.DataFrame) -> tuple[tuple[int, ...], int]:
    """Return the few values outside 0 to 10 that come back, as codes for no answer do, and how often they stand there.

    Nothing where more than three different values lie outside: then it is another scale, or carelessness.
    """
    beyond = judged.filter(pl.col("reason") == "out_of_range")
    counts = dict(beyond.group_by("score").agg(pl.col("rows").sum()).sort("score").iter_rows())
    if len(counts) > 3 or not any(count > 1 for count in counts.values()):
        return (), 0
    return tuple(counts), sum(counts.values())


def comments_table(judged: pl.DataFrame, comments: pl.DataFrame, each: int) -> ResultTable:
    """Return the newest comments of each group beside their scores, shortened: detractors first."""
    written = (
        stands(judged)
        .join(comments, on=["file", "row"])
        .sort("answered_at", "file", "row", descending=True, nulls_last=True)
    )
    rows = [
        (score, group_of(score), shortened(comment))
        for score, comment in written.select("score", "comment").iter_rows()
    ]
    told = [
        row
        for group in ("detractor", "passive", "promoter")
        for row in [r for r in rows if r[1] == group][:each]
    ]
    columns = (Column("score", "score"), Column("class", "text"), Column("comment", "text", personal=True))
    return ResultTable("comments", columns, tuple(told), word_columns=frozenset({"class"}))


def shortened(comment: str) -> str:
    """Return the beginning of a comment, cut between words."""
    short = textwrap.shorten(comment, LONGEST_COMMENT, placeholder=" …")
    return short if short != "…" else f"{comment[: LONGEST_COMMENT - 2]} …"
