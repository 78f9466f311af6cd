"""The worked examples of surveys and mentions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loyalty.model.result import MetricResult, Status
from loyalty.model.tables import Scale
from tests.canonical import make_mentions, make_surveys

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]


def scores(values: list[int]) -> Any:
    return make_surveys([{"nps": value} for value in values], questions=("nps",))


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def test_nps_basic(examples: Examples, compute: Compute) -> None:
    example = examples["nps.basic"]
    expected = example["expected"]
    (result,) = compute("nps", scores(example["inputs"]["scores"]))
    nps = result.headline
    assert (nps.value, nps.n, nps.status) == (expected["nps"], expected["n"], Status.OK)
    assert nps.low == pytest.approx(expected["adj_low"], abs=1e-6)
    assert nps.high == pytest.approx(expected["adj_high"], abs=1e-6)
    for key in ("promoters", "passives", "detractors"):
        assert value(result, key) == expected[key]
    assert expected["flag"] in [note.code for note in result.notes]
    assert [row[1] for row in result.tables[0].rows] == [1, 0, 0, 1, 0, 0, 1, 1, 1, 3, 2]


def test_nps_dirty(examples: Examples, compute: Compute) -> None:
    import polars as pl

    from loyalty.ingest.values.scores import parse_score, score_issue

    example = examples["nps.dirty"]
    expected = example["expected"]
    responses = example["inputs"]["responses"]
    raw = pl.DataFrame({"raw": [row["score"] for row in responses]})
    parsed = raw.select(nps=parse_score(pl.col("raw")), nps_issue=score_issue(pl.col("raw"))).rows(named=True)
    rows = [
        {"respondent_id": row["respondent_id"], "answered_at": row["responded_at"], **answer}
        for row, answer in zip(responses, parsed, strict=True)
    ]
    (result,) = compute("nps", make_surveys(rows, questions=("nps",)))
    assert (result.headline.n, result.headline.status) == (expected["n"], expected["status"])
    assert value(result, "nps") == pytest.approx(expected["nps"])
    for key in ("promoters", "passives", "detractors"):
        assert value(result, key) == expected[key]
    assert {item.reason: item.count for item in result.rows.left_out} == expected["issues"]
    assert result.rows.read == len(responses)


def test_nps_empty(examples: Examples, compute: Compute) -> None:
    expected = examples["nps.empty"]["expected"]
    (result,) = compute("nps", scores([]))
    nps = result.headline
    assert (nps.value, nps.status, nps.reason, nps.n) == (
        None,
        expected["status"],
        expected["reason"],
        expected["n"],
    )


def test_nps_all_promoters(examples: Examples, compute: Compute) -> None:
    example = examples["nps.all_promoters"]
    expected = example["expected"]
    (result,) = compute("nps", scores(example["inputs"]["scores"]))
    nps = result.headline
    assert (nps.value, nps.status, nps.high) == (expected["nps"], expected["status"], expected["adj_high"])
    assert nps.low == pytest.approx(expected["adj_low"], abs=1e-6)


def test_nps_scale_guard(examples: Examples, compute: Compute) -> None:
    example = examples["nps.scale_guard"]
    (result,) = compute("nps", scores(example["inputs"]["scores"]))
    assert (result.headline.value, result.headline.status, result.headline.reason) == (
        None,
        example["expected"]["status"],
        example["expected"]["reason"],
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([5, 4, 5], None),  # three answers of at most 5 may be three detractors
        ([5] * 30, "scale_suspect_1_5"),  # thirty may not
        ([80, 90, 10, 70], "scale_suspect_0_100"),  # most of them are beyond 10
        ([9] * 29 + [11], None),  # one typing error in thirty
        ([9] * 28 + [11, 12], "scale_suspect_0_100"),  # two in thirty are more than 5 %
        ([1, 2, 3, 4, 5] * 40 + [10], "scale_suspect_mixed"),  # 1 to 5 with a few of 1 to 10
    ],
)
def test_nps_scale(values: list[int], reason: str | None, compute: Compute) -> None:
    (result,) = compute("nps", scores(values))
    assert (result.headline.reason if result.headline.status is Status.REFUSED else None) == reason


def test_nps_refuses_stars_at_any_n(compute: Compute) -> None:
    stars = make_surveys([{"nps": 5}, {"nps": 4}], questions=("nps",), scales={"nps": (1, 5)})
    (result,) = compute("nps", stars)
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, "scale_suspect_1_5")


@pytest.mark.parametrize("name", ["cli.mean", "cli.reversed", "cli.incomplete"])
def test_cli(name: str, examples: Examples, compute: Compute) -> None:
    example = examples[name]
    expected = example["expected"]
    rows = [
        {
            "cli_recommend": row["recommend"],
            "cli_repurchase": row["repurchase"],
            "cli_try_other": row["try_other"],
        }
        for row in example["inputs"]["responses"]
    ]
    questions = ("cli_recommend", "cli_repurchase", "cli_try_other")
    (result,) = compute("cli", make_surveys(rows, questions=questions), best=example["params"]["best"])
    assert value(result, "respondents") == expected["n"]
    assert value(result, "cli_1_6") == pytest.approx(expected["cli_1_6"])
    assert value(result, "cli_0_100") == pytest.approx(expected["cli_0_100"])
    dropped = {item.reason: item.count for item in result.rows.left_out}
    assert dropped.get("incomplete", 0) == expected.get("dropped_incomplete", 0)


def test_cli_of_seven_steps_maps_linearly_and_has_no_1_6(compute: Compute) -> None:
    """(7, 7, 1) on 1 to 7: goodness 1, 1 and 0, mean 2/3."""
    rows = [{"cli_recommend": 7, "cli_repurchase": 7, "cli_try_other": 1}]
    questions = ("cli_recommend", "cli_repurchase", "cli_try_other")
    surveys = make_surveys(
        rows,
        questions=questions,
        scales=dict.fromkeys(questions, (1, 7)),
        best=dict.fromkeys(questions, Scale.HIGH),
    )
    (result,) = compute("cli", surveys)
    assert value(result, "cli_0_100") == pytest.approx(200 / 3)
    six = result.figure("cli_1_6")
    assert six is not None
    assert (six.value, six.reason) == (None, "scale_not_1_6")
    assert "mapped_linearly" in [note.code for note in result.notes]


def test_cli_asks_for_the_direction(compute: Compute) -> None:
    from loyalty.errors import UsageError

    questions = ("cli_recommend", "cli_repurchase", "cli_try_other")
    surveys = make_surveys([dict.fromkeys(questions, 6)], questions=questions)
    with pytest.raises(UsageError, match="best answer") as caught:
        compute("cli", surveys)
    assert "--best 6" in str(caught.value)


def test_brand_sov(examples: Examples, compute: Compute) -> None:
    """Own 60, 40 and 20; competitors 200 and 80."""
    expected = examples["brand.sov"]["expected"]
    counts = [
        ("Own", "positive", 60),
        ("Own", "neutral", 40),
        ("Own", "negative", 20),
        ("X", None, 200),
        ("Y", None, 80),
    ]
    rows = [
        {"brand": brand, "sentiment": mood, "day": "2026-10-01"}
        for brand, mood, count in counts
        for _ in range(count)
    ]
    (result,) = compute("mentions", make_mentions(rows), own_brand="Own")
    assert value(result, "share_of_voice") == pytest.approx(expected.get("sov", 0.30))
    assert value(result, "net_sentiment") == pytest.approx(40 / 120)
    assert value(result, "net_sentiment_polar") == pytest.approx(0.5)


def test_the_brand_that_the_file_marks_as_own_is_ours(compute: Compute) -> None:
    """Two mentions of three are of the marked brand."""
    rows = [
        {"brand": brand, "is_own": brand == "Us", "day": "2026-10-01", "fingerprint": number}
        for number, brand in enumerate(("Us", "Us", "X"))
    ]
    (result,) = compute("mentions", make_mentions(rows))
    assert value(result, "share_of_voice") == pytest.approx(2 / 3)
    (named,) = compute("mentions", make_mentions(rows), own_brand="X")
    assert value(named, "share_of_voice") == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("named", "share"),
    [
        ("Kavak", 1 / 6),  # as it stands, though KAVAK comes before it
        ("kavak", 2 / 6),  # the first that is alike
        ("kahve ışık", 3 / 6),
    ],
)
def test_the_own_brand_is_named_in_any_case(compute: Compute, named: str, share: float) -> None:
    """Of six mentions one is of Kavak, two of KAVAK, three of KAHVE IŞIK."""
    brands = ("Kavak", "KAVAK", "KAVAK", "KAHVE IŞIK", "KAHVE IŞIK", "KAHVE IŞIK")
    rows = [
        {"brand": brand, "day": "2026-10-01", "fingerprint": number} for number, brand in enumerate(brands)
    ]
    (result,) = compute("mentions", make_mentions(rows), own_brand=named)
    assert value(result, "share_of_voice") == pytest.approx(share)


@pytest.mark.parametrize("named", ["Us", None], ids=["named", "marked"])
def test_in_a_group_that_never_speaks_of_us_a_competitor_is_not_ours(
    named: str | None, compute: Compute
) -> None:
    """A forum with one mention of X alone: none is of us, and 0 % of the talk."""
    rows = [
        {
            "brand": brand,
            "is_own": brand == "Us",
            "day": "2026-10-01",
            "platform": place,
            "fingerprint": number,
        }
        for number, (brand, place) in enumerate([("Us", "blog"), ("X", "blog"), ("X", "forum")])
    ]
    _, _, forum = compute("mentions", make_mentions(rows, by=("platform",)), own_brand=named)
    assert forum.group == {"platform": "forum"}
    assert (value(forum, "mentions"), value(forum, "share_of_voice")) == (0, 0.0)


def test_mentions_leave_reposts_and_copies_out(compute: Compute) -> None:
    rows = [
        {"brand": "Own", "author": "a", "text_hash": 1, "day": "2026-10-01", "sentiment": "positive"},
        {
            "brand": "Own",
            "author": "a",
            "text_hash": 1,
            "day": "2026-10-02",
            "sentiment": "positive",
        },  # a copy
        {
            "brand": "Own",
            "author": "b",
            "text_hash": 1,
            "day": "2026-10-02",
            "sentiment": "negative",
        },  # b says it too
        {"brand": "Own", "author": "c", "text_hash": 2, "day": "2026-10-02", "is_repost": True},
    ]
    (result,) = compute("mentions", make_mentions(rows))
    assert value(result, "mentions") == 2
    assert {item.reason: item.count for item in result.rows.left_out} == {"duplicate": 1, "repost": 1}
    assert result.figure("share_of_voice").reason == "no_competitors"  # type: ignore[union-attr]


@pytest.mark.parametrize("turned", [False, True], ids=["newest first", "oldest first"])
def test_the_earliest_of_copies_stands_whatever_the_row_order(turned: bool, compute: Compute) -> None:
    same = {"brand": "Own", "author": "a", "text_hash": 1, "sentiment": "positive"}
    rows = [{**same, "day": "2026-10-20"}, {**same, "day": "2026-09-01"}]
    mentions = make_mentions(rows[::-1] if turned else rows)
    (september,) = compute("mentions", mentions, period="2026-09")
    assert value(september, "mentions") == 1
