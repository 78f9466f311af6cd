"""Opening NDJSON: one JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from loyalty.errors import DamagedFile, EmptyFile, LoyaltyError, NotATable
from loyalty.ingest.broken import scan_error
from loyalty.ingest.encoding import canonical, find_encoding
from loyalty.ingest.length import about_rows
from loyalty.ingest.nested import flat_columns, positioned
from loyalty.ingest.packed import Head, Packing, chunks
from loyalty.ingest.place import Place
from loyalty.ingest.raw import SAMPLE_ROWS, RawFile
from loyalty.ingest.source import Source
from loyalty.ingest.spool import spool
from loyalty.ingest.transcoding import to_utf8

_TYPED_BY = 10_000
"""Records whose keys and types stand for the whole file."""
_KEYS_OF_AN_ANSWER = 8
"""So many keys has what a service answers around its records (count, next page …); a lone order has more."""


def open_ndjson(place: Place, head: Head, source: Source) -> RawFile:
    """Open a file of JSON objects; the first record counts as row 2, as if the keys were row 1.

    Raises:
        NotATable: one object around a list of records.
        DamagedFile: a line that is no JSON object, or a value of another type than those before it.
        EmptyFile: no records.
        WrongEncoding: the text is not in the encoding that was named or found.
    """
    named = canonical(source.encoding) if source.encoding else None
    encoding = named or find_encoding(head.data, head.whole, shown=place.shown)
    plain = encoding in {"utf-8", "ascii"} and not head.data.startswith(b"\xef\xbb\xbf")
    path = place.at if plain else str(spool(to_utf8(chunks(place, head.packing), encoding, place.shown)))
    try:
        schema = pl.scan_ndjson(path, infer_schema_length=_TYPED_BY).collect_schema()
        frame = _filled(positioned(pl.scan_ndjson(path, schema=schema), schema))
        first_rows = pl.scan_ndjson(path, schema=schema, n_rows=SAMPLE_ROWS)
        sample = _filled(positioned(first_rows, schema)).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _bad_line(place, path, head.packing if plain else None, error) from error
    if sample.is_empty():
        raise EmptyFile(f"{place.shown}: no records")
    if sample.height == 1 and len(schema) <= _KEYS_OF_AN_ANSWER:
        _refuse_an_answer(place, path, schema)
    return RawFile(
        path=place.shown,
        format="ndjson",
        frame=frame,
        headers=tuple(name.strip() for name, _ in flat_columns(schema)),
        subheaders=(),
        sample=sample,
        header_row=1,
        encoding=encoding,
        rows=about_rows(path, sample),
    )


def _refuse_an_answer(place: Place, path: str, schema: Mapping[str, pl.DataType]) -> None:
    """Raise where the one object is what a service answered: the records are in a list inside it."""
    lists = [
        name
        for name, dtype in schema.items()
        if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct)
    ]
    lengths = pl.scan_ndjson(path, schema=schema, n_rows=1).select(pl.col(lists).list.len()).collect()
    inside = next((name for name in lists if (lengths[name][0] or 0) > 1), None)
    if inside is not None:
        raise NotATable(
            f"{place.shown}: one JSON object with a list under {inside!r}; expected one JSON object on each line",
            hint=f"Take the records out of it with: jq -c '.{inside}[]' FILE > FILE.ndjson",
        )


def _filled(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows of records in which something stands."""
    return rows.filter(pl.any_horizontal(pl.exclude("row", "ragged").is_not_null()))


def _bad_line(place: Place, path: str, packing: Packing | None, error: Exception) -> LoyaltyError:
    if not place.remote and packing is None:
        with Path(path).open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip() and not _is_object(line):
                    return DamagedFile(
                        f"{place.shown}: line {number} is not a JSON object",
                        hint="NDJSON has one object on each line. Mend it with: jq -c . FILE > FILE.ndjson",
                    )
    return scan_error(error, place.shown, path)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
