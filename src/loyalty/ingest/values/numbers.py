"""Numbers as shops write them: 1.234,56 and 1,234.56, with currency signs, minus at either end or in parentheses.

One sign before exactly three digits (``1.234``) can mean two numbers. It is never guessed from that cell alone. Where
the first rows show which sign is the decimal one, a later cell that needs the other (``5,50`` among ``5.50``) is not
read either: it puts every ``1.234`` of the column in doubt, so it is counted as a fault instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from loyalty.ingest.values.cells import LONGEST, read_cells, read_rest
from loyalty.ingest.values.digits import WESTERN
from loyalty.ingest.values.locales import decimal_sign
from loyalty.ingest.values.words import is_blank
from loyalty.model.tables import MONEY

CURRENCY = (
    r"(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|(?i:tl|kr|eur|usd|gbp|try|chf)\.?|(?i:t[üu]rk liras[ıi])|zł|Kč|Ft|lei)"
)
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
TOO_LARGE = 10**14
WITH_SIGN = {",": rf"{DOTS_GROUP}|{DECIMAL_COMMA}", ".": rf"{COMMAS_GROUP}|{DECIMAL_POINT}"}
"""Numbers that can only be read with this decimal sign; those like :data:`LONE` apart."""
NEGATIVE = r"^\D*[-(]|-$"

SIGNS = WESTERN | {
    **dict.fromkeys(("\u00a0", "\u202f", "\u2009", "\u2007", "\t"), " "),
    **dict.fromkeys(("−", "–", "—", "\uff0d"), "-"),
    "’": "'",
    "\u066b": ",",
    "\u066c": ".",
    "\uff0c": ",",
    "\uff0e": ".",
}
"""Spaces, minus signs, apostrophes and the digits and signs of other scripts, in the spelling that is read here."""
POINT_FROM_COMMA = {".": "", ",": "."}

USUAL = {
    ",": r"^-?[₺€$£]? ?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?(?: ?(?:TL|[₺€]))?$",
    ".": r"^-?[₺€$£]? ?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?(?: ?(?:TL|[₺€]))?$",
}
WITHOUT_SIGNS = {
    ",": dict.fromkeys([" ", "₺", "€", "$", "£", "TL"], "") | POINT_FROM_COMMA,
    ".": dict.fromkeys([" ", "₺", "€", "$", "£", "TL", ","], ""),
}


FLOAT_NOISE = 1e-12


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of one column are written.

    Attributes:
        decimal: the decimal sign, ``"."`` or ``","``; ``""`` when one sign before three digits always groups
            thousands (points, counts); None when nothing tells, so that ``1.234`` cannot be read.
        mixed: the column is known to write decimals both ways; only ``1.234`` is read by ``decimal`` then.
        typed: the column holds numbers, not text.
    """

    decimal: str | None
    mixed: bool = False
    typed: bool = False

    @property
    def never(self) -> str | None:
        """Return the sign that stands before no decimals here, None where either may."""
        return None if self.mixed else OTHER.get(self.decimal or "")


UNDECIDED = NumberStyle(None)
OTHER = {",": ".", ".": ","}


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
    own = decimal_signs([column])
    signs = own or decimal_signs(others)
    if len(signs) == 1:
        return NumberStyle(signs.pop())
    # A column that contradicts itself is not explained by counting whole things.
    decimal = "" if whole and not own else decimal_sign(locale)
    if decimal is None and _sample_digits(column).str.contains(LONE).any():
        return None
    return NumberStyle(decimal, mixed=bool(own))


def decimal_evidence(column: pl.Expr) -> dict[str, pl.Expr]:
    """Return, by decimal sign, the first cell of a text column that can only be read with it."""
    digits = read_cells(column, _digits_of, pl.String)
    plain = ~digits.str.contains(LONE)
    return {
        sign: column.filter(plain & digits.str.contains(pattern)).first()
        for sign, pattern in WITH_SIGN.items()
    }


def parse_number(column: pl.Expr, style: NumberStyle | None, *, blank_is_zero: bool = False) -> pl.Expr:
    """Return ``Decimal(18, 4)``; null where a cell is unreadable or could mean two numbers, or (unless 0) blank."""
    reading = _or_zero if blank_is_zero else _numbers
    if style is not None and style.typed:
        number = _typed(column)
        return pl.when(column.is_null()).then(pl.lit(0, MONEY)).otherwise(number) if blank_is_zero else number
    return read_cells(column.cast(pl.String), partial(reading, style=style or UNDECIDED), MONEY)


def is_rounded(column: pl.Expr, style: NumberStyle | None) -> pl.Expr:
    """Return whether a number has more decimals than money keeps, beyond what arithmetic in floats leaves behind."""
    if style is not None and style.typed:
        exact = column.cast(pl.Float64, strict=False)
    else:
        digits = read_cells(column.cast(pl.String), _digits_of, pl.String)
        exact = _canonical(digits, style or UNDECIDED).cast(pl.Float64, strict=False)
    kept = parse_number(column, style).cast(pl.Float64)
    return (exact.abs() - kept.abs()).abs() > FLOAT_NOISE * (1 + kept.abs())


