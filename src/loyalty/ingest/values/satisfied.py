"""Satisfaction that is answered by yes or no, where the question asks whether somebody is satisfied and no more."""

from __future__ import annotations

import re

import polars as pl

from loyalty.ingest.values.scores import LabelScale
from loyalty.ingest.values.words import fold, fold_expr, is_blank
from loyalty.model.tables import Scale

WHETHER = re.compile(
    r"((overall |general )?(customer )?(csat|satisfaction|satisfied|happy)"
    r"|((genel|musteri) )*(memnuniyeti?|memnun)"
    r"|((overall|in general|all in all) )?(are|were) you (overall |generally )?(satisfied|happy)( (with|by|about) .*)?"
    r"|(.* )?memnun (musunuz|musun|kaldiniz mi|kaldin mi|oldunuz mu|oldun mu))( yes no| evet hayir)?"
)
"""In (folded) questions. ``Is there anything you were not satisfied with?`` is asked the other way round."""

YES_NO = {"no": 1, "n": 1, "hayir": 1, "h": 1, "yes": 2, "y": 2, "evet": 2, "e": 2}
"""The (folded) answers, numbered as bad and good are; 1 and 0, or true and false, are no answers of people."""


def yes_or_no(sample: pl.Series, question: str) -> LabelScale | None:
    """Return the scale of no and yes; None where the question asks for more, or anybody answered something else."""
    if not WHETHER.fullmatch(fold(question)):
        return None
    answers = sample.cast(pl.String).to_frame("cell").filter(~is_blank(pl.col("cell")))
    given = answers.select(fold_expr(pl.col("cell")).unique()).to_series()
    return LabelScale(YES_NO, 1, 2, Scale.HIGH) if len(given) and given.is_in(list(YES_NO)).all() else None
