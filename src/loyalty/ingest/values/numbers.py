"""Numbers as shops write them: 1.234,56 and 1,234.56, with currency signs, minus at either end or in parentheses.

One sign before exactly three digits (``1.234``) can mean two numbers. It is never guessed from that cell alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from loyalty.ingest.values.cells import LONGEST, read_cells, read_rest
from loyalty.ingest.values.locales import decimal_sign
from loyalty.ingest.values.words import is_blank
from loyalty.model.tables import MONEY

CURRENCY = r"(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|(?i:tl|kr|eur|usd|gbp|try|chf)\.?|zł|Kč|Ft|lei)"
AMOUNT = rf"^[-+]? ?(?:{CURRENCY} ?)?[-+]? ?([\d.,][\d.,' ]*?(?:[eE][+-]?\d+)?) ?(?:{CURRENCY})? ?-?$"
IN_PARENTHESES = r"^[^\d()]*\([^()]*\)[^\d()]*$"
WITH_REFUND = r"^(\d[\d.,]*) \(-[\d.,]+\)$"
NO_CENTS = r"[.,]-+$"

SPACED = r"^[1-9]\d{0,2}(?:[ ']\d{3})+(?:[.,]\d*)?$"
LONE = r"^[1-9]\d{0,2}[.,]\d{3}$"
DOTS_GROUP = r"^[1-9]\d{0,2}(?:\.\d{3})+,\d*$|^[1-9]\d{0,2}(?:\.\d{3}){2,}$"
COMMAS_GROUP = r"^[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}\.\d*$|^[1-9]\d{0,2}(?:,\d{2,3})+,\d{3}$"
DECIMAL_COMMA = r"^\d*,\d*(?:[eE][+-]?\d+)?$"
DECIMAL_POINT = r"^\d*\.\d*(?:[eE][+-]?\d+)?$"
WHOLE = r"^\d+(?:[eE][+-]?\d+)?$"
NEGATIVE = r"^\D*[-(]|-$"

SIGNS = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "’": "'", "−": "-", "–": "-", "—": "-"}
POINT_FROM_COMMA = {".": "", ",": "."}

USUAL = {
    ",": r"^-?[₺€$£]? ?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?(?: ?(?:TL|[₺€]))?$",
    ".": r"^-?[₺€$£]? ?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?(?: ?(?:TL|[₺€]))?$",
}
WITHOUT_SIGNS = {
    ",": dict.fromkeys([" ", "₺", "€", "$", "£", "TL"], "") | POINT_FROM_COMMA,
    ".": dict.fromkeys([" ", "₺", "€", "$", "£", "TL", ","], ""),
}


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of one column are written.

    Attributes:
        decimal: the decimal sign, ``"."`` or ``","``; ``""`` when one sign before three digits always groups
            thousands (points, counts); None when nothing tells, so that ``1.234`` cannot be read.
        typed: the column holds numbers, not text.
    """

    decimal: str | None
    typed: bool = False


def number_style(samples: Sequence[pl.Series], *, locale: str | None, whole: bool) -> NumberStyle | None:
    """Return how the numbers of ``samples[0]`` are written, or None when a value needs it and nothing tells.

    The column's own other values decide first, then the file's other number columns (the further samples), then
    that the column counts ``whole`` things, then the locale.

    Raises:
        UsageError: there is no such locale.
    """
    column, *others = samples
    if column.dtype.is_numeric():
        return NumberStyle(".", typed=True)
    own = _evidence([column])
    signs = own or _evidence(others)
    if len(signs) == 1:
        return NumberStyle(signs.pop())
    # A column that contradicts itself is not explained by counting whole things.
    decimal = "" if whole and not own else decimal_sign(locale)
    if decimal is None and _sample_digits(column).str.contains(LONE).any():
        return None
    return NumberStyle(decimal)


def parse_number(column: pl.Expr, style: NumberStyle | None) -> pl.Expr:
    """Return ``Decimal(18, 4)``; null where a cell is blank, unreadable or could mean two numbers."""
    if style is not None and style.typed:
        return column.cast(MONEY, strict=False)
    decimal = style.decimal if style is not None else None
    return read_cells(column.cast(pl.String), partial(_numbers, decimal=decimal), MONEY)


def number_issue(column: pl.Expr, style: NumberStyle | None) -> pl.Expr:
    """Return why a cell is no number: ``missing``, ``unreadable_number``, ``ambiguous_thousands``; null if it is."""
    if style is not None and style.typed:
        unread = pl.when(column.cast(MONEY, strict=False).is_null()).then(column).cast(pl.String)
        reason = pl.when(is_blank(unread)).then(pl.lit("missing")).otherwise(pl.lit("unreadable_number"))
        return pl.when(column.cast(MONEY, strict=False).is_null()).then(reason)
    decimal = style.decimal if style is not None else None
    return read_cells(column.cast(pl.String), partial(_issues, decimal=decimal), pl.String)


