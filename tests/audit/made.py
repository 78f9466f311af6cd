"""Audits of files made on the spot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from loyalty.audit import Audit, audit
from loyalty.ingest.source import Source

Codes = dict[tuple[str, str], tuple[str, int | None, int | None, str | None]]
"""Findings by kind and code: severity, count, out of how many, examples."""


def checked(folder: Path, as_of: str | None = None, **files: str) -> Audit:
    """Return the audit of files given as text."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    paths = tuple(str(folder / f"{name}.csv") for name in files)
    return audit([(None, Source(paths))], date.fromisoformat(as_of) if as_of else None)


def audited(folder: Path, as_of: str | None = None, **files: str) -> Codes:
    """Return what an audit of files given as text finds."""
    (table,) = [each for each in checked(folder, as_of, **files).result.tables if each.name == "findings"]
    return {(kind, code): (severity, *rest) for severity, kind, code, *rest in table.rows}  # type: ignore[misc]
