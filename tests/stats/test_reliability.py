"""Cronbach's alpha and the mean of counted answers, each by hand or a second way."""

from __future__ import annotations

import numpy as np
import pytest

from loyalty.stats.means import t_interval, t_interval_of_counts
from loyalty.stats.reliability import cronbach_alpha


def test_alpha_by_hand() -> None:
    """Items 1,2,3 and 1,3,2: variances 1 and 1, sums 2,5,5 of variance 3; alpha = 2 (1 - 2/3)."""
    assert cronbach_alpha([[1, 2, 3], [1, 3, 2]]) == pytest.approx(2 / 3)


def test_alpha_from_the_covariance_matrix() -> None:
    """The same number as k mean(cov) / (mean(var) + (k - 1) mean(cov)), the textbook's other form."""
    items = np.random.default_rng(1).integers(1, 7, size=(3, 200)) + np.arange(200) % 3
    covariances = np.cov(items)
    between = covariances[~np.eye(3, dtype=bool)].mean()
    expected = 3 * between / (np.trace(covariances) / 3 + 2 * between)
    assert cronbach_alpha(items.tolist()) == pytest.approx(expected)


@pytest.mark.parametrize("items", [[], [[1, 2]], [[1], [2]], [[1, 2], [2, 1]], [[4, 4], [5, 5]]])
def test_no_alpha(items: list[list[float]]) -> None:
    assert cronbach_alpha(items) is None


def test_the_interval_of_counts_is_that_of_the_answers() -> None:
    counts = {1: 3, 4: 10, 7: 2}
    answers = [answer for answer, count in counts.items() for _ in range(count)]
    ours, theirs = t_interval_of_counts(counts), t_interval(answers)
    assert ours is not None
    assert theirs is not None
    assert ours == pytest.approx(theirs)
    assert t_interval_of_counts({5: 1}) is None
