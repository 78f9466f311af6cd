"""Where the header of a table is: below title rows, on several rows, or nowhere at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.ingest.cells import bare_number, has_letters, looks_recorded
from loyalty.ingest.guards import bare
from loyalty.ingest.values.words import fold

_LOOKED_AT = 40
_YEAR = re.compile(r"(?:19|20)\d\d")
_COMPARED = 100
_COLUMNS = 200
"""So many columns tell a header from its rows, however many there are."""
_MOSTLY = 0.8
_SURELY = 3
"""So many columns with words above numbers and dates are no accident of one row."""
_ANSWER_WORDS = {"response", "open-ended response", "yanıt", "açık uçlu yanıt", "other (please specify)"}

_STEP = re.compile(r"\s*(\d{1,2})(?:\s*[-–—.:)].*)?$", re.DOTALL)
"""An answer of a scale: ``7``, ``10 - Extremely likely``."""

_GROUPS = 2
_BARE = frozenset(
    ("no", "numara", "numarasi", "kod", "kodu", "id", "ad", "adi", "isim", "ismi", "name", "code", "number")
)
"""(Folded) headers that say nothing without the name of their group above them."""

Record = Sequence[str]


@dataclass(frozen=True)
class Headline:
    """The header of a table, found among its first records.

    Attributes:
        headers: text of each column's header, stripped; ``#1``, ``#2``, … when there is none.
        subheaders: the further header rows, as wide as ``headers``.
        index: which record is the header, from 0; None when there is none.
        skipped: how many records come before the first row of data.
    """

    headers: tuple[str, ...]
    subheaders: tuple[tuple[str, ...], ...]
    index: int | None
    skipped: int


def find_headline(records: Sequence[Record]) -> Headline:
    """Find the header among the first records of a table.

    The header is the first record that fills about as many cells as the rows below it and does not itself
    look like one of them: where a column below holds numbers, dates or ids, the header's cell does not. A
    table of which no record is unlike the others has no header, and then no record is left out.
    """
    index = _header_index(records)
    if index is None:
        names = tuple(f"#{number}" for number in range(1, _usual_width(records) + 1))
        return Headline(names, (), None, 0)
    last = _last_header_index(records, index)
    width = len(records[index])
    headers = _row_of(records[index], width)
    return Headline(
        _under_groups(records[index - 1], headers) if index else headers,
        tuple(_row_of(records[row], width) for row in range(index + 1, last + 1)),
        index,
        last + 1,
    )


def _under_groups(groups: Record, headers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the headers, those that only say "No" or "Kodu" with the name of their group in the row above.

    Such a row has two names or more (one would be a title), each above the first header of its group.
    """
    named = {place: cell.strip() for place, cell in enumerate(groups) if cell.strip()}
    is_title = len(named) < _GROUPS or any(looks_recorded(name) for name in named.values())
    if is_title or any(place >= len(headers) or not headers[place] for place in named):
        return headers
    found, group = [], ""
    for place, header in enumerate(headers):
        group = named.get(place, group) if header else ""
        found.append(f"{group} {header}" if group and fold(header) in _BARE else header)
    return tuple(found)


def filled(record: Record) -> int:
    """Return how many cells of a record are not blank; of a very wide one, how many are not empty."""
    if len(record) > _COLUMNS:
        return len(record) - record.count("")
    return sum(map(bool, map(str.strip, record)))


def _header_index(records: Sequence[Record]) -> int | None:
    counts = [filled(record) for record in records]
    usual = _upper_quartile([count for count in counts if count])
    need = max(2, usual / 2) if usual >= 2 else 1
    rejected: list[int] = []
    for index in range(min(len(records), _LOOKED_AT)):
        if counts[index] < need:
            continue
        speaks_for, speaks_against = _evidence(records, index)
        title_above = all(counts[other] < counts[index] for other in rejected)
        if not rejected and (not speaks_against or speaks_for > speaks_against):
            return _fuller_header_below(records, counts, index, usual)
        if rejected and title_above and speaks_for and not speaks_against:
            return index
        rejected.append(index)
    return None


