"""Satisfaction, effort and the index over time and by segment, through their commands, checked by hand and by SciPy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot, sqrt
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from tests.cli.running import Run

JANUARY, FEBRUARY, MARCH = "2026-01-15", "2026-02-15", "2026-03-05"
CSAT, CES = "Satisfaction (1-5)", "It was easy to get what I needed (1-7)"
CLI = "I would recommend (1-6),I would buy again (1-6),I would try other products (1-6)"


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(header: str, rows: Iterable[str]) -> Path:
        path = tmp_path / "answers.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def answers(counts: Mapping[int | str, int], *rest: str) -> list[str]:
    return [",".join([str(answer), *rest]) for answer, count in counts.items() for _ in range(count)]


class Told:
    """What a command tells as JSON."""

    def __init__(self, metric: str, path: Path, *arguments: str) -> None:
        run = Run(metric, path, *arguments, "-f", "json")
        assert run.code == 0, run.err
        self.results: list[dict[str, Any]] = run.json["results"]

    def table(self, name: str, result: int = 0) -> list[dict[str, Any]]:
        (found,) = [table for table in self.results[result]["tables"] if table["name"] == name]
        columns = [column["name"] for column in found["columns"]]
        return [dict(zip(columns, row, strict=True)) for row in found["rows"]]

    @property
    def notes(self) -> dict[str, str]:
        return {note["code"]: note["text"] for note in self.results[0]["notes"]}


# --- over time


def test_satisfaction_by_month(file: Any) -> None:
    """28 of 40 in January, 32 of 40 in February, a March that is not over: (0.21 + 0.16) x 7.849 / 0.1^2 = 290.4."""
    rows = answers({5: 28, 1: 12}, JANUARY) + answers({4: 32, 2: 8}, FEBRUARY) + answers({1: 40}, MARCH)
    told = Told("csat", file(f"{CSAT},answered_at", rows), "--every", "month")
    trend = [(row["period"], row["value"], row["n"], row["partial"]) for row in told.table("over_time")]
    assert trend == [("2026-01", 0.7, 40, False), ("2026-02", 0.8, 40, False), ("2026-03", 0.0, 40, True)]
    exact = stats.binomtest(28, 40).proportion_ci(method="wilson")
    first = told.table("over_time")[0]
    assert (first["low"], first["high"]) == (pytest.approx(exact.low), pytest.approx(exact.high))
    (change,) = told.table("change")
    assert (change["earlier"], change["later"]) == ("2026-01", "2026-02")
    assert (change["change"], change["needed"]) == (pytest.approx(0.1), 291)
    # The pooled z-test is the square root of chi-squared without continuity correction.
    p_value = stats.chi2_contingency([[28, 12], [32, 8]], correction=False).pvalue
    assert change["p_value"] == pytest.approx(p_value)
    assert "no detectable change (needs about n = 291 each)" in told.notes["all_respondents_same_needs_share"]


def test_a_change_of_satisfaction_is_newcombes(file: Any) -> None:
    """The worked example stat.newcombe.1, as two waves."""
    rows = answers({5: 160, 1: 40}, "1") + answers({5: 150, 1: 60}, "2")
    told = Told("csat", file(f"{CSAT},wave", rows))
    assert [(row["wave"], row["n"]) for row in told.table("waves")] == [("1", 200), ("2", 210)]
    (change,) = told.table("change")
    assert (change["low"], change["high"]) == (
        pytest.approx(-0.167, abs=1e-3),
        pytest.approx(-0.002, abs=1e-3),
    )
    p_value = stats.chi2_contingency([[160, 40], [150, 60]], correction=False).pvalue
    assert change["p_value"] == pytest.approx(p_value)
    text = "2 against 1: -8.6 percentage points (95% interval -16.7 to -0.2, p = 0.043); more than chance."
    assert told.notes["all_respondents_changed_share"] == text


def test_effort_by_month(file: Any) -> None:
    """Twenty answers of 4 and of 6, then of 5 and of 7: the mean rises from 5 to 6, s^2 = 40 / 39 in both."""
    rows = answers({4: 20, 6: 20}, JANUARY) + answers({5: 20, 7: 20}, FEBRUARY)
    told = Told("ces", file(f"{CES},answered_at", rows), "--every", "month", "--as-of", "2026-03-01")
    assert [row["value"] for row in told.table("over_time")] == [5, 6]
    before, after = [4] * 20 + [6] * 20, [5] * 20 + [7] * 20
    exact = stats.ttest_1samp(before, 0).confidence_interval()
    first = told.table("over_time")[0]
    assert (first["low"], first["high"]) == (pytest.approx(exact.low), pytest.approx(exact.high))
    (change,) = told.table("change")
    error = sqrt(2 * (40 / 39) / 40) * stats.t.ppf(0.975, 39) / stats.norm.ppf(0.975)
    assert change["change"] == pytest.approx(1)
    assert change["p_value"] == pytest.approx(2 * stats.norm.sf(1 / error))
    # Close to Welch's test and a little more careful.
    welch = stats.ttest_ind(after, before, equal_var=False).confidence_interval()
    assert (change["low"], change["high"]) == (
        pytest.approx(welch.low, abs=0.02),
        pytest.approx(welch.high, abs=0.02),
    )
    assert "+1.00" in told.notes["all_respondents_changed_score"]


def test_means_of_fewer_than_thirty_are_not_compared(file: Any) -> None:
    rows = answers({4: 15, 6: 14}, JANUARY) + answers({7: 40}, FEBRUARY)
    told = Told("ces", file(f"{CES},answered_at", rows), "--every", "month", "--as-of", "2026-03-01")
    first = told.table("over_time")[0]
    assert (first["n"], first["low"]) == (29, None)
    (change,) = told.table("change")
    assert (change["change"], change["needed"]) == (None, None)
    assert "fewer than 30 answers (n = 29 and 40)" in told.notes["all_respondents_too_few"]


def test_the_index_by_month_of_two_or_three_answers(file: Any) -> None:
    """(6, 5, 4) is 80 of 100, (3, -, 2) is 30 and (6, 6, 6) is 100: a mean of 55, then of 90."""
    rows = answers({"6,5,4": 20, "3,,2": 20}, JANUARY) + answers({"6,6,6": 20, "6,5,4": 20}, FEBRUARY)
    path = file(f"{CLI},answered_at", rows)
    options = ("--best", "6", "--min-items", "2", "--as-of", "2026-03-01")
    told = Told("cli", path, *options, "--every", "month")
    assert [row["value"] for row in told.table("over_time")] == [pytest.approx(55), pytest.approx(90)]
    (whole,) = [figure for figure in told.results[0]["figures"] if figure["name"] == "cli_0_100"]
    assert whole["value"] == pytest.approx((55 + 90) / 2)
    # A slice says what the figure says of the same answers.
    january = Told("cli", path, *options, "--period", "2026-01").results[0]["figures"][0]
    (first, _) = told.table("over_time")
    assert (first["low"], first["high"]) == (pytest.approx(january["low"]), pytest.approx(january["high"]))


def test_the_index_is_the_same_whichever_end_is_the_best(file: Any) -> None:
    """1 the best: (1, 2, 3) is as good as (6, 5, 4) where 6 is."""
    rows = answers({"1,2,3": 30}, JANUARY)
    told = Told("cli", file(f"{CLI},answered_at", rows), "--best", "1", "--every", "month")
    assert [row["value"] for row in told.table("over_time")] == [pytest.approx(80)]


def test_who_answers_again_counts_in_each_month(file: Any) -> None:
    rows = [f"A,5,{JANUARY}", f"A,1,{FEBRUARY}", f"B,5,{JANUARY}"]
    told = Told("csat", file(f"respondent_id,{CSAT},answered_at", rows), "--every", "month")
    assert [row["n"] for row in told.table("over_time")] == [2, 1]
    assert told.results[0]["figures"][-1]["value"] == 2


def test_the_same_respondents_are_compared_with_themselves(file: Any) -> None:
    """Of twelve who answer twice six become satisfied and one is no longer: 5 / 12."""
    before = [3] * 6 + [5] * 6
    after = [4] * 6 + [2] + [5] * 5
    rows = [f"P{i},{answer},1" for i, answer in enumerate(before)]
    rows += [f"P{i},{answer},2" for i, answer in enumerate(after)] + ["P99,1,2"]
    path = file(f"respondent_id,{CSAT},wave", rows)
    everybody, same = Told("csat", path).table("change")
    assert (everybody["n_before"], everybody["n_after"]) == (12, 13)
    exact = stats.ttest_1samp([1] * 6 + [-1] + [0] * 5, 0)
    assert (same["n_after"], same["change"]) == (12, pytest.approx(5 / 12))
    assert same["p_value"] == pytest.approx(exact.pvalue)
    # Answers that are not told apart by respondent are not followed.
    assert len(Told("csat", path, "--dedupe", "none").table("change")) == 1


def test_the_change_of_an_asked_period_is_told_once(file: Any) -> None:
    rows = answers({5: 28, 1: 12}, JANUARY) + answers({4: 32, 2: 8}, FEBRUARY)
    path = file(f"{CSAT},answered_at", rows)
    told = Told("csat", path, "--period", "2026-02", "--every", "month", "--as-of", "2026-03-01")
    assert [code for code in told.notes if "change" in code or "same" in code] == ["unchanged_share"]
    (note,) = [note for note in told.results[0]["notes"] if note["code"] == "unchanged_share"]
    (change,) = told.table("change")
    # Newcombe's interval: the ends of Wilson's two, added like errors.
    first, second = (stats.binomtest(k, 40).proportion_ci(method="wilson") for k in (28, 32))
    assert change["low"] == pytest.approx(0.1 - hypot(0.8 - second.low, first.high - 0.7))
    assert change["high"] == pytest.approx(0.1 + hypot(second.high - 0.8, 0.7 - first.low))
    assert "-9.0 to +28.1" in note["text"]


@pytest.mark.parametrize("metric", ["csat", "ces"])
def test_a_trend_needs_dates(metric: str, file: Any) -> None:
    run = Run(metric, file({"csat": CSAT, "ces": CES}[metric], ["5"]), "--every", "month")
    assert run.code == 3
    assert "--map answered_at=COLUMN" in run.err


def test_what_satisfied_is_must_be_known_for_a_trend(file: Any) -> None:
    rows = answers({5: 40}, JANUARY)
    path = file("satisfaction,answered_at", rows)
    run = Run("csat", path, "--scale", "1-6", "--every", "month", "-f", "json")
    assert (run.code, run.json["results"][0]["tables"][0]["name"]) == (3, "distribution")
    assert len(run.json["results"][0]["tables"]) == 1


# --- by segment


def test_segments_against_the_rest(file: Any) -> None:
    """web 20 of 40 against 72 of 80, shop 36 of 40 against 56 of 80, app the same; ten by post are not tested."""
    groups = {"app": {5: 36, 1: 4}, "post": {5: 10}, "shop": {5: 36, 1: 4}, "web": {5: 20, 1: 20}}
    rows = [row for name, counts in groups.items() for row in answers(counts, name)]
    told = Told("csat", file(f"{CSAT},channel", rows), "--by", "channel")
    found = {row["segment"]: row for row in told.table("segments")}
    good, bad = {n: c[5] for n, c in groups.items()}, {n: c.get(1, 0) for n, c in groups.items()}
    p_values = {}
    for name in ("app", "shop", "web"):
        rest = [sum(good.values()) - good[name], sum(bad.values()) - bad[name]]
        p_values[name] = stats.chi2_contingency([[good[name], bad[name]], rest], correction=False).pvalue
    assert found["web"]["difference"] == pytest.approx(20 / 40 - 82 / 90)
    assert found["web"]["p_holm"] == pytest.approx(3 * p_values["web"])
    assert found["app"]["p_holm"] == found["shop"]["p_holm"] == pytest.approx(2 * p_values["app"])
    assert [name for name, row in found.items() if row["differs"]] == ["web"]
    assert (found["post"]["value"], found["post"]["p_holm"]) == (1, None)
    assert "Each of 3 segments" in told.notes["segments_tested"]


@pytest.mark.parametrize(
    ("metric", "header", "answer", "options", "counted"),
    [
        ("csat", CSAT, "5", (), "answers"),
        ("ces", CES, "5", (), "answers"),
        ("cli", CLI, "5,6,4", ("--best", "6"), "respondents"),
    ],
)
def test_what_few_people_of_a_group_answered_is_not_told(
    metric: str, header: str, answer: str, options: tuple[str, ...], counted: str, file: Any
) -> None:
    """R11: four in a group could be found out; that there are four is no secret. Of six machines are told.

    The five beside them are not told, because the total would give the four away.
    """
    rows = [
        *answers({answer: 30}, "shop", JANUARY),
        *answers({answer: 4}, "web", JANUARY),
        *answers({answer: 5}, "app", JANUARY),
        *answers({answer: 6}, "post", JANUARY),
    ]
    path = file(f"{header},channel,answered_at", rows)
    told = Told(metric, path, *options, "--by", "channel", "--every", "month")
    app, post, shop, web = told.results[1:]
    assert [each["group"]["channel"] for each in (app, post, shop, web)] == ["app", "post", "shop", "web"]
    said = {figure["name"]: (figure["value"], figure["reason"]) for figure in web["figures"]}
    assert said.pop(counted) == (4, None)
    assert set(said.values()) == {(None, "tiny_group")}
    assert (web["tables"], web["notes"]) == ([], [])
    assert app["figures"][0]["reason"] == "beside_tiny_group"
    assert post["figures"][0]["value"] is not None
    segments = {row["segment"]: (row["n"], row["value"] is None) for row in told.table("segments")}
    assert segments == {"app": (5, True), "post": (6, True), "shop": (30, False), "web": (4, True)}


def test_a_group_that_shrank_below_five_says_nothing_of_its_change(file: Any) -> None:
    rows = [
        *answers({5: 30}, "app", JANUARY),
        *answers({5: 40}, "shop", JANUARY),
        *answers({5: 40}, "web", JANUARY),
        *answers({5: 30}, "app", FEBRUARY),
        *answers({5: 40}, "shop", FEBRUARY),
        *answers({1: 4}, "web", FEBRUARY),
    ]
    path = file(f"{CSAT},channel,answered_at", rows)
    told = Told("csat", path, "--by", "channel", "--period", "2026-02", "--as-of", "2026-03-01")
    app, shop, web = told.results[1:]
    assert "no_difference_share" in [note["code"] for note in shop["notes"]]
    for withheld in (app, web):
        assert "share" not in " ".join(note["code"] for note in withheld["notes"])


@pytest.mark.parametrize(
    ("lang", "title", "change"), [("en", "Over time", "+10.0"), ("tr", "Zaman içinde", "+10,0")]
)
def test_people_read_signed_points_of_per_cent(lang: str, title: str, change: str, file: Any) -> None:
    rows = answers({5: 28, 1: 12}, JANUARY) + answers({4: 32, 2: 8}, FEBRUARY)
    path = file(f"{CSAT},answered_at", rows)
    run = Run("csat", path, "--every", "month", "--as-of", "2026-03-01", "--lang", lang)
    assert title in run.out
    (line,) = [line for line in run.out.splitlines() if line.strip().startswith(("all resp", "yanıt veren"))]
    assert change in line


# --- waves that are called by a calendar period


@pytest.mark.parametrize(
    ("names", "last"),
    [
        (("2026-Q1", "2026-Q2", "2026-Q3"), "2026-Q2"),
        (("Q1 2026", "Q2 2026", "Q3 2026"), "Q2 2026"),
        (("Mart 2026", "June 2026", "Eylül 2026"), "June 2026"),
        (("03/2026", "2026-06", "2026-09"), "2026-06"),
        (("Spring", "Summer", "Autumn"), "Autumn"),
        (("2026-Q1", "2026-Q2", "2027-Q1"), "2027-Q1"),
    ],
)
@pytest.mark.parametrize("command", ["nps", "csat"])
def test_a_wave_that_is_not_over_is_not_compared(
    command: str, names: tuple[str, str, str], last: str, file: Any
) -> None:
    """The third wave ends with the data on 10 September, in the middle of what it is called by, unless by a season.

    A wave called by a period in which nobody answered is no such period.
    """
    scores = {"nps": ("nps score", 9), "csat": ("csat score (1-5)", 4)}[command]
    rows = [
        f"r{number},{day},{name},{scores[1]}"
        for name, day in zip(names, ("2026-03-10", "2026-06-10", "2026-09-10"), strict=True)
        for number in range(30)
    ]
    run = Run(command, file(f"respondent_id,answered_at,wave,{scores[0]}", rows), "-f", "json")
    assert run.code == 0, run.err
    (result,) = run.json["results"]
    tables = {table["name"]: table for table in result["tables"]}
    later = [column["name"] for column in tables["change"]["columns"]].index("later")
    assert tables["change"]["rows"][0][later] == last
    assert [row[-1] for row in tables["waves"]["rows"]] == [False, False, last != names[2]]
    assert ("wave_running" in {note["code"] for note in result["notes"]}) == (last != names[2])


# --- what the total would give away


COMMANDS = {
    "nps": ("nps score", "9", "3"),
    "csat": (CSAT, "5", "1"),
    "ces": (CES, "7", "2"),
    "cli": (CLI, "6,6,6", "1,2,1"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_small_group_is_not_found_by_subtraction(command: str, file: Any) -> None:
    """Of three people in C the others' answers less the total would tell all, so B, the next smallest, is withheld."""
    header, good, bad = COMMANDS[command]
    sizes = {"A": 60, "B": 40, "C": 3}
    rows = [
        f"r{shop}{number},2026-01-{1 + number % 9:02d},{shop},{bad if number % 4 else good}"
        for shop, n in sizes.items()
        for number in range(n)
    ]
    options = ["--best", "6"] if command == "cli" else []
    path = file(f"respondent_id,answered_at,shop,{header}", rows)
    told = Told(command, path, "--by", "shop", "--every", "month", *options)
    groups = told.results[1:]
    assert [group["figures"][0]["reason"] for group in groups] == [None, "beside_tiny_group", "tiny_group"]
    values = [
        figure["value"] for group in groups[1:] for figure in group["figures"] if figure["value"] is not None
    ]
    assert values == [40, 3]
    assert [group["tables"] for group in groups[1:]] == [[], []]
    segments = told.table("segments")
    assert [
        (row["segment"], row["value"] is None, row["difference"] is None, row["n"]) for row in segments
    ] == [
        ("A", False, False, 60),
        ("B", True, True, 40),
        ("C", True, True, 3),
    ]
    assert "withheld_beside" in told.notes


