"""Opening Parquet files: nothing to find out, every column has its name and type."""

from __future__ import annotations

import polars as pl

from loyalty.errors import DamagedFile, EmptyFile, LoyaltyError
from loyalty.ingest.nested import flat_columns, positioned
from loyalty.ingest.place import Place, not_fetched
from loyalty.ingest.raw import SAMPLE_ROWS, RawFile


def open_parquet(place: Place) -> RawFile:
    """Open a Parquet file; its first record counts as row 2, as if the names were row 1.

    Rows are taken as they are, a wholly blank one too: to look for them would mean to read every column.

    Raises:
        DamagedFile: the file breaks off or is malformed.
        EmptyFile: no rows.
        FileMissing, InputError: an address that cannot be fetched.
    """
    try:
        scan = pl.scan_parquet(place.at, glob=place.remote)
        schema = scan.collect_schema()
        frame = positioned(scan, schema)
        sample = frame.head(SAMPLE_ROWS).collect()
        rows = scan.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _unreadable(place, error) from error
    if sample.is_empty():
        raise EmptyFile(f"{place.shown}: no rows in the Parquet file")
    return RawFile(
        path=place.shown,
        format="parquet",
        frame=frame,
        headers=tuple(name.strip() for name, _ in flat_columns(schema)),
        subheaders=(),
        sample=sample,
        header_row=1,
        rows=rows,
    )


def _unreadable(place: Place, error: Exception) -> LoyaltyError:
    said = str(error).strip().split("\n", 1)[0]
    if place.remote:
        return not_fetched(place, error)
    return DamagedFile(f"{place.shown}: a damaged Parquet file: {said}", hint="Download or export it again.")
