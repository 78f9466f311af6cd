"""The formats a report can be written in, and the name of the folder it is put into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from loyalty.errors import ExtraMissing
from loyalty.model.result import Period
from loyalty.report.build import Report


class Renderer(Protocol):
    """What the module of a report format offers."""

    def render(self, report: Report, lang: str) -> str | bytes:
        """Return the report; text ends with a line end."""
        ...


class Carrier(Protocol):
    """What the module of a format offers that carries the others."""

    def render(self, report: Report, lang: str, enclosed: Mapping[str, bytes]) -> bytes:
        """Return the report with other formats of it, given by their file suffix, enclosed."""
        ...


@dataclass(frozen=True)
class Format:
    """A format: the suffix of its file, the module that makes it (imported when first used), and what that needs.

    ``encloses`` has the formats of which at least one goes along: all that were asked for, else the first.
    """

    suffix: str
    module: str
    extra: str | None = None
    encloses: tuple[str, ...] = ()


FORMATS = {
    "html": Format(".html", "loyalty.report.html"),
    "markdown": Format(".md", "loyalty.report.markdown"),
    "json": Format(".json", "loyalty.report.json"),
    "csv": Format(".csv", "loyalty.report.csv"),
    "xlsx": Format(".xlsx", "loyalty.report.xlsx"),
    "pdf": Format(".pdf", "loyalty.report.pdf", extra="typst"),
    "email": Format(".email.html", "loyalty.report.email"),
    "eml": Format(".eml", "loyalty.report.eml", encloses=("html", "pdf", "xlsx")),
}


def period_name(period: Period) -> str:
    """Return a period as the name of a folder: ``2026-10``, or ``2026-10-01_2026-11-01`` (the end does not count)."""
    return period.label or f"{period.start.isoformat()}_{period.end.isoformat()}"


def require(names: Sequence[str]) -> None:
    """Refuse formats whose extra is not installed, before any work is done.

    Raises:
        ExtraMissing: saying what to install.
    """
    if any(extra and find_spec(extra) is None for extra in (FORMATS[name].extra for name in names)):
        raise ExtraMissing(
            "The PDF needs an extra that is not installed",
            hint="Type pip install 'loyalty-metrics[pdf]', or open the HTML page and print it: it is made for A4.",
        )


def render(report: Report, names: Sequence[str], lang: str) -> Iterator[tuple[str, bytes]]:
    """Yield the file suffix and the content of each format."""
    made: dict[str, bytes] = {}

    def once(name: str) -> bytes:
        if name not in made:
            renderer: Renderer = import_module(FORMATS[name].module)
            content = renderer.render(report, lang)
            made[name] = content if isinstance(content, bytes) else content.encode()
        return made[name]

    for name in dict.fromkeys(names):
        shape = FORMATS[name]
        if shape.encloses:
            along = [each for each in shape.encloses if each in names] or shape.encloses[:1]
            carrier: Carrier = import_module(shape.module)
            yield (
                shape.suffix,
                carrier.render(report, lang, {FORMATS[each].suffix: once(each) for each in along}),
            )
        else:
            yield shape.suffix, once(name)
