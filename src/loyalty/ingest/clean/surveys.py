"""Survey answers: one row per response, each question as a whole number with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from loyalty.errors import UnreadableDates
from loyalty.ingest.catalogue import catalogue, key
from loyalty.ingest.clean.asked import (
    Wording,
    header_of,
    wordings,
)
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.moments import moment
from loyalty.ingest.clean.rows import first_fault, footer, no_data, ragged, where
from loyalty.ingest.clean.survey_questions import Question, questions_of, rows_asking
from loyalty.ingest.clean.survey_scales import best_ends, scales_of
from loyalty.ingest.clean.text import NOTHING, flag, is_alias, merged, text, word
from loyalty.ingest.questions import CHOSEN, ITEMS
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition
from loyalty.ingest.source import Source
from loyalty.ingest.values.scores import (
    half_point,
)
from loyalty.ingest.values.words import fold, fold_expr
from loyalty.model.tables import SURVEY_COLUMNS, Scale

REASON = "reason"
"""The type of a survey that asks why people buy."""
OTHER = "other_survey_type"
"""The issue of a question on a row that does not ask it."""


@dataclass(frozen=True)
class CleanSurveys:
    """The answers of one file; ``scales``, ``best``, ``beside`` and ``mixed`` as in
    :class:`loyalty.model.tables.Surveys`.

    ``wordings`` are those in which each question was asked, several where nothing tells which is meant.
    """

    frame: pl.LazyFrame
    columns: frozenset[str]
    scales: dict[str, tuple[int, int]]
    best: dict[str, Scale]
    cells: Cells
    wordings: dict[str, tuple[Wording, ...]] = field(default_factory=dict)
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()


def clean_surveys(
    file: RawFile,
    index: int,
    recognition: Recognition,
    source: Source,
    by: tuple[str, ...] = (),
    aliases: Mapping[str, str] | None = None,
) -> CleanSurveys:
    """Return the answers of one file as ``SURVEY_COLUMNS`` and two columns per question, every row kept.

    ``is_alias`` is a further column where there are ``aliases``.

    Raises:
        UnreadableDates: dates stand there and none can be read, or day and month cannot be told apart.
        ColumnMissing: a ``by`` column is not there.
    """
    cells = Cells(file, recognition, source, aliases or {})
    questions = questions_of(cells)
    frame = _frame(cells, index, questions, by)
    # Reading the dates has told which columns hold any.
    undated = {name for name in ("invited_at", "followed_up_at") if name not in cells.dates}
    return CleanSurveys(
        frame=frame,
        columns=frozenset(set(recognition.columns) & set(SURVEY_COLUMNS) - undated)
        | {question.name for question in questions}
        | ({"stated_type"} if _rows_of_reasons(cells) is not None else set())
        | ({"day"} if cells.use("answered_at") else set()),
        scales=scales_of(cells, questions),
        best=best_ends(cells, questions),
        cells=cells,
        wordings={
            question.name: wordings(cells, question.name, question.texts)
            for question in questions
            if question.name in CHOSEN and not (question.texts and _by_question(cells, by))
        },
        beside={
            question: tuple(header_of(cells, column) for column in columns)
            for question, columns in recognition.beside.items()
        },
        mixed=frozenset(question.name for question in questions if len(question.scales) > 1),
    )


def _by_question(cells: Cells, by: tuple[str, ...]) -> bool:
    """Return whether the answers are grouped by what was asked, so that several questions stand apart."""
    use = cells.use("question")
    return use is not None and not {key("question"), key(header_of(cells, use.columns[0]))}.isdisjoint(
        map(key, by)
    )


def _frame(cells: Cells, index: int, questions: list[Question], by: tuple[str, ...]) -> pl.LazyFrame:
    grouped = by_columns(cells, by, SURVEY_COLUMNS)
    # A comment may well be "Total"; a row with an answer is no footer.
    blank = [question.number().is_null() for question in questions]
    silent = pl.all_horizontal(blank) if blank else pl.lit(value=True)
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "fault": _fault(cells, silent),
        "respondent_id": merged(cells, "respondent_id"),
        "answered_at": moment(cells, "answered_at"),
        "wave": text(cells, "wave"),
        "question": text(cells, "question")
        if any(question.texts for question in questions)
        else pl.lit(None, pl.String),
        "comment": text(cells, "comment"),
        "weight": _weight(cells),
        "tags": text(cells, "tags"),
        "stated_type": _stated_type(cells),
        "invited_at": _moment_if_any(cells, "invited_at"),
        "bounced": flag(cells, "bounced"),
        "followed_up_at": _moment_if_any(cells, "followed_up_at"),
    }
    answered = {name: made for question in questions for name, made in _answer(cells, question).items()}
    answered |= {"is_alias": is_alias(cells, "respondent_id")} if cells.aliases else {}
    made = (
        cells.file.frame.select(**facts, **answered, **grouped)
        .with_columns(day=pl.col("answered_at").dt.date())
        .select(*(pl.col(name).cast(dtype) for name, dtype in SURVEY_COLUMNS.items()), *answered, *grouped)
    )
    in_rows = [question.name for question in questions if question.name in ITEMS and question.texts]
    return _with_items_together(made, in_rows) if in_rows else made


def _with_items_together(rows: pl.LazyFrame, items: list[str]) -> pl.LazyFrame:
    """Put the answers of one response to the three loyalty questions, which have a row each, on the first of these."""
    response = ("respondent_id", "wave", "answered_at")
    asked = pl.any_horizontal(pl.col(f"{item}_issue").ne_missing(OTHER) for item in items)
    of_somebody = asked & pl.col("respondent_id").is_not_null() & pl.col("fault").is_null()
    together = (
        rows.filter(of_somebody)
        .group_by(response)
        .agg(
            pl.col("row").min().alias("first"),
            *(pl.col(item).sort_by("row").drop_nulls().last().alias(f"its_{item}") for item in items),
        )
    )
    is_first = of_somebody & (pl.col("row") == pl.col("first"))
    told = {}
    for item in items:
        answer, issue = pl.col(f"its_{item}"), pl.col(f"{item}_issue")
        unanswered = pl.when(issue.ne_missing(OTHER)).then(issue).otherwise(pl.lit("missing"))
        told[item] = pl.when(is_first).then(answer).otherwise(item)
        told[f"{item}_issue"] = (
            pl.when(is_first).then(pl.when(answer.is_null()).then(unanswered)).otherwise(issue)
        )
    further = of_somebody & (pl.col("row") != pl.col("first"))
    return (
        rows.join(together, on=response, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(fault=pl.when(further).then(pl.lit("item_of_response")).otherwise("fault"), **told)
        .drop("first", *(f"its_{item}" for item in items))
    )


def _stated_type(cells: Cells) -> pl.Expr:
    """Return what a respondent says they buy for, as a kind of loyalty; null for a word that is not known."""
    asked = _rows_of_reasons(cells)
    if asked is None:
        return word(cells, "stated_type", catalogue().buying_reasons, pl.String)
    return pl.when(asked).then(word(cells, "score", catalogue().buying_reasons, pl.String))


def _rows_of_reasons(cells: Cells) -> pl.Expr | None:
    """Return which rows ask for the reason, of a file with one answer to a row; None where no row does."""
    told = next((name for name in ("survey_type", "question") if _asks_for_reasons(cells, name)), None)
    return fold_expr(text(cells, told)).eq_missing(REASON) if told and cells.use("score") else None


def _asks_for_reasons(cells: Cells, name: str) -> bool:
    use = cells.use(name)
    return use is not None and REASON in map(
        fold, cells.file.sample[use.columns[0]].cast(pl.String).drop_nulls().unique()
    )


def _moment_if_any(cells: Cells, name: str) -> pl.Expr:
    """Return a moment that an answer can do without: a column that only sounds like it ("Follow up: yes") is none.

    Raises:
        UnreadableDates: the user named the column, and its dates cannot be read.
    """
    use = cells.use(name)
    try:
        return moment(cells, name)
    except UnreadableDates:
        if use is not None and use.known is Known.MAPPING:
            raise
        return pl.lit(None, pl.Datetime("us"))


def _fault(cells: Cells, silent: pl.Expr) -> pl.Expr:
    too_wide, unwanted = ragged(cells), no_data(cells)
    if cells.file.format == "parquet" and not unwanted:
        # A table of typed columns has no cell too many and no total below it: there is nothing to look for.
        return NOTHING
    verdict = first_fault((footer(cells, silent), "footer"), (too_wide, "ragged"), *unwanted)
    return where(pl.any_horizontal(silent, too_wide, *(condition for condition, _ in unwanted)), verdict)


def _answer(cells: Cells, question: Question) -> dict[str, pl.Expr]:
    number, issue = question.number(), question.issue()
    asked = rows_asking(cells, question)
    if asked is not None:
        number = pl.when(asked).then(number)
        issue = pl.when(asked).then(issue).otherwise(pl.lit(OTHER))
    answer = {question.name: number.cast(pl.Int64), f"{question.name}_issue": issue}
    if question.name == "nps":
        answer["nps_floor"] = pl.when(issue == "non_integer").then(half_point(pl.col(question.column)))
    return answer


def _weight(cells: Cells) -> pl.Expr:
    """Return what an answer weighs; weights are small, so that the one sign in 1.234 or 1,234 is always the decimal."""
    use = cells.use("weight")
    if use is None:
        return pl.lit(None, pl.Float64)
    written = pl.col(use.columns[0]).cast(pl.String).str.strip_chars().str.replace(",", ".", literal=True)
    weight = written.cast(pl.Float64, strict=False)
    return pl.when(weight.is_finite()).then(weight)
