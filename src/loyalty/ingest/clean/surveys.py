"""Survey answers: one row per response, each question as a whole number with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from loyalty.errors import UnreadableDates
from loyalty.ingest.catalogue import catalogue, key
from loyalty.ingest.clean.asked import (
    RowsAsked,
    Wording,
    header_of,
    rows_asked,
    texts_by_question,
    wordings,
)
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.moments import moment
from loyalty.ingest.clean.rows import first_fault, footer, no_data, ragged, where
from loyalty.ingest.clean.text import NOTHING, flag, is_alias, merged, text, word
from loyalty.ingest.questions import CHOSEN, ITEMS, question_text, stated_range
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition
from loyalty.ingest.source import Source
from loyalty.ingest.values.likert import NOT_ANSWERED
from loyalty.ingest.values.scores import (
    LabelScale,
    half_point,
    highest_said,
    label_scale,
    parse_score,
    score_issue,
)
from loyalty.ingest.values.words import fold, fold_expr
from loyalty.model.kind import Kind
from loyalty.model.tables import QUESTIONS, SURVEY_COLUMNS, Scale

STARS = (1, 5)
NPS_BEST = 10
WORDS = r"\p{L}{3}"
OTHER = "other_survey_type"
"""The issue of a question on a row that does not ask it."""
REASON = "reason"
"""The type of a survey that asks why people buy."""
SHORTEST = 5
"""An agreement scale is taken to have at least five points, whatever few respondents chose."""


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
        words = fold_expr(pl.col(self.column).cast(pl.String)).replace_strict(
            list(self.labels.mapping), list(self.labels.mapping.values()), default=None, return_dtype=pl.Int64
        )
        return pl.coalesce(words, parse_score(pl.col(self.column)))

    @property
    def is_asked(self) -> bool:
        """Whether any row asks it."""
        return self.texts != ()

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
    questions = _questions(cells)
    frame = _frame(cells, index, questions, by)
    # Reading the dates has told which columns hold any.
    undated = {name for name in ("invited_at", "followed_up_at") if name not in cells.dates}
    return CleanSurveys(
        frame=frame,
        columns=frozenset(set(recognition.columns) & set(SURVEY_COLUMNS) - undated)
        | {question.name for question in questions}
        | ({"stated_type"} if _rows_of_reasons(cells) is not None else set())
        | ({"day"} if cells.use("answered_at") else set()),
        scales=_scales(cells, questions),
        best=_best(cells, questions),
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
    asked = _asked(cells, question)
    if asked is not None:
        number = pl.when(asked).then(number)
        issue = pl.when(asked).then(issue).otherwise(pl.lit(OTHER))
    answer = {question.name: number.cast(pl.Int64), f"{question.name}_issue": issue}
    if question.name == "nps":
        answer["nps_floor"] = pl.when(issue == "non_integer").then(half_point(pl.col(question.column)))
    return answer


def _asked(cells: Cells, question: Question) -> pl.Expr | None:
    """Return whether a row asks the question; None where all do."""
    conditions = []
    if question.survey_type is not None:
        conditions.append(fold_expr(text(cells, "survey_type")).eq_missing(question.survey_type))
    if question.texts is not None:
        conditions.append(
            text(cells, "question").is_in(question.texts) if question.texts else pl.lit(value=False)
        )
    return pl.all_horizontal(conditions).fill_null(value=False) if conditions else None


def _weight(cells: Cells) -> pl.Expr:
    """Return what an answer weighs; weights are small, so that the one sign in 1.234 or 1,234 is always the decimal."""
    use = cells.use("weight")
    if use is None:
        return pl.lit(None, pl.Float64)
    written = pl.col(use.columns[0]).cast(pl.String).str.strip_chars().str.replace(",", ".", literal=True)
    weight = written.cast(pl.Float64, strict=False)
    return pl.when(weight.is_finite()).then(weight)


def _questions(cells: Cells) -> list[Question]:
    found = [
        Question(
            name, use.columns[0], labels=_labels(cells, use.columns[0]), whole=_whole(cells, use.columns[0])
        )
        for name in QUESTIONS
        if (use := cells.use(name))
    ]
    if found:
        return [_as_named(cells, _by_text(cells, question)) for question in found]
    return [_as_named(cells, question) for question in _by_row(cells)]


def _by_text(cells: Cells, question: Question) -> Question:
    """Return a question that has a column of its own with the rows that ask it."""
    if question.name not in CHOSEN:
        return question
    asked = rows_asked(cells, question.column)
    return _of_rows(question, asked, texts_by_question(asked, question.name).get(question.name))


def _by_row(cells: Cells) -> list[Question]:
    """Return the questions of a file in which one score column serves several: told by survey type or by text."""
    score, kind = cells.use("score"), cells.use("survey_type")
    if score is None:
        return []
    column = score.columns[0]
    whole, asked = _whole(cells, column), rows_asked(cells, column)
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
    return {fold(word) for word in cells.file.sample[kind.columns[0]].cast(pl.String).drop_nulls().unique()}


def _of_rows(question: Question, asked: list[RowsAsked], texts: tuple[str, ...] | None) -> Question:
    """Return a question with the texts that ask it and what the file says of their rows."""
    own = (
        each
        for each in asked
        if (texts is None or each.text in texts) and question.survey_type in (None, each.survey_type)
    )
    return replace(question, texts=texts, asked=tuple(own))


def _as_named(cells: Cells, question: Question) -> Question:
    """Return a question with the text that the user named; with none where it is in another file."""
    wish, use = cells.source.mapping.get(question.name), cells.use(question.name)
    if wish is None or (use is not None and use.known is Known.MAPPING):
        return question
    every = {each.text for each in rows_asked(cells, question.column) if each.text is not None}
    named = tuple(sorted(text for text in every if fold(text) == fold(wish)))
    return _of_rows(question, rows_asked(cells, question.column), named)


def _whole(cells: Cells, column: str) -> bool:
    return cells.file.sample[column].dtype.is_integer()


def _labels(cells: Cells, column: str) -> LabelScale | None:
    sample = cells.file.sample[column].cast(pl.String)
    numbers = sample.to_frame("answer").select(parse_score(pl.col("answer")).count()).item()
    # Numbers may have their words beside them ("5 - Çok memnunum"), which tell the scale and its good end.
    in_words = 2 * int(numbers) < sample.count() or bool(sample.str.contains(WORDS).any())
    return label_scale(sample) if in_words else None


def _scales(cells: Cells, questions: list[Question]) -> dict[str, tuple[int, int]]:
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
    words = fold(f"{header} {asked}").split()
    stars = catalogue().kinds[Kind.SURVEYS]["score"].stars
    named = key(header) in stars or bool(stars & set(words))
    highest = cells.file.sample.select(question.number().max()).item()
    # Ratings from 1 to 5 and others from 1 to 10 in one column are neither.
    return STARS if named and (highest is None or highest <= max(STARS)) else None


def _told_best(cells: Cells, question: Question) -> Scale | None:
    """Return the good end as a column of best answers tells it; None where there is none, or it says two things."""
    use = cells.use("best")
    if use is None:
        return None
    asked, number = _asked(cells, question), parse_score(pl.col(use.columns[0]))
    rows = cells.file.frame if asked is None else cells.file.frame.filter(asked)
    found = rows.select(number.unique()).collect().to_series().drop_nulls().to_list()
    if len(found) != 1:
        return None
    lowest = min((low for low, _ in question.scales), default=1)
    return Scale.LOW if found[0] <= lowest else Scale.HIGH


def _best(cells: Cells, questions: list[Question]) -> dict[str, Scale]:
    platform = cells.recognition.platform
    by_platform = platform.best if platform else Scale.UNKNOWN
    return {
        question.name: question.labels.best
        if question.labels
        else Scale.HIGH
        if question.name == "nps"
        else _told_best(cells, question) or by_platform
        for question in questions
        if question.is_asked
    }
