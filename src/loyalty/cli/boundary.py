"""The one place where an error becomes a message on stderr and an exit code."""

from __future__ import annotations

import json
import re
import sys
from contextvars import ContextVar

from loyalty.errors import LoyaltyError

LOG_FORMATS = ("text", "json")
LOG_FORMAT = ContextVar("LOG_FORMAT", default="text")
"""How stderr speaks: lines for people, or one JSON object a line for a log collector."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def tell(error: LoyaltyError) -> None:
    """Print what was found, and what to type next."""
    if LOG_FORMAT.get() == "json":
        for problem in error.problems:
            _log("error", problem, slug=error.slug, hint=error.hint)
        return
    say(*(f"loyalty: error[{error.slug}]: {problem}" for problem in error.problems))
    if error.hint:
        say(*(f"  {line}" for line in error.hint.splitlines()))


def say(*lines: str, level: str = "info") -> None:
    """Print lines to stderr; a file name or header cannot steer the terminal.

    ``level`` (info, alert or error) is what a log collector sorts by.
    """
    for line in lines:
        if LOG_FORMAT.get() == "json":
            _log(level, line.removeprefix("loyalty:").strip())
        else:
            sys.stderr.write(_CONTROL.sub("�", line) + "\n")


def counted(count: int, noun: str) -> str:
    """Return ``1 row``, ``2,500 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _log(level: str, message: str, **more: str | None) -> None:
    told = {"level": level, **{key: value for key, value in more.items() if value}, "message": message}
    sys.stderr.write(json.dumps(told, ensure_ascii=False) + "\n")
