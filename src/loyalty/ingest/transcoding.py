"""Turning a text that Polars cannot scan where it lies into one it can, a piece at a time."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from loyalty.errors import DamagedFile, LoyaltyError, WrongEncoding
from loyalty.ingest.encoding import is_wide
from loyalty.ingest.spool import new_path

# From the first blank of a run, and never back: damage makes runs of a hundred thousand.
_EDGE_BLANKS = re.compile(rb"(?m)^[ \t\r]++|(?<![ \t\r])[ \t\r]++$")
_BLANKS = re.compile(rb"[ \t]+")


def no_byte_order(error: UnicodeError, encoding: str, shown: str) -> WrongEncoding:
    """Return that UTF-16 lacks the mark that tells its byte order; Python's decoder does not guess."""
    return WrongEncoding(
        f"{shown}: is no {encoding} that says its byte order: {error}",
        hint="Name it in full: --encoding utf-16-le or --encoding utf-16-be; or leave out --encoding.",
    )


def to_utf8(chunks: Iterable[bytes], encoding: str, shown: str) -> Iterator[bytes]:
    """Yield the same text as UTF-8, without a byte order mark.

    Raises:
        WrongEncoding: bytes that are no text in this encoding; the message has the line.
        DamagedFile: the text breaks off in the middle of a character.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    first = True
    for chunk in chunks:
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(encoding, errors="replace")
            raise not_text(error, lines + before.count("\n"), encoding, shown) from error
        except UnicodeError as error:
            raise no_byte_order(error, encoding, shown) from error
        yield (text.removeprefix("\ufeff") if first else text).encode("utf-8", errors="replace")
        lines += text.count("\n")
        first = first and not text
    try:
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedFile(
            f"{shown}: breaks off in line {lines}, in the middle of a character ({encoding})",
            hint="Export or copy the file again.",
        ) from error


def unix_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text of an old Mac file, whose lines end in carriage returns, with line feeds instead."""
    for chunk in chunks:
        yield chunk.replace(b"\r", b"\n")


def tabs_for_blanks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a table whose columns are parted by runs of blanks with one tab in place of each run."""
    rest = b""
    for chunk in chunks:
        lines, end, rest = (rest + chunk).rpartition(b"\n")
        yield _BLANKS.sub(b"\t", _EDGE_BLANKS.sub(b"", lines)) + end
    yield _BLANKS.sub(b"\t", _EDGE_BLANKS.sub(b"", rest))


def straighten_quotes(path: Path, delimiter: str, escape: str | None, shown: str) -> Path:
    """Write a copy of a UTF-8 table in which quotation marks are as the CSV standard wants them.

    Args:
        path: the table.
        delimiter: of the table, and of the copy.
        escape: what stands before a quotation mark that is meant as such; None where it is doubled.
        shown: the name for messages.

    Raises:
        DamagedFile: a cell whose quotation marks cannot be made out; the message has the line.
    """
    copy = new_path()
    with (
        path.open(encoding="utf-8-sig", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(
            source, delimiter=delimiter, escapechar=escape, doublequote=escape is None, strict=True
        )
        try:
            csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        except csv.Error as error:
            raise quote_problem(shown, rows.line_num) from error
        except UnicodeDecodeError as error:
            raise not_text(error, rows.line_num, "utf-8", shown) from error
    return copy


def quote_problem(shown: str, line: int) -> DamagedFile:
    """Return the error for a quotation mark that leaves open where its cell ends."""
    return DamagedFile(
        f"{shown}: line {line} has a quotation mark that leaves open where its cell ends",
        hint='Write it twice ("") inside a quoted cell, or take it out, and try again.',
    )


def not_text(error: UnicodeDecodeError, line: int, encoding: str, shown: str) -> LoyaltyError:
    """Return the error for bytes in a line that are no text in an encoding."""
    found = " ".join(f"0x{byte:02X}" for byte in error.object[error.start : error.end][:4])
    problem = f"{shown}: line {line} has bytes ({found}) that are no text in {encoding}"
    if is_wide(encoding):
        return DamagedFile(problem, hint="Export or copy the file again.")
    other = "mend that line, or name another encoding: --encoding windows-1254"
    return WrongEncoding(
        problem,
        hint=f"If the rest is {encoding}, {other}."
        if encoding == "utf-8"
        else "Give the right encoding, such as --encoding windows-1254 or --encoding utf-8.",
    )