def _typed(column: pl.Expr) -> pl.Expr:
    """Return numbers as amounts; null for one too large, at which a lenient cast may fail all the same.

    Where numbers stand in one of several files, another may have text in the same column.
    """
    size = column.cast(pl.Float64, strict=False).abs()
    return pl.when(size < TOO_LARGE).then(column).cast(MONEY, strict=False)


def number_issue(column: pl.Expr, style: NumberStyle | None) -> pl.Expr:
    """Return why a cell is no number; null if it is one.

    ``missing``, ``unreadable_number``, ``ambiguous_thousands`` (``1.234`` could be two), or ``contrary_decimals`` (the
    cell needs the decimal sign that the column does not use).
    """
    if style is not None and style.typed:
        unread = pl.when(_typed(column).is_null()).then(column).cast(pl.String)
        reason = pl.when(is_blank(unread)).then(pl.lit("missing")).otherwise(pl.lit("unreadable_number"))
        return pl.when(_typed(column).is_null()).then(reason)
    return read_cells(column.cast(pl.String), partial(_issues, style=style or UNDECIDED), pl.String)


def _numbers(cells: pl.Series, style: NumberStyle) -> pl.Series:
    numbers = _plain(cells, style.decimal)
    if style.decimal:
        numbers = read_rest(cells, numbers, partial(_usual, decimal=style.decimal))
    return read_rest(cells, numbers, partial(_thorough, style=style))


def _or_zero(cells: pl.Series, style: NumberStyle) -> pl.Series:
    numbers = _numbers(cells, style)
    unread = numbers.is_null().arg_true()
    if unread.is_empty():
        return numbers
    blank = cells.gather(unread).alias("cell").to_frame().select(is_blank(pl.col("cell"))).to_series()
    return numbers.scatter(unread.filter(blank), 0)


def _issues(cells: pl.Series, style: NumberStyle) -> pl.Series:
    numbers = _numbers(cells, style)
    reasons = cells.is_null().replace_strict({True: "missing", False: None}, return_dtype=pl.String)
    unread = (numbers.is_null() & cells.is_not_null()).arg_true()
    if unread.is_empty():
        return reasons
    return reasons.scatter(unread, _reasons(cells.gather(unread), style))


def _reasons(unread: pl.Series, style: NumberStyle) -> pl.Series:
    cell = pl.col("cell")
    either = _canonical(_digits(_tidy(cell)), NumberStyle(style.decimal, mixed=True))
    return (
        unread.to_frame("cell")
        .with_columns(cell.str.head(LONGEST))
        .select(
            pl.when(is_blank(cell))
            .then(pl.lit("missing"))
            .when(_digits(_tidy(cell)).str.contains(LONE))
            .then(pl.lit("ambiguous_thousands"))
            .when(either.cast(MONEY, strict=False).is_not_null())
            .then(pl.lit("contrary_decimals"))
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


def _thorough(cells: pl.Series, style: NumberStyle) -> pl.Series:
    """Return the numbers of any shape this module knows."""
    number = _canonical(pl.col("digits"), style).cast(MONEY, strict=False)
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


def _canonical(digits: pl.Expr, style: NumberStyle) -> pl.Expr:
    """Return digits with a decimal point and nothing else; null where they are no number here, or two."""
    no_commas = digits.str.replace_all(",", "", literal=True)
    comma_decimal = digits.str.replace_many(POINT_FROM_COMMA)
    match style.decimal:
        case ".":
            lone = no_commas
        case ",":
            lone = comma_decimal
        case "":
            lone = digits.str.replace_all(r"[.,]", "")
        case _:
            lone = pl.lit(None, pl.String)
    with_comma = [(DOTS_GROUP, comma_decimal), (DECIMAL_COMMA, comma_decimal)]
    with_point = [(COMMAS_GROUP, no_commas), (DECIMAL_POINT, digits)]
    shapes = [
        (LONE, lone),
        *(with_comma if style.never != "," else []),
        *(with_point if style.never != "." else []),
        (WHOLE, digits),
    ]
    number = pl.lit(None, pl.String)
    for shape, reading in reversed(shapes):
        number = pl.when(digits.str.contains(shape)).then(reading).otherwise(number)
    return number


def decimal_signs(samples: Iterable[pl.Series]) -> set[str]:
    """Return the decimal signs used by values that can be read in one way only."""
    found: set[str] = set()
    for sample in samples:
        if sample.dtype == pl.String:
            digits = _sample_digits(sample.unique())
            plain = digits.filter(~digits.str.contains(LONE))
            found |= {sign for sign, pattern in WITH_SIGN.items() if plain.str.contains(pattern).any()}
    return found


def _sample_digits(sample: pl.Series) -> pl.Series:
    return _digits_of(sample.cast(pl.String)).drop_nulls()


def _digits_of(cells: pl.Series) -> pl.Series:
    return cells.alias("cell").to_frame().select(_digits(_tidy(pl.col("cell").str.head(LONGEST)))).to_series()
