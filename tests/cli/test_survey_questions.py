"""Surveys that ask several questions of the same: kept apart, chosen by `--question`, never mixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Run

STORE = "How likely are you to recommend our store?"
APP = "How likely are you to recommend our app?"
LONG = "respondent_id,question,score"


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(header: str, *rows: str, name: str = "answers.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def everybody(question: str, score: int, people: int = 12) -> list[str]:
    return [f"r{number},{question},{score}" for number in range(people)]


def left_out(run: Run) -> dict[str, int]:
    return {item["reason"]: item["count"] for item in run.json["results"][0]["rows"]["left_out"]}


# --- one answer to a row


def test_two_questions_in_a_column_are_not_merged(file: Any) -> None:
    """Twelve people promote the store and would not recommend the app: neither answer replaces the other."""
    path = file(LONG, *everybody(STORE, 9), *everybody(APP, 3))
    unsure = Run("nps", path)
    assert (unsure.code, "ambiguous-question" in unsure.err) == (3, True)
    assert f"--question '{APP}'" in unsure.err
    for question, score in ((STORE, 100.0), (APP, -100.0)):
        run = Run("nps", path, "--question", question, "-f", "json")
        assert (run.figure("nps")["value"], run.figure("answers")["value"]) == (score, 12)
        assert left_out(run) == {"other_survey_type": 12}


@pytest.mark.parametrize("dedupe", ["last", "none"])
def test_by_question_they_stand_apart_and_add_up(dedupe: str, file: Any) -> None:
    path = file(LONG, *everybody(STORE, 9), *everybody(APP, 3), "r0,Anything else?,")
    run = Run("nps", path, "--by", "question", "--dedupe", dedupe, "-f", "json")
    assert run.code == 0, run.err
    total, *groups = run.json["results"]
    answers = [
        next(figure["value"] for figure in part["figures"] if figure["name"] == "answers") for part in groups
    ]
    assert (run.figure("answers")["value"], sorted(answers)) == (24, [0, 12, 12])
    assert total["figures"][0]["value"] == 0


def test_questions_in_a_column_tell_what_they_ask(file: Any) -> None:
    """Recommendation, satisfaction and effort in one column of scores, each taken by its command."""
    path = file(
        LONG,
        *everybody(STORE, 9),
        *everybody("How satisfied are you? (1-5)", 4),
        *everybody("It was easy to get what I needed (1-7)", 6),
    )
    for command, figure, value in (("nps", "nps", 100.0), ("csat", "csat", 1.0), ("ces", "ces", 6.0)):
        run = Run(command, path, "-f", "json")
        assert (run.code, run.figure(figure)["value"], run.figure("answers")["value"]) == (0, value, 12)


def test_a_question_beyond_the_first_rows_is_seen(file: Any) -> None:
    path = file(LONG, *everybody(STORE, 9, 2500), *everybody(APP, 3, 2500))
    assert Run("nps", path).code == 3


def test_a_column_of_free_text_is_no_column_of_questions(file: Any) -> None:
    """Each customer asks something else; the scores are those of one question, and the last one counts."""
    rows = [f"r{number % 20},What about order {number}?,9" for number in range(40)]
    run = Run("nps", file(LONG, *rows), "-f", "json")
    assert (run.code, run.figure("answers")["value"], left_out(run)) == (0, 20, {"superseded": 20})


def test_a_question_nobody_asked_is_named_with_those_asked(file: Any) -> None:
    run = Run("nps", file(LONG, *everybody(STORE, 9), *everybody(APP, 3)), "--question", "our shop?")
    assert (run.code, "no column and no question 'our shop?'" in run.err, repr(STORE) in run.err) == (
        3,
        True,
        True,
    )


# --- several files


def test_two_wordings_in_two_files_are_not_merged(file: Any) -> None:
    store = file(f"respondent_id,{STORE}", *(f"r{number},9" for number in range(12)), name="store.csv")
    app = file(f"respondent_id,{APP}", *(f"r{number},3" for number in range(12)), name="app.csv")
    unsure = Run("nps", store, app)
    assert (unsure.code, "ambiguous-question" in unsure.err) == (3, True)
    assert f"--question '{STORE}'" in unsure.err
    chosen = Run("nps", store, app, "--question", APP, "-f", "json")
    assert (chosen.figure("nps")["value"], left_out(chosen)) == (-100.0, {"other_survey_type": 12})
    same = Run("nps", store, app, "--question", "#2", "-f", "json")
    assert (same.figure("answers")["value"], left_out(same)) == (12, {"superseded": 12})


def test_one_wording_in_two_files_is_one_question(file: Any) -> None:
    first = file(f"respondent_id,{STORE}", *(f"r{number},9" for number in range(12)), name="first.csv")
    second = file(
        f"respondent_id,{STORE} (0-10)", *(f"s{number},3" for number in range(12)), name="second.csv"
    )
    assert Run("nps", first, second, "-f", "json").figure("nps")["value"] == 0


# --- satisfaction and effort


@pytest.mark.parametrize(
    ("command", "first", "second", "options"),
    [
        (
            "csat",
            "How satisfied are you with the store? (1-5)",
            "How satisfied are you with the app? (1-5)",
            [],
        ),
        (
            "ces",
            "How much effort did it take? (1-5)",
            "It was easy to handle my issue (1-7)",
            ["--best", "1"],
        ),
    ],
)
def test_several_questions_need_to_be_told_apart(
    command: str, first: str, second: str, options: list[str], file: Any
) -> None:
    """Of effort these are its two versions, which must not be taken for one another."""
    path = file(f"{first},{second}", *(["1,5"] * 30))
    unsure = Run(command, path)
    assert (unsure.code, "ambiguous-question" in unsure.err) == (3, True)
    assert f"--question '{first}'" in unsure.err
    for question, mean, said in ((first, 1.0, options), (second, 5.0, [])):
        run = Run(command, path, "--question", question, *said, "-f", "json")
        assert run.code == 0, run.err
        assert run.figure("mean_score" if command == "csat" else "ces")["value"] == mean


def test_what_else_is_asked_beside_the_named_question_is_said(file: Any) -> None:
    second = "It was easy to handle my issue (1-7)"
    path = file(f"CES Score,{second}", *(["2,6"] * 30))
    run = Run("ces", path, "--scale", "1-5", "--best", "1")
    assert (run.code, f"such as {second}" in run.out) == (0, True)
    chosen = Run("ces", path, "--question", second, "-f", "json")
    assert chosen.figure("ces")["value"] == 6.0


# --- scales that rows tell


def test_the_scale_stands_in_a_column_of_its_own(file: Any) -> None:
    """Five of 5 and five of 10 are different satisfactions."""
    path = file("respondent_id,csat score,scale_max", *(f"r{number},5,5" for number in range(40)))
    assert Run("csat", path, "-f", "json").figure("csat")["value"] == 1.0
    mixed = file("respondent_id,csat score,scale_max", *(f"r{n},5,{5 + 5 * (n % 2)}" for n in range(40)))
    run = Run("csat", mixed, "-f", "json")
    assert (run.code, run.figure("csat")["reason"]) == (3, "mixed_scales")


@pytest.mark.parametrize(("header", "tail"), [("NPS Score,scale_max", ",7"), (f"{STORE} (1-7)", "")])
def test_another_scale_that_the_file_tells_is_no_net_promoter_score(
    header: str, tail: str, file: Any
) -> None:
    run = Run("nps", file(header, *(f"{1 + n % 7}{tail}" for n in range(21))), "-f", "json")
    assert (run.code, run.figure("nps")["reason"]) == (3, "scale_other")


def test_a_scale_of_seven_is_suspected_by_its_answers(file: Any) -> None:
    """Of 210 answers from 1 to 7 nobody gave 0, 8, 9 or 10; of 70 that is said and not refused."""
    many = Run("nps", file("nps score", *(str(1 + n % 7) for n in range(210))), "-f", "json")
    assert (many.code, many.figure("nps")["reason"]) == (3, "scale_suspect_1_7")
    told = Run(
        "nps", file("nps score", *(str(1 + n % 7) for n in range(210))), "--scale", "0-10", "-f", "json"
    )
    assert (told.code, "scale_1_10" in {note["code"] for note in told.json["results"][0]["notes"]}) == (
        0,
        False,
    )
    few = Run("nps", file("nps score", *(str(1 + n % 7) for n in range(70))), "-f", "json")
    assert (few.code, "scale_1_7" in {note["code"] for note in few.json["results"][0]["notes"]}) == (0, True)


# --- what the messages say to type


@pytest.mark.parametrize("command", ["nps", "csat", "ces", "cli"])
def test_a_file_without_the_question_is_told_the_question_of_the_command(command: str, file: Any) -> None:
    run = Run(command, file("respondent_id,answered_at,remark", "a,2026-01-01,good"))
    question = "cli_recommend" if command == "cli" else command
    assert (run.code, f"recognised as {question}" in run.err) == (3, True)
    assert f"--map {question}=Header" in run.err
    assert ("nps" in run.err) == (command == "nps")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("nps", "--weight"),
        ("nps", "--driver"),
        ("nps", "--question"),
        ("csat", "--question"),
        ("ces", "--question"),
    ],
)
def test_a_column_that_an_option_names_wrongly_is_told_with_that_option(
    command: str, option: str, file: Any
) -> None:
    path = file("respondent_id,nps score,csat score (1-5),ces score (1-7),Wieght", "a,9,5,5,1")
    run = Run(command, path, option, "Weight")
    assert (run.code, 'did you mean "Wieght"?' in run.err) == (3, True)
    assert f"Write {option} Header, or #3 for the third column." in run.err
    mapped = Run(command, path, "--map", "wave=Weight")
    assert "Write --map wave=Header, or #3" in mapped.err


def test_the_loyalty_questions_may_have_a_row_each(tmp_path: Path) -> None:
    """A answers 6, 5 and 4, B 5, 5 and 5, C only two of three; between them stand answers to another question."""
    path = tmp_path / "answers.csv"
    items = ("cli_recommend", "cli_repurchase", "cli_try_other")
    said = {"A": (6, 5, 4), "B": (5, 5, 5), "C": (3, 2)}
    rows = [
        f"{who},2026-03-0{day},{kind},{question},{score},{best},{best}"
        for day, (who, scores) in enumerate(said.items(), start=1)
        for kind, question, score, best in (
            *(("cli", item, score, 6) for item, score in zip(items, scores, strict=False)),
            ("nps", "nps", 9, 10),
        )
    ]
    head = "respondent_id,responded_at,survey_type,question,score,scale_max,best"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

    run = Run("cli", path, "-f", "json", "--strict", "--min-items", "2")
    assert run.figure("cli_1_6")["value"] == pytest.approx((5 + 5 + 2.5) / 3)
    assert run.figure("respondents")["value"] == 3
    assert run.figure("item_try_other")["n"] == 2
    fates = {item["reason"]: item["count"] for item in run.json["results"][0]["rows"]["left_out"]}
    assert fates["item_of_response"] == 5
    assert Run("nps", path, "-f", "json").figure("answers")["value"] == 3
