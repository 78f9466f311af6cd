"""The folder for what is too large for memory or cannot be read where it is; it disappears when the program ends.

It is made in the temporary folder of the computer, which TMPDIR (on Windows TEMP) moves. A run that was killed cannot
remove its own: the next one does.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from loyalty.errors import CannotWrite
from loyalty.locking import taken

PREFIX = "loyalty-"
LOCK = ".lock"
"""Held as long as the run lives, however it ends."""
YOUNG = 60
"""Seconds in which a new folder may not be locked yet."""


@functools.cache
def scratch() -> Path:
    """Return the scratch folder of this run.

    Raises:
        CannotWrite: the temporary folder of this computer cannot be written.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = (folder / LOCK).open("ab")
    except OSError as error:
        raise no_room(error.strerror) from error
    taken(lock)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(lock.close)  # as late as that: closed, it would be free; called last, it comes first
    for orphan in _orphans(folder):
        shutil.rmtree(orphan, ignore_errors=True)
    return folder


def _orphans(own: Path) -> Iterator[Path]:
    """Yield the scratch folders of runs that are no more, beside this run's own, which was made now."""
    now = own.stat().st_mtime
    for folder in own.parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if now - folder.stat().st_mtime < YOUNG:
                continue
            with (folder / LOCK).open("r+b") as lock:
                if taken(lock):
                    yield folder


def refuse_without_room(needed: int) -> None:
    """Refuse to begin what the disk cannot hold; ``needed`` are bytes.

    Raises:
        CannotWrite: there is less room than that.
    """
    free = shutil.disk_usage(scratch()).free
    if free < needed:
        raise no_room(f"about {needed / 1e9:,.1f} GB are needed, {free / 1e9:,.1f} GB are free")


def no_room(why: str | None) -> CannotWrite:
    """Return the error for a temporary folder that is full or cannot be written."""
    return CannotWrite(
        f"no temporary copy can be written in {tempfile.gettempdir()}: {why}",
        hint="Set TMPDIR to a folder with more room.",
    )
