"""The formats that are files of bytes, not text; one file each, loaded when first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from loyalty.model.result import MetricResult
from loyalty.render.look import Look


class BinaryRenderer(Protocol):
    """What the module of such a format offers."""

    def render(self, results: Sequence[MetricResult], look: Look, table: str | None) -> bytes:
        """Return the results, or one table of them, as the bytes of a file."""
        ...


@dataclass(frozen=True)
class BinaryFormat:
    """A format: its name for ``--format`` and its file suffix, and where it is written."""

    name: str
    suffix: str
    module: str

    def render(
        self, results: Sequence[MetricResult], look: Look | None = None, table: str | None = None
    ) -> bytes:
        """Return the results, or one table of them, in this format.

        Raises:
            UsageError: no result has that table, or it is too long for the format.
        """
        renderer: BinaryRenderer = import_module(self.module)
        return renderer.render(results, look or Look(), table)


BINARY: dict[str, BinaryFormat] = {
    entry.name: entry
    for entry in (
        BinaryFormat("xlsx", ".xlsx", "loyalty.render.xlsx"),
        BinaryFormat("parquet", ".parquet", "loyalty.render.parquet"),
    )
}


def binary_for_suffix(suffix: str) -> BinaryFormat | None:
    """Return the format that a file suffix (``.xlsx``) chooses, if any."""
    return next((entry for entry in BINARY.values() if suffix.lower() == entry.suffix), None)
