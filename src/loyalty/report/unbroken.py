"""Figures that no line breaks apart: a sign stays with its number, a number with its unit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from loyalty.report.told import DOWN, STILL, UP
from loyalty.words import Words

NO_BREAK = "\N{NO-BREAK SPACE}"
SPANS = ("days", "hours", "minutes", "months", "years")


@cache
def unbroken(lang: str) -> Callable[[str], str]:
    """Return what puts no-break spaces into texts of a language: ``▼ -10.3 points``, ``n = 12``, ``61 days``."""
    words = Words(lang)
    spans = (
        words(f"units.{span}_{plural}", value="").strip() for span in SPANS for plural in ("one", "other")
    )
    units = {words("units.points"), words("units.percent_points"), *spans}
    longest_first = "|".join(re.escape(unit) for unit in sorted(units, key=lambda unit: (-len(unit), unit)))
    figure = re.compile(
        rf"[{UP}{DOWN}{STILL}] (?=\S)"
        rf"|\b[np] [=<] (?=\S)"
        rf"|(?<=\d) (?:{longest_first})\b"
    )
    return lambda text: figure.sub(_joined, text)


def _joined(found: re.Match[str]) -> str:
    # Of a unit of two words only the first: on a tile both together are wider than the tile.
    return found[0].replace(" ", NO_BREAK, 1 if found[0].startswith(" ") else -1)
