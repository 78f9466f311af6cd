"""Survey answers from real layouts: counts against ``exports/EXPECTED.json``, and small cases done by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.errors import ColumnMissing
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import SURVEY_COLUMNS, Scale, Surveys

EXPORTS = Path(__file__).resolve().parents[1] / "exports"
EXPECTED = json.loads((EXPORTS / "EXPECTED.json").read_text(encoding="utf-8"))


def surveys(*paths: str | Path, by: tuple[str, ...] = (), **said: Any) -> Surveys:
    table = read(Kind.SURVEYS, Source(tuple(str(path) for path in paths), **said), by)
    assert isinstance(table, Surveys)
    return table


def good(table: Surveys) -> pl.DataFrame:
    return table.frame.filter(pl.col("fault").is_null()).collect()


def written(tmp_path: Path, text: str, name: str = "survey.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def groups(scores: pl.Series) -> dict[str, int]:
    return {
        "n": scores.count(),
        "promoters": int((scores >= 9).sum()),
        "passives": int(scores.is_between(7, 8).sum()),
        "detractors": int((scores <= 6).sum()),
    }


@pytest.mark.parametrize(
    "name",
    [
        "delighted_responses.csv",
        "surveymonkey_condensed.csv",
        "google_forms_nps.csv",
        "google_forms_tr.csv",
        "qualtrics_nps_cli.csv",
    ],
)
def test_every_answer_of_the_exports(name: str) -> None:
    table = surveys(EXPORTS / name)
    rows, expected = good(table), EXPECTED[name]

    assert groups(rows["nps"]) == {
        group: expected[group] for group in ("n", "promoters", "passives", "detractors")
    }
    assert table.frame.select(pl.len()).collect().item() == expected["rows"]
    assert rows["day"].null_count() == 0
    assert rows["nps"].null_count() == rows["nps_issue"].count()


def test_rows_stay_as_they_stood_where_each_answer_has_a_column(tmp_path: Path) -> None:
    """SurveyMonkey's expanded export: the answers are read together, and rows are written out as they came."""
    text = """\
Respondent ID,Collector ID,Start Date,End Date,How satisfied are you?,,
,,,,Very satisfied,Satisfied,Dissatisfied
1,4,03/14/2026 02:05:00 PM,03/14/2026 02:05:00 PM,,,Dissatisfied
2,4,03/14/2026 02:05:00 PM,03/14/2026 02:05:00 PM,Very satisfied,,
"""
    table = surveys(written(tmp_path, text))

    assert good(table)["csat"].to_list() == [2, 5]
    assert table.origin.raw.collect().row(0)[-3:] == (None, None, "Dissatisfied")


def test_a_survey_type_may_say_more_than_its_name(tmp_path: Path) -> None:
    """As HubSpot writes it; a survey of employees is another one."""
    text = """\
Email,Survey type,Rating,Submission date
a@x.y,Customer Loyalty (NPS),9,2026-03-14
b@x.y,Customer Satisfaction (CSAT),4,2026-03-14
c@x.y,Customer Support (CES),6,2026-03-14
d@x.y,eNPS,3,2026-03-14
"""
    rows = good(surveys(written(tmp_path, text)))

    assert rows.select("nps", "csat", "ces").rows() == [
        (9, None, None),
        (None, 4, None),
        (None, None, 6),
        (None, None, None),
    ]


@pytest.mark.parametrize(
    ("stem", "items", "taken"),
    [
        ("How satisfied are you with:", ("Delivery", "Price", "Overall"), {"csat": [3, 3]}),
        (
            "How much do you agree?",
            ("I would recommend you", "I would buy again", "I would try other products"),
            {"cli_recommend": [5, 2], "cli_repurchase": [4, 4], "cli_try_other": [3, 3]},
        ),
    ],
)
def test_the_items_of_a_matrix_are_asked_one_by_one(
    tmp_path: Path, stem: str, items: tuple[str, str, str], taken: dict[str, list[int]]
) -> None:
    """SurveyMonkey writes the question above the first item only."""
    text = f"""\
Respondent ID,Collector ID,Start Date,End Date,{stem},,
,,,,{",".join(items)}
1,4,03/14/2026 02:05:00 PM,03/14/2026 02:05:00 PM,5,4,3
2,4,03/14/2026 02:05:00 PM,03/14/2026 02:05:00 PM,2,4,3
"""
    rows = good(surveys(written(tmp_path, text)))

    assert {name: rows[name].to_list() for name in taken} == taken


