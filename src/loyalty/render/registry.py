"""The formats that results can be written in; one file each, loaded when first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from loyalty.errors import UsageError, near
from loyalty.model.result import MetricResult
from loyalty.render.look import Color, CurrencyPosition, Look


class Renderer(Protocol):
    """What the module of a format offers."""

    def render(self, results: Sequence[MetricResult], look: Look) -> str:
        """Return the results as text that ends with a line end."""
        ...


@dataclass(frozen=True)
class Format:
    """A format: its name for ``--format``, the file suffixes that choose it, and where it is written."""

    name: str
    suffixes: tuple[str, ...]
    module: str

    def render(self, results: Sequence[MetricResult], look: Look | None = None) -> str:
        """Return the results in this format."""
        renderer: Renderer = import_module(self.module)
        return renderer.render(results, look or Look())


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("table", (".txt",), "loyalty.render.table"),
        Format("json", (".json",), "loyalty.render.json"),
        Format("ndjson", (".ndjson", ".jsonl"), "loyalty.render.ndjson"),
        Format("csv", (".csv",), "loyalty.render.csv"),
        Format("markdown", (".md", ".markdown"), "loyalty.render.markdown"),
    )
}


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in FORMATS:
        raise UsageError(
            f"--format: {name!r} is not a format{near(name, FORMATS)}",
            hint=f"Use one of {', '.join(FORMATS)}.",
        )
    return FORMATS[name]


def format_for_suffix(suffix: str) -> Format | None:
    """Return the format that a file suffix (``.json``) chooses, if any."""
    return next((entry for entry in FORMATS.values() if suffix.lower() in entry.suffixes), None)


def render(
    results: Sequence[MetricResult],
    format_name: str,
    *,
    lang: str = "en",
    color: Color = "auto",
    width: int | None = None,
    is_terminal: bool = False,
    safe: bool = False,
    currency_position: CurrencyPosition = "before",
) -> str:
    """Return ``results`` as text in the named format; see :class:`loyalty.render.look.Look` for the wishes.

    Raises:
        UsageError: there is no such format or language.
    """
    look = Look(lang, color, width, is_terminal, safe, currency_position)
    return format_named(format_name).render(results, look)
