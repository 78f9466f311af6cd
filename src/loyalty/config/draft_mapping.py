"""Which header means what, as entries of a drafted configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import cycle

from loyalty.config.draft_yaml import comment, noted, yaml_value
from loyalty.config.readings import Reading
from loyalty.ingest.catalogue import How, catalogue
from loyalty.ingest.recognition import Known, Use
from loyalty.model.kind import Kind

FOUND_AGAIN = (Known.PLATFORM, Known.HEADER, Known.DERIVED)
"""Ways of knowing a column that find it again next month without being told."""
SIGNS = {
    How.MINUS: (" less ",),
    How.LOWERED: (" less ",),
    How.TIMES: (" times ",),
    How.NET: (" times ", " less "),
    How.SUM: (" plus ",),
    How.JOIN: (" and ",),
}
"""What stands between the headers of a column that several make; else the next is for rows where one is blank."""
HOW = {
    Known.MAPPING: "as you said",
    Known.PLATFORM: "known of this platform",
    Known.HEADER: "by its header",
    Known.QUESTION: "by what the question says",
    Known.CONTENT: "by its values",
    Known.DERIVED: "worked out",
}


def mapping(kind: Kind, group: Sequence[Reading]) -> Iterator[str]:
    """Yield one entry per column; those that are found again anyway are comments."""
    first = group[0]
    names = [name for name in catalogue().mappable[kind] if name in first.columns]
    needed = [name for name in names if _needed(name, first.columns[name], group)]
    yield noted("    map:" if needed else "    # map:", "meaning: header; a # in front: found without it")
    for name in names:
        use = first.columns[name]
        shown = _header(first, use)
        if shown is None:
            yield from comment(f"  {name}: {_made(first, use)}", "    ")
        elif name in needed:
            if use.known is Known.CONTENT:
                yield from comment(f"? {shown} holds 0 to 10: is it the recommendation question?", "      ")
            yield noted(f"      {name}: {yaml_value(shown)}", _how(use))
        else:
            yield noted(f"    #   {name}: {yaml_value(shown)}", _how(use))


def _needed(name: str, use: Use, group: Sequence[Reading]) -> bool:
    """Return whether an entry has to be active: known by its question, its content or the user, in every file."""
    header = _header(group[0], use)
    if use.known in FOUND_AGAIN or header is None:
        return False
    return all(
        other.file is not None and (header.startswith("#") or header in other.file.headers) for other in group
    )


def _header(reading: Reading, use: Use) -> str | None:
    """Return what to write for a column, its place where its header says nothing; None when it is made of several."""
    if len(use.columns) > 1 or reading.file is None:
        return None
    place = int(use.columns[0][1:])
    header = reading.file.headers[place]
    plain = header and not re.fullmatch(r"#\d+", header) and reading.file.headers.index(header) == place
    return header if plain else f"#{place + 1}"


def _made(reading: Reading, use: Use) -> str:
    assert reading.file is not None
    headers = [reading.file.headers[int(column[1:])] or f"#{int(column[1:]) + 1}" for column in use.columns]
    signs = cycle(SIGNS.get(use.how, (", else ",)))
    joined = "".join(f"{sign}{header}" for sign, header in zip(signs, headers[1:], strict=False))
    return f"{headers[0]}{joined} ({_how(use)})"


def _how(use: Use) -> str:
    return HOW[use.known]
