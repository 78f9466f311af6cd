"""Amounts and counts: from cells to exact numbers, and why a cell is none."""

from __future__ import annotations

import re
from functools import reduce
from operator import add

import polars as pl

from loyalty.errors import UnreadableNumbers
from loyalty.ingest.catalogue import How
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import NOTHING
from loyalty.ingest.values.cells import look_up
from loyalty.ingest.values.numbers import (
    NumberStyle,
    decimal_evidence,
    decimal_signs,
    is_rounded,
    number_issue,
    number_style,
    parse_number,
)
from loyalty.ingest.values.words import fold, is_blank
from loyalty.model.tables import MONEY

PARTS = {"amount": "value", "refund": "refund_value", "points_value": "points_value"}
"""Amounts that change the value of an order, with their columns of the table."""
AMOUNTS = ("amount", "list_value", "discount", "refund", "unit_price", "points_value")
MONEY_WORD = re.compile(
    r"\b(amount|price|total|subtotal|tax|vat|shipping|fee|cost|discount|paid|net|gross"
    r"|tutar\w*|fiyat\w*|toplam\w*|kdv|vergi\w*|kargo|ucret\w*|bedel\w*|indirim\w*|iskonto|brut)\b"
)
"""In the (folded) header of a column of money, whether or not this tool has a use for it."""
FAULTS = {
    "unreadable_number": "unreadable_amount",
    "ambiguous_thousands": "ambiguous_amount",
    "contrary_decimals": "contrary_amount",
}
"""What is wrong with a row whose amount has such an issue; a blank amount is no fault."""


def money(cells: Cells, name: str) -> pl.Expr:
    """Return an amount as ``Decimal(18, 4)``; null where blank or unreadable, and where the file has none.

    Raises:
        UnreadableNumbers: the column holds no numbers, or numbers that could mean two things.
    """
    use = cells.use(name)
    if use is None:
        return pl.lit(None, MONEY)
    counts = use.how in (How.TIMES, How.NET)
    # What is added or taken off may be blank; the first of a difference may not.
    added = use.how is How.SUM, use.how in (How.SUM, How.MINUS)
    parts = [
        _number(
            cells,
            column,
            name,
            whole=counts and place == 1,
            blank_is_zero=added[place > 0] or (use.how is How.NET and place == len(use.columns) - 1),
        )
        for place, column in enumerate(use.columns)
    ]
    match use.how:
        case How.MINUS:
            return (parts[0] - reduce(add, parts[1:])).cast(MONEY)
        case How.SUM:
            filled = pl.any_horizontal(pl.col(column).is_not_null() for column in use.columns)
            return pl.when(filled).then(reduce(add, parts).cast(MONEY))
        case How.LOWERED:
            total, adjusted = parts
            lowered = pl.max_horizontal(total - adjusted, pl.lit(0, MONEY)).cast(MONEY)
            return pl.when(adjusted != 0).then(lowered)
        case How.TIMES | How.NET:
            return _multiplied(*parts)
        case _:
            return pl.coalesce(parts)


def _multiplied(price: pl.Expr, pieces: pl.Expr, discount: pl.Expr | None = None) -> pl.Expr:
    gross = (price * pieces).cast(MONEY)
    if discount is None:
        return gross
    # Of pieces that came back (-2) the discount comes back, too.
    return (gross - gross.sign() * discount.abs()).cast(MONEY)


def unread_amounts(cells: Cells) -> list[pl.Expr]:
    """Return, for each amount that changes the value of a row, whether something stands there that was not read."""
    return [
        pl.col(made).is_null() & pl.any_horizontal(pl.col(column).is_not_null() for column in use.columns)
        for name, made in PARTS.items()
        if (use := cells.use(name))
    ]


def money_faults(cells: Cells) -> pl.Expr:
    """Return the fault of the first amount of a row that is no number, or could be two, where it changes the value."""
    return pl.coalesce(
        *(_fault(cells, name, pl.col(made).is_null()) for name, made in PARTS.items()), NOTHING
    )


def _fault(cells: Cells, name: str, unread: pl.Expr) -> pl.Expr:
    use = cells.use(name)
    if use is None:
        return NOTHING
    issues = (
        number_issue(pl.when(unread).then(pl.col(column)), _style(cells, column, name, whole=False))
        for column in use.columns
    )
    return pl.coalesce(look_up(issue, FAULTS, pl.String) for issue in issues)


