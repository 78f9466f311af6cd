"""The report in a few sentences: what moved, what did not, what is too small to say; all from the headlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loyalty.model.result import Figure, Note, Status
from loyalty.pipeline.change import FigureChange
from loyalty.render.shape import SMALL_N
from loyalty.render.voice import Voice
from loyalty.report.arrangement import CHANGED_AMONG_THE_SAME
from loyalty.report.build import Section
from loyalty.report.comparison import Comparison
from loyalty.report.told import DOWN, UP, tell_change

MOVED, NOT_MOVED = ("worse", "better", "changed"), ("nothing", "still", "few", "alone", "untested")
"""The order of the sentences: what asks for something stands first. Of the year before only what moved is said."""


def findings(sections: Sequence[Section], voice: Voice, *, is_partial: bool) -> Iterator[str]:
    """Yield one sentence for each kind of thing that can be said; a period that is not over is not compared."""
    words = voice.words
    lost = [voice.words(f"metrics.{section.metric}.title") for section in sections if section.failed]
    if lost:
        yield words("report.finding_failed", items=", ".join(lost))
    if is_partial:
        yield words("report.finding_partial")
        return
    ends = {section.source: section.data_end for section in sections if section.data_end is not None}
    for source, day in ends.items():
        name = words(f"report.source_{source}")
        yield words("report.finding_data_end", source=name, day=voice.numbers.value(day))
    before, year_ago = ([getattr(section, then) for section in sections] for then in ("before", "year_ago"))
    for compared, spoken in ((before, MOVED), (year_ago, MOVED), (before, NOT_MOVED)):
        sorts = _sorted(sections, compared, voice)
        for sort in spoken:
            if items := sorts.get(sort):
                yield _sentence(sort, compared, items, voice)
        if compared is before and spoken is MOVED and (items := list(_among_the_same(sections, voice))):
            yield _sentence("same", compared, items, voice)
    if not ends and not any(section.before.changes for section in sections):
        yield words("report.no_comparison_yet")


def _sentence(sort: str, compared: Sequence[Comparison], items: Sequence[str], voice: Voice) -> str:
    period = next((voice.numbers.period(each.period) for each in compared if each.period is not None), "")
    return voice.words(f"report.finding_{sort}", period=period, items="; ".join(items))


def _among_the_same(sections: Sequence[Section], voice: Voice) -> Iterator[str]:
    """Yield what moved among those who were asked both times, where nothing is found among all."""
    for section in sections:
        result = section.result
        change = section.before.changes.get(result.headline.name) if result is not None else None
        if result is None or change is None or change.detectable:
            continue
        for note in result.notes:
            if (unit := CHANGED_AMONG_THE_SAME.get(note.code)) is not None:
                label, sign = voice.label(result.headline.name), UP if _rose(note) else DOWN
                yield f"{label} {sign} {voice.words.say(f'report.same_{unit}', note.values, voice.show)}"


def _rose(note: Note) -> bool:
    difference = note.values["difference"]
    return isinstance(difference, int | float) and difference > 0


def _sorted(
    sections: Sequence[Section], compared: Sequence[Comparison], voice: Voice
) -> dict[str, list[str]]:
    """Return the headlines by what can be said of them, each told with what it takes."""
    sorts: dict[str, list[str]] = {}
    for section, comparison in zip(sections, compared, strict=True):
        if section.result is None:
            continue
        headline = section.result.headline
        label, amount = voice.label(headline.name), voice.numbers.amount(headline)
        change = comparison.changes.get(headline.name)
        if headline.status is Status.UNDEFINED:
            sorts.setdefault("nothing", []).append(f"{label} ({voice.numbers.remark(headline)})")
        elif headline.status is Status.INSUFFICIENT or (change and _is_small(change)):
            sorts.setdefault("few", []).append(
                f"{label} ({voice.words('units.n', n=voice.cases(headline) or '0')})"
            )
        elif headline.status is Status.OK and change is not None:
            told = tell_change(change, voice)
            sort = _sort(change, told.tone)
            difference = "" if sort == "still" else f" ({told.sign} {told.amount})"
            sorts.setdefault(sort, []).append(f"{label} {amount}{difference}")
        elif headline.status is Status.OK and (reason := _missing_before(headline, comparison, voice)):
            sorts.setdefault("alone", []).append(f"{label} {amount} ({reason})")
    return sorts


def _missing_before(headline: Figure, comparison: Comparison, voice: Voice) -> str:
    """Return why a headline had no value in the other period; nothing where it had one or that period is not known."""
    before = comparison.result.figure(headline.name) if comparison.result else None
    return voice.numbers.remark(before) if before else ""


def _is_small(change: FigureChange) -> bool:
    """Return whether no change was found and either period has too few cases to expect one."""
    cases = [figure.n for figure in (change.figure, change.before) if figure.n is not None]
    return change.detectable is False and bool(cases) and min(cases) < SMALL_N


def _sort(change: FigureChange, tone: str) -> str:
    if change.detectable is None:
        return "still" if change.difference == 0 else "untested"
    if not change.detectable or change.difference == 0:
        return "still"
    return "changed" if tone == "plain" else tone
