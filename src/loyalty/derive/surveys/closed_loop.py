"""Who complained in a survey, and whether somebody got back to them in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

import polars as pl

from loyalty.derive.share import share_figure
from loyalty.derive.surveys.recommendations import HIGHEST, LOWEST
from loyalty.derive.surveys.scales import Ends, ends
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Figure, Note, ResultTable

NPS = Ends(LOWEST, HIGHEST)
DETRACTORS = {"nps": ((0, 10), 7), "csat": ((1, 5), 2), "ces": ((1, 7), 3)}
"""Of each question the scale on which detractors are defined, and how many of its worst answers they give."""
COMMENT_LENGTH = 60


@dataclass(frozen=True)
class Loop:
    """Detractors of a span, and what became of them by the as-of day. ``hours`` are those until the follow-up.

    ``undated`` detractors have no deadline; ``too_early`` ones have a follow-up before their answer.
    """

    detractors: int
    due: int
    in_time: int
    ever: int
    hours: tuple[float, ...]
    undated: int
    too_early: int
    waiting: pl.DataFrame


def closed_loop(used: pl.DataFrame, tables: Tables, as_of: date, target_hours: int) -> Loop:
    """Return the detractors among the rows used, and what became of them."""
    now = datetime.combine(as_of, time())
    target = timedelta(hours=target_hours)
    judged = _complaints(tables, used)
    asked = (pl.when(given).then(pl.lit(name)) for name, given in judged.items())
    said = (pl.when(given).then(pl.col(name)) for name, given in judged.items())
    answered, follow_up = pl.col("answered_at"), pl.col("followed_up_at")
    detractors = (
        used.filter("lists_follow_ups", pl.any_horizontal(pl.lit(value=False), *judged.values()))
        .with_columns(
            question=pl.coalesce(pl.lit(None, pl.String), *asked),
            score=pl.coalesce(pl.lit(None, pl.Int64), *said),
            followed=pl.when((follow_up >= answered) & (follow_up < now)).then(follow_up),
        )
        .pipe(_each_once)
        .with_columns(
            due=(answered + target <= now).fill_null(value=False), took=pl.col("followed") - answered
        )
    )
    due = detractors.filter("due")
    return Loop(
        detractors=detractors.height,
        due=due.height,
        in_time=due.filter(pl.col("took") <= target).height,
        ever=due["took"].drop_nulls().len(),
        hours=tuple(took.total_seconds() / 3600 for took in due["took"].drop_nulls().sort()),
        undated=detractors["answered_at"].null_count(),
        too_early=detractors.filter(follow_up < answered).height,
        waiting=detractors.filter(pl.col("followed").is_null())
        .with_columns(hours=(now - answered).dt.total_hours())
        .sort("answered_at", "file", "row", nulls_last=True),
    )


def _each_once(detractors: pl.DataFrame) -> pl.DataFrame:
    """Return each answer once, with its first follow-up: exports that overlap list it twice, and only one may know it.

    Answers of the nameless and such without a time may be alike by chance.
    """
    told = pl.col("respondent_id").is_not_null() & pl.col("answered_at").is_not_null()
    nameless = pl.when(~told).then(pl.struct("file", "row"))
    same = ("respondent_id", "answered_at", "question", "score", nameless)
    earliest = detractors.sort("file", "row").with_columns(followed=pl.col("followed").min().over(*same))
    return earliest.filter(pl.struct(*same).is_first_distinct())


def _complaints(tables: Tables, used: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return for each question asked on the scale that has detractors whether the answer is theirs."""
    found = {}
    for question, (scale, boxes) in DETRACTORS.items():
        asked = NPS if question == "nps" and "nps" not in tables.scales else ends(tables, question)
        if question in used.columns and asked is not None and (asked.lowest, asked.highest) == scale:
            found[question] = pl.col(question).is_in(sorted(asked.bottom(boxes))).fill_null(value=False)
    return found


def loop_figures(loop: Loop | None, confidence: float) -> tuple[Figure, ...]:
    """Return the rates of the loop, the median hours and the counts; undefined without a loop."""
    if loop is None:
        units = {"closed_loop_rate": "share", "followed_up_share": "share", "follow_up_hours": "hours"}
        return tuple(Figure.undefined(name, unit, "no_follow_ups") for name, unit in units.items())
    hours = (
        Figure("follow_up_hours", median(loop.hours), "hours", n=len(loop.hours))
        if loop.hours
        else Figure.undefined("follow_up_hours", "hours", "nobody_followed_up", n=0)
    )
    return (
        share_figure("closed_loop_rate", loop.in_time, loop.due, confidence),
        share_figure("followed_up_share", loop.ever, loop.due, confidence),
        hours,
        Figure("detractors_answered", loop.detractors, "count"),
        Figure("detractors_due", loop.due, "count"),
        Figure("detractors_waiting", loop.waiting.height, "count"),
    )


def loop_notes(loop: Loop | None, tables: Tables, target_hours: int) -> tuple[Note, ...]:
    """Return what in time means, and which detractors could not be judged."""
    if loop is None:
        return ()
    notes = [Note("closed_loop_target", {"hours": target_hours})]
    rows = tables[Fact.FEEDBACK]
    unjudged = {"csat", "ces"} & set(rows.columns) - _complaints(tables, rows).keys()
    notes += [Note("loop_scale_unknown", {"question": question.upper()}) for question in sorted(unjudged)]
    if loop.undated:
        notes.append(Note("detractors_undated", {"count": loop.undated}))
    if loop.too_early:
        notes.append(Note("follow_up_before_answer", {"count": loop.too_early}))
    return tuple(notes)


def waiting(loop: Loop) -> ResultTable:
    """Return the list of detractors without a follow-up, oldest first."""
    columns = (
        Column("respondent_id", "id", personal=True),
        Column("answered_at", "text"),
        Column("hours_waiting", "hours"),
        Column("question", "text"),
        Column("score", "score"),
        Column("comment", "text", personal=True),
    )
    shown = loop.waiting.select(
        "respondent_id",
        pl.col("answered_at").dt.strftime("%Y-%m-%d %H:%M"),
        "hours",
        pl.col("question").str.to_uppercase(),
        "score",
        _short(pl.col("comment")),
    )
    return ResultTable("waiting", columns, tuple(shown.iter_rows()))


def _short(comment: pl.Expr) -> pl.Expr:
    line = comment.str.replace_all(r"\s+", " ").str.strip_chars()
    cut = line.str.slice(0, COMMENT_LENGTH - 1).str.strip_chars_end() + "…"
    return pl.when(line.str.len_chars() > COMMENT_LENGTH).then(cut).otherwise(line)
