"""The worked examples of statistics, each beside an independent second way."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from scipy import stats

from loyalty.stats import net_promoter
from loyalty.stats.means import t_interval
from loyalty.stats.net_promoter import Recommendations
from loyalty.stats.proportions import holm, newcombe, wilson
from loyalty.stats.ratio import ratio

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
