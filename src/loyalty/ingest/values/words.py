"""Words made comparable: "SİPARİŞ-NO", "Siparis No" and "sipariş_no" are one word, and "N/A" is no answer."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

import polars as pl

from loyalty.ingest.values.cells import read_cells, read_distinct

# "#YOK" is what a Turkish Excel writes for "#N/A".
BLANK = r"(?i)^[\s\-–—−_.]*$|^\s*(?:#?n/?a|#yok|n\.a\.|null|none|nil|nan)\s*$"

_SIGNS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return ``text`` lower-cased without accents, with one space for every run of signs and spaces.

    All of İ, I, ı and i become ``i``, whatever the language of the computer: ``"SİPARİŞ-NO"`` is ``"siparis no"``.
    """
    if text.isascii():
        return _SIGNS.sub(" ", text.lower()).strip()
    # Decomposing first turns İ into I and a dot above, so that lower() cannot make two letters of it.
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not _is_mark(sign))
    return _SIGNS.sub(" ", letters.lower().replace("ı", "i")).strip()


def fold_expr(column: pl.Expr) -> pl.Expr:
    """Return :func:`fold` of every cell of a text column; null stays null."""
    return read_cells(column, partial(read_distinct, reading=folded), pl.String)


def is_blank(column: pl.Expr) -> pl.Expr:
    """Return whether a cell says nothing: null, empty, dashes only, or ``N/A``, ``#YOK``, ``null``, ``NaN``."""
    return column.is_null() | column.cast(pl.String).str.contains(BLANK).fill_null(value=False)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")


def folded(cells: pl.Series) -> pl.Series:
    """Return :func:`fold` of every text; null stays null."""
    cell = pl.col("cell")
    return (
        cells.to_frame("cell")
        .select(
            cell.str.normalize("NFKD")
            .str.replace_all(r"\p{M}+", "")
            .str.to_lowercase()
            .str.replace_all("ı", "i", literal=True)
            .str.replace_all(r"[\W_]+", " ")
            .str.strip_chars(" ")
        )
        .to_series()
    )
