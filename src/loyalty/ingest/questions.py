"""Which column of a survey answers which question, told by what the question says and how it was answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from loyalty.ingest.catalogue import Names, Platform, catalogue, key
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Use
from loyalty.ingest.values.satisfied import yes_or_no
from loyalty.ingest.values.scores import label_scale, parse_score
from loyalty.ingest.values.words import fold, is_blank

CHOSEN = ("nps", "csat", "ces")
"""The questions of which a survey may ask several, so that one has to be chosen."""
ASKED = ("cli_repurchase", "cli_try_other", "nps", "csat", "ces")
ITEMS = ("cli_recommend", "cli_repurchase", "cli_try_other")
RANGE = re.compile(r"(?<!\d)([01])\s*(?:-|–|—|\.\.|to|ile|ila|/|['’]?d[ea]n)\s*(\d{1,2}|100)(?!\d)")
ENDS = re.compile(r"(?<!\d)([01])\s*[:=]\s*([^\d,;]+)[,;]\s*(\d{1,2})\s*[:=]")
"""Both ends of a scale named: ``(1: Hiç memnun değilim, 5: Çok memnunum)``."""
WORST = re.compile(
    r"\b(not|no|never|least|worst|poor|bad|low|very (dis|un)|(dis|un)\w+|hic|kotu|dusuk|zor|asla|\w* degil\w*)\b"
)
"""In the (folded) name of the low end: of a scale that begins with its best answer nothing is made."""
OVERALL = re.compile(r"\b(overall|genel)")
AGREEMENT_MAX = 7
HIGH = re.compile(r"\s*(?:[789]|10)(?!\d)")
PASSIVE = 7
"""The lowest answer from 0 to 10 that is no detractor's."""
GLANCE = 300
MOST_QUESTIONS = 500
"""No survey asks more: of a wider table, the rest is properties."""
MOST_COLUMNS = 100
"""Of a wider table, only so many columns are searched for answers under headers that say nothing."""


@dataclass(frozen=True)
class Answers:
    """How a column of a survey was answered, on the sample.

    ``lowest`` and ``highest`` are those of the numbers, or of the scale that the question names; ``words`` says that
    the answers are labels of a known scale, ``running`` that each number is one more than that of the row above,
    ``yes_no`` that the question asks whether somebody is satisfied and was answered so.
    """

    given: int
    numbers: int
    lowest: int | None
    highest: int | None
    words: bool
    running: bool = False
    yes_no: bool = False

    @property
    def on_scale(self) -> bool:
        """Return whether most answers are numbers or labels of a scale; true when nobody answered."""
        return self.words or 2 * self.numbers >= self.given

    @property
    def like_agreement(self) -> bool:
        """Return whether the answers fit a short scale that starts at 1."""
        return self.words or ((self.lowest or 0) >= 1 and (self.highest or 0) <= AGREEMENT_MAX)

    @property
    def like_nps(self) -> bool:
        """Return whether nine in ten answers are whole numbers from 0 to 10."""
        within = self.lowest is not None and self.lowest >= 0 and (self.highest or 0) <= 10
        return within and 10 * self.numbers >= 9 * self.given

    @property
    def like_recommending(self) -> bool:
        """Return whether, under a header that says nothing, these are more likely scores than counts, flags or numbers.

        Some answer must be on the upper half of the scale, and three rows or more must not just be numbered.
        """
        return bool(self.given) and self.like_nps and (self.highest or 0) >= PASSIVE and not self.running


def answers(sample: pl.Series, question: str = "") -> Answers:
    """Return how a sampled column was answered.

    Where the question names a scale that most answers are on, its ends stand for those of the answers: typing errors
    make no other scale, nor do answers on a part of it.
    """
    score, stated = parse_score(pl.col("answer")), stated_range(question)
    counts = (
        sample.alias("answer")
        .to_frame()
        .select(
            given=(~is_blank(pl.col("answer"))).sum(),
            numbers=score.count(),
            lowest=score.min(),
            highest=score.max(),
            running=(score.diff().drop_nulls() == 1).all() & (score.count() > 2),
            on_stated=score.is_between(*stated).sum() if stated else None,
        )
    )
    given, numbers, lowest, highest, running, on_stated = counts.row(0)
    if stated and 2 * on_stated >= numbers:
        lowest, highest = stated
    words = 2 * numbers < given and label_scale(sample.cast(pl.String)) is not None
    yes_no = not numbers and yes_or_no(sample, question) is not None
    return Answers(given, numbers, lowest, highest, words, running, yes_no)


