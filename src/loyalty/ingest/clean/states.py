"""What a platform writes its own way: yes and no in its words, a blank for no, a name inside JSON, a year for none."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import NOBODY, flag, text, word
from loyalty.ingest.values.words import is_blank

YEAR = r"(\d{4})"


def state(cells: Cells, name: str) -> pl.Expr:
    """Return a yes-or-no column in the platform's words; a blank is no where the platform means it so."""
    use, platform = cells.use(name), cells.recognition.platform
    if use is None:
        return pl.lit(None, pl.Boolean)
    own = platform.words.get(name) if platform else None
    told = word(cells, name, own, pl.Boolean) if own else flag(cells, name)
    if platform is None or name not in platform.blank_is_no:
        return told
    return pl.when(is_blank(pl.col(use.columns[0]))).then(pl.lit(value=False)).otherwise(told)


def inner_text(cells: Cells, name: str) -> pl.Expr:
    """Return a column as text; where the platform writes JSON into it, the part that is meant."""
    platform = cells.recognition.platform
    part = platform.inside.get(name) if platform else None
    written = text(cells, name)
    cell = pl.when(~written.is_in(NOBODY)).then(written)
    if part is None or cells.use(name) is None:
        return cell
    is_json = cell.str.starts_with("{") & cell.str.ends_with("}")
    return pl.coalesce(pl.when(is_json).then(cell).str.json_path_match(f"$.{part}"), cell)


def year(cells: Cells, name: str) -> pl.Expr:
    """Return the year (Int32) of a date that need not be read in full; null for the platform's year for none."""
    use, platform = cells.use(name), cells.recognition.platform
    if use is None:
        return pl.lit(None, pl.Int32)
    found = text(cells, name).str.extract(YEAR, 1).cast(pl.Int32)
    return found if platform is None or platform.no_year is None else _other_than(found, platform.no_year)


def _other_than(number: pl.Expr, none: int) -> pl.Expr:
    return pl.when(number != none).then(number)
