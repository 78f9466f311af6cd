"""The facts of surveys."""

from __future__ import annotations

import polars as pl

from loyalty.derive.surveys import answers, feedback
from loyalty.facts.planned import ALIASED, EXTENT, Planned
from loyalty.model.metric import Fact
from loyalty.model.tables import Surveys


def planned(table: Surveys, by: tuple[str, ...]) -> Planned:
    """Return what can be made of survey answers."""
    whole = {EXTENT: answers.survey_extent(table)}
    if table.aliases is not None:
        whole[ALIASED] = table.frame.select(pl.col("is_alias").sum())
    return Planned(
        {
            Fact.ANSWERS: lambda: answers.answers(table, by),
            Fact.NPS_COUNTS: lambda: answers.nps_counts(table, by),
            Fact.COMMENTS: lambda: answers.comments(table),
            Fact.FEEDBACK: lambda: feedback.feedback(table, by),
        },
        whole,
        added_up=frozenset({Fact.NPS_COUNTS}),
    )
