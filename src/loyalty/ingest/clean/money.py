"""Amounts and counts: from cells to exact numbers, and why a cell is none."""

from __future__ import annotations

from functools import reduce
from operator import add, mul

import polars as pl

from loyalty.errors import UnreadableNumbers
from loyalty.ingest.catalogue import How
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import NOTHING
from loyalty.ingest.values.cells import look_up
from loyalty.ingest.values.numbers import NumberStyle, number_issue, number_style, parse_number
from loyalty.ingest.values.words import is_blank
from loyalty.model.tables import MONEY

AMOUNTS = ("amount", "list_value", "discount", "refund", "unit_price", "points_value")
FAULTS = {"unreadable_number": "unreadable_amount", "ambiguous_thousands": "ambiguous_amount"}
"""What is wrong with a row whose amount has such an issue; a blank amount is no fault."""


def money(cells: Cells, name: str) -> pl.Expr:
    """Return an amount as ``Decimal(18, 4)``; null where blank or unreadable, and where the file has none.

    Raises:
        UnreadableNumbers: the column holds no numbers, or numbers that could mean two things.
    """
    use = cells.use(name)
    if use is None:
        return pl.lit(None, MONEY)
    counts = use.how is How.TIMES
    parts = [
        _number(cells, column, name, whole=counts and place > 0) for place, column in enumerate(use.columns)
    ]
    match use.how:
        case How.MINUS:
            return (parts[0] - reduce(add, (part.fill_null(0) for part in parts[1:]))).cast(MONEY)
        case How.SUM:
            total = reduce(add, (part.fill_null(0) for part in parts)).cast(MONEY)
            return pl.when(pl.any_horizontal(part.is_not_null() for part in parts)).then(total)
        case How.LOWERED:
            total, adjusted = parts
            lowered = pl.max_horizontal(total - adjusted, pl.lit(0, MONEY)).cast(MONEY)
            return pl.when(adjusted != 0).then(lowered)
        case How.TIMES:
            return reduce(mul, parts).cast(MONEY)
        case _:
            return pl.coalesce(parts)


def money_fault(cells: Cells, name: str, unread: pl.Expr) -> pl.Expr:
    """Return the fault of an amount that stands among ``unread`` rows but is no number, or could be two."""
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


def _number(cells: Cells, column: str, name: str, *, whole: bool) -> pl.Expr:
    return parse_number(pl.col(column), _style(cells, column, name, whole=whole))


def _style(cells: Cells, column: str, name: str, *, whole: bool) -> NumberStyle | None:
    """Return how the numbers of a column are written, found once per column."""
    if column not in cells.numbers:
        samples = [cells.file.sample[other] for other in (column, *_other_amounts(cells, column))]
        style = number_style(samples, locale=cells.locale, whole=whole)
        _check(cells, column, name, style)
        cells.numbers[column] = style
    return cells.numbers[column]


def _other_amounts(cells: Cells, column: str) -> list[str]:
    uses = (cells.use(name) for name in AMOUNTS)
    drawn = dict.fromkeys(other for use in uses if use for other in use.columns)
    return [other for other in drawn if other != column]


def _check(cells: Cells, column: str, name: str, style: NumberStyle | None) -> None:
    """Raise when the sample shows that the column cannot be read as it should."""
    cell, issue = pl.col(column), number_issue(pl.col(column), style)
    unread = ~is_blank(cell) & (issue != "missing")
    twofold = issue == "ambiguous_thousands"
    seen = cells.file.sample.select(
        read=parse_number(cell, style).count(),
        unread=cell.filter(unread).first(),
        twofold=cell.filter(twofold).first(),
        row=pl.col("row").filter(twofold).first(),
    ).row(0, named=True)
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
