"""What the figures stand on, in words: the fate of every row of each source, and how each metric was computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loyalty.model.kind import Kind
from loyalty.model.result import LeftOut, Rows
from loyalty.render.places import first_places
from loyalty.render.voice import Voice
from loyalty.report.build import Section


@dataclass(frozen=True)
class Loss:
    """Rows left out for one reason; ``rows`` are the first of them, as a spreadsheet numbers them."""

    number: int
    count: str
    reason: str
    rows: str


@dataclass(frozen=True)
class Fate:
    """What became of the rows of one source in the sections that used them alike."""

    source: str
    sections: str
    read: str
    used: str
    losses: tuple[Loss, ...]


@dataclass(frozen=True)
class Method:
    """How a metric was computed; ``options`` are those that mean something to who reads it: JSON has them all."""

    title: str
    definition: str
    options: tuple[str, ...]


def fates(sections: Sequence[Section], voice: Voice) -> Iterator[Fate]:
    """Yield the fate of the rows of each source, once for all sections that used the same ones."""
    alike: dict[tuple[Kind, Rows], list[str]] = {}
    for section in sections:
        if section.result is not None:
            alike.setdefault((section.source, section.result.rows), []).append(voice.title(section.result))
    for (source, rows), titles in alike.items():
        yield Fate(
            source=voice.words(f"report.source_{source}"),
            sections=", ".join(titles),
            read=voice.numbers.value(rows.read, "count"),
            used=voice.numbers.value(rows.used, "count"),
            losses=tuple(_loss(item, voice) for item in rows.left_out),
        )


def methods(sections: Sequence[Section], voice: Voice) -> Iterator[Method]:
    """Yield the definition of each metric and the options it was computed with."""
    for section in sections:
        if section.result is not None:
            options = section.result.options.items()
            yield Method(
                voice.title(section.result),
                voice.definition(section.result),
                tuple(
                    voice.words.say(key, {"value": value}, voice.show)
                    for name, value in options
                    for key in (f"options.{name}", f"options.{section.metric}_{name}")
                    if value is not None and voice.words.get(key)
                ),
            )


def _loss(item: LeftOut, voice: Voice) -> Loss:
    more = ", …" if item.count > len(item.first_rows) else ""
    return Loss(
        number=item.count,
        count=voice.numbers.value(item.count, "count"),
        reason=voice.words.first(f"left_out.{item.reason}", f"reasons.{item.reason}", item.reason),
        rows=first_places(item) + more if item.first_rows else "",
    )
