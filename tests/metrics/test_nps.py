"""The Net Promoter Score through its command: weights, waves, segments, tags, codes, and what it refuses to say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.words import LANGUAGES
from tests.conftest import SHARED

JANUARY, FEBRUARY = "2026-01-15", "2026-02-15"


class Nps:
    """A run of ``loyalty nps`` with JSON output."""

    def __init__(self, *arguments: str | Path) -> None:
        said = CliRunner().invoke(app, ["nps", *map(str, arguments), "-f", "json"], env={"NO_COLOR": "1"})
        if said.exception is not None and not isinstance(said.exception, SystemExit):
            raise said.exception
        self.code, self.err = said.exit_code, said.stderr
        self.results: list[dict[str, Any]] = json.loads(said.stdout)["results"] if said.stdout else []

    def figure(self, name: str, result: int = 0) -> dict[str, Any]:
        (found,) = [figure for figure in self.results[result]["figures"] if figure["name"] == name]
        return dict(found)

    def value(self, name: str, result: int = 0) -> Any:
        return self.figure(name, result)["value"]

    def table(self, name: str) -> list[dict[str, Any]]:
        (found,) = [table for table in self.results[0]["tables"] if table["name"] == name]
        columns = [column["name"] for column in found["columns"]]
        return [dict(zip(columns, row, strict=True)) for row in found["rows"]]

    @property
    def notes(self) -> dict[str, str]:
        return {note["code"]: note["text"] for note in self.results[0]["notes"]}

    @property
    def left_out(self) -> dict[str, int]:
        return {item["reason"]: item["count"] for item in self.results[0]["rows"]["left_out"]}


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(header: str, rows: Iterable[str], name: str = "answers.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def answers(counts: tuple[int, int, int], *rest: str) -> list[str]:
    """Rows of so many promoters, passives and detractors."""
    return [
        ",".join([score, *rest]) for score, n in zip(("9", "8", "3"), counts, strict=True) for _ in range(n)
    ]


def numbered(rows: Iterable[str]) -> list[str]:
    return [f"C{number},{row}" for number, row in enumerate(rows)]


def test_the_order_of_rows_changes_nothing_and_doubled_rows_change_no_score(file: Any) -> None:
    rows = [f"{row},{day}" for day in ("1", "2") for row in answers((12, 5, 9))]
    one, turned = (Nps(file("score,wave", order)) for order in (rows, rows[::-1]))
    assert one.results[0]["figures"] == turned.results[0]["figures"]
    assert one.table("change") == turned.table("change")
    doubled = Nps(file("score,wave", rows * 2))
    assert doubled.value("nps") == one.value("nps")


# --- weights


def test_weights_count_and_their_effective_number_carries_the_interval(file: Any) -> None:
    """nps.weighted: 10, 9, 5 and 8 with weights 3, 1, 1, 1: (4 - 1) / 6; (3+1+1+1)^2 / (9+1+1+1) = 3."""
    run = Nps(file("score,w", ["10,3", "9,1", "5,1", '8,"1,0"']), "--weight", "w")
    assert run.results[0]["variant"] == "weighted"
    assert (run.value("nps"), run.value("answers")) == (pytest.approx(50), 4)
    assert run.value("answers_effective") == pytest.approx(3)
    assert run.value("mean_score") == pytest.approx((30 + 9 + 5 + 8) / 6)
    # Three effective answers, two promoters and half a detractor, and the three that are added.
    assert run.figure("nps")["low"] == pytest.approx(
        100 * (1.5 / 6 - 1.959963984540054 * ((4 / 6 - (1.5 / 6) ** 2) / 6) ** 0.5), abs=1e-6
    )


def test_weighted_answers_are_not_followed_by_person_and_it_is_said(file: Any) -> None:
    rows = [f"r{number},{score},{wave},2" for wave, score in (("W1", 9), ("W2", 8)) for number in range(12)]
    path = file("respondent_id,score,wave,weight", rows)
    plain, weighted = Nps(path), Nps(path, "--weight", "weight")
    assert [row["comparison"] for row in plain.table("change")] == ["all_respondents", "same_respondents"]
    assert [row["comparison"] for row in weighted.table("change")] == ["all_respondents"]
    assert "weighted_not_followed" not in plain.notes
    assert "without --weight" in weighted.notes["weighted_not_followed"]


def test_missing_and_negative_weights_are_left_out_by_name(file: Any) -> None:
    run = Nps(file("score,w", ["10,1", "9,", "9,-2", "3,x", "2,0.5"]), "--weight", "w")
    assert run.left_out == {"weight_missing": 2, "weight_negative": 1}
    assert run.value("nps") == pytest.approx(100 * (1 - 0.5) / 1.5)


def test_weights_that_are_all_zero_leave_the_score_undefined(file: Any) -> None:
    figure = Nps(file("score,w", ["10,0", "3,0"]), "--weight", "w").figure("nps")
    assert (figure["status"], figure["reason"], figure["n"]) == ("undefined", "weights_zero", 2)


def test_a_weight_column_that_is_not_there_is_named(file: Any) -> None:
    run = Nps(file("score,weight", ["10,1"]), "--weight", "wieght")
    assert run.code == 3
    assert "wieght" in run.err
    assert "weight" in run.err


# --- change


def test_a_move_within_noise_is_no_change(file: Any) -> None:
    """nps.diff by wave: +25.0 to +38.9, interval -1.6 to +28.8, p 0.079 (W2)."""
    rows = answers((90, 70, 40), "2025") + answers((100, 50, 30), "2026")
    run = Nps(file("score,wave", rows))
    (row,) = run.table("change")
    assert (row["before"], row["after"]) == (25, pytest.approx(38.888889))
    assert (row["low"], row["high"]) == pytest.approx((-1.585413, 28.827062), abs=1e-6)
    assert row["p_value"] == pytest.approx(0.079154, abs=1e-6)
    # (0.5875 + 0.57099) x 7.8489 / 0.1389^2 - 3 = 468.4
    assert row["needed"] == 469
    assert "no detectable change (needs about n = 469 each)" in run.notes["all_respondents_same_needs"]


def test_a_change_beyond_noise_is_called_one(file: Any) -> None:
    """nps.high_value: +10 to +35, interval +2.2 to +46.4."""
    rows = answers((40, 30, 30), "spring") + answers((55, 25, 20), "autumn")
    dated = [f"{row},{'2026-03-01' if 'spring' in row else '2026-09-01'}" for row in rows]
    run = Nps(file("score,wave,answered_at", dated))
    assert [row["wave"] for row in run.table("waves")] == ["spring", "autumn"]
    assert "+2.2 to +46.4" in run.notes["all_respondents_changed"]


def test_the_period_is_compared_with_the_one_before(file: Any) -> None:
    rows = answers((30, 10, 10), JANUARY) + answers((10, 10, 30), FEBRUARY)
    path = file("score,answered_at", rows)
    (row,) = Nps(path, "--period", "2026-02", "--as-of", "2026-03-01").table("change")
    assert (row["earlier"], row["later"], row["change"]) == ("2026-01", "2026-02", -80)
    # Half of February is no month to compare.
    unfinished = Nps(path, "--period", "2026-02")
    assert [table["name"] for table in unfinished.results[0]["tables"]] == ["distribution"]


def test_the_same_respondents_are_compared_with_themselves(file: Any) -> None:
    """Ten answer twice: five go from passive to promoter, one from promoter to detractor: (5 x 100 - 200) / 10."""
    before = [8] * 5 + [9] * 5
    after = [9] * 5 + [3] + [9] * 4
    rows = [f"P{i},{score},1" for i, score in enumerate(before)]
    rows += [f"P{i},{score},2" for i, score in enumerate(after)] + ["P10,9,2"]
    run = Nps(file("respondent_id,score,wave", rows))
    everybody, same = run.table("change")
    assert (everybody["n_before"], everybody["n_after"]) == (10, 11)
    assert (same["n_after"], same["change"], same["before"], same["after"]) == (10, 30, 50, 80)
    assert "The same 10 respondents" in run.notes["same_respondents_same"]


def test_few_answers_are_not_compared(file: Any) -> None:
    rows = answers((9, 0, 0), "1") + answers((30, 0, 0), "2")
    run = Nps(file("score,wave", rows))
    (row,) = run.table("change")
    assert (row["change"], row["before"], row["after"]) == (None, None, 100)
    assert "all_respondents_too_few" in run.notes


# --- trend


def test_every_month_has_its_answers_also_of_those_who_answer_again_later(file: Any) -> None:
    """A answers in January and in March: in the total the last answer counts, in the trend each in its month."""
    rows = [f"A,9,{JANUARY}", "A,3,2026-03-10", f"B,9,{JANUARY}"]
    run = Nps(file("respondent_id,score,answered_at", rows), "--every", "month")
    assert run.value("answers") == 2
    assert [(row["period"], row["n"], row["partial"]) for row in run.table("over_time")] == [
        ("2026-01", 2, False),
        ("2026-02", 0, False),
        ("2026-03", 1, True),
    ]


def test_a_trend_reaches_back_from_the_asked_period(file: Any) -> None:
    rows = answers((1, 0, 0), JANUARY) + answers((2, 0, 0), FEBRUARY) + answers((3, 0, 0), "2026-03-31")
    run = Nps(file("score,answered_at", rows), "--every", "month", "--period", "2026-02")
    assert [(row["period"], row["n"]) for row in run.table("over_time")] == [("2026-01", 1), ("2026-02", 2)]


def test_a_trend_point_of_few_answers_has_no_value(file: Any) -> None:
    run = Nps(file("score,answered_at", answers((9, 0, 0), JANUARY)), "--every", "quarter")
    assert [(row["value"], row["n"]) for row in run.table("over_time")] == [(None, 9)]


def test_a_trend_needs_dates(file: Any) -> None:
    run = Nps(file("score", ["9"]), "--every", "month")
    assert run.code == 3
    assert "--map answered_at=COLUMN" in run.err


# --- segments


def mixed(file: Any) -> Path:
    """nps.mix in January and February of 2026."""
    rows = [
        *answers((70, 20, 10), JANUARY, "A"),
        *answers((8, 4, 8), JANUARY, "B"),
        *answers((28, 10, 2), FEBRUARY, "A"),
        *answers((34, 16, 30), FEBRUARY, "B"),
    ]
    path = file("score,answered_at,segment", rows)
    assert isinstance(path, Path)
    return path


def test_segments_rise_while_the_total_falls(file: Any) -> None:
    """W3: both segments +5, the total -25, of which the mix makes -30."""
    run = Nps(mixed(file), "--by", "segment", "--period", "2026-02", "--as-of", "2026-03-01")
    assert (run.value("change_mix"), run.value("change_within")) == (pytest.approx(-30), pytest.approx(5))
    rows = {row["segment"]: row for row in run.table("mix")}
    assert (rows["A"]["before"], rows["A"]["after"], rows["A"]["within"]) == (60, 65, pytest.approx(25 / 6))
    assert sum(row["mix"] for row in rows.values()) == pytest.approx(-30)
    assert "moved by -25.0 points" in run.notes["simpson"]


@pytest.mark.parametrize("dedupe", ["last", "none"])
def test_a_total_is_recomputed_from_counts_not_averaged(file: Any, dedupe: str) -> None:
    """R4: +61.4 of 140 and +4.0 of 100 are together +37.5, not the +32.7 that their mean would be."""
    run = Nps(mixed(file), "--by", "segment", "--dedupe", dedupe)
    parts = [
        {name: run.value(name, part) for name in ("promoters", "detractors", "answers")} for part in (1, 2)
    ]
    added = {name: sum(part[name] for part in parts) for name in parts[0]}
    assert run.value("answers") == added["answers"] == 240
    assert run.value("nps") == 100 * (added["promoters"] - added["detractors"]) / added["answers"] == 37.5


def test_each_segment_is_tested_against_the_rest_with_holms_p(file: Any) -> None:
    from loyalty.stats.net_promoter import Recommendations, change
    from loyalty.stats.proportions import holm

    groups = {"A": (40, 10, 10), "B": (20, 20, 20), "C": (24, 18, 18), "D": (9, 0, 1)}
    rows = [row for name, counts in groups.items() for row in answers(counts, name)]
    found = {
        row["segment"]: row for row in Nps(file("score,segment", rows), "--by", "segment").table("segments")
    }
    p_values = []
    for name in ("A", "B", "C"):
        rest = [sum(counts[i] for other, counts in groups.items() if other != name) for i in range(3)]
        expected = change(Recommendations(*rest), Recommendations(*groups[name]))
        assert expected is not None
        assert found[name]["difference"] == pytest.approx(expected.difference)
        p_values.append(expected.p_value)
    assert [found[name]["p_holm"] for name in "ABC"] == pytest.approx(holm([p or 0 for p in p_values]))
    # Ten answers are shown, not tested.
    assert (found["D"]["value"], found["D"]["difference"], found["D"]["p_holm"]) == (80, None, None)


def test_what_few_people_of_a_group_answered_is_not_told(file: Any) -> None:
    """R11: four in a group could be found out; that there are four is no secret."""
    rows = answers((9, 0, 1), "app") + answers((20, 5, 5), "shop") + answers((0, 0, 4), "web")
    run = Nps(file("score,channel", rows), "--by", "channel")
    app, shop, web = run.results[1:]
    assert [each["group"]["channel"] for each in (app, shop, web)] == ["app", "shop", "web"]
    assert run.value("answers", 3) == 4
    assert run.figure("nps", 1)["reason"] == "beside_tiny_group"
    told = {figure["name"]: (figure["value"], figure["reason"]) for figure in web["figures"]}
    assert told.pop("answers") == (4, None)
    assert set(told.values()) == {(None, "tiny_group")}
    assert web["tables"] == []
    assert [row["value"] for row in run.table("segments")] == [None, 50, None]


def test_few_answers_are_marked_and_not_ranked(file: Any) -> None:
    """W1: 29 answers."""
    run = Nps(file("score,tags", answers((20, 5, 4), "tea")), "--driver", "tags")
    assert "do not rank it" in run.notes["below_min_n"]
    assert [row["rank"] for row in run.table("drivers")] == [None]


# --- tags


def test_the_impact_of_a_tag_is_what_its_answers_do_to_the_score(file: Any) -> None:
    """100 answers, +20. "late": 40 answers at -50. Without them (20 + 40 x 100/60 ...): 60 answers at +66.7.

    40 x (-50 - 20) / (100 - 40) = -46.7 = 20 - 66.7. "gift" has ten answers: shown, without a rank.
    """
    late = [f"{row},late" for row in answers((5, 10, 25))]
    gift = [f'{row},"gift, kind"' for row in answers((10, 0, 0))]
    kind = [f"{row},kind" for row in answers((35, 10, 5))]
    run = Nps(file("score,theme", [*late, *gift, *kind]), "--driver", "theme")
    assert run.value("nps") == 20
    rows = {row["tag"]: row for row in run.table("drivers")}
    assert list(rows) == ["kind", "late", "gift"]
    assert rows["late"]["value"] == -50
    assert rows["late"]["impact"] == pytest.approx(-140 / 3)
    assert rows["kind"]["n"] == 60
    assert rows["kind"]["impact"] == pytest.approx(60 * (100 * 40 / 60 - 20) / 40)
    assert (rows["gift"]["rank"], rows["gift"]["impact"]) == (None, pytest.approx(10 * 80 / 90))


def test_cells_hold_tags_with_commas_semicolons_or_bars_each_once(file: Any) -> None:
    rows = ["9,a;b", '9,"a, b"', "9,a|b", "9,a;a", "9,", "9, ; "]
    found = {row["tag"]: row["n"] for row in Nps(file("score,t", rows), "--driver", "t").table("drivers")}
    assert found == {"a": 4, "b": 3}


# --- scales and codes


def test_codes_for_no_answer_are_noticed_and_can_be_declared(file: Any) -> None:
    rows = answers((20, 10, 10)) + ["99"] * 3 + ["11"] * 2
    path = file("score", rows)
    suspected = Nps(path)
    assert suspected.code == 3
    assert suspected.figure("nps")["reason"] == "scale_suspect_0_100"
    assert suspected.notes["suspicious_codes"].endswith("--missing 11,99")
    declared = Nps(path, "--missing", "11,99")
    assert (declared.value("nps"), declared.left_out) == (25, {"missing": 5})


def test_a_code_may_lie_on_the_scale_and_must_be_a_number(file: Any) -> None:
    path = file("score", ["0", "9", "9"])
    assert Nps(path, "--missing", "0").value("nps") == 100
    refused = Nps(path, "--missing", "none")
    assert refused.code == 2
    assert "--missing 11,99" in refused.err


def test_stars_are_refused_unless_the_user_knows_better(file: Any) -> None:
    """R2: thirty answers of at most 5."""
    path = file("score", ["5", "4", "3"] * 10)
    refused = Nps(path)
    assert (refused.code, refused.value("nps")) == (3, None)
    assert "--scale 0-10" in refused.err
    stated = Nps(path, "--scale", "0-10")
    assert (stated.code, stated.value("nps")) == (0, -100)
    assert "scale_stated" in stated.notes


def test_answers_to_other_questions_are_no_blank_answers_to_this_one(file: Any) -> None:
    asked = Nps(file("I would buy again (1-6)", ["5", "4"]))
    assert asked.code == 3
    assert "--map nps=COLUMN" in asked.err


def test_two_files_on_two_scales_are_not_pooled(file: Any) -> None:
    """R8: 0-10 in one file, 1-5 stars in the other."""
    ten = file("respondent_id,How likely are you to recommend us? (0-10)", ["a,9", "b,10"], "ten.csv")
    five = file("respondent_id,How likely are you to recommend us? (1-5)", ["c,5", "d,4"], "five.csv")
    for paths in ((ten, five), (five, ten)):
        run = Nps(*paths)
        assert run.code == 3
        assert run.figure("nps")["reason"] == "scale_suspect_1_5"


def test_half_points_are_no_answers_or_the_point_below(file: Any) -> None:
    rows = ['"8,5"', "9.5", "6.5", "-0.5", "9"]
    assert Nps(file("score", rows)).left_out == {"non_integer": 4}
    floored = Nps(file("score", rows), "--half-points", "floor")
    assert floored.left_out == {"out_of_range": 1}
    assert [floored.value(name) for name in ("promoters", "passives", "detractors")] == [2, 1, 1]
    assert floored.notes["half_points_floored"].endswith(": 3.")


# --- questions, types of survey, comments

STORE = "How likely are you to recommend our store?"
SITE = "How likely are you to recommend our website?"


def test_several_questions_need_to_be_told_apart(file: Any) -> None:
    path = file(f"{STORE},{SITE}", ["9,0", "10,3", "8,2"])
    unsure = Nps(path)
    assert unsure.code == 3
    assert "ambiguous-question" in unsure.err
    assert f"--question '{STORE}'" in unsure.err
    assert Nps(path, "--question", SITE).value("nps") == -100
    assert Nps(path, "--question", "#1").value("promoters") == 2


def test_the_overall_question_is_the_one(file: Any) -> None:
    overall = "How likely are you overall to recommend us?"
    assert Nps(file(f"{STORE},{overall}", ["9,0", "10,3", "8,2"])).value("nps") == -100


def test_other_surveys_in_the_file_are_kept_apart(file: Any) -> None:
    rows = ["a,9,nps", "b,2,csat", "c,3,nps", "d,5,csat"]
    run = Nps(file("respondent_id,score,survey type", rows))
    assert (run.value("answers"), run.left_out) == (2, {"other_survey_type": 2})


def test_comments_stand_beside_scores_short_and_newest_first(file: Any) -> None:
    rows = [
        "a,3,2026-01-01,old",
        f"b,2,2026-01-03,{'x' * 300}",
        "c,9,2026-01-02,[bold]=1+1[/bold]",
        "d,9,2026-01-02,",
    ]
    path = file("respondent_id,score,answered_at,comment", rows)
    run = Nps(path, "--comments", "1")
    shown = [(row["score"], row["class"], row["comment"]) for row in run.table("comments")]
    assert shown == [(2, "detractor", "x" * 98 + " …"), (9, "promoter", "[bold]=1+1[/bold]")]
    assert "comments" not in {table["name"] for table in Nps(path, "--comments", "0").results[0]["tables"]}
    written = CliRunner().invoke(
        app, ["nps", str(path), "--table", "comments", "-o", str(path.with_name("c.csv"))]
    )
    assert written.exit_code == 0
    formula = CliRunner().invoke(app, ["nps", str(path)]).stdout
    assert "[bold]=1+1[/bold]" in formula


# --- what it warns of


def test_respondents_are_not_called_customers(file: Any) -> None:
    """W15: the response rate is unknown, and said to be."""
    assert "respondents, not all customers" in Nps(file("score", ["9"] * 12)).notes["respondents_only"]


def test_a_courted_score_is_questioned(file: Any) -> None:
    """W16: nine in ten are promoters; and a score that rises while the answers dry up."""
    assert "many_promoters" in Nps(file("score", answers((27, 3, 0)))).notes
    assert "many_promoters" not in Nps(file("score", answers((26, 4, 0)))).notes
    rows = answers((40, 30, 30), "1") + answers((30, 5, 2), "2")
    assert "fewer_and_happier" in Nps(file("score,wave", rows)).notes


def test_points_have_no_per_cent(file: Any) -> None:
    """R9."""
    run = Nps(file("score", ["9"] * 12), "--fail-if", "nps < 30%")
    assert run.code == 2
    assert "points have no per cent" in run.err
    assert "'nps < 30'" in run.err


# --- planning


def test_planning_needs_no_file(file: Any) -> None:
    run = Nps("--plan", "--margin", "10", "--detect", "10", "--variance", "0.7")
    assert (run.value("plan_margin"), run.value("plan_detect")) == (266, 1096)
    assert Nps("--plan").value("plan_margin") == 1534
    path = file("score", ["9"])
    forgotten = Nps(path, "--margin", "5")
    assert forgotten.code == 2
    assert "--margin: this belongs to --plan" in forgotten.err
    both = Nps(path, "--plan")
    assert both.code == 2
    assert "needs no file" in both.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_owners_are_named_with_the_score_and_in_its_help(file: Any, lang: str) -> None:
    shown = CliRunner().invoke(app, ["nps", str(file("score", ["9"] * 12)), "--lang", lang]).stdout
    assert "Fred Reichheld" in shown
    assert "Fred Reichheld" in CliRunner().invoke(app, ["nps", "--help"]).stdout.replace("\n", " ")


def test_check_tells_of_several_questions_instead_of_stopping(file: Any) -> None:
    path = file(f"{STORE},{SITE}", ["9,0", "10,3", "8,2"])
    said = CliRunner().invoke(app, ["check", str(path)])
    assert said.exit_code == 0
    assert SITE in said.stdout


def test_the_counted_path_says_what_the_path_by_respondent_says(file: Any) -> None:
    """Without respondents nothing is superseded: both ways of counting must agree, rows left out included."""
    rows = [*answers((30, 10, 20), JANUARY), f"11,{JANUARY}", f"x,{FEBRUARY}", "9,", f"7,{FEBRUARY}"]
    path = file("score,answered_at", rows)
    for arguments in ((), ("--period", "2026-01"), ("--every", "month")):
        last, none = (Nps(path, *arguments, "--dedupe", dedupe) for dedupe in ("last", "none"))
        assert last.results[0]["figures"] == none.results[0]["figures"]
        assert last.results[0]["tables"] == none.results[0]["tables"]
        assert last.left_out == none.left_out


@pytest.mark.skipif(not SHARED.exists(), reason="public data sets are not part of the repository")
def test_public_data_are_refused_or_computed_for_the_right_reasons() -> None:
    ecsi = SHARED / "data" / "ecsi_mobi" / "mobi.csv"
    unnamed = Nps(ecsi)
    assert unnamed.code == 3
    assert "column-missing" in unnamed.err  # CUSL3 says nothing about what was asked
    named = Nps(ecsi, "--question", "CUSL3")
    assert named.code == 0
    assert "scale_1_10" in named.notes  # 250 answers from 1 to 10, nobody at 0
    lounge = Nps(SHARED / "data" / "skytrax" / "lounge.csv")
    assert (lounge.code, lounge.figure("nps")["reason"]) == (3, "scale_suspect_1_5")


@pytest.mark.parametrize(
    ("first", "second", "change"),
    [("Wave 9", "Wave 10", -200), ("Q4 2025", "Q1 2026", -200), ("Spring 2026", "Autumn 2026", None)],
)
def test_waves_without_dates_follow_by_number_or_are_not_compared(
    first: str, second: str, change: float | None, tmp_path: Path
) -> None:
    """Forty of 9 in the first wave and forty of 3 in the second: from +100 to -100, if the names tell the order."""
    path = tmp_path / "waves.csv"
    rows = [f"r{number},{score},{wave}" for wave, score in ((first, 9), (second, 3)) for number in range(40)]
    path.write_text("respondent_id,nps,wave\n" + "\n".join(rows) + "\n")
    for command in (["nps"], ["csat", "--map", "csat=nps", "--scale", "1-10"]):
        done = CliRunner().invoke(app, [command[0], str(path), *command[1:], "-f", "json"])
        (result,) = json.loads(done.stdout)["results"]
        tables = {table["name"]: table for table in result["tables"]}
        undated = "waves_undated" in [note["code"] for note in result["notes"]]
        assert ("change" in tables, undated) == (change is not None, change is None)
        if change is not None and command == ["nps"]:
            names = [column["name"] for column in tables["change"]["columns"]]
            assert tables["change"]["rows"][0][names.index("change")] == change
