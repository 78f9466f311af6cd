"""Satisfaction, effort, the index and responses as typed: what is refused, what is warned of, what is written."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.running import Run

ROOT = Path(__file__).parents[2]
INVITATIONS = ROOT / "sample_data" / "invitations.csv"


def written(folder: Path, name: str, header: str, rows: Sequence[str]) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def days(count: int) -> list[str]:
    return [f"2026-10-{1 + place % 28:02d}" for place in range(count)]


def test_an_unknown_scale_is_refused_with_what_to_type(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "Answered at,Satisfaction", [f"{day},4" for day in days(40)])
    run = Run("csat", path)
    assert run.code == 3
    assert "csat is withheld: nothing tells the scale of the answers" in run.err
    assert "--scale 1-5" in run.err
    told = Run("csat", path, "--scale", "1-5", "-f", "json")
    assert (told.code, told.figure("csat")["value"]) == (0, 1.0)


def test_a_scale_without_a_rule_says_what_to_type(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "Answered at,Satisfaction (0-10)", [f"{day},9" for day in days(40)])
    run = Run("csat", path)
    assert (run.code, "--satisfied 9" in run.err) == (3, True)
    assert Run("csat", path, "--satisfied", "9", "-f", "json").figure("csat")["value"] == 1.0


def test_per_cent_are_satisfied_from_the_answer_that_is_named(tmp_path: Path) -> None:
    """Of twenty answers, ten are 100 and five 80; the table has no line for each of the hundred and one."""
    answers = ["%100"] * 10 + ["%80"] * 5 + ["%20"] * 5
    path = written(tmp_path, "s.csv", "Tarih,Memnuniyet", [f"2026-10-01,{each}" for each in answers])
    run = Run("csat", path)
    assert (run.code, "no rule says which answers of this scale mean satisfied" in run.err) == (3, True)
    told = Run("csat", path, "--satisfied", "80", "-f", "json")
    assert told.figure("csat")["value"] == 0.75
    [table] = [each for each in told.json["results"][0]["tables"] if each["name"] == "distribution"]
    assert table["rows"] == [[20, 5], [80, 5], [100, 10]]


def test_a_scale_that_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "Answered at,Satisfaction", ["2026-10-01,4"])
    run = Run("csat", path, "--scale", "five")
    assert (run.code, "'five' is no scale" in run.err, "--scale 1-5" in run.err) == (2, True, True)


def test_satisfaction_in_turkish_words(tmp_path: Path) -> None:
    """Four of six are "memnun" or "çok memnun"; the words tell the scale."""
    words = ["Çok memnunum", "Memnunum", "MEMNUNUM", "Kararsızım", "Hiç memnun değilim", "Çok memnunum"]
    path = written(
        tmp_path, "s.csv", "Yanıt Tarihi,Genel memnuniyet", [f"2026-10-01,{word}" for word in words]
    )
    found = Run("csat", path, "-f", "json").figure("csat")
    assert (found["numerator"], found["denominator"]) == (4, 6)


@pytest.mark.parametrize("command", ["csat", "ces"])
def test_versions_are_not_pooled(command: str, tmp_path: Path) -> None:
    """R8: one file asked on 1 to 5, the other on 1 to 7."""
    question = {"csat": "Satisfaction", "ces": "Effort score"}[command]
    files = [
        written(tmp_path, f"{top}.csv", f"Answered at,{question} (1-{top})", [f"{day},4" for day in days(40)])
        for top in (5, 7)
    ]
    run = Run(command, *files)
    assert (run.code, "on different scales" in run.err, "for each file" in run.err) == (3, True, True)


def test_loyalty_items_on_different_scales_are_not_pooled(tmp_path: Path) -> None:
    """R8: recommendation on 0 to 10 beside two items on 1 to 6."""
    header = "Answered at,CLI Recommend (0-10),CLI Buy Again (1-6),CLI Try Other (1-6)"
    path = written(tmp_path, "s.csv", header, [f"{day},9,5,4" for day in days(40)])
    mapped = [
        option
        for name, place in (("cli_recommend", 2), ("cli_repurchase", 3), ("cli_try_other", 4))
        for option in ("--map", f"{name}=#{place}")
    ]
    run = Run("cli", path, "--best", "6", *mapped)
    assert (run.code, "different scales" in run.err) == (3, True)


def test_effort_on_five_answers_asks_for_its_good_end(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "Answered at,Effort score (1-5)", [f"{day},1" for day in days(40)])
    run = Run("ces", path)
    assert (run.code, "--best 1" in run.err, "--best 5" in run.err) == (2, True, True)
    assert Run("ces", path, "--best", "1", "-f", "json").figure("top2")["value"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["csat", "few.csv"], "below_min_n"),
        (["csat", "dirty.csv"], "dirty_answers"),
        (["cli", "apart.csv", "--best", "6"], "items_apart"),
        (["responses", "--invited", "500", "--answered", "20"], "low_response"),
        (["responses", "--invited", "500", "--answered", "96"], "fans_answer_more"),
        (["responses", str(INVITATIONS), "--by", "Channel"], "response_rates_differ"),
        (["responses", "stray.csv"], "answers_without_invitation"),
    ],
)
def test_warnings(arguments: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W1, W15 and W16, and those of the index: each with the smallest file that brings it about."""
    written(tmp_path, "few.csv", "Answered at,Satisfaction (1-5)", [f"{day},4" for day in days(12)])
    dirty = [f"{day},{'often' if place % 10 == 0 else 4}" for place, day in enumerate(days(40))]
    written(tmp_path, "dirty.csv", "Answered at,Satisfaction (1-5)", dirty)
    header = "Answered at,CLI Recommend,CLI Buy Again,CLI Try Other"
    apart = [f"{day},{1 + place % 6},{6 - place % 6},{3 + place % 2}" for place, day in enumerate(days(60))]
    written(tmp_path, "apart.csv", header, apart)
    stray = ["2026-10-01,2026-10-02,9", "2026-10-01,,", ",2026-10-02,10"]
    written(tmp_path, "stray.csv", "Sent at,Answered at,NPS Score", stray)
    monkeypatch.chdir(tmp_path)
    run = Run(*arguments, "-f", "json")
    assert run.code == 0, run.err
    assert code in [note["code"] for note in run.json["results"][0]["notes"]]


