"""What a report says, in the reader's language and in reading order; the formats people read only lay it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loyalty import __version__
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import Period
from loyalty.render.look import Look
from loyalty.render.voice import Voice
from loyalty.report.actions import Playbook, playbooks
from loyalty.report.arrangement import GROUPS, group_of
from loyalty.report.build import Report, Section
from loyalty.report.comparison import TooShort
from loyalty.report.evidence import Fate, Method, fates, methods
from loyalty.report.findings import findings
from loyalty.report.sections import ShownSection, Teller
from loyalty.words import Words


@dataclass(frozen=True)
class Group:
    """A part of the report: surveys, purchases, customers, the programme, mentions."""

    title: str
    sections: tuple[ShownSection, ...]


@dataclass(frozen=True)
class Content:
    """A report in words. Texts that do not apply are empty."""

    voice: Voice
    kind: str
    title: str
    period: str
    previous: str
    compared: str
    as_of: str
    findings: tuple[str, ...]
    playbooks: tuple[Playbook, ...]
    groups: tuple[Group, ...]
    fates: tuple[Fate, ...]
    methods: tuple[Method, ...]
    reading: tuple[str, ...]
    remarks: tuple[str, ...]
    """What is not in the report, whom it names, and what cannot be compared."""
    trademarks: tuple[str, ...]
    made_by: str
    is_partial: bool

    @property
    def sections(self) -> tuple[ShownSection, ...]:
        """Return all sections in order."""
        return tuple(section for group in self.groups for section in group.sections)


def tell(report: Report, lang: str) -> Content:
    """Return a report in words of a language."""
    look = Look(lang=lang, currency_position=report.currency_position)
    voice = Voice(look, Words(lang, "in_report"))
    words, numbers = voice.words, voice.numbers
    kind, previous = words("report.title"), numbers.period(report.previous)
    is_partial = report.period.partial
    notices = (voice.trademark(result) for result in report.results)
    return Content(
        voice,
        kind=kind,
        title=report.title or kind,
        period=numbers.period(report.period),
        previous=previous,
        compared=words("report.not_compared") if is_partial else words("report.compared", period=previous),
        as_of=words("report.as_of", day=numbers.value(report.as_of)),
        findings=tuple(findings(_in_order(report), voice, is_partial=is_partial)),
        playbooks=tuple(playbooks(report.sections, voice)),
        groups=_groups(report, voice),
        fates=tuple(fates(report.sections, voice)),
        methods=tuple(methods(report.sections, voice)),
        reading=_reading(report, voice),
        remarks=tuple(_remarks(report, voice)),
        trademarks=tuple(dict.fromkeys(notice for notice in notices if notice)),
        made_by=words("report.generated_by", tool=f"loyalty {__version__}"),
        is_partial=is_partial,
    )


def _remarks(report: Report, voice: Voice) -> Iterator[str]:
    """Yield what the data do not tell, and whom the report names."""
    words = voice.words
    for kind, problem in report.broken.items():
        yield words(
            "report.broken", source=words(f"report.source_{kind}"), problem=" ".join(problem.problems)
        )
    yield from _not_compared(report, voice)
    titles = ", ".join(words(f"metrics.{metric}.title") for metric in report.absent)
    if titles:
        yield words("report.absent", metrics=titles)
    if any(METRICS[result.metric].list_table for result in report.results):
        yield words(f"report.people{'_by_id' if report.names_people else ''}")


def _not_compared(report: Report, voice: Voice) -> Iterator[str]:
    """Yield of each source that begins too late what is not compared with the year before, and what it would take."""
    found: dict[tuple[Kind, Period, TooShort], list[str]] = {}
    for section in report.sections:
        then = section.year_ago
        if then.period is not None and then.too_short is not None:
            titles = found.setdefault((section.source, then.period, then.too_short), [])
            titles.append(voice.words(f"metrics.{section.metric}.title"))
    for (source, period, short), titles in found.items():
        told = voice.words(
            "report.too_short",
            source=voice.words(f"report.source_{source}"),
            begin=voice.numbers.value(short.begin),
            period=voice.numbers.period(period),
            needed=voice.numbers.value(short.needed),
            metrics=", ".join(titles),
        )
        is_of_memory = short.needed < period.start
        yield voice.words("report.too_short_of_memory", told=told) if is_of_memory else told


def _in_order(report: Report) -> list[Section]:
    """Return the sections in the order in which they are shown."""
    return sorted(report.sections, key=lambda section: GROUPS.index(group_of(section.metric, section.source)))


def _groups(report: Report, voice: Voice) -> tuple[Group, ...]:
    parts = {
        name: [section for section in report.sections if group_of(section.metric, section.source) == name]
        for name in GROUPS
    }
    told = Teller([section for part in parts.values() for section in part], voice).tell()
    return tuple(
        Group(voice.words(f"report.group_{name}"), tuple(next(told) for _ in part))
        for name, part in parts.items()
        if part
    )


def _reading(report: Report, voice: Voice) -> tuple[str, ...]:
    """Return how intervals and changes are meant."""
    levels = {result.options["confidence"] for result in report.results if "confidence" in result.options}
    intervals = (
        voice.words.say("report.reading_intervals", {"confidence": level}, voice.numbers.value)
        for level in sorted(levels)
    )
    return (*intervals, voice.words("report.reading_changes"), voice.words("report.reading_dash"))
