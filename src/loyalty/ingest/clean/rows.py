"""What is true of a whole row: its fingerprint, and why it may be no data."""

from __future__ import annotations

import re

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import spelled
from loyalty.ingest.headers import Headers
from loyalty.ingest.platforms import rows_left_out

WRITTEN_BY_PEOPLE = ("csv", "xlsx")
"""Formats in which totals and remarks stand below the data."""


def fingerprint(cells: Cells) -> pl.Expr:
    """Return a hash over all cells of the row, equal for rows that are equal in every cell.

    In the order of the headers: another export may have the same columns in another one.
    """
    headers = cells.file.headers
    places = sorted(range(len(headers)), key=lambda place: headers[place] or "")
    return pl.struct(f"c{place}" for place in places).hash()


def ragged(cells: Cells) -> pl.Expr:
    """Return whether the row has more cells than the header, so that no cell can be trusted to be in its place."""
    return pl.col("ragged") if "ragged" in cells.file.sample.columns else pl.lit(value=False)


def footer(cells: Cells, silent: pl.Expr) -> pl.Expr:
    """Return whether, among ``silent`` rows (without a date or an answer), the row is a total or a remark.

    It is told by a word such as TOPLAM in a cell.
    """
    columns = _footer_columns(cells)
    if not columns or cells.file.format not in WRITTEN_BY_PEOPLE:
        return pl.lit(value=False)
    known = catalogue()
    words = spelled(known.footer_words)
    words += [f"{word}:" for word in words]
    # Silent rows are few; the cells of the others need not be looked at.
    looked_at = [pl.when(silent).then(pl.col(column)).str.strip_chars() for column in columns]
    opening = "|".join(re.escape(start) for start in spelled(known.footer_starts))
    remark = looked_at[0].str.contains(f"^(?:{opening})")
    total = pl.any_horizontal(cell.is_in(words) for cell in looked_at)
    return (total | remark).fill_null(value=False)


def no_data(cells: Cells) -> list[tuple[pl.Expr, str]]:
    """Return under which conditions the platform's rows are no data (previews, tests), with the reasons."""
    return rows_left_out(cells.recognition.platform, Headers(cells.file))


def where(rare: pl.Expr, verdict: pl.Expr) -> pl.Expr:
    """Return ``verdict`` (text) of the rows of which ``rare`` holds, and null of all others without working it out.

    A plain ``when`` works out every branch for every row; here a batch without such rows costs nothing.
    """
    columns = sorted({*rare.meta.root_names(), *verdict.meta.root_names()})

    def look_closely(batch: pl.Series) -> pl.Series:
        rows = batch.struct.unnest()
        found = rows.select(rare).to_series().arg_true()
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
        return (
            nothing if found.is_empty() else nothing.scatter(found, rows[found].select(verdict).to_series())
        )

    return pl.struct(columns).map_batches(look_closely, return_dtype=pl.String, is_elementwise=True)


def first_fault(*conditions: tuple[pl.Expr, str]) -> pl.Expr:
    """Return the reason of the first condition that holds, null where none does."""
    return pl.coalesce(
        *(pl.when(condition).then(pl.lit(reason)) for condition, reason in conditions),
        pl.lit(None, pl.String),
    )


def _footer_columns(cells: Cells) -> list[str]:
    """Return the text columns worth searching: the first, those that mean something, and their left neighbours."""
    used = [column for use in cells.recognition.columns.values() for column in use.columns]
    beside = [f"c{int(column[1:]) - 1}" for column in used if column != "c0"]
    columns = dict.fromkeys(["c0", *used, *beside])
    return [column for column in columns if cells.file.sample.schema.get(column) == pl.String]