def test_invitations_in_turkish(tmp_path: Path) -> None:
    """Five invited, one not reached, two answered: 2 of 4; the one who complained was called back after 26 hours."""
    header = "Müşteri No;Davet Tarihi;Ulaşmadı;Yanıt Tarihi;Memnuniyet (1-5);Geri Arama Tarihi;Yorum"
    rows = [
        "1;01.10.2026 09:00;Hayır;01.10.2026 10:00;2;02.10.2026 12:00;Kargo geç geldi",
        "2;01.10.2026 09:00;Hayır;02.10.2026 10:00;5;;",
        "3;01.10.2026 09:00;Evet;;;;",
        "4;01.10.2026 09:00;Hayır;;;;",
        "5;13.10.2026 09:00;Hayır;;;;",
    ]
    path = written(tmp_path, "davet.csv", header, rows)
    run = Run("responses", path, "-f", "json")
    assert (run.code, run.figure("response_rate")["value"]) == (0, 0.5)
    assert (run.figure("closed_loop_rate")["value"], run.figure("follow_up_hours")["value"]) == (1.0, 26.0)
    assert run.json["results"][0]["as_of"] == "2026-10-14"
    shown = Run("responses", path, "--lang", "tr")
    assert "Yanıt oranı  %50,0" in shown.out
    assert "26 saat" in shown.out


def test_a_column_that_only_sounds_like_a_follow_up(tmp_path: Path) -> None:
    """ "Follow up: yes" holds no dates: other metrics do without it, and who names it is told."""
    rows = [f"2026-10-{day:02d},9,yes" for day in range(1, 13)]
    path = written(tmp_path, "s.csv", "Answered at,NPS Score,Follow up", rows)
    assert Run("nps", path, "-f", "json").figure("nps")["value"] == 100.0
    run = Run("responses", path)
    assert (run.code, "--map followed_up_at=COLUMN" in run.err) == (3, True)
    assert "can be read as a date" in Run("responses", path, "--map", "followed_up_at=Follow up").err


