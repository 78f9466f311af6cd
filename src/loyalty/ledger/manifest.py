"""What a ledger says of itself: ``ledger.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from loyalty import __version__
from loyalty.errors import DamagedFile
from loyalty.model.metric import Fact
from loyalty.model.result import Note
from loyalty.model.tables import RowsAre, ValueOn

NAME = "ledger.json"
SCHEMA = 2
FACTS = 3
"""Raised whenever the same rows make other facts, so that facts of before are made again."""
UNDATED = "none"
"""The month of rows without a day."""


@dataclass(frozen=True)
class Month:
    """One month: the files of its rows, how many rows they hold, and the update that made its facts."""

    rows: int
    files: tuple[str, ...]
    facts: int


@dataclass(frozen=True)
class Manifest:
    """What is valid in a ledger.

    Attributes:
        update: how many exports, or groups of exports, have been taken in.
        exports: the files read, as they were named; the canonical column ``file`` counts into them.
        columns, by, rows_are, value_on, notes, aliases: as in :class:`loyalty.model.tables.Orders`.
        facts: which facts are kept.
        months: by name (``2026-10``), in order.
    """

    update: int
    exports: tuple[str, ...]
    columns: frozenset[str]
    by: tuple[str, ...]
    rows_are: RowsAre
    value_on: ValueOn
    notes: tuple[Note, ...]
    aliases: str | None
    facts: frozenset[Fact]
    months: Mapping[str, Month] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows all months have."""
        return sum(month.rows for month in self.months.values())

    @property
    def has_rows(self) -> bool:
        """Whether rows are kept; a ledger that another engine made has facts alone."""
        return all(month.files for month in self.months.values())

    @property
    def first_month(self) -> date:
        """The first month with a dated row: the lowest bit of a customer's months."""
        return min(self._dated, default=date.min)

    @property
    def last_month(self) -> date:
        """The last month with a dated row."""
        return max(self._dated, default=date.min)

    @property
    def _dated(self) -> list[date]:
        return [date.fromisoformat(f"{name}-01") for name in self.months if name != UNDATED]

    def text(self) -> str:
        """Return the manifest as it is written."""
        said = {
            "schema": SCHEMA,
            "facts_version": FACTS,
            "tool": f"loyalty {__version__}",
            "update": self.update,
            "exports": list(self.exports),
            "columns": sorted(self.columns),
            "by": list(self.by),
            "rows_are": self.rows_are,
            "value_on": self.value_on,
            "notes": [{"code": note.code, "values": dict(note.values)} for note in self.notes],
            "aliases": self.aliases,
            "facts": sorted(self.facts),
            "first_month": f"{self.first_month:%Y-%m}",
            "months": {
                name: {"rows": month.rows, "files": list(month.files), "facts": month.facts}
                for name, month in sorted(self.months.items())
            },
        }
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Return what the ledger in a folder says of itself.

    Raises:
        DamagedFile: it cannot be read, or was written by a later version of this tool.
    """
    path = folder / NAME
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return _understood(path, said)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedFile(
            f"{path}: not the contents of a ledger: {error}",
            hint="Make the ledger again from the exports: loyalty ledger ORDERS... -o FOLDER",
        ) from error


def _understood(path: Path, said: Mapping[str, Any]) -> Manifest:
    if said["schema"] > SCHEMA:
        raise DamagedFile(
            f"{path}: written by {said['tool']}, a later version than this one ({__version__})",
            hint="Update this program: pip install --upgrade loyalty-metrics",
        )
    has_facts = said.get("facts_version") == FACTS
    # Where there are no rows, facts cannot be made again.
    if said["schema"] < SCHEMA or not (has_facts or all(month["files"] for month in said["months"].values())):
        raise DamagedFile(
            f"{path}: written by {said['tool']} before a change of what a ledger holds",
            hint="Make the ledger again from the exports: loyalty ledger ORDERS... -o FOLDER",
        )
    known = {fact.value for fact in Fact}
    return Manifest(
        update=said["update"],
        exports=tuple(said["exports"]),
        columns=frozenset(said["columns"]),
        by=tuple(said["by"]),
        rows_are=RowsAre(said["rows_are"]),
        value_on=ValueOn(said["value_on"]),
        notes=tuple(Note(note["code"], note["values"]) for note in said["notes"]),
        aliases=said["aliases"],
        facts=frozenset(Fact(name) for name in said["facts"] if name in known) if has_facts else frozenset(),
        months={
            name: Month(month["rows"], tuple(month["files"]), month["facts"])
            for name, month in said["months"].items()
        },
    )
