"""Invitations, answers and follow-ups: who was asked, who answered, whom somebody called back."""

from __future__ import annotations

import polars as pl

from loyalty.model.tables import QUESTIONS, Surveys


def feedback(source: Surveys, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return one row per row of the export: ``by``, ``file``, ``row``, ``fault``, ``respondent_id``, ``wave``,
    ``answered_at``, ``invited_at``, ``bounced``, ``followed_up_at``, ``comment``, ``day`` and each question asked.

    ``day`` is that of the invitation where there is one, else that of the answer: an invitation belongs to the period
    in which it was sent, whenever it was answered.
    """
    questions = [name for name in QUESTIONS if name in source.columns]
    return source.frame.select(
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
    )
