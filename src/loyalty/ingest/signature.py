"""What kind of file the first bytes announce; the suffix of its name only helps where they do not."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path

from loyalty.errors import DamagedFile, NotATable
from loyalty.ingest.packed import Head
from loyalty.ingest.place import Place

_OTHERS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_TEXT_CONTROLS = b"\t\n\r\f\x1a\x1b"
FEW, SOME = 0.01, 16
"""A file with fewer zero bytes than this share, or this number, is a damaged text rather than something binary."""
_DOCUMENTS = (
    ("Index/", "an Apple Numbers document", "In Numbers: File, Export To, CSV or Excel."),
    ("word/", "a Word document", "Copy the table into a spreadsheet and save it as XLSX or CSV."),
    ("ppt/", "a PowerPoint document", "Copy the table into a spreadsheet and save it as XLSX or CSV."),
)
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXPORT_AGAIN = "Export the table as CSV or XLSX and give that file."


class Kind(StrEnum):
    """How a file is to be opened."""

    TEXT = "text"
    NDJSON = "ndjson"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


def kind_of(place: Place, head: Head) -> Kind:
    """Return how a file is to be opened.

    Raises:
        NotATable: a picture, a document, an archive, a web page or another thing that is no table.
        DamagedFile: the name ends in .parquet or .xlsx and the content is neither that nor text.
    """
    data = head.data
    if data.startswith(b"PAR1") and not head.packing:
        return Kind.PARQUET
    if data.startswith((b"PK\x03\x04", _OLE)) and not head.packing:
        _refuse_locked(place, data)
        _refuse_other_archives(place, data)
        return Kind.WORKBOOK
    _refuse_binary(place, head)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    _refuse_markup(place, start)
    if place.suffix in {"ndjson", "jsonl"} or start.startswith(b"{"):
        return Kind.NDJSON
    return Kind.TEXT


def _refuse_locked(place: Place, data: bytes) -> None:
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise NotATable(
            f"{place.shown}: the workbook is locked with a password",
            hint="Save a copy without one (in Excel: File, Info, Protect Workbook) and give that file.",
        )


def _refuse_other_archives(place: Place, data: bytes) -> None:
    if not data.startswith(b"PK") or not zipfile.is_zipfile(place.at):
        return
    try:
        with zipfile.ZipFile(Path(place.at)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, OSError):
        # A damaged workbook; damage may also read as a zip version that zipfile does not know (NotImplementedError) or
        # as a name that is no text (UnicodeDecodeError). Who opens it says so.
        return
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        for start, what, step in _DOCUMENTS:
            if any(name.startswith(start) for name in names):
                raise NotATable(f"{place.shown}: {what}, not a table", hint=step)
        held = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        raise NotATable(
            f"{place.shown}: a zip archive ({held}), not a table", hint="Unpack it and give the file inside."
        )


def _refuse_binary(place: Place, head: Head) -> None:
    data = head.data
    packed = head.packing and data.startswith((b"PAR1", b"PK\x03\x04"))
    if packed:
        raise NotATable(
            f"{place.shown}: a workbook or Parquet file inside {head.packing}",
            hint="Unpack it and give that file.",
        )
    what = next((name for mark, name in _OTHERS if data.startswith(mark)), None)
    if what is None and _is_binary(data):
        if place.suffix in {"parquet", "xlsx"}:
            raise DamagedFile(
                f"{place.shown}: damaged: the content is not {place.suffix}",
                hint="Download or export it again.",
            )
        if 0 < data.count(0) < max(FEW * len(data), SOME) and not _is_binary(data.replace(b"\0", b"")):
            raise _zero_byte(place, data)
        what = "a binary file"
    if what:
        raise NotATable(f"{place.shown}: {what}, not a table", hint=_EXPORT_AGAIN)


def _zero_byte(place: Place, data: bytes) -> DamagedFile:
    line = data.count(b"\n", 0, data.index(0)) + 1
    return DamagedFile(
        f"{place.shown}: line {line} has a zero byte (NUL), which no text has",
        hint="Export the table again, or take the bytes out: tr -d '\\000' < FILE > CLEAN.csv",
    )


def _is_binary(data: bytes) -> bool:
    if data.startswith(_WIDE_MARKS):
        return False
    zeros = data[:4096].count(0)
    # Text in UTF-16 without a mark has a zero in every other byte; anything else with zeros is no text.
    if zeros:
        places = data[0:4096:2].count(0), data[1:4096:2].count(0)
        return max(places) < 0.3 * len(data[:4096]) / 2 or min(places) > 0.05 * len(data[:4096]) / 2
    odd = sum(data.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
    return 0 in data or odd > 0.02 * len(data)


def _refuse_markup(place: Place, start: bytes) -> None:
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise NotATable(
            f"{place.shown}: a web page or XML, not a table",
            hint="Open it in a spreadsheet programme and save it as XLSX or CSV.",
        )
    if start.startswith(b"[") and start[1:].lstrip().startswith((b"{", b"[")):
        raise NotATable(
            f"{place.shown}: a JSON list; expected one JSON object on each line",
            hint="Turn it round with: jq -c '.[]' FILE > FILE.ndjson",
        )
