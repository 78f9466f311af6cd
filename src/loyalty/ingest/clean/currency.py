"""In which currency a row is: by its own column, by the sign beside its amount, or by the unit in the header."""

from __future__ import annotations

import re
from functools import cache, partial

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import NOTHING, spelled
from loyalty.ingest.values.cells import look_up, read_cells, read_distinct

MARK = r"([A-Za-z]{0,3}\p{Sc}|\p{L}[\p{L} ]*\p{L})"
"""What stands beside the digits of an amount: ``₺``, ``US$``, ``TL``, ``Türk Lirası``."""
UNIT = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")
CODE = r"^[A-Z]{3}$|\p{Sc}"
DOLLAR = "$"
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"})


def currency(cells: Cells) -> pl.Expr:
    """Return the ISO 4217 code of each row; null where nothing beside the user's word tells.

    A sign or word that is not known is kept as it stands: it is another currency than those that are.
    """
    use = cells.use("currency")
    if use is not None:
        written = pl.coalesce(pl.col(column).cast(pl.String) for column in use.columns)
        return read_cells(written, partial(read_distinct, reading=coded), pl.String)
    column = _amount_column(cells)
    if column is None:
        return NOTHING
    if _is_marked(cells, column):
        return _by_mark(cells, column)
    stated = _in_header(cells, column)
    return pl.lit(stated) if stated else NOTHING


def coded(words: pl.Series) -> pl.Series:
    """Return the ISO 4217 code of each word; an unknown word as it stands."""
    return words.str.strip_chars().str.to_uppercase().replace("", None).replace(_codes())


def tells_currency(cells: Cells) -> bool:
    """Return whether the file itself says in which currency its amounts are."""
    if cells.use("currency") is not None:
        return True
    column = _amount_column(cells)
    return column is not None and (_is_marked(cells, column) or _in_header(cells, column) is not None)


def _amount_column(cells: Cells) -> str | None:
    use = cells.use("amount")
    return use.columns[0] if use and cells.file.sample[use.columns[0]].dtype == pl.String else None


def _is_marked(cells: Cells, column: str) -> bool:
    return cells.file.sample.select(_by_mark(cells, column).is_not_null().any()).item() is True


def _by_mark(cells: Cells, column: str) -> pl.Expr:
    amount = pl.when(pl.col(column).str.contains(r"\d")).then(pl.col(column))
    mark = amount.str.extract(MARK, 1).str.to_uppercase()
    known = _codes() | {DOLLAR: _dollar(cells)}
    return pl.coalesce(look_up(mark, known, pl.String), pl.when(mark.str.contains(CODE)).then(mark))


def stated_unit(header: str) -> str:
    """Return what stands in brackets behind a header, ``TL`` of ``Tutar (TL)``; nothing where nothing does."""
    found = UNIT.search(header)
    return found[1].strip() if found else ""


def _in_header(cells: Cells, column: str) -> str | None:
    named = stated_unit(cells.file.headers[int(column[1:])]).upper()
    if named == DOLLAR:
        return _dollar(cells)
    return _codes().get(named, named if named in _codes().values() else None)


def _dollar(cells: Cells) -> str:
    """Return whose dollar ``$`` is: America's, unless the user deals in another."""
    said = cells.source.currency
    return said if said in DOLLARS else "USD"


@cache
def _codes() -> dict[str, str]:
    return {
        spelling: code for known, code in catalogue().currencies.items() for spelling in spelled([known])
    } | {code: code for code in catalogue().currencies.values()}