def _numbers(cells: pl.Series, decimal: str | None) -> pl.Series:
    numbers = _plain(cells, decimal)
    if decimal:
        numbers = read_rest(cells, numbers, partial(_usual, decimal=decimal))
    return read_rest(cells, numbers, partial(_thorough, decimal=decimal))


def _issues(cells: pl.Series, decimal: str | None) -> pl.Series:
    numbers = _numbers(cells, decimal)
    reasons = pl.Series([None], dtype=pl.String).new_from_index(0, cells.len())
    unread = numbers.is_null().arg_true()
    if unread.is_empty():
        return reasons
    return reasons.scatter(unread, _reasons(cells.gather(unread)))


def _reasons(unread: pl.Series) -> pl.Series:
    cell = pl.col("cell")
    return (
        unread.to_frame("cell")
        .with_columns(cell.str.head(LONGEST))
        .select(
            pl.when(is_blank(cell))
            .then(pl.lit("missing"))
            .when(_digits(_tidy(cell)).str.contains(LONE))
            .then(pl.lit("ambiguous_thousands"))
            .otherwise(pl.lit("unreadable_number"))
        )
        .to_series()
    )


def _plain(cells: pl.Series, decimal: str | None) -> pl.Series:
    """Return the numbers that a cast reads rightly in this style: all of ``1234.56``, else only ``1234``."""
    if decimal == ".":
        return cells.cast(MONEY, strict=False)
    return cells.cast(pl.Int64, strict=False).cast(MONEY, strict=False)


def _usual(cells: pl.Series, decimal: str) -> pl.Series:
    """Return the numbers of the two everyday shapes ``₺1.234,56`` and ``$1,234.56`` (one pattern, so fast)."""
    cell = pl.col("cell")
    digits = pl.when(cell.str.contains(USUAL[decimal])).then(cell).str.replace_many(WITHOUT_SIGNS[decimal])
    return cells.to_frame("cell").select(digits.cast(MONEY, strict=False)).to_series()


def _thorough(cells: pl.Series, decimal: str | None) -> pl.Series:
    """Return the numbers of any shape this module knows."""
    number = _canonical(pl.col("digits"), decimal).cast(MONEY, strict=False)
    return (
        cells.to_frame("cell")
        .select(tidy=_tidy(pl.col("cell")))
        .with_columns(digits=_digits(pl.col("tidy")))
        .select(pl.when(pl.col("tidy").str.contains(NEGATIVE)).then(-number).otherwise(number))
        .to_series()
    )


def _tidy(column: pl.Expr) -> pl.Expr:
    return (
        column.str.replace_many(SIGNS)
        .str.strip_chars(" ")
        # WooCommerce writes "2 (-2)" for two pieces, both refunded: two were ordered.
        .str.replace(WITH_REFUND, "${1}")
        .str.replace(NO_CENTS, "")
    )


def _digits(tidy: pl.Expr) -> pl.Expr:
    """Return digits and separators alone, without grouping spaces; null for anything but one amount."""
    bare = pl.when(tidy.str.contains(IN_PARENTHESES)).then(tidy.str.replace_all(r"[()]", "")).otherwise(tidy)
    digits = bare.str.strip_chars(" ").str.extract(AMOUNT, 1)
    return pl.when(digits.str.contains(SPACED)).then(digits.str.replace_all(r"[ ']", "")).otherwise(digits)


def _canonical(digits: pl.Expr, decimal: str | None) -> pl.Expr:
    """Return digits with a decimal point and nothing else; null where they are no number or two."""
    no_commas = digits.str.replace_all(",", "", literal=True)
    comma_decimal = digits.str.replace_many(POINT_FROM_COMMA)
    match decimal:
        case ".":
            lone = no_commas
        case ",":
            lone = comma_decimal
        case "":
            lone = digits.str.replace_all(r"[.,]", "")
        case _:
            lone = pl.lit(None, pl.String)
    return (
        pl.when(digits.str.contains(LONE))
        .then(lone)
        .when(digits.str.contains(DOTS_GROUP))
        .then(comma_decimal)
        .when(digits.str.contains(COMMAS_GROUP))
        .then(no_commas)
        .when(digits.str.contains(rf"{DECIMAL_COMMA}|{DECIMAL_POINT}|{WHOLE}"))
        .then(digits.str.replace(",", ".", literal=True))
    )


def _evidence(samples: Sequence[pl.Series]) -> set[str]:
    """Return the decimal signs used by values that can be read in one way only."""
    found: set[str] = set()
    for sample in samples:
        if sample.dtype == pl.String:
            digits = _sample_digits(sample)
            plain = digits.filter(~digits.str.contains(LONE))
            for sign, pattern in (
                (",", rf"{DOTS_GROUP}|{DECIMAL_COMMA}"),
                (".", rf"{COMMAS_GROUP}|{DECIMAL_POINT}"),
            ):
                if plain.str.contains(pattern).any():
                    found.add(sign)
    return found


def _sample_digits(sample: pl.Series) -> pl.Series:
    text = sample.cast(pl.String).to_frame("cell")
    return text.select(_digits(_tidy(pl.col("cell")))).to_series().drop_nulls()
