"""A user's own segments by recency and frequency: a file that puts every one of the 25 cells into exactly one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loyalty.config.yaml_nodes import Document, read_yaml
from loyalty.derive.rfm import MAP_HINT, cells_of, partition_problems
from loyalty.errors import NoPartition

HINT = (
    "Write YAML, a segment with its cells on each line, such as VIP: [R5 F4-5, R4 F5], or CSV with the columns r, f "
    f"and segment. {MAP_HINT}"
)
RESERVED = ":;,"
"""What a name may not hold, because the map is passed on as ``name: R5 F4-5, R4 F5; other: …``."""


@dataclass(frozen=True)
class Entry:
    """One block of cells of a segment, and the line on which it stands."""

    name: str
    block: str
    line: int


def read_segments(path: Path) -> str:
    """Return the segments of a YAML or CSV file as ``name: R5 F4-5, R4 F5; other: …``, in the order of the file.

    Raises:
        NoPartition: the file cannot be read, or a cell of R1-5 and F1-5 is in several segments or in none; all mistakes
            are told at once.
    """
    text = _text(path)
    problems: list[str] = []
    if path.suffix.lower() in {".yaml", ".yml"}:
        document = read_yaml(text, str(path))
        problems += [f"{path}:{line}: {message}" for line, message in document.problems]
        entries = list(_of_yaml(path, document))
    else:
        entries = list(_of_csv(path, text))
    for entry in entries:
        if not entry.name or set(RESERVED) & set(entry.name):
            problems.append(f"{path}:{entry.line}: {entry.name!r} is no name of a segment")
        if not cells_of(entry.block):
            problems.append(f"{path}:{entry.line}: {entry.block!r} is no block of cells such as R1-2 F3-4")
    placed = [(entry.name, cell) for entry in entries for cell in cells_of(entry.block)]
    problems += [f"{path}: {problem}" for problem in partition_problems(placed)]
    if problems:
        raise NoPartition(*problems, hint=HINT)
    blocks: dict[str, list[str]] = {}
    for entry in entries:
        blocks.setdefault(entry.name, []).append(entry.block)
    return "; ".join(f"{name}: {', '.join(cells)}" for name, cells in blocks.items())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NoPartition(f"{path}: cannot be read: {error.strerror}", hint=HINT) from None
    except UnicodeDecodeError:
        raise NoPartition(f"{path}: not UTF-8 text", hint="Save the file as UTF-8.") from None


def _of_yaml(path: Path, document: Document) -> Iterator[Entry]:
    if not isinstance(document.content, dict):
        raise NoPartition(f"{path}:1: must be segments with their cells, such as VIP: [R5 F4-5]", hint=HINT)
    for name, cells in document.content.items():
        several = cells if isinstance(cells, list) else [cells]
        for place, block in enumerate(several):
            line = document.lines.get((name, place), document.lines[(name,)])
            yield Entry(name.strip(), "" if block is None else str(block).strip(), line)


def _of_csv(path: Path, text: str) -> Iterator[Entry]:
    header, *_ = [*text.splitlines(), ""]
    delimiter = max(",;\t", key=header.count)
    table = csv.DictReader(text.splitlines(), delimiter=delimiter)
    names = {str(name).strip().casefold(): name for name in table.fieldnames or ()}
    if not {"r", "f", "segment"} <= names.keys():
        found = ", ".join(str(name) for name in table.fieldnames or ()) or "none"
        raise NoPartition(f"{path}:1: the columns r, f and segment are needed; there are {found}", hint=HINT)
    for row in table:
        r, f, segment = ((row[names[name]] or "").strip() for name in ("r", "f", "segment"))
        if r or f or segment:
            yield Entry(segment, f"R{r} F{f}", table.line_num)
