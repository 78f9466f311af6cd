"""Temporary copies of inputs that cannot be read where they are; they disappear when the program ends."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from loyalty.errors import CannotWrite


def spool(chunks: Iterable[bytes]) -> Path:
    """Write bytes to a new temporary file and return its path.

    Raises:
        CannotWrite: the temporary folder is full or cannot be written.
    """
    path = new_path()
    try:
        with path.open("wb") as file:
            file.writelines(chunks)
    except OSError as error:
        raise _no_room(error) from error
    return path


def new_path() -> Path:
    """Return a path for one more temporary file; nothing is there yet."""
    folder = _folder()
    return folder / f"{sum(1 for _ in folder.iterdir())}.tmp"


def remove_all() -> None:
    """Remove every temporary copy now; for a program that ends without running its exit handlers."""
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder(), ignore_errors=True)
        _folder.cache_clear()


@functools.cache
def _folder() -> Path:
    try:
        folder = Path(tempfile.mkdtemp(prefix="loyalty-"))
    except OSError as error:
        raise _no_room(error) from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _no_room(error: OSError) -> CannotWrite:
    return CannotWrite(
        f"no temporary copy can be written in {tempfile.gettempdir()}: {error.strerror}",
        hint="Set TMPDIR to a folder with more room.",
    )
