"""What tools put around a cell so that a spreadsheet leaves it alone: ``="00123"`` and ``'00123``."""

from __future__ import annotations

import re

import polars as pl

_AS_FORMULA = r'^\s*="(.*)"\s*$'
_APOSTROPHE = r"^\s*'([\d+=@-].*)$"
_GUARDED = re.compile(r"""="|'[\d+=@-]""")
_WHOLE = re.compile(rf"(?s){_AS_FORMULA}|{_APOSTROPHE}")


def has_guards(text: str) -> bool:
    """Return whether a guarded cell may stand in the text of a table; a cheap look."""
    return _GUARDED.search(text) is not None


def bare(cell: str) -> str:
    """Return a cell without its guard: ``00123`` of ``="00123"`` and of ``'00123``."""
    found = _WHOLE.fullmatch(cell)
    return (found[1] if found[1] is not None else found[2]).replace('""', '"') if found else cell


def without_guards(frame: pl.LazyFrame, sample: pl.DataFrame) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Return rows and their sample without the guards that the sample shows, column by column."""
    names = [name for name, dtype in sample.schema.items() if dtype == pl.String]
    if not names:
        return frame, sample
    guarded = sample.select(_has(pl.col(names), _AS_FORMULA) | _has(pl.col(names), _APOSTROPHE)).row(0)
    made = [_bare(name) for name, yes in zip(names, guarded, strict=True) if yes]
    return (frame.with_columns(made), sample.with_columns(made)) if made else (frame, sample)


def _has(column: pl.Expr, pattern: str) -> pl.Expr:
    return column.str.contains(f"(?s){pattern}").any()


def _bare(name: str) -> pl.Expr:
    cell = pl.col(name)
    inside = cell.str.extract(f"(?s){_AS_FORMULA}", 1).str.replace_all('""', '"', literal=True)
    unguarded = pl.coalesce(inside, cell.str.extract(f"(?s){_APOSTROPHE}", 1), cell)
    return pl.when(unguarded != "").then(unguarded).alias(name)