def test_delighted_asks_satisfaction_and_effort_from_1_to_5(tmp_path: Path) -> None:
    text = """\
Person Email,Survey Type,Score,Response Created At
a@x.y,csat,4,2026-03-01 10:00:00 UTC
b@x.y,ces,2,2026-03-01 10:00:00 UTC
c@x.y,nps,9,2026-03-01 10:00:00 UTC
"""
    table = surveys(written(tmp_path, text))

    assert (table.scales, table.best["ces"]) == ({"csat": (1, 5), "ces": (1, 5)}, Scale.HIGH)


def test_delighted_knows_people_by_their_address() -> None:
    rows = good(surveys(EXPORTS / "delighted_responses.csv"))

    assert rows["respondent_id"][0] == "ada.marlowe@example.com"
    assert rows["respondent_id"].n_unique() == 10
    # 2025-04-01 00:00:00 UTC is three in the morning in Istanbul.
    assert rows["answered_at"][0] == datetime.fromisoformat("2025-04-01 03:00")


def test_surveymonkey_knows_people_by_custom_data_and_satisfaction_by_words() -> None:
    table = surveys(EXPORTS / "surveymonkey_condensed.csv")
    rows, expected = good(table), EXPECTED["surveymonkey_condensed.csv"]

    assert rows["respondent_id"][0] == "C-001"
    assert rows["csat"].count() == expected["csat_n"]
    assert int((rows["csat"] >= 4).sum()) == expected["csat_top2"]
    assert (table.scales["csat"], table.best["csat"]) == ((1, 5), Scale.HIGH)
    # 02/03/2025 02:08:00 PM is the third of February.
    assert rows["answered_at"][0] == datetime.fromisoformat("2025-02-03 14:08")
    assert rows["comment"][0] == "Great service, will be back"


def test_google_forms_in_english() -> None:
    table = surveys(EXPORTS / "google_forms_nps.csv")
    rows, expected = good(table), EXPECTED["google_forms_nps.csv"]

    assert int((rows["csat"] >= 4).sum()) == expected["csat_top2"]
    assert rows["respondent_id"][0] == "ada.marlowe@example.com"
    assert rows["answered_at"][0] == datetime.fromisoformat("2025-03-20 21:03:09")


def test_google_forms_in_turkish() -> None:
    table = surveys(EXPORTS / "google_forms_tr.csv")
    rows, expected = good(table), EXPECTED["google_forms_tr.csv"]

    assert int((rows["csat"] >= 4).sum()) == expected["csat_top2"]
    assert (table.scales["csat"], table.best["csat"]) == ((1, 5), Scale.HIGH)
    assert table.scales["nps"] == (0, 10)  # "… (0-10)"
    assert rows["respondent_id"][0] == "000001"
    # "Evet, Hayır, Belki" is no scale.
    assert "cli_repurchase" not in table.columns


def test_qualtrics_previews_and_unfinished_responses_are_no_answers() -> None:
    table = surveys(EXPORTS / "qualtrics_nps_cli.csv")
    rows, expected = good(table), EXPECTED["qualtrics_nps_cli.csv"]
    faults = table.frame.group_by("fault").len().filter(pl.col("fault").is_not_null()).sort("fault").collect()

    assert faults.rows() == [("preview", expected["previews"]), ("unfinished", expected["unfinished"])]
    items = rows.select("cli_recommend", "cli_repurchase", "cli_try_other")
    mean = items.mean_horizontal().mean()
    assert isinstance(mean, float)
    assert (mean - 1) / 6 * 100 == pytest.approx(expected["cli_mean_0_100"], abs=1e-4)
    assert table.scales["cli_repurchase"] == (1, 7)
    assert set(table.best.values()) == {Scale.HIGH}
    assert items.row(0) == (2, 2, 3)  # would pick us, would buy again, would miss us


def test_the_schema_is_the_promised_one(tmp_path: Path) -> None:
    table = surveys(written(tmp_path, "respondent_id,score,responded_at\nR1,9,2026-01-02\n"))

    schema = dict(table.frame.collect_schema())
    assert list(schema) == [*SURVEY_COLUMNS, "nps", "nps_issue", "nps_floor"]
    assert {name: schema[name] for name in SURVEY_COLUMNS} == dict(SURVEY_COLUMNS)
    assert schema["nps"] == pl.Int64
    assert table.columns == {"respondent_id", "answered_at", "day", "nps"}
    assert good(table).row(0)[3:6] == ("R1", datetime.fromisoformat("2026-01-02 00:00"), date(2026, 1, 2))


