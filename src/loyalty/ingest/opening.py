"""Opening what the user named: any export file becomes raw columns with their headers beside them."""

from __future__ import annotations

from loyalty.errors import LoyaltyError, together
from loyalty.ingest.choices import with_choices_together
from loyalty.ingest.delimited import open_delimited
from loyalty.ingest.ndjson import open_ndjson
from loyalty.ingest.packed import read_head
from loyalty.ingest.parquet import open_parquet
from loyalty.ingest.place import Place, find
from loyalty.ingest.raw import RawFile
from loyalty.ingest.signature import Kind, kind_of
from loyalty.ingest.source import Source


def open_files(source: Source) -> list[RawFile]:
    """Open every file of a source, in the order named; a pattern gives its files sorted by name.

    No file is read beyond its beginning unless it has to be turned into UTF-8. The content decides what a
    file is; its suffix only helps. Each frame has, besides ``row`` and ``c0``, ``c1``, …, a Boolean column
    ``ragged``: the row has more cells than the header.

    Raises:
        LoyaltyError: of the class that fits (``FileMissing``, ``NotAFile``, ``EmptyFile``, ``NotATable``,
            ``DamagedFile``, ``WrongEncoding``, ``UsageError``); problems of several files are told at once.
    """
    if source.opened is not None:
        return list(source.opened)
    opened: list[RawFile] = []
    problems: list[LoyaltyError] = []
    for typed in source.paths:
        try:
            places = find(typed)
        except LoyaltyError as error:
            problems.append(error)
            continue
        for place in places:
            try:
                opened.extend(map(with_choices_together, _open(place, source)))
            except LoyaltyError as error:
                problems.append(error)
    if problems:
        raise together(problems)
    return opened


def _open(place: Place, source: Source) -> list[RawFile]:
    if place.remote and place.suffix == "parquet":
        return [open_parquet(place)]
    head = read_head(place)
    match kind_of(place, head):
        case Kind.PARQUET:
            return [open_parquet(place)]
        case Kind.WORKBOOK:
            from loyalty.ingest.workbook import open_workbook  # noqa: PLC0415  its reader is slow to load

            return open_workbook(place)
        case Kind.NDJSON:
            return [open_ndjson(place, head, source)]
        case Kind.TEXT:
            return [open_delimited(place, head, source)]
