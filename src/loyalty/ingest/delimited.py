"""Opening text tables: CSV, TSV and their relatives, whatever their encoding, delimiter and header."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loyalty.errors import EmptyFile, NotATable, WrongEncoding
from loyalty.ingest.broken import scan_error
from loyalty.ingest.delimiter import (
    BLANKS,
    Quoting,
    declared_delimiter,
    find_delimiter,
    find_quoting,
    named_delimiter,
    records,
)
from loyalty.ingest.encoding import canonical, decode_head, find_encoding, is_wide, without_utf8
from loyalty.ingest.guards import has_guards, without_guards
from loyalty.ingest.headline import Headline, filled, find_headline
from loyalty.ingest.length import about_rows
from loyalty.ingest.packed import HEAD_BYTES, Head, chunks, packing_of, windows
from loyalty.ingest.place import Place
from loyalty.ingest.raw import SAMPLE_ROWS, RawFile
from loyalty.ingest.source import Source
from loyalty.ingest.spool import spool
from loyalty.ingest.transcoding import (
    no_byte_order,
    not_text,
    quote_problem,
    straighten_quotes,
    tabs_for_blanks,
    to_utf8,
    unix_lines,
)

_OVERFLOW = 4
"""Columns declared beyond the header, so that cells without a column are seen instead of cut off."""
_HEADER_RECORDS = 300
_MANY = 100
_BEGINNING = 1 << 20
_LONGEST_LINE = HEAD_BYTES // 2


@dataclass(frozen=True)
class Layout:
    """How a text table is written.

    Attributes:
        encoding: name of the encoding.
        delimiter: one character; a blank for runs of blanks.
        quoting: what quotation marks mean.
        old_mac: lines end in carriage returns.
        declared: the first line declares the delimiter and is no row.
        headline: the header.
        guarded: cells may stand in guards (``="00123"``).
    """

    encoding: str
    delimiter: str
    quoting: Quoting
    old_mac: bool
    declared: bool
    headline: Headline
    guarded: bool = False


def open_delimited(place: Place, head: Head, source: Source) -> RawFile:
    """Open a text table; only its beginning is read, except where it has to be turned into UTF-8 first.

    Raises:
        EmptyFile: nothing but blank lines, or a header without rows.
        NotATable: a line longer than any row.
        WrongEncoding: the text is not in the encoding that was named or found.
        DamagedFile: quotation marks or characters that break off.
        UsageError: an encoding or delimiter that cannot be meant.
    """
    layout = _find_layout(place, head, source)
    path = _scannable(place, head, layout, named=source.encoding is not None)
    try:
        sample = _sample(path, layout)
        frame = _rows(path, layout)
        if sample.is_empty() and frame.head(1).collect().is_empty():
            raise _no_rows(place, layout)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise scan_error(error, place.shown, path, layout.delimiter) from error
    if layout.guarded:
        frame, sample = without_guards(frame, sample)
    first_row = 0 if layout.declared else 1
    index = layout.headline.index
    return RawFile(
        path=place.shown,
        format="csv",
        frame=frame,
        headers=layout.headline.headers,
        subheaders=layout.headline.subheaders,
        sample=sample,
        header_row=None if index is None else index + first_row,
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        rows=about_rows(path, sample),
    )


def _find_layout(place: Place, head: Head, source: Source) -> Layout:
    encoding, text = _decode(place, head, source)
    if not text.strip(" \t\r\n,;|"):
        raise EmptyFile(f"{place.shown}: nothing but blank rows")
    old_mac = "\n" not in text and "\r" in text
    if old_mac:
        text = text.replace("\r", "\n")
    text = _whole_lines(place, text, head.whole)
    declared = declared_delimiter(text)
    named = named_delimiter(source.delimiter) if source.delimiter is not None else None
    delimiter = named or declared or find_delimiter(text)
    quoting, stray = find_quoting(text, delimiter, head.whole)
    if stray is not None:
        raise quote_problem(place.shown, stray)
    rows = _first_records(text, delimiter, quoting, head.whole)
    if declared:
        # Excel takes this line as an instruction and does not show it, so it is row 0.
        rows[0] = []
    if not head.whole and sum(1 for row in rows if filled(row)) < 2:
        raise _endless(place, text.count("\n") + 1)
    return Layout(
        encoding, delimiter, quoting, old_mac, declared is not None, find_headline(rows), has_guards(text)
    )


def _decode(place: Place, head: Head, source: Source) -> tuple[str, str]:
    named = canonical(source.encoding) if source.encoding else None
    found = _find_encoding(place, head, named)
    encoding = named or found
    if encoding == "utf-16" and is_wide(found):
        encoding = found
    elif is_wide(encoding) and not is_wide(found):
        raise _misnamed(place, encoding, found, "every other byte should be zero")
    try:
        text = decode_head(head.data, encoding)
    except UnicodeDecodeError as error:
        line = head.data.count(b"\n", 0, error.start) + 1
        if named is None:
            raise not_text(error, line, encoding, place.shown) from error
        raise _misnamed(place, named, found, f"byte 0x{head.data[error.start]:02X} in line {line}") from error
    except UnicodeError as error:
        raise no_byte_order(error, encoding, place.shown) from error
    if "\0" in text:
        raise _misnamed(place, encoding, found, "it would have zero characters")
    return encoding, text


def _find_encoding(place: Place, head: Head, named: str | None) -> str:
    if named is None:
        return find_encoding(
            head.data,
            head.whole,
            windows(place, head.packing),
            shown=place.shown,
            text=chunks(place, head.packing),
        )
    try:
        return find_encoding(head.data, head.whole, shown=place.shown)
    except WrongEncoding:
        # Nothing tells, and the user has said it.
        return named


def _misnamed(place: Place, named: str, found: str, why: str) -> WrongEncoding:
    return WrongEncoding(
        f"{place.shown}: not written in {named} ({why}); it looks like {found}",
        hint=f"Leave out --encoding, or type --encoding {found}.",
    )


def _whole_lines(place: Place, text: str, whole: bool) -> str:
    if whole:
        return text
    if "\n" not in text:
        raise _endless(place, 1)
    end = text.rfind("\n") + 1
    if len(text) - end > _LONGEST_LINE:
        raise _endless(place, text.count("\n") + 1)
    return text[:end]


def _first_records(text: str, delimiter: str, quoting: Quoting, whole: bool) -> list[list[str]]:
    rows = []
    for row in records(text, delimiter, quoting):
        rows.append(row)
        if len(rows) > _HEADER_RECORDS:
            return rows
    # The beginning of a longer file may end inside a quoted cell.
    return rows if whole or len(rows) < 3 else rows[:-1]


def _endless(place: Place, line: int) -> NotATable:
    return NotATable(
        f"{place.shown}: line {line} is longer than {_LONGEST_LINE // 1024} KiB; expected one row on each line",
        hint="Export the table again as CSV or XLSX.",
    )


def _scannable(place: Place, head: Head, layout: Layout, *, named: bool) -> str:
    """Return a path that Polars can scan: the file itself where possible, else a temporary copy."""
    crooked = layout.quoting in {Quoting.LOOSE, Quoting.ESCAPED}
    if layout.encoding in {"utf-8", "ascii"} and not layout.old_mac and layout.delimiter != BLANKS:
        if not crooked:
            return place.at
        if not place.remote and not head.packing:
            return str(_straight(Path(place.at), layout, place))
    copy = spool(_changed(place, head, layout, named=named))
    return str(_straight(copy, layout, place) if crooked else copy)


def _changed(place: Place, head: Head, layout: Layout, *, named: bool) -> Iterator[bytes]:
    pieces = chunks(place, head.packing)
    if not (named or layout.encoding == "utf-8" or is_wide(layout.encoding)):
        again = chunks(place, head.packing)
        pieces = without_utf8(pieces, layout.encoding, shown=place.shown, text=again)
    pieces = to_utf8(pieces, layout.encoding, place.shown)
    if layout.old_mac:
        pieces = unix_lines(pieces)
    return tabs_for_blanks(pieces) if layout.delimiter == BLANKS else pieces


def _straight(path: Path, layout: Layout, place: Place) -> Path:
    escape = "\\" if layout.quoting is Quoting.ESCAPED else None
    return straighten_quotes(path, layout.delimiter, escape, place.shown)


def _sample(path: str, layout: Layout) -> pl.DataFrame:
    """Return the first rows of :func:`_rows`, without looking at every cell, which takes long in a wide table."""
    columns = _columns(layout)
    first, *others = columns
    wanted = SAMPLE_ROWS + layout.headline.skipped + 1
    rows = _first_rows(path, layout, wanted)
    rows = rows.slice(layout.headline.skipped)
    silent = rows[first].str.strip_chars().fill_null("") == ""
    if silent.any():
        rows = rows.filter(~silent | pl.any_horizontal(pl.col(others).is_not_null()))
    cells = rows.head(SAMPLE_ROWS).get_columns()
    ragged = pl.DataFrame(cells[-_OVERFLOW:]).select(_ragged(columns)).to_series()
    return pl.DataFrame([*cells[:-_OVERFLOW], ragged])


def _first_rows(path: str, layout: Layout, wanted: int) -> pl.DataFrame:
    # Polars sets about a large file in large pieces, even for a few rows.
    if beginning := _beginning(path):
        # A cell may go on beyond the cut.
        with suppress(pl.exceptions.ComputeError):
            rows = _scan(beginning, layout, wanted).collect()
            if rows.height == wanted:
                return rows
    return _scan(path, layout, wanted).collect()


def _beginning(path: str) -> bytes | None:
    """Return the first whole lines of a large local file; None of a small one, and of one that is packed."""
    if "://" in path:
        return None
    with Path(path).open("rb") as file:
        data = file.read(_BEGINNING)
    if len(data) < _BEGINNING or packing_of(data) is not None:
        return None
    return data[: data.rfind(b"\n") + 1]


def _rows(path: str, layout: Layout) -> pl.LazyFrame:
    """Return the rows below the header that are not blank."""
    columns = _columns(layout)
    first = columns[0]
    # A line of blanks alone has one cell, and it is not empty.
    filled_in = pl.any_horizontal(
        pl.col(first).str.strip_chars() != "", pl.exclude("row", first).is_not_null()
    )
    below = pl.col("row") > layout.headline.skipped - layout.declared
    frame = _scan(path, layout, None)
    if len(columns) <= _MANY:
        frame = frame.filter(below, filled_in)
    else:
        # Polars moves a filter into the scan, which takes it minutes where it looks at thousands of columns.
        frame = frame.with_columns(row_counts=below & filled_in).filter("row_counts")
    return frame.select(pl.exclude(*columns[-_OVERFLOW:], "row_counts"), _ragged(columns))


def _scan(path: str | bytes, layout: Layout, rows: int | None) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        has_header=False,
        separator="\t" if layout.delimiter == BLANKS else layout.delimiter,
        quote_char=None if layout.quoting is Quoting.LITERAL else '"',
        infer_schema=False,
        schema=dict.fromkeys(_columns(layout), pl.String),
        # Polars takes the width of the first line for that of the file; these two let later rows be wider.
        missing_columns="insert",
        truncate_ragged_lines=True,
        null_values=[""],
        row_index_name="row",
        row_index_offset=0 if layout.declared else 1,
        n_rows=rows,
        glob=isinstance(path, str) and "://" in path,
    )


def _columns(layout: Layout) -> list[str]:
    """Return the names of the columns below the header, then of those beyond it."""
    return [f"c{place}" for place in range(len(layout.headline.headers) + _OVERFLOW)]


def _ragged(columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(columns[-_OVERFLOW:]).is_not_null()).alias("ragged")


def _no_rows(place: Place, layout: Layout) -> EmptyFile:
    index = layout.headline.index
    if index is None:
        return EmptyFile(f"{place.shown}: no rows")
    row = index + (0 if layout.declared else 1)
    return EmptyFile(f"{place.shown}: a header in row {row} and no rows below it")
