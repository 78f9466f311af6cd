"""Invitations, answers and follow-ups: who was asked, who answered, whom somebody called back."""

from __future__ import annotations

import polars as pl

from loyalty.model.tables import QUESTIONS, Surveys


def feedback(source: Surveys, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return one row per row of the export: ``by``, ``file``, ``row``, ``fault``, ``respondent_id``, ``wave``,
    ``answered_at``, ``invited_at``, ``bounced``, ``followed_up_at``, ``comment``, ``day`` and each question asked;
    ``lists_invitations`` and ``lists_follow_ups`` say whether the row's file has such a column at all.

    ``day`` is that of the invitation where there is one, else that of the answer: an invitation belongs to the period
    in which it was sent, whenever it was answered. Where invitations and answers stand in files of their own, an answer
    is to the invitation of the same respondent in the same wave.
    """
    questions = [name for name in QUESTIONS if name in source.columns]
    return _with_invitations(source).select(
        *by,
        "file",
        "row",
        "fault",
        "respondent_id",
        "wave",
        "answered_at",
        "invited_at",
        "bounced",
        "followed_up_at",
        "comment",
        *questions,
        day=pl.coalesce(pl.col("invited_at").dt.date(), "day"),
        lists_invitations=_in_files_with(source, "invited_at"),
        lists_follow_ups=_in_files_with(source, "followed_up_at"),
    )


def _with_invitations(source: Surveys) -> pl.LazyFrame:
    """Return the rows, those of files without invitations with the one that another file has."""
    if "invited_at" not in source.files_with:
        return source.frame
    keys = ("respondent_id", "wave")
    sent = (
        source.frame.filter(pl.col("invited_at").is_not_null() & pl.col("respondent_id").is_not_null())
        .group_by(keys)
        .agg(sent=pl.col("invited_at").min())
    )
    elsewhere = pl.when(~_in_files_with(source, "invited_at")).then("sent")
    return (
        source.frame.join(sent, on=keys, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(invited_at=pl.coalesce("invited_at", elsewhere))
        .drop("sent")
    )


def _in_files_with(source: Surveys, column: str) -> pl.Expr:
    files = source.files_with.get(column)
    return pl.lit(column in source.columns) if files is None else pl.col("file").is_in(sorted(files))
