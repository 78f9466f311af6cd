"""Ids, words and free text: stripped, with blank as null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from loyalty.ingest.catalogue import How, catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.values.cells import read_cells, read_distinct
from loyalty.ingest.values.words import folded

JOINT = " / "
NOBODY = ("", "-", "N/A", "n/a", "NA", "NULL", "null", "NaN", "nan", "None", "#N/A", "#YOK")
NOTHING = pl.lit(None, pl.String)


def stripped(column: str) -> pl.Expr:
    """Return a column of the file as stripped text, blank being null."""
    cell = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(cell != "").then(cell)


def text(cells: Cells, name: str) -> pl.Expr:
    """Return a canonical column as text; null throughout when the file has it not."""
    use = cells.use(name)
    return _made_of([stripped(column) for column in use.columns], use.how) if use else NOTHING


def identity(cells: Cells, name: str) -> pl.Expr:
    """Return an id as text: e-mail addresses in lower case, ``17850.0`` without its tail when all ids have one."""
    use = cells.use(name)
    return _made_of([_identity(cells, column) for column in use.columns], use.how) if use else NOTHING


def word(cells: Cells, name: str, meanings: Mapping[str, Any], dtype: Any) -> pl.Expr:
    """Return what the words of a column mean (by folded word); null for a blank and for a word not known."""
    use = cells.use(name)
    if use is None:
        return pl.lit(None, dtype)
    known, meant = list(meanings), list(meanings.values())

    def meaning(words: pl.Series) -> pl.Series:
        return folded(words).replace_strict(known, meant, default=None, return_dtype=dtype)

    written = pl.coalesce(pl.col(column).cast(pl.String) for column in use.columns)
    return read_cells(written, partial(read_distinct, reading=meaning), dtype)


def flag(cells: Cells, name: str) -> pl.Expr:
    """Return a yes/no column as a truth value."""
    use = cells.use(name)
    if use is not None and cells.file.sample[use.columns[0]].dtype == pl.Boolean:
        return pl.col(use.columns[0])
    return word(cells, name, catalogue().flags, pl.Boolean)


def spelled(words: Iterable[str]) -> list[str]:
    """Return the usual spellings of words, for comparing cells as they stand (folding each cell is slower)."""
    cases = {
        case
        for known in words
        for case in (
            known,
            known.lower(),
            known.upper(),
            known.capitalize(),
            known.title(),
            _upper_turkish(known),
        )
    }
    return sorted(cases)


def _upper_turkish(known: str) -> str:
    return known.replace("i", "İ").upper()


def _made_of(parts: Sequence[pl.Expr], how: How) -> pl.Expr:
    if how is not How.JOIN:
        return pl.coalesce(parts)
    return pl.when(parts[0].is_not_null()).then(pl.concat_str(parts, separator=JOINT, ignore_nulls=True))


def _identity(cells: Cells, column: str) -> pl.Expr:
    platform = cells.recognition.platform
    nobody = [*NOBODY, *(platform.nobody if platform else ()), *cells.recognition.nobody]
    sample = cells.file.sample[column].drop_nulls()
    cell = pl.col(column)
    if sample.dtype.is_float() and bool((sample % 1 == 0).all()):
        cell = cell.cast(pl.Int64, strict=False)
    known = cell.cast(pl.String).str.strip_chars()
    if sample.dtype == pl.String:
        known = _as_ids(known, sample)
    return pl.when(~known.is_in(nobody)).then(known)


def _as_ids(known: pl.Expr, sample: pl.Series) -> pl.Expr:
    """Return ids without what spreadsheets add to them; what to look for is told by the sample, where it has any."""
    unsure = sample.is_empty()
    if unsure or bool(sample.str.starts_with("'").any()):
        # Shopify writes '7100000000000 so that a spreadsheet keeps the digits.
        known = known.str.strip_prefix("'")
    if not unsure and bool(sample.str.contains(r"^\s*\d+\.0\s*$").all()):
        known = known.str.strip_suffix(".0")
    if unsure or bool(sample.str.contains("@", literal=True).any()):
        mail = known.str.contains("@", literal=True)
        known = pl.when(mail).then(known.str.to_lowercase()).otherwise(known)
    return known
