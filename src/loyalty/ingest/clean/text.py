"""Ids, words and free text: stripped, with blank as null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import polars as pl

from loyalty.ingest.catalogue import How, catalogue, key
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.values.cells import look_up, read_cells, read_distinct
from loyalty.ingest.values.words import folded

JOINT = " / "
NOBODY = ("", "-", "--", "–", "—", "N/A", "n/a", "NA", "NULL", "null", "NaN", "nan", "None", "#N/A", "#YOK")
NOTHING = pl.lit(None, pl.String)
TAIL = r"^\d+\.0$"
EXACT_IN_FLOATS, EXACT_IN_SHEETS = 2**53, 10**15
"""From here on numbers of a Parquet file, or of a spreadsheet, stand for several ids each."""
LARGEST_WHOLE = 9.2e18
FEW = 3
PHONE = ("phone", "telefon", "gsm", "mobile", "ceptel")
"""In the key of a header of telephone numbers."""
A_NUMBER = r"^\+?[\d\s()./-]{7,}$"


def stripped(column: str) -> pl.Expr:
    """Return a column of the file as stripped text, blank being null."""
    return read_cells(
        pl.col(column).cast(pl.String).str.strip_chars(), partial(_but, nothing=("",)), pl.String
    )


def _but(cells: pl.Series, nothing: Sequence[str]) -> pl.Series:
    """Return the cells, null where one of ``nothing`` stands; most batches have none, and stay as they are."""
    cells = cells.cast(pl.String)
    empty = cells.is_in(nothing) if len(nothing) > 1 else cells == nothing[0]
    return cells.zip_with(~empty, pl.Series([None], dtype=pl.String)) if empty.any() else cells


def text(cells: Cells, name: str) -> pl.Expr:
    """Return a canonical column as text; null throughout when the file has it not."""
    use = cells.use(name)
    return _made_of([stripped(column) for column in use.columns], use.how) if use else NOTHING


def identity(cells: Cells, name: str) -> pl.Expr:
    """Return an id as text: e-mail addresses in lower case, ``17850.0`` without its tail when all ids have one.

    Ids that a spreadsheet has damaged are remarked on.
    """
    use = cells.use(name)
    return _made_of([_identity(cells, column) for column in use.columns], use.how) if use else NOTHING


def merged(cells: Cells, name: str) -> pl.Expr:
    """Return an id as :func:`identity` does, with the customer's own in place of its aliases."""
    own = identity(cells, name)
    return pl.coalesce(look_up(own, cells.aliases, pl.String), own) if cells.aliases else own


def is_alias(cells: Cells, name: str) -> pl.Expr:
    """Return whether an id is an alias that :func:`merged` replaces."""
    return identity(cells, name).is_in(list(cells.aliases)).fill_null(value=False)


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


def flag(cells: Cells, name: str, words: Mapping[str, bool] | None = None) -> pl.Expr:
    """Return a yes/no column as a truth value; ``words`` are those for yes and no, where they are others than usual."""
    use = cells.use(name)
    if use is not None and cells.file.sample[use.columns[0]].dtype == pl.Boolean:
        return pl.col(use.columns[0])
    return word(cells, name, catalogue().flags if words is None else words, pl.Boolean)


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
    sample = cells.file.sample[column].drop_nulls()
    known = pl.col(column)
    if sample.dtype.is_numeric():
        known = _from_number(cells, known, sample)
    known = known.cast(pl.String).str.strip_chars()
    if sample.dtype == pl.String:
        known = _from_text(cells, column, known, sample)
    if says_phone(cells.file.headers[int(column[1:])]):
        known = read_cells(known, partial(read_distinct, reading=_one_spelling), pl.String)
    return read_cells(known, partial(_but, nothing=nobody(cells)), pl.String)


def nobody(cells: Cells) -> tuple[str, ...]:
    """Return what stands in a column of ids for no one and nothing."""
    platform = cells.recognition.platform
    return (*_nobody(), *(platform.nobody if platform else ()), *cells.recognition.nobody)


