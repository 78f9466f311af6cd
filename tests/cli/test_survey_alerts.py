"""`--fail-if 'nps.delta …'` on the change that a survey shows by itself, of waves or calendar periods."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.cli.deliver import tell_alerts
from loyalty.model.rule import Alert, parse_rule
from tests.cli.running import Run


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Twenty promoters in January and ten detractors among twenty in February: from +100 to 0."""
    path = tmp_path / "answers.csv"
    rows = [f"2026-01-10,Winter,{9},{5}"] * 20
    rows += [f"2026-02-10,Spring,{9 if number % 2 else 2},{5 if number % 2 else 1}" for number in range(20)]
    path.write_text(
        "\n".join(["answered_at,wave,nps score,csat score (1-5)", *rows]) + "\n", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("shown", [(), ("--every", "month", "--as-of", "2026-03-01")])
@pytest.mark.parametrize(
    ("command", "rule", "code"),
    [
        ("nps", "nps.delta <= -99", 4),
        ("nps", "nps.delta <= -101", 0),
        ("csat", "csat.delta <= -50%", 4),
        ("csat", "csat.delta < -50%", 0),
    ],
)
def test_the_change_shown_is_what_a_rule_is_about(
    command: str, rule: str, code: int, shown: tuple[str, ...], answers: Path
) -> None:
    run = Run(command, answers, *shown, "--fail-if", rule)
    assert run.code == code, run.err
    assert (f"alert: {rule}" in run.err) == (code == 4)


def test_a_change_that_is_not_known_yet_is_an_alert(answers: Path) -> None:
    """February is not over, and there is nothing before January."""
    run = Run("nps", answers, "--every", "month", "--fail-if", "nps.delta < -5")
    assert (run.code, "has no value, which counts" in run.err) == (4, True)


def test_where_no_change_is_shown_the_rule_says_what_to_add(answers: Path, tmp_path: Path) -> None:
    other = Run("nps", answers, "--fail-if", "promoters.delta < 0")
    assert (other.code, "--period last-month" in other.err) == (2, True)
    assert "the change shown is that of nps" in other.err
    path = tmp_path / "plain.csv"
    path.write_text("nps score\n" + "9\n" * 20)
    run = Run("nps", path, "--fail-if", "nps.delta < 0")
    assert (run.code, "--period last-month" in run.err) == (2, True)


@pytest.mark.parametrize(("rule", "told"), [("csat < 80%", "is 75%"), ("csat < 0.8", "is 0.75")])
def test_a_share_is_told_as_the_rule_says_it(rule: str, told: str, answers: Path) -> None:
    assert f"alert: {rule} ({told})" in Run("csat", answers, "--fail-if", rule).err


@pytest.mark.parametrize(
    ("rule", "value", "told"),
    [
        ("revenue < 2231153", 2231152.25, "2,231,152"),
        ("revenue < 2000000", 1999999.0, "1,999,999"),
        ("revenue < 2231152.1", 2231152.09, "2,231,152"),
        ("revenue > 2231152.1", 2231152.25, "2,231,152.2"),
        ("csat < 30%", 0.29999999, "29.999999%"),
        ("csat >= 29%", 0.29, "29%"),
        ("nps < 30", 18.9873417721519, "18.9873"),
        ("nps > 30", 30.000000000000004, "30.000000000000004"),
        ("nps.delta <= -5", -5.000000000000001, "-5"),
        ("nps.delta <= 0", -0.0, "0"),
        ("p_value < 0.05", 1.25e-12, "1.25e-12"),
    ],
)
def test_a_value_is_told_so_that_the_rule_holds_of_what_is_told(
    rule: str, value: float, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_alerts([Alert(parse_rule(rule), value)])
    assert capsys.readouterr().err == f"loyalty: alert: {rule} (is {told})\n"
