"""The worked examples of statistics, each beside an independent second way."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from loyalty.stats import net_promoter
from loyalty.stats.means import paired_change, t_interval
from loyalty.stats.mix import Part, decompose
from loyalty.stats.net_promoter import Recommendations
from loyalty.stats.proportions import holm, newcombe, wilson
from loyalty.stats.ratio import ratio
from loyalty.stats.sample_size import for_margin, to_detect
from loyalty.stats.weights import effective

Examples = dict[str, dict[str, Any]]


@pytest.mark.parametrize("name", ["stat.wilson.1", "stat.wilson.zero"])
def test_wilson(name: str, examples: Examples) -> None:
    example = examples[name]
    x, n = example["inputs"]["x"], example["inputs"]["n"]
    interval = wilson(x, n, example["params"]["confidence"])
    assert interval is not None
    assert interval.low == pytest.approx(example["expected"]["low"], abs=1e-6)
    assert interval.high == pytest.approx(example["expected"]["high"], abs=1e-6)


@pytest.mark.parametrize(("x", "n"), [(0, 1), (1, 1), (3, 7), (50, 100), (999, 1000)])
def test_wilson_equals_scipy(x: int, n: int) -> None:
    theirs = stats.binomtest(x, n).proportion_ci(method="wilson")
    assert wilson(x, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_of_nothing_is_unknown() -> None:
    assert wilson(0, 0) is None


def test_stat_newcombe_1(examples: Examples) -> None:
    example = examples["stat.newcombe.1"]
    expected = example["expected"]
    change = newcombe(**example["inputs"])
    assert change is not None
    assert change.difference == pytest.approx(expected["diff"])
    assert (change.low, change.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-6)
    assert change.z == pytest.approx(expected["z_pooled"], abs=1e-6)
    assert change.p_value == pytest.approx(expected["p_value"], abs=1e-6)
    assert change.detectable


def test_stat_quantile_1(examples: Examples) -> None:
    example = examples["stat.quantile.1"]
    values = pl.Series(example["inputs"]["values"])
    assert values.quantile(example["params"]["p"], interpolation="linear") == pytest.approx(
        example["expected"]["value"]
    )


def test_stat_ratio_undefined(examples: Examples) -> None:
    example = examples["stat.ratio.undefined"]
    assert (
        ratio(example["inputs"]["numerator"], example["inputs"]["denominator"])
        is example["expected"]["value"]
    )


def test_stat_holm(examples: Examples) -> None:
    example = examples["stat.holm"]
    assert holm(example["inputs"]["p_values"]) == pytest.approx(example["expected"]["adjusted"])


@pytest.mark.parametrize("name", ["nps.diff", "nps.high_value"])
def test_nps_change(name: str, examples: Examples) -> None:
    example = examples[name]
    expected = example["expected"]
    change = net_promoter.change(
        Recommendations(**example["inputs"]["wave1"]), Recommendations(**example["inputs"]["wave2"])
    )
    assert change is not None
    assert change.difference == pytest.approx(expected["diff"])
    assert (change.low, change.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-6)
    assert change.p_value == pytest.approx(expected["p_value"], abs=1e-6)
    assert change.detectable is expected["significant"]


def test_nps_basic_variance(examples: Examples) -> None:
    expected = examples["nps.basic"]["expected"]
    counts = Recommendations(5, 2, 3)
    assert counts.variance == pytest.approx(expected["variance"])
    fitted = net_promoter.adjusted(counts)
    assert fitted.centre == pytest.approx(expected["adj_center"], abs=1e-6)
    assert fitted.error == pytest.approx(expected["adj_se"], abs=1e-6)


def test_t_interval_equals_scipy() -> None:
    values = [1.0, 2.0, 4.0, 8.0]
    mean, error = sum(values) / 4, stats.sem(values)
    assert t_interval(values) == pytest.approx(stats.t.interval(0.95, 3, loc=mean, scale=error))
    assert t_interval([1.0]) is None


@pytest.mark.parametrize("counts", [(5, 2, 3), (5, 0, 0), (0, 0, 1), (90, 70, 40)])
def test_nps_interval_equals_numpy_and_scipy(counts: tuple[int, int, int]) -> None:
    """Three answers, spread 3/4, 3/2 and 3/4, beside those given: mean and variance of all, with a normal interval."""
    codes, weights = np.array([100, 0, -100]), np.array(counts) + np.array([0.75, 1.5, 0.75])
    mean = np.average(codes, weights=weights)
    error = np.sqrt(np.average((codes - mean) ** 2, weights=weights) / weights.sum())
    low, high = stats.norm.interval(0.95, loc=mean, scale=error)
    found = net_promoter.interval(Recommendations(*counts))
    assert found == pytest.approx((max(low, -100), min(high, 100)))


def test_nps_panel(examples: Examples) -> None:
    example = examples["nps.panel"]
    expected = example["expected"]
    before, after = example["inputs"]["before"], example["inputs"]["after"]
    change = paired_change([100 * (b - a) for a, b in zip(before, after, strict=True)])
    assert change is not None
    assert change.difference == pytest.approx(expected["diff"])
    assert (change.low, change.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-5)
    assert change.p_value == pytest.approx(expected["p_value"], abs=1e-6)
    assert change.detectable is expected["significant"]
    assert change.p_value == pytest.approx(stats.ttest_rel(after, before).pvalue)


def test_nobody_and_equal_differences_have_no_p_value() -> None:
    assert paired_change([100.0]) is None
    equal = paired_change([100.0, 100.0])
    assert equal is not None
    assert (equal.difference, equal.p_value) == (100, None)


def test_nps_mix(examples: Examples) -> None:
    example = examples["nps.mix"]
    expected = example["expected"]
    first, second = (
        {name: Recommendations(*counts) for name, counts in example["inputs"][period].items()}
        for period in ("period1", "period2")
    )
    parts = [
        Part(first[name].answers, first[name].score, second[name].answers, second[name].score)
        for name in first
    ]
    found = decompose(parts)
    assert found is not None
    assert (found.before, found.after) == (expected["period1"]["total"], expected["period2"]["total"])
    assert found.standardised == pytest.approx(expected["period2_standardised"])
    assert (found.mix, found.within) == pytest.approx((expected["mix_effect"], expected["within_effect"]))
    # By hand: A from 5/6 to 1/3 of all at 65, B from 1/6 to 2/3 at 5, against a later total of 25.
    assert found.effects[0] == pytest.approx((-0.5 * 40, 5 * 5 / 6))
    assert found.effects[1] == pytest.approx((0.5 * -20, 5 * 1 / 6))
    assert found.opposed


def test_a_segment_that_is_gone_leaves_the_effects_unknown_and_a_new_one_does_not() -> None:
    gone = decompose([Part(10, 50.0, 0, None), Part(10, 0.0, 10, 0.0)])
    new = decompose([Part(0, None, 10, 50.0), Part(10, 0.0, 10, 0.0)])
    assert gone is not None
    assert new is not None
    assert (gone.within, gone.mix) == (None, None)
    assert (new.within, new.mix) == (0, 25)
    assert decompose([Part(0, None, 1, 0.0)]) is None


def test_nps_weighted(examples: Examples) -> None:
    """10, 9 and 5 with weights 3, 1 and 1, and an 8: (4 - 1) / 6."""
    example = examples["nps.weighted"]
    weights = example["inputs"]["weights"]
    worth = effective(sum(weights), sum(weight**2 for weight in weights))
    assert worth == pytest.approx(example["expected"]["n_effective"])
    counts = net_promoter.weighted(Recommendations(4, 1, 1), worth)
    assert counts.answers == pytest.approx(worth)
    assert counts.score == pytest.approx(example["expected"]["nps"])


def test_weights_of_zero_are_worth_nothing() -> None:
    assert effective(0, 0) == 0
    assert net_promoter.weighted(Recommendations(0, 0, 0), 0).score is None


def test_nps_sample_size(examples: Examples) -> None:
    example = examples["nps.sample_size"]
    variance = example["params"]["worst_case_variance"]
    sizes = [for_margin(margin, variance, added=3) for margin in example["params"]["margins"]]
    assert sizes == example["expected"]["n"]


def test_sample_size_to_detect_ten_points() -> None:
    """2 x 0.7 x (1.96 + 0.8416)^2 / 0.1^2 - 3 = 1,095.8; without a difference nothing can be found."""
    assert to_detect(0.1, (0.7, 0.7), added=3) == 1096
    assert to_detect(0, (0.7, 0.7)) is None


@pytest.mark.parametrize("n", [10, 30, 100])
def test_the_adjusted_interval_covers_where_plain_wald_falls_short(n: int) -> None:
    """Exactly, over every outcome of n answers from a shop with 50 % promoters and 20 % detractors."""
    true = 30.0
    ours = plain = 0.0
    for promoters in range(n + 1):
        for detractors in range(n + 1 - promoters):
            counts = Recommendations(promoters, n - promoters - detractors, detractors)
            chance = stats.multinomial.pmf([promoters, counts.passives, detractors], n, [0.5, 0.3, 0.2])
            found = net_promoter.interval(counts)
            assert found is not None
            assert counts.score is not None
            assert counts.variance is not None
            half = 196 * (counts.variance / n) ** 0.5
            ours += chance * (found.low <= true <= found.high)
            plain += chance * (abs(counts.score - true) <= half)
    assert 0.93 <= ours <= 0.98
    assert plain < ours
