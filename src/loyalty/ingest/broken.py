"""What Polars stumbled over in a file, in words and with the line: looked for only once it has failed."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from loyalty.errors import DamagedFile, LoyaltyError, WrongEncoding
from loyalty.ingest.delimiter import quoted_cell
from loyalty.ingest.transcoding import quote_problem, to_utf8

_CHUNK = 1 << 20
_PACKED_END = ("unexpected end of file", "corrupt", "incomplete frame", "checksum", "deflate", "frame")
_QUOTES = ("malformed", "not properly escaped")


def scan_error(
    error: Exception, shown: str, path: str | None = None, delimiter: str | None = None
) -> LoyaltyError:
    """Return the error to raise in place of one that Polars raised while it read a file.

    Args:
        error: what Polars raised.
        shown: the file as the user typed it.
        path: where the bytes are, if not under that name.
        delimiter: of a text table, where it is known.
    """
    said = str(error)
    where = Path(path or shown)
    if "utf-8" in said.lower() or "utf8" in said.lower():
        return _not_utf8(where, shown)
    if any(word in said for word in _QUOTES):
        return _stray_quote(where, shown, delimiter or ",;\t|")
    if isinstance(error, OSError) and any(word in said for word in _PACKED_END):
        return DamagedFile(
            f"{shown}: the compressed file breaks off or is damaged", hint="Download or copy it again."
        )
    first_line = said.strip().split("\n", 1)[0]
    return DamagedFile(
        f"{shown}: cannot be read to its end: {first_line}", hint="Export or copy the file again."
    )


def _not_utf8(path: Path, shown: str) -> LoyaltyError:
    try:
        with path.open("rb") as file:
            for _ in to_utf8(iter(lambda: file.read(_CHUNK), b""), "utf-8", shown):
                pass
    except LoyaltyError as found:
        return found
    except OSError:
        pass
    return WrongEncoding(
        f"{shown}: has bytes that are not UTF-8", hint="Name the encoding, such as --encoding windows-1254."
    )


def _stray_quote(path: Path, shown: str, delimiters: str) -> DamagedFile:
    """Find the first stray quotation mark; the delimiter that explains the most others decides."""
    lines = [line for delimiter in delimiters if (line := _stray_line(path, delimiter)) is not None]
    if not lines:
        return DamagedFile(f"{shown}: has quotation marks that leave open where their cells end")
    return quote_problem(shown, max(lines))


def _stray_line(path: Path, delimiter: str) -> int | None:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            end = 0
            for match in re.finditer(quoted_cell(delimiter).encode(), data):
                if data.find(b'"', end, match.start()) >= 0:
                    break
                end = match.end()
            stray = data.find(b'"', end)
            return None if stray < 0 else _count_lines(data, stray) + 1
    except (OSError, ValueError):
        return None


def _count_lines(data: mmap.mmap, end: int) -> int:
    return sum(data[start : min(start + _CHUNK, end)].count(b"\n") for start in range(0, end, _CHUNK))
