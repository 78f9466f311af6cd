"""Opening spreadsheets: the sheet that is named, or the first and those like it, with headers wherever they stand."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import fastexcel
import polars as pl

from loyalty.errors import DamagedFile, EmptyFile, FileMissing, near
from loyalty.ingest.guards import without_guards
from loyalty.ingest.headline import Headline, filled, find_headline
from loyalty.ingest.place import Place
from loyalty.ingest.raw import SAMPLE_ROWS, RawFile
from loyalty.ingest.values.words import fold

_LOOKED_AT = 200
_LEAST = 2
"""A table has at least so many columns; a sheet of single cells in a workbook with others is a cover."""

# Of a blank column it says on stderr that its type cannot be told.
logging.getLogger("fastexcel").setLevel(logging.ERROR)


def open_workbook(place: Place) -> list[RawFile]:
    """Open the sheet that was named (``orders.xlsx#Sheet2``), else the first, and those after it with its headers.

    Months on sheets of their own are one table, as they would be in files of their own.

    Raises:
        EmptyFile: an empty sheet, or a header without rows; the hint has the other sheets.
        FileMissing: the workbook has no sheet of that name.
        DamagedFile: the workbook cannot be read: broken, or locked with a password.
    """
    try:
        workbook = fastexcel.read_excel(place.at)
        sheet = _sheet(place, workbook)
        first = _open_sheet(place, workbook, sheet)
        others = [] if place.sheet is not None else _alike(place, workbook, sheet, first)
    except fastexcel.FastExcelError as error:
        raise DamagedFile(
            f"{place.shown}: the workbook cannot be read: {str(error).splitlines()[0]}",
            hint="If it opens with a password, save it without one; otherwise export it again.",
        ) from error
    if not others:
        return [first]
    return [replace(first, path=f"{place.shown}#{workbook.sheet_names[sheet]}"), *others]


def _alike(place: Place, workbook: fastexcel.ExcelReader, first: int, opened: RawFile) -> list[RawFile]:
    """Return the shown sheets behind the first that have its headers and rows below them."""
    if place.shown == "-" or opened.header_row is None:
        # Nothing can be named behind standard input, and numbers alone do not tell what they are.
        return []
    found = []
    for sheet in range(first + 1, len(workbook.sheet_names)):
        if not _is_shown(workbook, sheet):
            continue
        name = workbook.sheet_names[sheet]
        named = replace(place, shown=f"{place.shown}#{name}", sheet=name)
        try:
            if _headline(named, workbook, sheet).headers == opened.headers:
                found.append(_open_sheet(named, workbook, sheet))
        except EmptyFile:
            continue
    return found


def _open_sheet(place: Place, workbook: fastexcel.ExcelReader, sheet: int) -> RawFile:
    headline = _headline(place, workbook, sheet)
    table = _table(workbook, sheet, headline)
    if table.is_empty():
        header = f"a header in row {headline.index + 1} and " if headline.index is not None else ""
        raise _no_table(place, f"{header}no rows in {_called(place)}", workbook.sheet_names, sheet)
    frame, sample = without_guards(table.lazy(), table.head(SAMPLE_ROWS))
    return RawFile(
        path=place.shown,
        format="xlsx",
        frame=frame,
        headers=headline.headers,
        subheaders=headline.subheaders,
        sample=sample,
        header_row=None if headline.index is None else headline.index + 1,
    )


def _sheet(place: Place, workbook: fastexcel.ExcelReader) -> int:
    """Return the place of the sheet that was named, else of the first that is not hidden.

    In a name, upper and lower case and blanks around do not matter.
    """
    names = workbook.sheet_names
    if place.sheet is None:
        return next((number for number in range(len(names)) if _is_shown(workbook, number)), 0)
    if place.sheet in names:
        return names.index(place.sheet)
    folded = [fold(name) for name in names]
    if fold(place.sheet) in folded:
        return folded.index(fold(place.sheet))
    raise FileMissing(
        f"{place.shown}: the workbook has no sheet {place.sheet!r}{near(place.sheet, names)}",
        hint=_others(place, names),
    )


def _is_shown(workbook: fastexcel.ExcelReader, sheet: int) -> bool:
    return workbook.load_sheet(sheet, header_row=None, n_rows=1).visible == "visible"


def _called(place: Place) -> str:
    return "the first sheet" if place.sheet is None else f"sheet {place.sheet!r}"


def _others(place: Place, names: Sequence[str]) -> str:
    path = place.shown.removesuffix(f"#{place.sheet}") if place.sheet is not None else place.shown
    # Nothing can be named behind standard input.
    path = "FILE.xlsx" if path == "-" else path
    example = next((name for name in names if name != place.sheet), names[0])
    return f"Its sheets are: {', '.join(names)}. Name one behind the file: '{path}#{example}'."


def _no_table(place: Place, problem: str, names: Sequence[str], sheet: int) -> EmptyFile:
    others = [name for number, name in enumerate(names) if number != sheet]
    return EmptyFile(f"{place.shown}: {problem}", hint=_others(place, others) if others else None)


def _headline(place: Place, workbook: fastexcel.ExcelReader, sheet: int) -> Headline:
    # Without skip_rows=0, blank rows at the top are left out and every row number would be wrong.
    top = workbook.load_sheet(
        sheet, header_row=None, skip_rows=0, n_rows=_LOOKED_AT, dtypes="string"
    ).to_polars()
    rows = [[cell or "" for cell in row] for row in top.iter_rows()]
    if not any(filled(row) for row in rows):
        raise _no_table(place, f"{_called(place)} is empty", workbook.sheet_names, sheet)
    headline = find_headline(rows)
    if len(workbook.sheet_names) > 1 and place.sheet is None and max(map(filled, rows)) < _LEAST:
        # A cover sheet: a title and remarks, no table.
        raise _no_table(place, f"{_called(place)} holds no table", workbook.sheet_names, sheet)
    return headline


def _table(workbook: fastexcel.ExcelReader, sheet: int, headline: Headline) -> pl.DataFrame:
    skipped = headline.skipped
    read = workbook.load_sheet(
        sheet,
        header_row=skipped - 1 if skipped else None,
        skip_rows=0 if not skipped else None,
        schema_sample_rows=None,
    ).to_polars()
    names = [f"c{place}" for place in range(read.width)]
    read.columns = names
    text = pl.col(pl.String).replace("", None)
    return (
        read.with_columns(text)
        .with_row_index("row", offset=skipped + 1)
        .filter(pl.any_horizontal(pl.col(names).is_not_null()))
        .with_columns(ragged=pl.lit(value=False))
    )