@pytest.mark.parametrize("words", [("Yes", "No"), ("Hard bounce", "Delivered"), ("ULAŞMADI", "Ulaştı")])
def test_words_for_what_bounced(words: tuple[str, str], tmp_path: Path) -> None:
    """One of three did not arrive, one of the other two answered."""
    bounced, arrived = words
    rows = [f"2026-10-01,{bounced},,", f"2026-10-01,{arrived},,", f"2026-10-01,{arrived},2026-10-02,9"]
    path = written(tmp_path, "s.csv", "Sent at,Bounced,Answered at,NPS Score", rows)
    assert Run("responses", path, "-f", "json").figure("response_rate")["value"] == 0.5


def test_a_file_without_follow_ups_has_nobody_waiting(tmp_path: Path) -> None:
    """Of two files one lists invitations and follow-ups; the answers of the other are in neither."""
    loop = written(
        tmp_path,
        "loop.csv",
        "Customer ID,Sent at,Answered at,NPS Score,Follow up date",
        ["A,2026-10-01,2026-10-02,2,2026-10-03", "B,2026-10-01,2026-10-02,3,", "C,2026-10-01,,,"],
    )
    plain = written(
        tmp_path, "plain.csv", "Customer ID,Answered at,NPS Score", ["D,2026-10-02,0", "E,2026-10-02,10"]
    )
    run = Run("responses", loop, plain, "--as-of", "2026-11-01", "-f", "json")
    assert run.figure("response_rate")["numerator"] == 2
    assert (run.figure("detractors_due")["value"], run.figure("closed_loop_rate")["value"]) == (2, 0.5)
    (result,) = run.json["results"]
    assert "answers_without_invitation" not in [note["code"] for note in result["notes"]]
    assert [(item["reason"], item["count"]) for item in result["rows"]["left_out"]] == [("not_invited", 2)]


def test_the_list_of_those_who_wait(tmp_path: Path) -> None:
    run = Run("responses", INVITATIONS, "-o", tmp_path / "list.csv")
    assert run.code == 0
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["respondent_id", "answered_at", "hours_waiting", "question", "score", "comment"]
    hours = [int(row["hours_waiting"]) for row in rows]
    assert hours == sorted(hours, reverse=True)
    waiting = Run("responses", INVITATIONS, "-f", "json").figure("detractors_waiting")
    assert waiting["value"] == len(rows)


def test_counts_need_each_other_and_no_file(tmp_path: Path) -> None:
    assert Run("responses", "--answered", "20").code == 2
    assert Run("responses", INVITATIONS, "--invited", "500", "--answered", "20").code == 2
    assert Run("responses", INVITATIONS, "--invited", "500", "--by", "Channel").code == 2
    assert Run("responses", "--invited", "10", "--bounced", "5", "--answered", "6").code == 2


def test_a_count_is_about_one_period_only() -> None:
    """October's invitations say nothing about September: a change has no value, and so is an alert."""
    surveys = ROOT / "sample_data" / "surveys.csv"
    options = ["--period", "2026-10", "--invited", "300", "-q", "-f", "json"]
    assert Run("responses", surveys, *options, "--fail-if", "response_rate < 20%").code == 0
    assert Run("responses", surveys, *options, "--fail-if", "response_rate.delta < -50%").code == 4


def test_the_report_shows_what_the_surveys_have(tmp_path: Path) -> None:
    sample = ROOT / "sample_data"
    config = tmp_path / "c.yaml"
    config.write_text(
        f"sources: {{surveys: ['{sample / 'surveys.csv'}', '{INVITATIONS}']}}\nperiod: 2026-10\n"
        "metrics: {cli: {best: 6}}\nreport: {formats: [json, markdown, html]}\n",
        encoding="utf-8",
    )
    run = Run("report", "-c", config)
    assert run.code == 0, run.err
    folder = tmp_path / "reports" / "2026-10"
    report = json.loads((folder / "loyalty.json").read_text(encoding="utf-8"))
    asked = ["nps", "csat", "ces", "cli", "responses", "contacts"]
    assert [result["metric"] for result in report["results"]] == asked
    page = (folder / "loyalty.html").read_text(encoding="utf-8")
    assert "Response rate and closed loop" in page
    waiting = Run("responses", INVITATIONS, "--table", "waiting").out.splitlines()[1].split(",")
    # A report is passed on: the people on the list are not in it.
    assert waiting[0] not in page
