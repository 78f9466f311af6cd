"""Numbers as shops write them: 1.234,56 and 1,234.56, with currency signs, minus at either end or in parentheses.

One sign before exactly three digits (``1.234``) can mean two numbers. It is never guessed from that cell alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

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
    """
    column, *others = samples
    if column.dtype != pl.String:
        return NumberStyle(".", typed=True)
    own = _evidence([column])
    if len(own) > 1:
        decimal = decimal_sign(locale)
    elif found := own or _sole(_evidence(others)):
        (decimal,) = found
    else:
        decimal = "" if whole else decimal_sign(locale)
    if decimal is None and _matches(column, LONE):
        return None
    return NumberStyle(decimal)


def parse_number(column: pl.Expr, style: NumberStyle | None) -> pl.Expr:
    """Return ``Decimal(18, 4)``; null where a cell is blank, unreadable or could mean two numbers."""
    if style is not None and style.typed:
        return column.cast(MONEY, strict=False)
    decimal = style.decimal if style is not None else None
    quick = _quick(column, decimal)
    # A cell already read is null here, and null costs next to nothing in what follows.
    rest = pl.when(quick.is_null()).then(column)
    return pl.coalesce(quick, _thorough(rest, decimal))


def number_issue(column: pl.Expr, style: NumberStyle | None) -> pl.Expr:
    """Return why a cell is no number: ``missing``, ``unreadable_number``, ``ambiguous_thousands``; null if it is."""
    number = parse_number(column, style)
    unread = pl.when(number.is_null()).then(column).cast(pl.String)
    return (
        pl.when(number.is_not_null())
        .then(None)
        .when(is_blank(unread))
        .then(pl.lit("missing"))
        .when(_digits(_tidy(unread)).str.contains(LONE))
        .then(pl.lit("ambiguous_thousands"))
        .otherwise(pl.lit("unreadable_number"))
    )


def _quick(column: pl.Expr, decimal: str | None) -> pl.Expr:
    """Return the numbers that a plain cast reads rightly in this style; null for the others."""
    match decimal:
        case ".":
            return column.cast(MONEY, strict=False)
        case ",":
            turkish = column.str.contains(r"^-?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?$")
            return pl.when(turkish).then(column).str.replace_many(POINT_FROM_COMMA).cast(MONEY, strict=False)
        case _:
            return column.cast(pl.Int64, strict=False).cast(MONEY, strict=False)


def _thorough(column: pl.Expr, decimal: str | None) -> pl.Expr:
    tidy = _tidy(column)
    number = _canonical(_digits(tidy), decimal).cast(MONEY, strict=False)
    return pl.when(tidy.str.contains(NEGATIVE)).then(-number).otherwise(number)


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
    """Return the decimal signs that values with only one reading use."""
    found: set[str] = set()
    for sample in samples:
        if sample.dtype == pl.String:
            if _matches(sample, rf"{DOTS_GROUP}|{DECIMAL_COMMA}"):
                found.add(",")
            if _matches(sample, rf"{COMMAS_GROUP}|{DECIMAL_POINT}"):
                found.add(".")
    return found


def _matches(sample: pl.Series, pattern: str) -> bool:
    digits = _digits(_tidy(pl.col("value")))
    unmistakable = digits.str.contains(pattern) & (pl.lit(pattern == LONE) | ~digits.str.contains(LONE))
    return bool(pl.select(value=sample).select(unmistakable.any()).item())


def _sole(signs: set[str]) -> set[str]:
    return signs if len(signs) == 1 else set()
