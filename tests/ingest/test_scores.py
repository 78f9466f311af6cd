"""Scores: the number an answer starts with, or the place of its words on a scale."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.ingest.values.likert import FACES, FAMILIES
from loyalty.ingest.values.scores import LabelScale, label_scale, parse_score, score_issue
from loyalty.ingest.values.words import fold
from loyalty.model.tables import Scale


def read(cells: pl.Series) -> tuple[list[int | None], list[str | None]]:
    frame = (
        cells.to_frame("cell")
        .lazy()
        .select(score=parse_score(pl.col("cell")), issue=score_issue(pl.col("cell")))
    )
    table = frame.collect()
    return table["score"].to_list(), table["issue"].to_list()


def scale_of(*answers: str | None) -> LabelScale | None:
    return label_scale(pl.Series(answers, dtype=pl.String))


def numbers(scale: LabelScale, *answers: str) -> list[int | None]:
    return [scale.mapping.get(fold(answer)) for answer in answers]


def test_hygiene_score_parse() -> None:
    """The range (11 and -1 are off 0 to 10) is the metric's to judge: here they are whole numbers."""
    cells = ["10 - Extremely likely", "9", "9.0", " 8 ", "7,5", "11", "-1", "", "N/A", "on"]
    cells += ["0 - Not at all likely", "10/10", "8: iyi"]
    scores, issues = read(pl.Series(cells))
    assert scores == [10, 9, 9, 8, None, 11, -1, None, None, None, 0, 10, 8]
    assert issues == [
        *[None] * 4,
        "non_integer",
        None,
        None,
        "missing",
        "missing",
        "unparseable",
        *[None] * 3,
    ]


@pytest.mark.parametrize(
    ("cell", "score", "issue"),
    [
        ("9,00", 9, None),
        ("8.", 8, None),
        ("4. Satisfied", 4, None),
        ("7 (iyi)", 7, None),
        ("5★", 5, None),
        ("9 out of 10", 9, None),
        ("10 / 10 çok iyi", 10, None),
        ("−1", -1, None),  # a true minus sign
        ("Very satisfied (5)", 5, None),
        ("Very satisfied (5 of 7)", None, "unparseable"),
        ("９", 9, None),  # full width
        ("+5", 5, None),
        ("7.5", None, "non_integer"),
        ("7.5 iyi", None, "non_integer"),
        ("7½", None, "non_integer"),
        ("9-10", None, "unparseable"),  # a group of answers, not an answer
        ("10 - 9", None, "unparseable"),
        ("12:30", None, "unparseable"),
        ("1/2/2025", None, "unparseable"),
        ("⭐⭐", None, "unparseable"),
        ("★★★★☆", 4, None),
        ("FOUR", 4, None),  # as Google writes its stars
        ("one of the best", None, "unparseable"),
        ("4.0 out of 5 stars", 4, None),
        ("yok", None, "unparseable"),
        ("-", None, "missing"),
        (None, None, "missing"),
    ],
)
def test_answers_at_the_edge(cell: str | None, score: int | None, issue: str | None) -> None:
    assert read(pl.Series([cell], dtype=pl.String)) == ([score], [issue])


def test_columns_of_numbers() -> None:
    assert read(pl.Series([10, None])) == ([10, None], [None, "missing"])
    assert read(pl.Series([9.0, 7.5, float("nan")])) == ([9, None, None], [None, "non_integer", "missing"])


@given(
    st.lists(st.integers(-20, 200), min_size=1),
    st.sampled_from(["", ".0", ",00", " - çok iyi", ": ok", "/10", " "]),
)
def test_a_whole_number_is_read_whatever_follows(scores: list[int], behind: str) -> None:
    assert read(pl.Series([f"{score}{behind}" for score in scores])) == (scores, [None] * len(scores))


def test_turkish_satisfaction() -> None:
    scale = scale_of("Memnun değilim", "Çok memnunum", None, "Kararsızım", "çok memnunum", "")
    assert scale is not None
    assert (scale.lowest, scale.highest, scale.best) == (1, 5, Scale.HIGH)
    answers = ("Hiç memnun değilim", "Memnun değilim", "KARARSIZIM", "Memnunum", "ÇOK MEMNUNUM")
    assert numbers(scale, *answers) == [1, 2, 3, 4, 5]