def test_two_small_groups_of_five_people_need_no_third(file: Any) -> None:
    """Who subtracts A from the total learns what the five people of B and C answered together."""
    rows = [f"{score},{shop}" for shop, n in (("A", 30), ("B", 3), ("C", 2)) for score in [5] * n]
    told = Told("csat", file(f"{CSAT},shop", rows), "--by", "shop")
    assert [group["figures"][0]["reason"] for group in told.results[1:]] == [None, "tiny_group", "tiny_group"]
    assert "withheld_beside" not in told.notes


def test_a_small_month_of_a_group_is_not_found_by_subtraction(file: Any) -> None:
    """In February three answers are of B: A's score of that month is withheld, in January neither is."""
    months = {"A": (30, 20), "B": (30, 3)}
    rows = [
        f"5,{day},{shop}"
        for shop, counts in months.items()
        for day, n in zip((JANUARY, FEBRUARY), counts, strict=True)
        for _ in range(n)
    ]
    told = Told(
        "csat",
        file(f"{CSAT},answered_at,shop", rows),
        "--by",
        "shop",
        "--every",
        "month",
        "--as-of",
        "2026-03-01",
    )
    for place in (1, 2):
        january, february = told.table("over_time", place)
        assert (january["value"], february["value"]) == (1.0, None)
        (change,) = told.table("change", place)
        assert (change["before"], change["after"], change["change"]) == (None, None, None)
        assert change["n_after"] == (20, 3)[place - 1]
    assert [row["value"] for row in told.table("over_time")] == [1.0, 1.0]


