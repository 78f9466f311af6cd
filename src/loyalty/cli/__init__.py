"""Everything a user types. Computes nothing: anything it can do, two lines of Python can do."""

from __future__ import annotations

import gc
import sys
from typing import TextIO

COLLECTED_AFTER = 100_000
"""Objects made before the collector of cycles looks: loading modules makes many and drops none."""


def main() -> None:
    """Run the command line; the console script ``loyalty``."""
    gc.set_threshold(COLLECTED_AFTER, 50, 50)
    from loyalty.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    app()


def _speak_utf8(stream: TextIO) -> None:
    # A redirected stdout on an old Windows code page, or under LC_ALL=C, must not fail on a Turkish letter.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
