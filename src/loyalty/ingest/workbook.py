"""Opening spreadsheets: the first sheet, its header wherever it stands, values with the types they have."""

from __future__ import annotations

import fastexcel
import polars as pl

from loyalty.errors import DamagedFile, EmptyFile
from loyalty.ingest.headline import Headline, filled, find_headline
from loyalty.ingest.place import Place
from loyalty.ingest.raw import RawFile

SAMPLE_ROWS = 2_000
_LOOKED_AT = 200


def open_workbook(place: Place) -> RawFile:
    """Open the first sheet of a spreadsheet.

    Raises:
        EmptyFile: an empty sheet, or a header without rows.
        DamagedFile: the workbook cannot be read: broken, or locked with a password.
    """
    try:
        workbook = fastexcel.read_excel(place.at)
        headline = _headline(place, workbook)
        table = _table(workbook, headline)
    except fastexcel.FastExcelError as error:
        raise DamagedFile(
            f"{place.shown}: the workbook cannot be read: {str(error).splitlines()[0]}",
            hint="If it opens with a password, save it without one; otherwise export it again.",
        ) from error
    if table.is_empty():
        header = f"a header in row {headline.index + 1} and " if headline.index is not None else ""
        raise EmptyFile(f"{place.shown}: {header}no rows in the first sheet")
    return RawFile(
        path=place.shown,
        format="xlsx",
        frame=table.lazy(),
        headers=headline.headers,
        subheaders=headline.subheaders,
        sample=table.head(SAMPLE_ROWS),
        header_row=None if headline.index is None else headline.index + 1,
    )


def _headline(place: Place, workbook: fastexcel.ExcelReader) -> Headline:
    # Without skip_rows=0, blank rows at the top are left out and every row number would be wrong.
    top = workbook.load_sheet(0, header_row=None, skip_rows=0, n_rows=_LOOKED_AT, dtypes="string").to_polars()
    rows = [[cell or "" for cell in row] for row in top.iter_rows()]
    if not any(filled(row) for row in rows):
        raise EmptyFile(f"{place.shown}: the first sheet is empty")
    return find_headline(rows)


def _table(workbook: fastexcel.ExcelReader, headline: Headline) -> pl.DataFrame:
    skipped = headline.skipped
    read = workbook.load_sheet(
        0,
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
