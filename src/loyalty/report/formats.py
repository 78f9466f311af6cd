"""The formats a report can be written in, and the name of the folder it is put into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Protocol

from loyalty.model.result import Period
from loyalty.report.build import Report


class Renderer(Protocol):
    """What the module of a report format offers."""

    def render(self, report: Report, lang: str) -> str:
        """Return the report as text that ends with a line end."""
        ...


FORMATS = {
    "html": (".html", "loyalty.report.html"),
    "markdown": (".md", "loyalty.report.markdown"),
    "json": (".json", "loyalty.report.json"),
}
"""File suffix and module of each format; a module is imported when it is first used."""


def period_name(period: Period) -> str:
    """Return a period as the name of a folder: ``2026-10``, or ``2026-10-01_2026-11-01`` (the end does not count)."""
    return period.label or f"{period.start.isoformat()}_{period.end.isoformat()}"


def render(report: Report, names: Sequence[str], lang: str) -> Iterator[tuple[str, bytes]]:
    """Yield the file suffix and the content of each format."""
    for name in dict.fromkeys(names):
        suffix, module = FORMATS[name]
        renderer: Renderer = import_module(module)
        yield suffix, renderer.render(report, lang).encode()
