"""The one place where an error becomes a message on stderr and an exit code."""

from __future__ import annotations

import re
import sys

from loyalty.errors import LoyaltyError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def tell(error: LoyaltyError) -> None:
    """Print what was found, and what to type next."""
    say(*(f"loyalty: error[{error.slug}]: {problem}" for problem in error.problems))
    if error.hint:
        say(f"  {error.hint}")


def say(*lines: str) -> None:
    """Print lines to stderr; a file name or header cannot steer the terminal."""
    for line in lines:
        sys.stderr.write(_CONTROL.sub("�", line) + "\n")