def test_a_lone_column_of_scores(tmp_path: Path) -> None:
    rows = good(surveys(written(tmp_path, "nps\n10\n9\n3\n")))

    assert rows["nps"].to_list() == [10, 9, 3]
    assert rows["day"].to_list() == [None, None, None]


def test_what_is_wrong_with_an_answer(tmp_path: Path) -> None:
    cells = ["10 - Extremely likely", "9.0", '"7,5"', "11", "", "N/A", "on", "10/10"]
    body = "".join(f"R{place},{cell}\n" for place, cell in enumerate(cells))

    rows = good(surveys(written(tmp_path, f"respondent_id,score\n{body}")))

    assert rows["nps"].to_list() == [10, 9, None, 11, None, None, None, 10]
    assert rows["nps_issue"].to_list() == [
        None, None, "non_integer", None, "missing", "missing", "unparseable", None,
    ]  # fmt: skip


def test_the_survey_type_says_which_question_a_score_answers(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Person Email,Survey Type,Score,Created At\n"
        "a@example.com,nps,9,2026-01-02 10:00:00\n"
        "b@example.com,csat,5,2026-01-02 10:00:00\n",
    )

    rows = good(surveys(path))

    assert rows.select("nps", "nps_issue", "csat", "csat_issue").rows() == [
        (9, None, None, "other_survey_type"),
        (None, "other_survey_type", 5, None),
    ]


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("Rating", (1, 5)),
        ("Star Rating", (1, 5)),
        ("Yıldız", (1, 5)),
        ("Bizi önerir misiniz? (1-5)", (1, 5)),
        ("Would you recommend us? (0 to 10)", (0, 10)),
        ("score", None),
    ],
)
def test_the_header_may_tell_the_scale(tmp_path: Path, header: str, scale: tuple[int, int] | None) -> None:
    table = surveys(written(tmp_path, f"respondent_id,{header}\nR1,5\nR2,1\n"))

    assert "nps" in table.columns
    assert table.scales.get("nps") == scale


def test_mapping_decides_which_column_answers_what(tmp_path: Path) -> None:
    path = written(tmp_path, "k,a,b,when\nR1,7,3,2026-01-02\n")
    mapping = {"respondent_id": "k", "score": "b", "csat": "a", "answered_at": "when"}

    rows = good(surveys(path, mapping=mapping))

    assert rows.select("respondent_id", "nps", "csat").row(0) == ("R1", 3, 7)


def test_waves_comments_and_groups(tmp_path: Path) -> None:
    path = written(tmp_path, "Müşteri No,Puan,Dalga,Yorum,Şehir\n7,9,2026-Q1, iyi ,İzmir\n")

    rows = good(surveys(path, by=("Şehir", "wave")))

    assert rows.select("respondent_id", "nps", "wave", "comment", "Şehir").row(0) == (
        "7", 9, "2026-Q1", "iyi", "İzmir",
    )  # fmt: skip


def test_a_comment_that_says_total_is_no_footer(tmp_path: Path) -> None:
    table = surveys(written(tmp_path, "Customer ID,Score,Comment\n1,9,Total\nTOTAL,,\n"))

    assert table.frame.select("fault").collect().to_series().to_list() == [None, "footer"]


def test_two_waves_in_two_files(tmp_path: Path) -> None:
    first = written(tmp_path, "Customer ID,NPS\n1,9\n", "a.csv")
    second = written(tmp_path, "Customer ID,NPS,CSAT\n1,3,4\n", "b.csv")

    rows = good(surveys(first, second))

    assert rows.select("file", "nps", "csat", "csat_issue").rows() == [
        (0, 9, None, "missing"),
        (1, 3, 4, None),
    ]


def test_a_survey_without_a_score_says_what_to_type(tmp_path: Path) -> None:
    path = written(tmp_path, "Customer ID,Comment\n1,nice\n")

    with pytest.raises(ColumnMissing) as raised:
        surveys(path)

    assert "--map nps=Header" in str(raised.value)


