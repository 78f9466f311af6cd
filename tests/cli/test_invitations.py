"""Invitations in a file of their own, beside the file of the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Run

INVITES = "invite_id,respondent_id,wave,sent_at,bounced\n" + "".join(
    f"I{n},R{n},w1,2026-09-30 09:00,{'yes' if n == 0 else 'no'}\n" for n in range(21)
)
ANSWERS = "respondent_id,wave,nps,responded_at\n" + "".join(f"R{n},w1,9,2026-10-0{n}\n" for n in range(1, 9))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    answers, invites = tmp_path / "answers.csv", tmp_path / "invites.csv"
    answers.write_text(ANSWERS + "stranger,w1,10,2026-10-09\n", encoding="utf-8")
    invites.write_text(INVITES, encoding="utf-8")
    return answers, invites


def test_answers_are_joined_with_their_invitations(files: tuple[Path, Path]) -> None:
    """Of 21 invited one bounced; eight of the 20 answered. Who was not invited is in no rate."""
    run = Run("responses", *files, "-f", "json")
    assert run.code == 0
    assert run.figure("response_rate")["value"] == 0.4
    assert run.figure("delivered")["value"] == 20
    [left] = run.json["results"][0]["rows"]["left_out"]
    assert (left["reason"], left["count"]) == ("not_invited", 1)


def test_an_answer_belongs_to_the_period_of_its_invitation(files: tuple[Path, Path]) -> None:
    """All were invited in September, and answered in October."""
    run = Run("responses", *files, "--period", "2026-09", "-f", "json")
    assert run.figure("response_rate")["value"] == 0.4


def test_the_score_is_that_of_the_answers(files: tuple[Path, Path]) -> None:
    run = Run("nps", *files, "-f", "json")
    assert run.figure("answers")["value"] == 9


def test_invitations_alone_have_no_rate_of_zero(files: tuple[Path, Path]) -> None:
    run = Run("responses", files[1])
    assert run.code == 3
    assert "loyalty responses answers.csv invitations.csv" in run.err
    assert Run("nps", files[1]).code == 3


def test_who_gave_no_answer_is_told_as_that_and_not_as_without_a_date(tmp_path: Path) -> None:
    """Three invited, one answered in October; of two who gave nothing, neither has a day."""
    path = tmp_path / "index.csv"
    path.write_text(
        "respondent_id,responded_at,cli_recommend,cli_repurchase,cli_try_other\n"
        "A,2026-10-03,6,5,6\nB,,,,\nC,,,,\n",
        encoding="utf-8",
    )
    run = Run("cli", path, "--best", "6", "--period", "2026-10", "-f", "json")
    [left] = run.json["results"][0]["rows"]["left_out"]
    assert (left["reason"], left["count"]) == ("incomplete", 2)
