"""The questions of a survey file: the column that answers each, and the rows that ask it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from loyalty.ingest.clean.asked import (
    RowsAsked,
    rows_asked,
    survey_type,
    texts_by_question,
)
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import text
from loyalty.ingest.questions import CHOSEN, ITEMS, question_text
from loyalty.ingest.recognition import Known
from loyalty.ingest.values.cells import read_cells, read_distinct
from loyalty.ingest.values.likert import NOT_ANSWERED
from loyalty.ingest.values.satisfied import yes_or_no
from loyalty.ingest.values.scores import (
    LabelScale,
    label,
    label_scale,
    parse_score,
    score_issue,
)
from loyalty.ingest.values.words import fold, fold_expr, folded
from loyalty.model.tables import QUESTIONS

WORDS = r"\p{L}{3}"


@dataclass(frozen=True)
class Question:
    """One question of a file: the column that answers it, the words of its answers, and when it was asked at all.

    ``texts`` are those of the rows that ask it, where the file has one answer to a row, and ``asked`` what such rows
    say; without ``texts`` every row does. Where the user named another question, it has no text.
    """

    name: str
    column: str
    labels: LabelScale | None = None
    survey_type: str | None = None
    texts: tuple[str, ...] | None = None
    asked: tuple[RowsAsked, ...] = ()
    whole: bool = False
    """The file itself says that the column holds whole numbers (Parquet, Excel): there is nothing to read."""

    def number(self) -> pl.Expr:
        """Return the answer as a whole number; null where there is none."""
        if self.whole:
            return pl.col(self.column).cast(pl.Int64, strict=False)
        if self.labels is None:
            return parse_score(pl.col(self.column))
        words = label(pl.col(self.column).cast(pl.String)).replace_strict(
            list(self.labels.mapping), list(self.labels.mapping.values()), default=None, return_dtype=pl.Int64
        )
        return pl.coalesce(words, parse_score(pl.col(self.column)))

    @property
    def is_asked(self) -> bool:
        """Whether any row asks it."""
        return self.texts != ()

    @property
    def best(self) -> int | None:
        """The best answer as the rows say it; None where they say nothing, or two things."""
        found = {each.best for each in self.asked if each.best is not None}
        return found.pop() if len(found) == 1 else None

    @property
    def scales(self) -> set[tuple[int, int]]:
        """The scales that the rows say it was asked on."""
        return {scale for each in self.asked if (scale := each.scale(self.name))}

    def issue(self) -> pl.Expr:
        """Return what is wrong with the answer, null where it is a number."""
        if self.whole:
            return pl.when(pl.col(self.column).is_null()).then(pl.lit("missing"))
        issue = score_issue(pl.col(self.column))
        if self.labels is not None:
            said_nothing = fold_expr(pl.col(self.column).cast(pl.String)).is_in(
                [fold(word) for word in NOT_ANSWERED]
            )
            issue = pl.when(said_nothing).then(pl.lit("missing")).otherwise(issue)
        return pl.when(self.number().is_null()).then(issue)


def questions_of(cells: Cells) -> list[Question]:
    """Return the questions of a file: each with a column of its own, or all in the rows of one."""
    found = [
        Question(
            name,
            use.columns[0],
            labels=_labels(cells, name, use.columns[0]),
            whole=_whole(cells, use.columns[0]),
        )
        for name in QUESTIONS
        if (use := cells.use(name))
    ]
    if found:
        asked = rows_asked(cells, [question.column for question in found])
        beside = any(question.name in CHOSEN for question in found)
        found = [_by_text(question, asked[question.column], beside=beside) for question in found]
    elif score := cells.use("score"):
        asked = rows_asked(cells, [score.columns[0]])
        found = _by_row(cells, score.columns[0], asked[score.columns[0]])
    return [_as_named(cells, question, asked[question.column]) for question in found]


def _by_text(question: Question, asked: list[RowsAsked], *, beside: bool) -> Question:
    """Return a question that has a column of its own with the rows that ask it.

    Where one that rows can choose stands ``beside`` an item of the loyalty index, the scale of a row is not the item's.
    """
    if question.name in CHOSEN:
        return _of_rows(question, asked, texts_by_question(asked, question.name).get(question.name))
    return _of_rows(
        question, [replace(each, low=None, high=None) if beside else each for each in asked], None
    )


def _by_row(cells: Cells, column: str, asked: list[RowsAsked]) -> list[Question]:
    """Return the questions of a file in which one score column serves several: told by survey type or by text."""
    kind, whole = cells.use("survey_type"), _whole(cells, column)
    by_text = texts_by_question(asked)
    types = set(by_text) or _survey_types(cells)
    typed = kind is not None and (not by_text or any(each.survey_type in CHOSEN for each in asked))
    return [
        _of_rows(
            Question(name, column, survey_type=_type_of(name) if typed else None, whole=whole),
            asked,
            by_text.get(name),
        )
        for name in ([name for name in QUESTIONS if name in types] or ["nps"])
    ]


def _type_of(question: str) -> str:
    return "cli" if question in ITEMS else question


def _survey_types(cells: Cells) -> set[str]:
    kind = cells.use("survey_type")
    if kind is None:
        return set()
    words = cells.file.sample[kind.columns[0]].cast(pl.String).drop_nulls().unique()
    return {survey_type(fold(word)) for word in words}


def _of_rows(question: Question, asked: list[RowsAsked], texts: tuple[str, ...] | None) -> Question:
    """Return a question with the texts that ask it and what the file says of their rows."""
    own = (
        each
        for each in asked
        if (texts is None or each.text in texts) and question.survey_type in (None, each.survey_type)
    )
    return replace(question, texts=texts, asked=tuple(own))


def _as_named(cells: Cells, question: Question, asked: list[RowsAsked]) -> Question:
    """Return a question with the text that the user named; with none where it is in another file."""
    wish, use = cells.source.mapping.get(question.name), cells.use(question.name)
    if wish is None or (use is not None and use.known is Known.MAPPING):
        return question
    every = {each.text for each in asked if each.text is not None}
    named = tuple(sorted(text for text in every if fold(text) == fold(wish)))
    return _of_rows(question, asked, named)


def _whole(cells: Cells, column: str) -> bool:
    return cells.file.sample[column].dtype.is_integer()


def _labels(cells: Cells, name: str, column: str) -> LabelScale | None:
    asked = question_text(cells.file, cells.recognition.platform, column)
    if name == "csat" and (scale := yes_or_no(cells.file.sample[column], asked)):
        return scale
    sample = cells.file.sample[column].cast(pl.String)
    numbers = sample.to_frame("answer").select(parse_score(pl.col("answer")).count()).item()
    # Numbers may have their words beside them ("5 - Çok memnunum"), which tell the scale and its good end.
    in_words = 2 * int(numbers) < sample.count() or bool(sample.str.contains(WORDS).any())
    return label_scale(sample) if in_words else None


def _types(said: pl.Series) -> pl.Series:
    words = folded(said)
    distinct = words.drop_nulls().unique()
    return words.replace(distinct, pl.Series(map(survey_type, distinct), dtype=pl.String))


def rows_asking(cells: Cells, question: Question) -> pl.Expr | None:
    """Return whether a row asks the question; None where all do."""
    conditions = []
    if question.survey_type is not None:
        said = read_cells(text(cells, "survey_type"), partial(read_distinct, reading=_types), pl.String)
        conditions.append(said.eq_missing(question.survey_type))
    if question.texts is not None:
        conditions.append(
            text(cells, "question").is_in(question.texts) if question.texts else pl.lit(value=False)
        )
    return pl.all_horizontal(conditions).fill_null(value=False) if conditions else None