@pytest.mark.parametrize(
    ("header", "cells", "scale", "best", "scores"),
    [
        ("Memnuniyet", ("5 - Çok memnunum", "4", "1 - Hiç memnun değilim"), (1, 5), Scale.HIGH, [5, 4, 1]),
        ("Memnuniyet", ("Çok memnunum (5)", "Memnunum (4)"), (1, 5), Scale.HIGH, [5, 4]),
        ("Memnuniyet", ("1 - Çok memnunum", "5 - Hiç memnun değilim"), (1, 5), Scale.LOW, [1, 5]),
        ("Satisfaction", ("4/5", "1/5"), (1, 5), Scale.UNKNOWN, [4, 1]),
        ("Satisfaction", ("★★★★☆", "★☆☆☆☆"), (1, 5), Scale.UNKNOWN, [4, 1]),
        ("Satisfaction", ("4/5", "6/7"), None, Scale.UNKNOWN, [4, 6]),
        ("Satisfaction (1 = very bad, 5 = very good)", ("4", "1"), (1, 5), Scale.UNKNOWN, [4, 1]),
        ("Memnuniyetiniz (1: Çok memnunum, 5: Hiç memnun değilim)", ("4", "1"), None, Scale.UNKNOWN, [4, 1]),
        ("Satisfaction", ("4", "1"), None, Scale.UNKNOWN, [4, 1]),
        ("Memnuniyet", ("😍", "🙂", "😐", "🙁", "😡"), (1, 5), Scale.HIGH, [5, 4, 3, 2, 1]),
        ("Memnuniyet", ("🙂", "😐", "☹️"), (1, 3), Scale.HIGH, [3, 2, 1]),
        ("Satisfaction", (":)", ":|", ":("), (1, 3), Scale.HIGH, [3, 2, 1]),
        ("Satisfaction", ("👍🏽", "👎"), (1, 2), Scale.HIGH, [2, 1]),
        ("Satisfaction", ("Very happy", "Unhappy"), (1, 5), Scale.HIGH, [5, 2]),
        ("Memnun kaldınız mı? (Evet/Hayır)", ("Evet", "hayır", ""), (1, 2), Scale.HIGH, [2, 1, None]),
        ("Are you satisfied with the delivery?", ("Yes", "No"), (1, 2), Scale.HIGH, [2, 1]),
        ("CSAT", ("Yes", "No"), (1, 2), Scale.HIGH, [2, 1]),
        ("CSAT", ("Yes", "Partly", "No"), None, Scale.UNKNOWN, [None, None, None]),
        ("Satisfaction", ("80%", "%5", "% 100"), (0, 100), Scale.UNKNOWN, [80, 5, 100]),
        ("Memnuniyet (yüzde)", ("80", "5"), (0, 100), Scale.UNKNOWN, [80, 5]),
        ("Satisfaction (0-100)", ("80", "5"), (0, 100), Scale.UNKNOWN, [80, 5]),
        ("Satisfaction (%)", ("5", "4"), None, Scale.UNKNOWN, [5, 4]),
    ],
)
def test_the_answers_may_tell_the_scale(
    tmp_path: Path,
    header: str,
    cells: tuple[str, ...],
    scale: tuple[int, int] | None,
    best: Scale,
    scores: list[int],
) -> None:
    table = surveys(
        written(tmp_path, "\n".join([f'Tarih;"{header}"', *(f"01.02.2026;{cell}" for cell in cells)]))
    )

    assert table.frame.collect()["csat"].to_list() == scores
    assert (table.scales.get("csat"), table.best.get("csat")) == (scale, best)


@pytest.mark.parametrize(
    "question",
    ["Was there anything you were not satisfied with?", "Memnun kalmadığınız bir şey oldu mu?"],
)
def test_yes_to_another_question_is_no_satisfaction(tmp_path: Path, question: str) -> None:
    path = written(tmp_path, f"Tarih;Önerir misiniz? (0-10);{question}\n01.02.2026;9;Yes\n02.02.2026;3;No\n")

    assert "csat" not in surveys(path).columns
    mapped = surveys(path, mapping={"csat": question})
    assert mapped.frame.collect()["csat"].to_list() == [None, None]


@pytest.mark.parametrize("order", ["hlu", "ulh", "uhl", "luh"])
def test_files_with_opposite_good_ends_are_mixed_in_any_order(tmp_path: Path, order: str) -> None:
    """The words say 5 is best in one file and 1 in another; a third has bare numbers, and says nothing."""
    answers = {
        "h": "5 - Çok memnunum\n1 - Hiç memnun değilim",
        "l": "1 - Çok memnunum\n5 - Hiç memnun değilim",
        "u": "5\n1",
    }
    files = [written(tmp_path, f"Memnuniyet\n{answers[name]}\n", f"{name}.csv") for name in order]

    table = surveys(*files)

    assert (table.mixed, table.best["csat"]) == ({"csat"}, Scale.UNKNOWN)
