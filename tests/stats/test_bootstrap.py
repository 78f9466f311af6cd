"""Intervals drawn by cluster: they repeat, they are as wide as theory says, and single rows would be too sure."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from loyalty.stats.bootstrap import GROUPS, ratio_intervals


def made(clusters: int, seed: int = 1) -> np.ndarray:
    """Customers with 1 to 5 orders of much the same value each: ``sold, orders``."""
    dice = np.random.default_rng(seed)
    orders = dice.integers(1, 6, clusters).astype(float)
    return np.column_stack([orders * dice.gamma(2.0, 30.0, clusters), orders])


def linearised(columns: np.ndarray) -> float:
    """Standard error of a ratio of sums by the delta method."""
    sold, orders = columns.T
    ratio = sold.sum() / orders.sum()
    return float(sqrt(((sold - ratio * orders) ** 2).sum()) / orders.sum())


@pytest.mark.parametrize("clusters", [300, GROUPS, 25_000])
def test_as_wide_as_the_delta_method_says(clusters: int) -> None:
    """Also where clusters are drawn in groups: their sums scatter as the clusters do."""
    columns = made(clusters)
    (interval,) = ratio_intervals(columns, [(0, 1)])
    width = 2 * 1.96 * linearised(columns)
    assert interval.high - interval.low == pytest.approx(width, rel=0.1)
    assert interval.low < columns[:, 0].sum() / columns[:, 1].sum() < interval.high


def test_same_rows_same_interval() -> None:
    assert ratio_intervals(made(50), [(0, 1)]) == ratio_intervals(made(50), [(0, 1)])
    assert ratio_intervals(made(50), [(0, 1)]) != ratio_intervals(made(50), [(0, 1)], seed=7)


def test_several_ratios_of_one_drawing() -> None:
    columns = made(80)
    alone = [ratio_intervals(columns, [pair])[0] for pair in ((0, 1), (1, 1))]
    assert ratio_intervals(columns, [(0, 1), (1, 1)]) == alone
    assert alone[1] == (1.0, 1.0)


def test_wider_for_more_confidence() -> None:
    (narrow,), (wide,) = (ratio_intervals(made(200), [(0, 1)], level) for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_coverage() -> None:
    """Of 200 samples of 60 customers, about 95 in 100 intervals hold the true value, 60."""
    held = 0
    for seed in range(200):
        (interval,) = ratio_intervals(made(60, seed), [(0, 1)])
        held += interval.low <= 60.0 <= interval.high
    assert 0.88 <= held / 200 <= 0.99
