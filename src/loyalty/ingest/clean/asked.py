"""Which answers of a survey file are answers to which question, and in what words and on what scale it was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from loyalty.errors import ColumnMissing, near
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.headers import Headers
from loyalty.ingest.questions import CHOSEN, ITEMS, OVERALL, RANGE, question_text
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known
from loyalty.ingest.source import Source
from loyalty.ingest.values.scores import parse_score
from loyalty.ingest.values.words import fold, is_blank
from loyalty.model.kind import Kind

FEW_TEXTS = 10
"""So many different texts are questions; more of them only where each stands on two rows or more on average."""
ITEM_OF = {fold(item): item for item in ITEMS}
"""The three loyalty questions, as files with one answer to a row name them."""
TYPES = {
    "nps": re.compile(r"\bnps\b|\bnet promoter\b"),
    "csat": re.compile(r"\bcsat\b|\bsatisfaction\b|\bmemnuniyet\w*"),
    "ces": re.compile(r"\bces\b|\beffort\b"),
    "cli": re.compile(r"\bcli\b"),
}
"""What (folded) types of a survey say, by the type: HubSpot writes "Customer Loyalty (NPS)"."""
LOWEST = {"nps": 0}
"""Where a scale begins of which only the highest answer is told; elsewhere at 1."""


def survey_type(said: str) -> str:
    """Return the type of a survey that its (folded) name says, else the name."""
    found = [named for named, pattern in TYPES.items() if pattern.search(said)]
    return found[0] if len(found) == 1 else said


@dataclass(frozen=True)
class Wording:
    """How a question was put: as the user can name it, and in words that are equal where it is the same question."""

    typed: str
    said: str

    @classmethod
    def of(cls, typed: str, text: str) -> Wording:
        """Return the wording of a question text, which says the same with and without its scale and its marks."""
        return cls(typed, fold(RANGE.sub(" ", text)))


@dataclass(frozen=True)
class RowsAsked:
    """The rows with an answer that are of one survey type and one question text, on one scale with one best answer."""

    survey_type: str
    text: str | None
    low: int | None
    high: int | None
    best: int | None
    rows: int

    @property
    def question(self) -> str | None:
        """The question that the type or the text tells, if either does."""
        if self.survey_type in CHOSEN:
            return self.survey_type
        names, text = catalogue().kinds[Kind.SURVEYS], fold(self.text or "")
        if (item := ITEM_OF.get(text)) is not None:
            return item
        return next((name for name in CHOSEN if text == name or names[name].asked_in(text)), None)

    def scale(self, question: str) -> tuple[int, int] | None:
        """Return the scale on which a question was asked here, where the file tells."""
        low = LOWEST.get(question, 1) if self.low is None else self.low
        return (low, self.high) if self.high is not None and self.high > low else None


def rows_asked(cells: Cells, columns: Iterable[str]) -> dict[str, list[RowsAsked]]:
    """Return, by column of answers, what the rows of a file that have an answer there were asked.

    The whole file is read for it, once, and only where it has a column of question texts, of the ends of scales or of
    best answers.
    """
    names = ("survey_type", "question", "scale_min", "scale_max", "best")
    uses = {name: cells.use(name) for name in names}
    if not any(uses[name] for name in ("question", "scale_max", "best")):
        return {column: [] for column in columns}
    first = {name: pl.col(use.columns[0]) if use else pl.lit(None, pl.String) for name, use in uses.items()}
    said = {
        "survey_type": first["survey_type"].cast(pl.String),
        "text": _text(first["question"]),
        "low": parse_score(first["scale_min"]),
        "high": parse_score(first["scale_max"]),
        "best": parse_score(first["best"]),
    }
    answered = {column: ~is_blank(pl.col(column)) for column in columns}
    found = (
        cells.file.frame.select(**said, **answered)
        .group_by(*said)
        .agg(pl.col(*answered).sum())
        .collect()
        .sort(*said, nulls_last=True)
    )
    return {
        column: [
            RowsAsked(survey_type(fold(kind or "")), *rest)
            for kind, *rest in found.filter(pl.col(column) > 0).select(*said, column).iter_rows()
        ]
        for column in answered
    }


def _text(column: pl.Expr) -> pl.Expr:
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def texts_by_question(found: Iterable[RowsAsked], known_as: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the texts of a file with one answer to a row, by the question they ask; nothing where they are none.

    Texts of which nothing tells what they ask are those of ``known_as`` (what the column of answers is called), or of
    the 0-10 question where neither texts nor column tell anything.
    """
    asked: dict[str | None, dict[str, None]] = {}
    rows = 0
    for each in found:
        if each.text is not None:
            asked.setdefault(each.question, {})[each.text] = None
            rows += each.rows
    different = sum(map(len, asked.values()))
    if not asked or different > max(FEW_TEXTS, rows // 2):
        return {}
    untold = tuple(asked.pop(None, ()))
    told = {question: _overall(tuple(texts)) for question, texts in asked.items() if question is not None}
    if known_as is not None:
        return {known_as: told.get(known_as, untold)}
    return told or {"nps": untold}


def _overall(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the one text that says it is the overall question, else all."""
    found = tuple(text for text in texts if OVERALL.search(fold(text)))
    return found if len(found) == 1 else texts


def wordings(cells: Cells, question: str, texts: Sequence[str] | None) -> tuple[Wording, ...]:
    """Return the wordings in which a file asks a question; none where only its name is known.

    ``texts`` are those of a file with one answer to a row.
    """
    if texts is not None:
        return tuple(Wording.of(text, text) for text in texts)
    use = cells.use(question)
    if use is None or use.known is not Known.QUESTION:
        return ()
    platform = cells.recognition.platform
    return tuple(
        Wording.of(header_of(cells, column), question_text(cells.file, platform, column))
        for column in cells.recognition.rivals.get(question, use.columns)
    )


def header_of(cells: Cells, column: str) -> str:
    """Return what a user writes to name a column."""
    place = int(column[1:])
    return cells.file.headers[place] or f"#{place + 1}"


def differing(found: Iterable[Wording]) -> tuple[str, ...]:
    """Return how the user can name each of several different wordings; nothing where all say the same."""
    by_words: dict[str, str] = {}
    for each in found:
        by_words.setdefault(each.said, each.typed)
    return tuple(by_words.values()) if len(by_words) > 1 else ()


def sources_of(files: Sequence[RawFile], source: Source) -> list[Source]:
    """Return how each file is to be read: of a question named by the user, that of the file where it is a column.

    In the other files it is a text on some rows, or it was not asked.

    Raises:
        ColumnMissing: no file asks a question of that name, and one has a column of questions.
    """
    named = {name: wish for name, wish in source.mapping.items() if name in CHOSEN}
    if not named:
        return [source] * len(files)
    headers = [Headers(file) for file in files]
    texts = {
        text for file, header in zip(files, headers, strict=True) for text in _texts_in(file, header, named)
    }
    for name, wish in named.items():
        columns = any(header.asked(wish) for header in headers)
        if not columns and texts and fold(wish) not in map(fold, texts):
            listed = ", ".join(repr(text) for text in sorted(texts)[:FEW_TEXTS])
            raise ColumnMissing(
                f"{files[0].path}: no column and no question {wish!r} for {name}{near(wish, texts)}",
                hint=f"The questions are {listed}.",
            )
    absent = [
        {
            name
            for name, wish in named.items()
            if not header.asked(wish) and _is_elsewhere(wish, headers, texts)
        }
        for header in headers
    ]
    return [
        replace(source, mapping={name: wish for name, wish in source.mapping.items() if name not in gone})
        if gone
        else source
        for gone in absent
    ]


def _is_elsewhere(wish: str, headers: Sequence[Headers], texts: set[str]) -> bool:
    return fold(wish) in map(fold, texts) or any(header.asked(wish) for header in headers)


def _texts_in(file: RawFile, headers: Headers, named: dict[str, str]) -> Iterable[str]:
    """Return the question texts of a file in which something was named that is no column."""
    if all(headers.asked(wish) for wish in named.values()):
        return ()
    column = headers.named(catalogue().kinds[Kind.SURVEYS]["question"], ())
    if column is None:
        return ()
    return file.frame.select(_text(pl.col(column)).unique().drop_nulls()).collect().to_series().to_list()
