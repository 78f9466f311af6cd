"""Text from somebody's data, made harmless to show: no control characters, no reversed writing."""

from __future__ import annotations

import re

# Terminals act on control characters, and bidi controls can make a name read as another.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_SPACES = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")


def legible(text: str) -> str:
    """Return ``text`` with its lines and tabs, and without other control and bidi characters."""
    return _UNSEEN.sub("", _ESCAPES.sub("", text))


def plain(text: str) -> str:
    """Return ``text`` on one line without control and bidi characters."""
    return _UNSEEN.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text)))