def count(cells: Cells, name: str) -> pl.Expr:
    """Return a number of pieces (Float64): ``3``, ``1,5``, ``2 (-2)`` for two of which both came back."""
    use = cells.use(name)
    if use is None:
        return pl.lit(None, pl.Float64)
    column = use.columns[0]
    if cells.file.sample[column].dtype.is_numeric():
        return pl.col(column).cast(pl.Float64)
    style = number_style([cells.file.sample[column]], locale=cells.locale, whole=True)
    return parse_number(pl.col(column), style).cast(pl.Float64)


def _number(cells: Cells, column: str, name: str, *, whole: bool, blank_is_zero: bool) -> pl.Expr:
    style = _style(cells, column, name, whole=whole)
    return parse_number(pl.col(column), style, blank_is_zero=blank_is_zero)


def _style(cells: Cells, column: str, name: str, *, whole: bool) -> NumberStyle | None:
    """Return how the numbers of a column are written, found once per column."""
    if column not in cells.numbers:
        samples = [cells.file.sample[other] for other in (column, *_others(cells, column))]
        style = number_style(samples, locale=cells.locale, whole=whole)
        style = style or _settled(cells, column)
        _check(cells, column, name, style)
        cells.numbers[column] = style
    return cells.numbers[column]


def _settled(cells: Cells, column: str) -> NumberStyle | None:
    """Return the style that the whole column tells where its first rows do not; it costs a pass over the column.

    Raises:
        UnreadableNumbers: the column writes decimals both ways, so that ``1.234`` could be either.
    """
    text = cells.file.frame.select("row", cell=pl.col(column).cast(pl.String))
    told = decimal_evidence(pl.col("cell"))
    rows = {f"row{sign}": pl.col("row").filter(pl.col("cell") == cell).first() for sign, cell in told.items()}
    found = text.select(**told, **rows).collect().row(0, named=True)
    signs = [sign for sign in told if found[sign] is not None]
    if len(signs) > 1:
        examples = " and ".join(f"{found[sign]!r} in row {found[f'row{sign}']}" for sign in signs)
        raise UnreadableNumbers(
            f"{cells.where(column)}: the decimal sign is now a comma, now a point ({examples}), so that '1.234' could "
            "mean two numbers",
            hint="Export the file anew with one decimal sign, or say which one counts: --locale tr or --locale en-US.",
        )
    return NumberStyle(signs[0]) if signs else None


def _others(cells: Cells, column: str) -> list[str]:
    """Return the columns that may tell the decimal sign where ``column`` does not: amounts, else what is called so."""
    if not cells.tellers:
        uses = (cells.use(name) for name in AMOUNTS)
        amounts = list(dict.fromkeys(other for use in uses if use for other in use.columns))
        if not decimal_signs(cells.file.sample[other] for other in amounts):
            headers = enumerate(cells.file.headers)
            amounts = [f"c{place}" for place, header in headers if MONEY_WORD.search(fold(header))]
        cells.tellers.extend(amounts)
    return [other for other in cells.tellers if other != column]


def _check(cells: Cells, column: str, name: str, style: NumberStyle | None) -> None:
    """Raise when the sample shows that the column cannot be read as it should; remark on decimals that get lost."""
    cell, issue = pl.col(column), number_issue(pl.col(column), style)
    unread = ~is_blank(cell) & (issue != "missing")
    twofold = issue == "ambiguous_thousands"
    seen = cells.file.sample.select(
        read=parse_number(cell, style).count(),
        unread=cell.filter(unread).first(),
        twofold=cell.filter(twofold).first(),
        row=pl.col("row").filter(twofold).first(),
        rounded=is_rounded(cell, style).any(),
    ).row(0, named=True)
    if seen["rounded"]:
        cells.remark("amounts_rounded")
    if style is None and seen["twofold"] is not None:
        raise UnreadableNumbers(
            f"{cells.where(column)}, row {seen['row']}: {seen['twofold']!r} could mean two numbers, and no other "
            "value of the file tells which",
            hint="Say how the file writes numbers: --locale tr when 1.234 is 1234, --locale en-US when 1,234 is.",
        )
    if seen["unread"] is not None and not seen["read"]:
        raise UnreadableNumbers(
            f"{cells.where(column)} should give the {name} but holds no numbers; its first value is {seen['unread']!r}",
            hint=f"Name the right column: --map {name}=Header.",
        )
