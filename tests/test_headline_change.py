"""What a command says about the change of its headline: only what an interval and Holm's correction allow."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from loyalty.derive.share import share_figure
from loyalty.model.result import MetricResult, Note, Period, Rows
from loyalty.pipeline.headline_change import with_changes
from tests.cli.running import Run

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), label="2026-09")


def share(part: int, whole: int, group: str | None = None) -> MetricResult:
    figures = (share_figure("csat", part, whole, 0.95),)
    of = {} if group is None else {"channel": group}
    return MetricResult("csat", "top_boxes", figures, Rows(whole, whole), SEPTEMBER, group=of)


def told(before: list[MetricResult], after: list[MetricResult]) -> list[Note]:
    return [note for result in with_changes(after, before) for note in result.notes]


def test_a_change_that_is_one() -> None:
    """The worked example stat.newcombe.1: 160 of 200, then 150 of 210."""
    (note,) = told([share(160, 200)], [share(150, 210)])
    assert (note.code, note.values["earlier"]) == ("changed_share", "2026-09")
    assert note.values["difference"] == pytest.approx(-0.0857, abs=1e-4)
    assert (note.values["low"], note.values["high"]) == (
        pytest.approx(-0.167, abs=1e-3),
        pytest.approx(-0.002, abs=1e-3),
    )


def test_a_change_within_noise_says_how_many_it_takes() -> None:
    """W2. 30 of 50, then 35 of 50: (0.24 + 0.21) x (1.96 + 0.8416)^2 / 0.1^2 = 353.2."""
    (note,) = told([share(30, 50)], [share(35, 50)])
    assert (note.code, note.values["needed"]) == ("unchanged_share", 354)


def test_no_difference() -> None:
    assert [note.code for note in told([share(30, 50)], [share(60, 100)])] == ["no_difference_share"]


@pytest.mark.parametrize("before", [[], [share(0, 0)]])
def test_nothing_to_compare_with(before: list[MetricResult]) -> None:
    assert told(before, [share(30, 50)]) == []


def test_one_of_many_groups_is_no_change_by_itself() -> None:
    """Web falls from 160 of 200 to 150 of 210: p = 0.045 alone, and three times that among three groups."""
    web = share(160, 200, "web"), share(150, 210, "web")
    others = [(share(100, 200, name), share(102, 200, name)) for name in ("shop", "app")]
    (alone,) = told([web[0]], [web[1]])
    assert alone.code == "changed_share"
    notes = told([web[0], *(pair[0] for pair in others)], [web[1], *(pair[1] for pair in others)])
    assert [note.code for note in notes] == ["unchanged_share"] * 3
    assert notes[0].values["p"] == pytest.approx(3 * float(str(alone.values["p"])))


@pytest.mark.parametrize(
    ("october", "said"),
    [
        (
            9,
            "70.0% in Sep 2026; +20.0 percentage points since (95% interval +2.3 to +36.6): more than chance.",
        ),
        (8, "no detectable change (needs about n = 291 in each period)"),
    ],
)
def test_the_command_says_it(october: int, said: str, tmp_path: Path) -> None:
    """28 of 40 are satisfied in September, 36 or 32 of 40 in October; (0.21 + 0.16) x 7.849 / 0.1^2 = 290.4."""
    rows = [
        f"2026-{month},{5 if place % 10 < good else 1}"
        for month, good in (("09-05", 7), ("10-05", october))
        for place in range(40)
    ]
    path = tmp_path / "s.csv"
    path.write_text("\n".join(["Answered at,Satisfaction (1-5)", *rows]) + "\n", encoding="utf-8")
    run = Run("csat", path, "--period", "2026-10", "--as-of", "2026-11-01")
    assert run.code == 0
    assert said in run.out
    before = Run("csat", path, "--period", "2026-09", "--as-of", "2026-11-01")
    assert "chance" not in before.out
    assert "detectable" not in before.out


def test_groups_are_compared_with_themselves() -> None:
    sample = Path(__file__).parents[1] / "sample_data" / "invitations.csv"
    run = Run("responses", sample, "--period", "2026-10", "--by", "Channel", "-f", "json")
    codes = [[note["code"] for note in result["notes"]] for result in run.json["results"]]
    assert all("unchanged_share" in each for each in codes)
    assert len(codes) == 4