@cache
def _nobody() -> list[str]:
    return [*NOBODY, *spelled(catalogue().guests)]


def _from_number(cells: Cells, known: pl.Expr, sample: pl.Series) -> pl.Expr:
    """Return ids from a column of numbers, whole ones without a decimal point."""
    in_sheet = cells.file.format == "xlsx"
    exact = EXACT_IN_SHEETS if in_sheet else EXACT_IN_FLOATS
    if (sample.dtype.is_float() or in_sheet) and bool((sample.abs() >= exact).any()):
        cells.remark("ids_damaged")
    if not sample.dtype.is_float():
        return known
    whole = (known % 1 == 0) & (known.abs() < LARGEST_WHOLE)
    return pl.coalesce(
        pl.when(whole).then(known).cast(pl.Int64, strict=False).cast(pl.String), known.cast(pl.String)
    )


def _from_text(cells: Cells, column: str, known: pl.Expr, sample: pl.Series) -> pl.Expr:
    """Return ids without what spreadsheets add to them; what to look for is told by the sample, where it has any."""
    unsure = sample.is_empty()
    if unsure or bool(sample.str.starts_with("'").any()):
        # Shopify writes '7100000000000 so that a spreadsheet keeps the digits.
        known = known.str.strip_prefix("'")
    plain = sample.str.strip_chars()
    plain = plain.filter(~plain.is_in(_nobody()))
    if _are_damaged(plain):
        cells.remark("ids_damaged")
    if bool(plain.str.contains(TAIL).any()):
        if _all_have_tails(cells, column, plain):
            cells.remark("ids_without_tail")
            known = known.str.strip_suffix(".0")
        else:
            cells.remark("ids_with_tail")
    named = key(cells.file.headers[int(column[1:])])
    if unsure or "mail" in named or "posta" in named or bool(sample.str.contains("@", literal=True).any()):
        # A Turkish computer writes ali@… in capitals as ALİ@…, of which to_lowercase() keeps the dot as a mark.
        address = known.str.to_lowercase().str.replace_all("i\u0307", "i", literal=True)
        known = pl.when(known.str.contains("@", literal=True)).then(address).otherwise(known)
    return known


def says_phone(header: str) -> bool:
    """Return whether a column holds telephone numbers, which people write in many ways."""
    return any(word in key(header) for word in PHONE)


def _one_spelling(numbers: pl.Series) -> pl.Series:
    """Return telephone numbers in digits alone, Turkish mobile ones with their country: ``0532 111-22-33``."""
    number = pl.col("number")
    digits = number.str.replace_all(r"\D", "").str.replace(r"^00", "")
    home = digits.str.extract(r"^(?:90|0)?(5\d{9})$", 1)
    abroad = number.str.contains(r"^\s*(?:\+|00)")
    told = pl.coalesce(pl.lit("+90") + home, pl.when(abroad).then(pl.lit("+") + digits).otherwise(digits))
    return (
        numbers.to_frame("number")
        .select(pl.when(number.str.contains(A_NUMBER)).then(told).otherwise(number))
        .to_series()
    )


def _all_have_tails(cells: Cells, column: str, plain: pl.Series) -> bool:
    """Return whether every id of the column ends in ``.0``; the whole column is asked only where the sample says so."""
    if not bool(plain.str.contains(TAIL).all()):
        return False
    cell = pl.col(column).str.strip_chars()
    tailed = cell.str.contains(TAIL) | cell.is_in(_nobody())
    return bool(cells.file.frame.select(tailed.all()).collect().item())


def _are_damaged(plain: pl.Series) -> bool:
    """Return whether a spreadsheet has shortened ids: ``1,23457E+12``, or zeros for all digits after the fifteenth."""
    if bool(plain.str.contains(r"^\d+(?:[.,]\d+)?E\+\d+$").any()):
        return True
    long = plain.filter(plain.str.contains(r"^\d{16,}$"))
    return long.n_unique() >= FEW and bool(long.str.contains(r"^\d{15}0+$").all())