# --- what is said of changes


def test_a_change_that_is_the_same_for_everybody_is_not_called_more_than_chance(file: Any) -> None:
    """Twelve people who said 3 all say 9 now: +200 points each, and nothing tells how such differences scatter."""
    rows = [f"r{number},{wave},{score}" for wave, score in (("W1", 3), ("W2", 9)) for number in range(12)]
    told = Told("nps", file("respondent_id,wave,nps score", rows))
    assert "same_respondents_changed" not in told.notes
    assert "nothing tells how sure" in told.notes["same_respondents_alike"]
    change = told.table("change")[1]
    assert (change["change"], change["low"], change["high"], change["p_value"]) == (200, None, None, None)


def test_an_interval_beside_its_difference_is_explained(file: Any) -> None:
    """From ten detractors to ten promoters the score moves by 200; the interval of the adjusted ones ends below."""
    rows = [f"{wave},{score}" for wave, score in (("W1", 3), ("W2", 9)) for _ in range(10)]
    told = Told("nps", file("wave,nps score", rows))
    change = told.table("change")[0]
    assert change["high"] < change["change"] == 200
    assert "three answers added" in told.notes["interval_beside_difference"]
    rows = [f"{wave},{score}" for wave in ("W1", "W2") for score in [3, 9] * 10]
    assert "interval_beside_difference" not in Told("nps", file("wave,nps score", rows)).notes