def question_text(file: RawFile, platform: Platform | None, column: str) -> str:
    """Return what was asked in a column: its header, or the row below where that holds the text.

    Under a question of several items (SurveyMonkey's matrix) it is both: ``How satisfied are you with: - Delivery``.
    """
    place = int(column[1:])
    below = file.subheaders[0][place] if file.subheaders else ""
    if below and platform is not None and platform.questions_in_second_row:
        return below
    stem = _stem(file, place) if below and len(file.subheaders) == 1 else ""
    return f"{stem} - {below}" if stem else file.headers[place] or below


def _stem(file: RawFile, place: int) -> str:
    """Return the question above several columns, of which each below has an item; blank where a column is alone."""
    headers, items = file.headers, file.subheaders[0]
    first = place
    while first and items[first] and not headers[first]:
        first -= 1
    last = first + 1
    several = last < len(headers) and bool(items[last]) and not headers[last]
    # Where the columns stand for the answers to one question, they are no items.
    return headers[first] if items[first] and several and f"c{last}" not in file.answers else ""


def question_texts(file: RawFile, platform: Platform | None) -> dict[str, str]:
    """Return what was asked in each column, of a very wide table in the first."""
    columns = (f"c{place}" for place in range(min(len(file.headers), MOST_QUESTIONS)))
    return {column: question_text(file, platform, column) for column in columns if column not in file.answers}


def stated_range(text: str) -> tuple[int, int] | None:
    """Return the scale a question text names: ``(0, 10)`` for ``"… (0-10)"``."""
    ends = ENDS.search(text)
    found = RANGE.search(text)
    if ends and not found and WORST.search(fold(ends[2])):
        return int(ends[1]), int(ends[3])
    return (int(found[1]), int(found[2])) if found and int(found[2]) > int(found[1]) else None


def questions_asked(
    file: RawFile,
    platform: Platform | None,
    names: Mapping[str, Names],
    taken: Collection[str],
    known: Collection[str] = (),
) -> dict[str, Use]:
    """Return the questions found by their text among the columns that are not taken.

    ``known`` are the questions that other columns are known to answer.
    """
    texts = {column: text for column, text in question_texts(file, platform).items() if column not in taken}
    answered = {
        column: answers(file.sample[column], text)
        for column, text in texts.items()
        if " - " in text or _asks(fold(text), names)
    }
    on_scale = {column: given for column, given in answered.items() if given.on_scale}
    found = _matrix(texts, on_scale, names)
    rest = {column: given for column, given in on_scale.items() if column not in found.values()}
    for question in ASKED:
        if question not in found and (column := _first(question, texts, rest, names)):
            found[question] = column
            rest.pop(column)
    yes_no = {column: given for column, given in answered.items() if given.yes_no}
    if "csat" not in found and (column := _first("csat", texts, yes_no, names)):
        found["csat"] = column
    _settle_recommendation(found, texts, on_scale, rest, names, known)
    return {question: Use((column,), known=Known.QUESTION) for question, column in found.items()}


