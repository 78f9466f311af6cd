"""Temporary copies of inputs that cannot be read where they are."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

from loyalty.engine.scratch import no_room, scratch

_numbers = itertools.count()


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
        raise no_room(error.strerror) from error
    return path


def new_path() -> Path:
    """Return a path for one more temporary file; nothing is there yet."""
    return scratch() / f"{next(_numbers)}.tmp"