def test_the_same_word_stands_elsewhere_on_a_longer_scale() -> None:
    five = scale_of("Strongly agree", "Agree", "Disagree")
    six = scale_of("Strongly agree", "Agree", "Somewhat agree", "Somewhat disagree")
    seven = scale_of("Strongly agree", "Agree", "Somewhat agree", "Neither agree nor disagree")
    assert [scale and scale.mapping["agree"] for scale in (five, six, seven)] == [4, 5, 6]
    assert [scale and scale.highest for scale in (five, six, seven)] == [5, 6, 7]


def test_numbers_before_the_words_tell_the_good_end() -> None:
    """cli.reversed: where 1 is "definitely yes", low is good; only the ends carry words."""
    scale = scale_of("1 - Definitely yes", "6 - Definitely not", "2", "3", "3")
    assert scale is not None
    assert (scale.lowest, scale.highest, scale.best) == (1, 6, Scale.LOW)
    assert numbers(scale, "1 - Definitely yes", "3", "6 - Definitely not") == [1, 3, 6]
    upwards = scale_of("5 - Very satisfied", "1 - Very dissatisfied")
    assert upwards is not None
    assert upwards.best is Scale.HIGH


def test_seven_steps_of_ease_are_not_squeezed_into_five() -> None:
    scale = scale_of("Extremely easy", "Very easy", "Somewhat easy", "Somewhat difficult")
    assert scale is not None
    assert numbers(scale, "Extremely easy", "Very easy", "Somewhat easy", "Extremely difficult") == [
        7,
        6,
        5,
        1,
    ]


def test_good_is_the_middle_where_it_ends_in_excellent() -> None:
    usual = scale_of("Poor", "Fair", "Good", "Very good", "Excellent")
    balanced = scale_of("Very poor", "Poor", "Average", "Good", "Very good")
    assert [scale and scale.mapping["good"] for scale in (usual, balanced)] == [3, 4]
    turkish = scale_of("ÇOK İYİ", "İyi", "Orta", "Kötü", "Çok kötü")
    assert turkish is not None
    assert numbers(turkish, "Çok iyi", "İyi", "Orta", "Kötü", "Çok kötü") == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (["Evet", "Hayır", "Belki"], "yes, no and maybe are no five-point scale"),
        (["Neutral", "Neutral"], "the middle alone is the middle of any scale"),
        (["1", "2", "5"], "numbers without words"),
        (["10 - Extremely likely", "3", "2", "0 - Not at all likely"], "a scale of eleven points"),
        (["Memnunum", "Kargo geç geldi", "Fiyatlar yüksek"], "comments, one of which happens to be a label"),
        (["₺", "⭐⭐", "₺"], "signs, of which no letter is left"),
        ([None, ""], "nothing"),
        ([], "no rows"),
    ],
)
def test_what_is_no_scale_of_words(answers: list[str | None], reason: str) -> None:
    assert scale_of(*answers) is None, reason


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family[0][0]} {len(family)}")
def test_a_survey_that_uses_all_words_of_a_scale_is_on_that_scale(
    family: tuple[tuple[str, ...], ...],
) -> None:
    answers = [step[0] for step in family]
    scale = scale_of(*answers)
    assert scale is not None
    assert numbers(scale, *answers) == list(range(1, len(family) + 1))
    assert scale.best is Scale.HIGH


def test_faces_that_three_steps_cannot_tell_apart_are_of_five() -> None:
    three, five = scale_of("😀", "😐", "🙁"), scale_of("😀", "🙂", "😐", "🙁")
    assert [scale and (scale.highest, scale.mapping["😀"]) for scale in (three, five)] == [(3, 3), (5, 5)]


@pytest.mark.parametrize("family", FACES, ids=len)
def test_no_face_stands_on_two_steps(family: tuple[tuple[str, ...], ...]) -> None:
    faces = [face for step in family for face in step]
    assert len(faces) == len(set(faces))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family[0][0]} {len(family)}")
def test_no_word_stands_on_two_steps(family: tuple[tuple[str, ...], ...]) -> None:
    words = [fold(word) for step in family for word in step]
    assert len(words) == len(set(words))