def rivals(
    file: RawFile, platform: Platform | None, names: Mapping[str, Names], columns: Mapping[str, Use]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return, by question, the columns that could each be it, and those that also ask where one was chosen.

    Several touchpoints of one survey ask in almost the same words; which of them is meant is not ours to guess. One
    that says it is the overall question is, and so is one that is named after the metric; then the others are told
    beside it.
    """
    unsure, beside = {}, {}
    for question in CHOSEN:
        found = columns.get(question)
        if found is None or found.known not in (Known.QUESTION, Known.HEADER):
            continue
        chosen = found.columns[0]
        asking = _asking(question, chosen, file, platform, names, columns)
        if chosen not in asking or len(asking) < 2:
            continue
        overall = [column for column, text in asking.items() if OVERALL.search(text)]
        if found.known is Known.QUESTION and len(overall) != 1:
            unsure[question] = tuple(asking)
        else:
            beside[question] = tuple(column for column in asking if column != chosen)
    return unsure, beside


def _asking(
    question: str,
    chosen: str,
    file: RawFile,
    platform: Platform | None,
    names: Mapping[str, Names],
    columns: Mapping[str, Use],
) -> dict[str, str]:
    """Return the folded text of the columns that ask a question and were answered as it is, the chosen one included."""
    taken = {column for name, use in columns.items() if name != question for column in use.columns}
    texts = {
        column: text
        for column, text in question_texts(file, platform).items()
        if column not in taken and (column == chosen or names[question].asked_in(fold(text)))
    }
    found = {column: (fold(text), answers(file.sample[column], text)) for column, text in texts.items()}
    if question != "nps":
        return {
            column: text
            for column, (text, given) in found.items()
            if given.given and (given.on_scale or (question == "csat" and given.yes_no))
        }
    return {
        column: text
        for column, (text, given) in found.items()
        if given.given and given.like_nps and (column == chosen or not given.like_agreement)
    }


def only_score(file: RawFile, taken: Collection[str]) -> str | None:
    """Return the one column that is not taken, whose header says nothing, and that holds whole numbers from 0 to 10.

    None when there are several: then nothing tells which is meant.
    """
    free = [f"c{place}" for place, header in enumerate(file.headers) if key(header) not in known_headers()]
    found: list[str] = []
    for column in free[:MOST_COLUMNS]:
        glance = file.sample[column].head(GLANCE)
        if column not in taken and _reaches_passive(glance) and answers(glance).like_recommending:
            found.append(column)
        if len(found) > 1:
            return None
    return found[0] if found else None


def _reaches_passive(glance: pl.Series) -> bool:
    """Return whether some value starts with a number from 7 to 10: a quick look before the thorough one."""
    return any(HIGH.match(value) for value in glance.unique().drop_nulls().cast(pl.String))


@cache
def known_headers() -> frozenset[str]:
    """Return the headers that say what a column is: an amount from 0 to 10 is no answer."""
    kinds = catalogue().kinds.values()
    return frozenset(key(header) for names in kinds for known in names.values() for header in known.headers)


def _asks(text: str, names: Mapping[str, Names]) -> bool:
    return any(names[question].asked_in(text) for question in ASKED)


def _first(
    question: str, texts: Mapping[str, str], rest: Mapping[str, Answers], names: Mapping[str, Names]
) -> str | None:
    asking = [column for column in rest if names[question].asked_in(fold(texts[column]))]
    overall = [column for column in asking if OVERALL.search(fold(texts[column]))]
    if question == "nps":
        # Of several on a long scale, the one that says it is the overall question comes first.
        long = [column for column in asking if not rest[column].like_agreement]
        overall = sorted(long, key=lambda column: column not in overall)
    return next(iter(overall or asking), None)


def _matrix(
    texts: Mapping[str, str], on_scale: Mapping[str, Answers], names: Mapping[str, Names]
) -> dict[str, str]:
    """Return the three loyalty items of a matrix question ("Please rate: - I would buy again"), if there is one."""
    stems: dict[str, dict[str, str]] = {}
    for column in on_scale:
        stem, dash, item = texts[column].rpartition(" - ")
        if dash:
            stems.setdefault(stem, {})[column] = fold(item)
    for items in stems.values():
        again = [column for column, item in items.items() if names["cli_repurchase"].asked_in(item)]
        if len(items) != len(ITEMS) or not again:
            continue
        others = [column for column in items if column != again[0]]
        others.sort(key=lambda column: not names["nps"].asked_in(items[column]))
        return {"cli_repurchase": again[0], "cli_recommend": others[0], "cli_try_other": others[1]}
    return {}


def _settle_recommendation(
    found: dict[str, str],
    texts: Mapping[str, str],
    on_scale: Mapping[str, Answers],
    rest: Mapping[str, Answers],
    names: Mapping[str, Names],
    known: Collection[str],
) -> None:
    """Tell the 0-10 recommendation question from the recommendation item of a loyalty index on a short scale."""
    there = {*found, *known}
    if not {"cli_repurchase", "cli_try_other"} <= there or "cli_recommend" in there:
        return
    second = [
        column
        for column, given in rest.items()
        if names["nps"].asked_in(fold(texts[column])) and given.like_agreement
    ]
    if second:
        found["cli_recommend"] = second[0]
        return
    asked = found.get("nps")
    if asked and on_scale[asked].like_agreement and stated_range(texts[asked]) != (0, 10):
        found["cli_recommend"] = found.pop("nps")
