"""Counts and points: whole things, though some programmes give parts of a point."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.values.numbers import number_style, parse_number
from loyalty.model.tables import MONEY

POINTS = r"(?i)\s*(?:puan|points?|pts?\.?)\s*$"
"""What some programmes write behind a number of points: ``1.250 puan``."""


def whole(cells: Cells, name: str) -> pl.Expr:
    """Return a column that counts, as ``Decimal(18, 4)``; ``1.250`` is 1250 unless the column shows cents."""
    use = cells.use(name)
    if use is None:
        return pl.lit(None, MONEY)
    return pl.coalesce(_number(cells, column) for column in use.columns)


def _number(cells: Cells, column: str) -> pl.Expr:
    sample, written = cells.file.sample[column], pl.col(column)
    if sample.dtype == pl.String and sample.str.contains(POINTS).any():
        sample, written = sample.str.replace(POINTS, ""), written.str.replace(POINTS, "")
    style = number_style([sample], locale=cells.locale, whole=True)
    cells.numbers[column] = style
    return parse_number(written, style)