@pytest.mark.parametrize(("lang", "said"), [("en", "p < 0.001"), ("tr", "p < 0,001")])
def test_a_small_p_is_below_not_equal_to_below(lang: str, said: str, file: Any) -> None:
    rows = [f"{wave},{score}" for wave, n in (("W1", 30), ("W2", 90)) for score in [9] * n + [3] * (120 - n)]
    run = Run("nps", file("wave,nps score", rows), "--lang", lang)
    assert said in run.out
    assert "= <" not in run.out


@pytest.mark.parametrize("command", COMMANDS)
def test_of_few_answers_one_thing_is_said(command: str, file: Any) -> None:
    """Of seven the value is not shown, so there is nothing to read as a hint; of twelve it is."""
    header, good, _ = COMMANDS[command]
    for people, hint in ((7, False), (12, True)):
        run = Run(command, file(header, [good] * people), *(["--best", "6"] if command == "cli" else []))
        assert ("too few cases to show" in run.out, "read it as a hint" in run.out) == (not hint, hint)


@pytest.mark.parametrize("command", COMMANDS)
def test_who_answers_in_several_months_counts_in_each_and_it_is_said(command: str, file: Any) -> None:
    """Ten people answer in January and in February: the whole has ten answers, the months have twenty."""
    header, good, _ = COMMANDS[command]
    rows = [f"r{number},{day},{good}" for day in (JANUARY, FEBRUARY) for number in range(10)]
    options = ["--best", "6"] if command == "cli" else []
    told = Told(command, file(f"respondent_id,answered_at,{header}", rows), "--every", "month", *options)
    assert told.notes["counted_in_each_period"].endswith("together 20 answers, over all 10.")
    by_shop = file(f"respondent_id,answered_at,{header},shop", [f"{row},A" for row in rows])
    told = Told(command, by_shop, "--by", "shop", "--every", "month", *options)
    said = [[note["code"] for note in result["notes"]] for result in told.results]
    assert ["counted_in_each_period" in codes for codes in said] == [True, False]
    once = Told(command, file(f"respondent_id,answered_at,{header}", rows[:10]), "--every", "month", *options)
    assert "counted_in_each_period" not in once.notes


def test_csv_on_standard_output_guards_formulas_as_a_file_does(file: Any, tmp_path: Path) -> None:
    path = file(f"{CSAT},shop", [*["5,=1+1"] * 10, *["5,web\x1b[31m"] * 10])
    printed = Run("csat", path, "--by", "shop", "--format", "csv")
    assert Run("csat", path, "--by", "shop", "-o", str(tmp_path / "told.csv")).code == 0
    assert printed.out == (tmp_path / "told.csv").read_text(encoding="utf-8")
    listed = Run("csat", path, "--by", "shop", "--format", "csv", "--table", "distribution")
    assert "\n'=1+1," in listed.out
    assert "\x1b" not in printed.out + listed.out
