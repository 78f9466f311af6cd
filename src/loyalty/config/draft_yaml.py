"""Lines of YAML for people to read: values in quotes where they need some, and comments behind and between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap

WIDTH = 116
NOTED = 36
"""Where a comment behind a value begins."""
SAFE = re.compile(r"(?:[A-Za-zÀ-ɏ_/]|\.\.?/)[A-Za-zÀ-ɏ0-9_/. -]*[A-Za-zÀ-ɏ0-9_/.)]")
UNSAFE_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def yaml_value(text: str) -> str:
    """Return text as a YAML value, in quotes where it could be read as something else."""
    if SAFE.fullmatch(text) and text.lower() not in UNSAFE_WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def noted(line: str, note: str) -> str:
    """Return a line with a comment behind it, where there is something to say."""
    return f"{line:<{NOTED}} # {note}" if note else line


def comment(text: str, indent: str = "") -> Iterator[str]:
    """Yield text as comment lines; nothing in it can end the comment."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    yield from wrap(
        clean, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ", break_on_hyphens=False
    )
