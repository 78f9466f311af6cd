"""The bytes of an input, unpacked on the way when it is compressed with gzip or Zstandard."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

import polars as pl

from loyalty.errors import DamagedFile, LoyaltyError, WrongEncoding
from loyalty.ingest.place import Place, not_fetched

HEAD_BYTES = 256 * 1024
"""How much of an input is looked at to find out how it is written."""
HEAD_LINES = 3_000
"""The same where only lines can be asked for."""
_CHUNK = 1 << 20
_WINDOWS = 8
_WINDOW_BYTES = 32 * 1024


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Packing(StrEnum):
    """How an input is compressed."""

    GZIP = "gzip"
    ZSTD = "zstd"


@dataclass(frozen=True)
class Head:
    """The beginning of an input, unpacked.

    Attributes:
        data: at most about 256 KiB.
        whole: the input has no more than this.
        packing: how it is compressed; None when it is not.
    """

    data: bytes
    whole: bool
    packing: Packing | None = None


def read_head(place: Place) -> Head:
    """Read the beginning of an input.

    Raises:
        DamagedFile: a compressed file that breaks off or is malformed.
        FileMissing, InputError: an address that cannot be fetched.
        WrongEncoding: a Zstandard file or an address that is not UTF-8 inside.
    """
    if place.remote:
        return _head_by_lines(place, None)
    with Path(place.at).open("rb") as file:
        data = file.read(HEAD_BYTES)
        packing = packing_of(data)
        if packing is Packing.GZIP:
            file.seek(0)
            return _gzip_head(place, file)
        if packing is Packing.ZSTD:
            return _head_by_lines(place, packing)
        return Head(data, whole=len(data) < HEAD_BYTES or not file.read(1))


def chunks(place: Place, packing: Packing | None) -> Iterator[bytes]:
    """Yield all bytes of an input, unpacked, about a mebibyte at a time."""
    if place.remote or packing is Packing.ZSTD:
        yield from _chunks_by_lines(place)
        return
    with Path(place.at).open("rb") as raw:
        stream: _Stream = gzip.GzipFile(fileobj=raw) if packing is Packing.GZIP else raw
        while chunk := _read(place, stream, _CHUNK):
            yield chunk


def windows(place: Place, packing: Packing | None) -> list[bytes]:
    """Return a few pieces from the whole length of a plain file, for when its beginning tells too little."""
    if place.remote or packing is not None:
        return []
    path = Path(place.at)
    step = max(path.stat().st_size // (_WINDOWS + 1), _WINDOW_BYTES)
    with path.open("rb") as file:
        pieces = []
        for number in range(1, _WINDOWS + 1):
            file.seek(number * step)
            pieces.append(file.read(_WINDOW_BYTES))
    return [piece for piece in pieces if piece]


def packing_of(data: bytes) -> Packing | None:
    """Return how an input that begins with these bytes is compressed; None when it is not."""
    if data.startswith(b"\x1f\x8b"):
        return Packing.GZIP
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return Packing.ZSTD
    return None


def _gzip_head(place: Place, file: IO[bytes]) -> Head:
    stream = gzip.GzipFile(fileobj=file)
    data = _read(place, stream, HEAD_BYTES)
    while len(data) < HEAD_BYTES and (more := _read(place, stream, HEAD_BYTES - len(data))):
        data += more
    whole = len(data) < HEAD_BYTES or not _read(place, stream, 1)
    return Head(data, whole, Packing.GZIP)


def _read(place: Place, stream: _Stream, size: int) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(place) from error


def _head_by_lines(place: Place, packing: Packing | None) -> Head:
    try:
        lines = pl.scan_lines(place.at, n_rows=HEAD_LINES, glob=place.remote).collect()["line"]
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(place, error) from error
    data = "\n".join(lines).encode()
    return Head(data[:HEAD_BYTES], len(lines) < HEAD_LINES and len(data) <= HEAD_BYTES, packing)


def _chunks_by_lines(place: Place) -> Iterator[bytes]:
    try:
        for batch in pl.scan_lines(place.at, glob=place.remote).collect_batches():
            yield ("\n".join(batch["line"]) + "\n").encode()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(place, error) from error


def _unreadable(place: Place, error: Exception) -> LoyaltyError:
    said = str(error).split("\n", 1)[0]
    if "utf8" in said or "utf-8" in said:
        step = "Download it" if place.remote else "Unpack it (unzstd FILE)"
        return WrongEncoding(
            f"{place.shown}: the content is not UTF-8",
            hint=f"{step}; a plain file here may have any encoding.",
        )
    return not_fetched(place, error) if place.remote else _damaged(place)


def _damaged(place: Place) -> DamagedFile:
    return DamagedFile(
        f"{place.shown}: the compressed file breaks off or is damaged",
        hint="Download or copy it again.",
    )
