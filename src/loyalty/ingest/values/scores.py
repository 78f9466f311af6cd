"""Answers to "how likely, from 0 to 10": the number a cell starts with, or the place of its words on a scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from loyalty.ingest.values.words import is_blank
from loyalty.model.tables import Scale

NON_INTEGER = r"^\s*[+-]?\d*[.,]\d*[1-9]"
WHOLE = r"^\s*([+-]?\d+)(?:[.,]0+)?(?:\s*/\s*\d{1,3})?\s*(?:$|[^\d\s.,/½¼¾].*$)"


@dataclass(frozen=True)
class LabelScale:
    """A scale whose answers are words: ``{"memnunum": 4, …}`` from ``lowest`` to ``highest``."""

    mapping: Mapping[str, int]
    lowest: int
    highest: int
    best: Scale


def parse_score(column: pl.Expr) -> pl.Expr:
    """Return the whole number a cell starts with (Int64), whatever its range; null where there is none."""
    text = column.cast(pl.String)
    return text.str.extract(WHOLE, 1).cast(pl.Int64, strict=False)


def score_issue(column: pl.Expr) -> pl.Expr:
    """Return why a cell is no score: ``missing``, ``non_integer`` or ``unparseable``; null where it is one."""
    text = column.cast(pl.String)
    return (
        pl.when(parse_score(column).is_not_null())
        .then(None)
        .when(is_blank(column))
        .then(pl.lit("missing"))
        .when(text.str.contains(NON_INTEGER))
        .then(pl.lit("non_integer"))
        .otherwise(pl.lit("unparseable"))
    )


def label_scale(sample: pl.Series) -> LabelScale | None:
    """Return the scale of words that most non-blank cells are on, or None when they are no such words."""
    return None
