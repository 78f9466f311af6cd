"""Everything a user types. Computes nothing: figures come from ``loyalty.pipeline``, and from ``loyalty.report``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from pathlib import Path
from typing import NoReturn, TextIO

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What numpy reads when it is imported: its small products are many times slower on several threads."""


def one_thread() -> None:
    """Hold the libraries behind numpy to one thread, unless the user chose; before numpy is imported."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def hold_little() -> None:
    """Let Polars keep what it freed in few places, give it back for good, and read ahead little of a CSV.

    Unless the user chose. Its allocator (jemalloc) goes on from a setting of that name. With four arenas a core, the
    default, a run over four million orders took a tenth more CPU time and no less memory; and what it gives back only
    if somebody asks ("muzzy" pages) still counts as held. Of a CSV Polars has several pieces of sixteen megabytes in
    memory; with pieces of four it is as fast. Before polars is imported; elsewhere nobody reads it.
    """
    arenas = f"narenas:{os.cpu_count() or 1},dirty_decay_ms:500,muzzy_decay_ms:0"
    os.environ.setdefault("_RJEM_MALLOC_CONF", arenas)
    os.environ.setdefault("POLARS_CSV_CHUNK_SIZE", str(4 * 2**20))


def main() -> None:
    """Run the command line; the console script ``loyalty``."""
    # Loading modules makes many objects and drops none; tables are Arrow's, which the collector never sees.
    gc.disable()
    one_thread()
    hold_little()
    from loyalty.cli import completion
    from loyalty.cli.app import app

    if sys.stderr is None:
        # The shell closed it (2>&-): what is said to nobody must not end the run.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  to the end of the process
    completion.get_ready()
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    try:
        app()
    except SystemExit as ended:
        _leave(ended.code)


def _leave(code: object) -> NoReturn:
    """End the process at once: Python's own way takes every object down first, a fifth of a short run."""
    atexit._run_exitfuncs()  # nothing else runs what modules left to be done at the end
    for stream in (sys.stdout, sys.stderr):
        if stream is None:  # closed, too: >&-
            continue
        try:
            stream.flush()
        except OSError:  # the reader of a pipe is gone, or its disk is full
            code = code or 1
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _speak_utf8(stream: TextIO | None) -> None:
    # A redirected stdout on an old Windows code page, or under LC_ALL=C, must not fail on a Turkish letter.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
