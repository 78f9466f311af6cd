"""On which scale a question was answered, and which end of it is the good one."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.catalogue import catalogue, key
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.survey_questions import Question
from loyalty.ingest.questions import ITEMS, question_text, stated_range
from loyalty.ingest.values.scores import highest_said
from loyalty.ingest.values.words import fold
from loyalty.model.kind import Kind
from loyalty.model.tables import Scale

STARS = (1, 5)
PER_CENT = (0, 100)
WITH_SIGN = r"^(?:%\s*\d+(?:[.,]\d+)?|\d+(?:[.,]\d+)?\s*%)$"
SAYS_PER_CENT = frozenset({"percent", "percentage", "yuzde", "yuzdesi"})
LONG = 10
"""Answers up to ten are no per cent, whatever the question says."""
NPS_BEST = 10
SHORTEST = 5
"""An agreement scale is taken to have at least five points, whatever few respondents chose."""


def scales_of(cells: Cells, questions: list[Question]) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest answer of each question, where something tells them."""
    scales = {
        question.name: scale
        for question in questions
        if question.is_asked and (scale := _scale(cells, question))
    }
    platform = cells.recognition.platform
    items = [question for question in questions if question.name in ITEMS]
    if platform is not None and platform.best is not Scale.UNKNOWN and items:
        # The export has the numbers of a matrix question but not how many points its scale had.
        highest = cells.file.sample.select(
            pl.max_horizontal(question.number().max() for question in items)
        ).item()
        for question in items:
            scales.setdefault(question.name, (1, max(SHORTEST, highest or 0)))
    return scales


def _scale(cells: Cells, question: Question) -> tuple[int, int] | None:
    """Return the scale that the labels, the header or the question text tell."""
    if question.labels is not None:
        return question.labels.lowest, question.labels.highest
    told = question.scales or {scale for text in question.texts or () if (scale := stated_range(text))}
    if told:
        # Of several, the least: another than 0-10 is to be seen, and the rest is told by `mixed`.
        return min(told, key=lambda scale: (scale[1], scale))
    header = cells.file.headers[int(question.column[1:])]
    asked = question_text(cells.file, cells.recognition.platform, question.column)
    if stated := stated_range(asked):
        return stated
    said = highest_said(cells.file.sample[question.column])
    if said is not None and (question.name != "nps" or said < NPS_BEST):
        return 1, said
    platform = cells.recognition.platform
    if platform is not None and question.name in platform.scales:
        return platform.scales[question.name]
    per_cent = question.name != "nps" and _in_per_cent(cells, question, f"{header} {asked}")
    return PER_CENT if per_cent else STARS if _in_stars(cells, question, header, asked) else None


def _in_stars(cells: Cells, question: Question, header: str, asked: str) -> bool:
    """Return whether the header says stars; ratings from 1 to 5 and others from 1 to 10 in one column are neither."""
    stars = catalogue().kinds[Kind.SURVEYS]["score"].stars
    named = key(header) in stars or bool(stars & set(fold(f"{header} {asked}").split()))
    highest = cells.file.sample.select(question.number().max()).item()
    return named and (highest is None or highest <= max(STARS))


def _in_per_cent(cells: Cells, question: Question, text: str) -> bool:
    """Return whether most answers have a %, or the question says per cent and they are of a scale as long as that."""
    written = cells.file.sample[question.column].cast(pl.String).str.strip_chars()
    if 2 * int(written.str.contains(WITH_SIGN).sum()) > written.count():
        return True
    named = "%" in text or not SAYS_PER_CENT.isdisjoint(fold(text).split())
    number = question.number()
    lowest, highest = cells.file.sample.select(least=number.min(), most=number.max()).row(0)
    return named and lowest is not None and lowest >= 0 and LONG < highest <= max(PER_CENT)


def _told_best(question: Question) -> Scale | None:
    """Return the good end as the rows tell it by their best answer."""
    if question.best is None:
        return None
    lowest = min((low for low, _ in question.scales), default=1)
    return Scale.LOW if question.best <= lowest else Scale.HIGH


def best_ends(cells: Cells, questions: list[Question]) -> dict[str, Scale]:
    """Return which end of its scale is the good one, for each question."""
    platform = cells.recognition.platform
    by_platform = platform.best if platform else Scale.UNKNOWN
    return {
        question.name: question.labels.best
        if question.labels
        else Scale.HIGH
        if question.name == "nps"
        else _told_best(question) or by_platform
        for question in questions
        if question.is_asked
    }
