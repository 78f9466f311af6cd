"""Where an input is: the files that a path, a pattern, ``-`` or an address stand for."""

from __future__ import annotations

import glob
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import BinaryIO

from loyalty.errors import EmptyFile, FileMissing, InputError, NotAFile, near
from loyalty.ingest.spool import spool

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_CHUNK = 1 << 20
WORKBOOK = re.compile(r"\.(?:xlsx|xlsm|xlsb|xls|ods)$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """One input that exists.

    Attributes:
        shown: as the user typed it; ``-`` for standard input.
        at: the path or address to read.
        remote: an address that only Polars can read (``s3://…``, ``https://…``).
        sheet: of a workbook, as in ``orders.xlsx#Sheet2``; None for the first and those like it.
    """

    shown: str
    at: str
    remote: bool = False
    sheet: str | None = None

    @property
    def suffix(self) -> str:
        """The last suffix that says something about the content: ``csv`` of ``orders.csv.gz``."""
        name = self.shown.removesuffix(f"#{self.sheet}") if self.sheet is not None else self.shown
        names = name.lower().rsplit("/", 1)[-1].split("?", 1)[0].split(".")[1:]
        return next((name for name in reversed(names) if name not in {"gz", "zst"}), "")


def find(typed: str) -> list[Place]:
    """Return the inputs that one argument stands for; a pattern gives its files in sorted order.

    Raises:
        FileMissing: nothing there, or no file matches the pattern.
        NotAFile: a folder or a device.
        EmptyFile: the file has no bytes, or nothing can come from standard input.
        InputError: the file may not be read.
    """
    if typed == "-":
        if sys.stdin is None:
            raise EmptyFile("standard input: is closed", hint="Name a file.")
        return [_from_stream(typed, sys.stdin.buffer)]
    if _ADDRESS.match(typed) and not typed.lower().startswith("file://"):
        return [Place(typed, typed, remote=True)]
    path = Path(typed.removeprefix("file://")).expanduser()
    book, mark, sheet = typed.rpartition("#")
    if mark and sheet and not path.exists() and WORKBOOK.search(book):
        return [replace(place, shown=f"{place.shown}#{sheet}", sheet=sheet) for place in find(book)]
    if not path.exists() and glob.has_magic(typed):
        return [_local(name, Path(name)) for name in _matching(str(path))]
    return [_local(typed, path)]


def not_fetched(place: Place, error: Exception) -> InputError:
    """Return the error to raise in place of one that Polars raised at an address."""
    said = str(error).strip().split("\n", 1)[0]
    missing = isinstance(error, FileNotFoundError) or "not found" in said.lower() or "404" in said
    return (FileMissing if missing else InputError)(f"{place.shown}: cannot be fetched: {said}")


def _matching(pattern: str) -> list[str]:
    # Path.glob takes no absolute patterns.
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207
    names = sorted(name for name in found if not Path(name).is_dir())
    if not names:
        raise FileMissing(f'no file matches "{pattern}"{_neighbour(Path(pattern))}')
    return names


def _local(typed: str, path: Path) -> Place:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise FileMissing(f"{typed}: no such file{_neighbour(path)}") from None
    except OSError as error:
        raise InputError(f"{typed}: cannot be read: {error.strerror}") from error
    if stat.S_ISDIR(found.st_mode):
        raise NotAFile(
            f"{typed}: a folder, not a file", hint=f"Type {quote(str(path))}/*.csv to read the files in it."
        )
    if stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode) or stat.S_ISSOCK(found.st_mode):
        raise NotAFile(f"{typed}: a device, not a file")
    try:
        with path.open("rb") as file:
            if stat.S_ISFIFO(found.st_mode):
                return _from_stream(typed, file)
    except OSError as error:
        raise InputError(f"{typed}: cannot be read: {error.strerror}") from error
    if not found.st_size:
        raise EmptyFile(f"{typed}: the file is empty (0 bytes)")
    return Place(typed, str(path))


def _from_stream(typed: str, stream: BinaryIO) -> Place:
    path = spool(_chunks(stream))
    if not path.stat().st_size:
        where = "standard input" if typed == "-" else typed
        raise EmptyFile(f"{where}: nothing was written to it (0 bytes)")
    return Place(typed, str(path))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _neighbour(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f'; there is no folder "{folder}"'
    return near(path.name, sorted(other.name for other in folder.iterdir()))
