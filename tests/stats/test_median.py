"""The interval of a median."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from loyalty.stats.median import median_ranks


@pytest.mark.parametrize(
    ("n", "ranks"),
    [
        pytest.param(0, None, id="nothing"),
        pytest.param(5, None, id="the range of five holds the median in 94 % of samples"),
        # 1 - 2/64 = 96.9 %: from the smallest to the largest.
        pytest.param(6, (0, 5), id="the range of six in 97 %"),
        # P(Bin(10, 1/2) <= 1) = 11/1024 = 1.1 %, <= 2: 5.5 %.
        pytest.param(10, (1, 8), id="the second and the ninth of ten"),
    ],
)
def test_by_hand(n: int, ranks: tuple[int, int] | None) -> None:
    assert median_ranks(n) == ranks


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_narrowest_that_covers(confidence: float) -> None:
    """One place further in would hold the median less often than promised."""
    for n in (*range(8, 200), 1_000, 123_456):
        ranks = median_ranks(n, confidence)
        assert ranks is not None
        low, high = ranks
        assert high == n - 1 - low
        assert 1 - 2 * binom.cdf(low, n, 0.5) >= confidence
        assert 1 - 2 * binom.cdf(low + 1, n, 0.5) < confidence


def test_as_a_bootstrap_has_it() -> None:
    """Of 300 skewed times the percentile interval of 4,000 drawn medians is the same but for a place."""
    dice = np.random.default_rng(1)
    values = np.sort(dice.lognormal(3, 1, 300))
    ranks = median_ranks(len(values))
    assert ranks is not None
    medians = np.median(dice.choice(values, (4_000, len(values))), axis=1)
    low, high = np.searchsorted(values, np.quantile(medians, [0.025, 0.975]))
    assert abs(int(low) - ranks[0]) <= 2
    assert abs(int(high) - ranks[1]) <= 2
