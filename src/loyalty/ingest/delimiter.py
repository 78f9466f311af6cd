"""How the rows of a text table are cut into cells: by which character, and what quotation marks mean."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum

from loyalty.errors import UsageError
from loyalty.ingest.cells import looks_recorded
from loyalty.ingest.headline import filled, find_headline

BLANKS = " "
"""Stands for runs of blanks between the columns."""
_CANDIDATES = (",", ";", "\t", "|")
_LOOKED_AT = 64 * 1024
_RECORDS = 300
_LEAST_FIT = 0.3
_DECLARED = re.compile(r"sep=(.)\r?(?:\n|\Z)", re.IGNORECASE)
_NAMED = {"tab": "\t", "\\t": "\t", "space": BLANKS, "comma": ",", "semicolon": ";", "pipe": "|"}


class Quoting(StrEnum):
    """What quotation marks mean in a table."""

    STANDARD = "standard"
    """They enclose cells and are doubled inside them."""
    LITERAL = "literal"
    """They are ordinary characters: no cell is enclosed."""
    LOOSE = "loose"
    """They enclose some cells and are ordinary in the middle of others (``5" disk``)."""
    ESCAPED = "escaped"
    """They enclose cells and have a backslash before them inside."""


def named_delimiter(name: str) -> str:
    """Return the delimiter that the user named: one ASCII character or ``tab``.

    Raises:
        UsageError: something longer, or not ASCII.
    """
    delimiter = _NAMED.get(name.lower(), name)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise UsageError(
            f"--delimiter {name}: expected one character or the word tab",
            hint="Type --delimiter ';' or --delimiter tab.",
        )
    return delimiter


def declared_delimiter(text: str) -> str | None:
    """Return the delimiter of a first line such as ``sep=;``, which Excel does not show as a row."""
    found = _DECLARED.match(text)
    return found[1] if found else None


def find_delimiter(text: str) -> str:
    """Return the character that cuts the beginning of a table into the most regular rows.

    Regular is: as many rows as possible of the same width, the wider the better, with a header as wide. A
    text that no character cuts regularly is a single column.
    """
    text = _whole_lines(text[:_LOOKED_AT])
    scores = {delimiter: _regularity(list(records(text, delimiter))) for delimiter in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda delimiter: scores[delimiter])
    if scores[best] <= 0 and _is_cut_by_blanks(text):
        return BLANKS
    return best if scores[best] > 0 else _absent(text)


def records(text: str, delimiter: str, quoting: Quoting = Quoting.STANDARD) -> Iterator[list[str]]:
    """Yield the records of a text; a blank line is a record without cells.

    A record whose quotation mark is never closed runs to the end of the text.
    """
    if delimiter == BLANKS:
        yield from (line.split() for line in text.split("\n"))
        return
    # Only a line feed ends a row for Polars, so a lone carriage return must not end one here.
    lines = (
        line + "\n" for line in text.replace("\r\n", "\n").replace("\r", " ").removesuffix("\n").split("\n")
    )
    if quoting is Quoting.LITERAL:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(
            lines, delimiter=delimiter, escapechar="\\" if quoting is Quoting.ESCAPED else None
        )
    try:
        yield from reader
    except csv.Error:
        # A cell longer than the csv module allows: an open quotation mark. What was read so far tells enough.
        return


def find_quoting(text: str, delimiter: str, whole: bool) -> tuple[Quoting, int | None]:
    """Return what quotation marks mean, and the line of the first one that makes no sense, if any."""
    if delimiter == BLANKS or '"' not in text:
        return (Quoting.LITERAL if delimiter == BLANKS else Quoting.STANDARD), None
    stray, enclosed = _stray_quote(text, delimiter, whole)
    if stray is None:
        return Quoting.STANDARD, None
    if not enclosed and _regularity(list(records(text, delimiter, Quoting.LITERAL))) > 0:
        return Quoting.LITERAL, None
    for quoting, escape in ((Quoting.ESCAPED, "\\"), (Quoting.LOOSE, None)):
        if (escape is None or '\\"' in text) and _can_be_read(text, delimiter, escape, whole):
            return quoting, None
    return Quoting.LOOSE, text.count("\n", 0, stray) + 1


def quoted_cell(delimiter: str) -> str:
    """Return the pattern of a cell that is properly enclosed in quotation marks."""
    mark = re.escape(delimiter)
    return rf'(?:(?<=[{mark}\n])|\A)"[^"]*(?:""[^"]*)*"(?=[{mark}\r\n]|\Z)'


def _stray_quote(text: str, delimiter: str, whole: bool) -> tuple[int | None, int]:
    """Return where the first quotation mark outside enclosed cells is, and how many cells are enclosed."""
    end = enclosed = 0
    strays = []
    for match in re.finditer(quoted_cell(delimiter), text):
        strays.append(text.find('"', end, match.start()))
        end = match.end()
        enclosed += 1
    strays.append(text.find('"', end))
    first = next((stray for stray in strays if stray >= 0), None)
    return (
        None if first == strays[-1] and not whole and _is_cut_off(text, first, delimiter) else first
    ), enclosed


def _is_cut_off(text: str, stray: int, delimiter: str) -> bool:
    """Return whether a quotation mark opens the last cell of a text that goes on after what was read."""
    starts_cell = stray == 0 or text[stray - 1] in f"{delimiter}\n"
    return starts_cell and len(text) - stray < _LOOKED_AT and '"' not in text[stray + 1 :].replace('""', "")


def _can_be_read(text: str, delimiter: str, escape: str | None, whole: bool) -> bool:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(
        lines, delimiter=delimiter, escapechar=escape, doublequote=escape is None, strict=True
    )
    try:
        for _ in reader:
            pass
    except csv.Error:
        return not whole and reader.line_num >= len(lines)
    return True


def _regularity(rows: Sequence[Sequence[str]]) -> float:
    rows = [row for row in rows[:_RECORDS] if filled(row)]
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0
    width = max(widths, key=lambda candidate: (widths[candidate], candidate))
    fit = widths[width] / len(rows)
    if width < 2 or fit < _LEAST_FIT:
        return 0.0
    headline = find_headline(rows)
    headed = headline.index is not None and len(headline.headers) >= width
    return fit * (width - 1) * (1.0 if headed else 0.3)


def _absent(text: str) -> str:
    """Return a delimiter for a single column: a character that would cut none of its cells."""
    return next((delimiter for delimiter in "\t|;,\x1f" if delimiter not in text), "\x1f")


def _is_cut_by_blanks(text: str) -> bool:
    rows = [row for row in records(text, BLANKS) if row][:_RECORDS]
    if not rows or len(rows[-1]) < 2:
        return False
    width = len(rows[-1])
    regular = [row for row in rows if len(row) == width]
    below = regular[1:] or regular
    recorded = [sum(1 for row in below if looks_recorded(row[place])) / len(below) for place in range(width)]
    columns = sum(1 for share in recorded if share >= 0.8)
    # Names and sentences have as many blanks: only a table has columns of numbers and dates.
    return len(regular) >= 0.95 * len(rows) and (columns == width or columns >= max(2, width / 2))


def _whole_lines(text: str) -> str:
    return text[: text.rfind("\n") + 1] if len(text) >= _LOOKED_AT and "\n" in text else text
