"""The folder for what is too large for memory or cannot be read where it is; it disappears when the program ends."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from loyalty.errors import CannotWrite


@functools.cache
def scratch() -> Path:
    """Return the scratch folder of this run.

    Raises:
        CannotWrite: the temporary folder of this computer cannot be written.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="loyalty-"))
    except OSError as error:
        raise no_room(error.strerror) from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def no_room(why: str | None) -> CannotWrite:
    """Return the error for a temporary folder that is full or cannot be written."""
    return CannotWrite(
        f"no temporary copy can be written in {tempfile.gettempdir()}: {why}",
        hint="Set TMPDIR to a folder with more room.",
    )
