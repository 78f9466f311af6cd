"""Satisfaction and effort: the worked examples, the scales, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from loyalty.errors import ColumnMissing, UsageError
from loyalty.model.result import Figure, MetricResult, Status
from loyalty.model.tables import Scale
from tests.canonical import make_surveys

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]


def answered(question: str, counts: Mapping[int, int], **told: Any) -> Any:
    rows = [{question: answer} for answer, count in counts.items() for _ in range(count)]
    return make_surveys(rows, questions=(question,), **told)


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def test_csat_t2b(examples: Examples, compute: Compute) -> None:
    example = examples["csat.t2b"]
    expected = example["expected"]
    counts = {int(answer): count for answer, count in example["inputs"]["counts"].items()}
    (result,) = compute("csat", answered("csat", counts, scales={"csat": (1, example["params"]["scale"])}))
    csat = result.headline
    assert (csat.name, csat.n, csat.numerator) == ("csat", expected["n"], expected["satisfied"])
    assert csat.value == pytest.approx(expected["csat"])
    assert (csat.low, csat.high) == (
        pytest.approx(expected["low"], abs=1e-6),
        pytest.approx(expected["high"], abs=1e-6),
    )
    assert figure(result, "mean_score").value == pytest.approx(expected["mean"])
    assert figure(result, "top_box").value == pytest.approx(42 / 107)
    assert result.tables[0].rows == ((1, 14), (2, 9), (3, 10), (4, 32), (5, 42))


@pytest.mark.parametrize(
    ("scale", "options", "satisfied"),
    [
        ((1, 7), {}, 20),  # 6 and 7
        ((1, 10), {}, 20),  # 9 and 10
        ((1, 2), {}, 10),  # Good of Bad and Good
        ((1, 5), {"best": 1}, 20),  # school marks: 1 and 2
        ((1, 6), {"satisfied": 4}, 30),  # 4, 5 and 6, as the user says
        ((0, 10), {"satisfied": 9}, 20),
        ((1, 4), {"satisfied": 3}, 20),
    ],
)
def test_which_answers_mean_satisfied(
    scale: tuple[int, int], options: dict[str, Any], satisfied: int, compute: Compute
) -> None:
    """Ten respondents give each answer of the scale."""
    counts = dict.fromkeys(range(scale[0], scale[1] + 1), 10)
    (result,) = compute("csat", answered("csat", counts, scales={"csat": scale}), **options)
    assert (result.headline.numerator, result.headline.denominator) == (satisfied, 10 * len(counts))


@pytest.mark.parametrize("scale", [(1, 3), (1, 4), (1, 6), (0, 10)])
def test_a_scale_without_a_rule_is_refused_and_has_its_mean(scale: tuple[int, int], compute: Compute) -> None:
    (result,) = compute("csat", answered("csat", {1: 10, 3: 10}, scales={"csat": scale}))
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, "satisfied_unknown")
    assert figure(result, "mean_score").value == 2.0


def test_labels_that_begin_with_the_good_end_are_turned(compute: Compute) -> None:
    """ "1 - Very satisfied" to "5 - Very dissatisfied": twelve of 1 and 2, eight of 5."""
    marks = answered("csat", {1: 8, 2: 4, 5: 8}, scales={"csat": (1, 5)}, best={"csat": Scale.LOW})
    (result,) = compute("csat", marks)
    assert (result.headline.numerator, figure(result, "top_box").numerator) == (12, 8)


def test_csat_without_a_scale_is_refused(compute: Compute) -> None:
    (result,) = compute("csat", answered("csat", {5: 40}))
    assert {item.status for item in result.figures if item.unit != "count"} == {Status.REFUSED}
    assert (result.headline.reason, result.tables, result.rows.used) == ("scale_unknown", (), 40)
    (told,) = compute("csat", answered("csat", {5: 40}), scale="1-5")
    assert told.headline.value == 1.0


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({5: 29, 9: 1}, None),  # one typing error in thirty
        ({5: 28, 9: 2}, "beyond_scale"),  # two are more than 5 %
        ({5: 1, 9: 2}, "beyond_scale"),  # most of three
    ],
)
def test_answers_beyond_the_scale(counts: dict[int, int], reason: str | None, compute: Compute) -> None:
    (result,) = compute("csat", answered("csat", counts, scales={"csat": (1, 5)}))
    assert (result.headline.reason if result.headline.status is Status.REFUSED else None) == reason


def test_files_on_different_scales_are_not_added_up(compute: Compute) -> None:
    from dataclasses import replace

    surveys = answered("csat", {5: 40}, scales={"csat": (1, 5)})
    (result,) = compute("csat", replace(surveys, mixed=frozenset({"csat"})))
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, "mixed_scales")


def test_few_answers_are_kept_for_machines_only(compute: Compute) -> None:
    (result,) = compute("csat", answered("csat", {5: 9}, scales={"csat": (1, 5)}))
    assert (result.headline.value, result.headline.status) == (1.0, Status.INSUFFICIENT)
    assert figure(result, "satisfied").status is Status.OK


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": "five"}, "'five' is no scale"),
        ({"scale": "5-1"}, "'5-1' is no scale"),
        ({"best": 3}, "3 is no end of the scale from 1 to 5"),
        ({"satisfied": 1}, "1 cannot be the first satisfied answer"),
        ({"satisfied": 6}, "6 cannot be the first satisfied answer"),
    ],
)
def test_options_that_cannot_be_meant(options: dict[str, Any], message: str, compute: Compute) -> None:
    with pytest.raises(UsageError, match=message):
        compute("csat", answered("csat", {5: 40}, scales={"csat": (1, 5)}), **options)


@pytest.mark.parametrize("name", ["csat", "ces"])
def test_a_question_that_was_not_asked(name: str, compute: Compute) -> None:
    with pytest.raises(ColumnMissing, match=f"the {name.upper()} question") as caught:
        compute(name, answered("nps", {9: 3}))
    assert f"--map {name}=COLUMN" in str(caught.value)


def test_ces_v2(examples: Examples, compute: Compute) -> None:
    example = examples["ces.v2"]
    expected = example["expected"]
    counts = {int(answer): count for answer, count in example["inputs"]["counts"].items()}
    (result,) = compute("ces", answered("ces", counts, scales={"ces": (1, 7)}))
    assert (result.variant, result.headline.n) == (example["variant"], expected["n"])
    assert result.headline.value == pytest.approx(expected["mean"])
    for name in ("share_5_7", "top2", "bottom3", "net_easy"):
        assert figure(result, name).value == pytest.approx(expected[name])
    # The interval of the mean a second way: scipy on the thousand answers.
    from scipy import stats

    answers = [answer for answer, count in counts.items() for _ in range(count)]
    low, high = stats.t.interval(0.95, len(answers) - 1, expected["mean"], stats.sem(answers))
    assert (result.headline.low, result.headline.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(("best", "top", "bottom"), [(1, 12, 20), (5, 20, 12)])
def test_ces_v1_needs_its_good_end(best: int, top: int, bottom: int, compute: Compute) -> None:
    """Seven answers of 1, five of 2, eight of 3, nine of 4 and eleven of 5."""
    effort = answered("ces", {1: 7, 2: 5, 3: 8, 4: 9, 5: 11}, scales={"ces": (1, 5)})
    with pytest.raises(UsageError, match="1 or 5 is the good end"):
        compute("ces", effort)
    (result,) = compute("ces", effort, best=best)
    assert result.variant == "v1_five_point"
    assert [item.name for item in result.figures] == ["ces", "top2", "bottom2", "answers"]
    assert (figure(result, "top2").numerator, figure(result, "bottom2").numerator) == (top, bottom)
    assert result.headline.value == pytest.approx((7 + 10 + 24 + 36 + 55) / 40)


@pytest.mark.parametrize(
    ("scale", "reason"), [((0, 10), "ces_scale"), ((1, 6), "ces_scale"), (None, "scale_unknown")]
)
def test_ces_has_two_scales(scale: tuple[int, int] | None, reason: str, compute: Compute) -> None:
    (result,) = compute("ces", answered("ces", {3: 40}, scales={"ces": scale} if scale else {}))
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, reason)