def _fuller_header_below(records: Sequence[Record], counts: Sequence[int], index: int, usual: float) -> int:
    """Return the record under a two-cell title or a row of group names that is the real header."""
    if counts[index] >= _MOSTLY * usual:
        return index
    for other in range(index + 1, min(index + 6, len(records))):
        covers = all(
            _cell(records[other], place) for place, cell in enumerate(records[index]) if cell.strip()
        )
        if counts[other] > counts[index] and covers:
            speaks_for, speaks_against = _evidence(records, other)
            if speaks_for and not speaks_against:
                return other
    return index


def _evidence(records: Sequence[Record], index: int) -> tuple[int, int]:
    """Count the columns whose cell in this record is unlike the recorded values below it, and those alike."""
    below = records[index + 1 : index + 1 + _COMPARED]
    speaks_for = speaks_against = 0
    for place, text in enumerate(records[index][:_COLUMNS]):
        cell = bare(text.strip())
        if not cell:
            continue
        values = [value for record in below if (value := _cell(record, place))]
        recorded = sum(1 for value in values if looks_recorded(value))
        if not values or recorded < _MOSTLY * len(values):
            continue
        if _YEAR.fullmatch(cell) and not any(_YEAR.fullmatch(value) for value in values):
            # A year above amounts may well be a column's name.
            continue
        # "col17" looks like an id, but above numbers it is a name.
        alike = looks_recorded(cell) and (not has_letters(cell) or not all(map(bare_number, values)))
        speaks_against += alike
        speaks_for += not alike and has_letters(cell)
    if not below:
        speaks_against = sum(1 for cell in records[index] if looks_recorded(cell))
    return speaks_for, speaks_against


def _last_header_index(records: Sequence[Record], index: int) -> int:
    for other in range(index + 1, min(index + 4, len(records))):
        cells = [cell for cell in records[other] if cell.strip()]
        if cells and sum(1 for cell in cells if cell.lstrip().startswith('{"ImportId"')) > len(cells) / 2:
            return other
    if index + 1 < len(records) and (
        _is_answer_row(records[index], records[index + 1], records[index + 2 :])
        or _explains(records, index + 1)
    ):
        return index + 1
    return index


def _explains(records: Sequence[Record], index: int) -> bool:
    """Return whether a record below the header says in words what the columns are, or is the header once more."""
    if records[index] == records[index - 1]:
        return True
    speaks_for, speaks_against = _evidence(records, index)
    return speaks_for >= _SURELY and not speaks_against


def _is_answer_row(header: Record, record: Record, below: Sequence[Record]) -> bool:
    """Return whether a record names the answers to the questions above it, as SurveyMonkey's second does."""
    steps = _scale_steps(header, record)
    cells = [cell.strip() for place, cell in enumerate(record) if cell.strip() and place not in steps]
    leading_blank = bool(_cell(header, 0)) and not _cell(record, 0)
    if not (cells or steps) or not leading_blank or any(looks_recorded(cell) for cell in cells):
        return False
    if below and not all(_cell(other, 0) for other in below if filled(other)):
        return False
    completes = any(_cell(record, place) for place, cell in enumerate(header) if not cell.strip())
    return completes or any(cell.casefold() in _ANSWER_WORDS for cell in cells)


def _scale_steps(header: Record, record: Record) -> frozenset[int]:
    """Return the places of the answers 0, 1, 2, … of one question: each but the first below a blank header."""
    steps = set[int]()
    for place in range(1, len(record)):
        before, number = _STEP.match(record[place - 1]), _STEP.match(record[place])
        if before and number and not _cell(header, place) and int(number[1]) == int(before[1]) + 1:
            steps |= {place - 1, place}
    return frozenset(steps)


def _usual_width(records: Sequence[Record]) -> int:
    widths = Counter(len(record) for record in records if filled(record))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _upper_quartile(counts: Sequence[int]) -> int:
    return sorted(counts)[(3 * len(counts)) // 4] if counts else 0


def _cell(record: Record, place: int) -> str:
    text = record[place].strip() if place < len(record) else ""
    return bare(text) if text.startswith(("=", "'")) else text


def _row_of(record: Record, width: int) -> tuple[str, ...]:
    return tuple(_cell(record, place) for place in range(width))
