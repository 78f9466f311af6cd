"""Whether a cell looks like something recorded (a number, a date, an address, an id) or like a name."""

from __future__ import annotations

import re

_MONEY = r"(?:[$€£₺¥]|TL|TRY|USD|EUR|GBP)"
_RECORDED = re.compile(
    rf"""
      '?[-+(]*\s*{_MONEY}?\s*[-+]?\d[\d.,'’\s\u00a0]*\s*(?:%|{_MONEY})?\s*[-)]?   # 1.234,50 TL  (12)  %
    | %\s*\d[\d.,]*
    | \d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}(?:[T\s].*)?                           # 2024-01-31 10:30
    | \d{{1,2}}[-.\s]\w{{3,9}}[-.,\s]+\d{{2,4}}(?:\s.*)?                          # 31 Ocak 2024
    | [^\W\d]{{3,9}}\s\d{{1,2}},?\s\d{{4}}(?:\s.*)?                               # Jan 31, 2024
    | \d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[AaPp][Mm])?
    | [^\s@]+@[^\s@]+\.\w+
    | \w+://\S+
    | @\S+
    | [{{\[].*
    | (?=(?:\D*\d){{3}})[\w'\#/.+-]+                                              # C00012, 7f3a-…
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def looks_recorded(cell: str) -> bool:
    """Return whether a cell looks like a record's value rather than a column's name or a word."""
    return _RECORDED.fullmatch(cell.strip()) is not None


def has_letters(cell: str) -> bool:
    """Return whether there is a letter in the cell."""
    return any(character.isalpha() for character in cell)


def bare_number(cell: str) -> bool:
    """Return whether the cell holds digits and signs alone: a number or a date in numbers, no id and no unit."""
    return not has_letters(cell) and any(character.isdigit() for character in cell)
