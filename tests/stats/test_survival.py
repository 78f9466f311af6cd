"""Kaplan and Meier's curve: by hand, and against SciPy."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from loyalty.stats.survival import Watched, kaplan_meier


def test_by_hand() -> None:
    """Ten people: two come back on day 3, when one more is last seen; of the seven left, one on day 5.

    S falls to 8/10 and to 8/10 x 6/7. Nobody was watched beyond day 9, so nothing is known of day 10.
    """
    curve = kaplan_meier([Watched(5, 1, 0), Watched(3, 2, 1), Watched(9, 0, 6)])
    assert [(step.days, step.at_risk) for step in curve.steps] == [(3, 10), (5, 7)]
    assert [step.survival for step in curve.steps] == pytest.approx([0.8, 0.8 * 6 / 7])
    before, on_nine = curve.by(2), curve.by(9)
    assert before is not None
    assert on_nine is not None
    assert (before.survival, before.interval) == (1.0, None)
    assert on_nine.survival == pytest.approx(0.8 * 6 / 7)
    assert curve.by(10) is None
    assert (curve.quantile(0.2), curve.quantile(0.5)) == (3, None)


def test_once_everybody_is_back_nothing_is_open() -> None:
    curve = kaplan_meier([Watched(2, 1, 0), Watched(4, 1, 0)])
    last = curve.by(400)
    assert last is not None
    assert (last.survival, last.interval) == (0.0, None)
    assert (curve.quantile(0.5), curve.quantile(1.0)) == (2, 4)


def test_the_half_is_reached_by_whole_numbers() -> None:
    """Half of ten are back on day 7, in five steps whose quotients multiply to not quite one half."""
    curve = kaplan_meier([*(Watched(day, 1, 0) for day in range(3, 8)), Watched(8, 0, 5)])
    assert curve.quantile(0.5) == 7


def test_nobody() -> None:
    curve = kaplan_meier([])
    assert (curve.steps, curve.quantile(0.5)) == ((), None)
    assert curve.by(1) is None


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@pytest.mark.filterwarnings("ignore:invalid value encountered")
@pytest.mark.filterwarnings("ignore:divide by zero encountered")
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_as_scipy_says(seed: int, confidence: float) -> None:
    dice = Random(seed)
    people = [(dice.randrange(1, 40), dice.random() < 0.6) for _ in range(dice.choice((5, 60, 400)))]
    back = [days for days, came in people if came]
    open_ = [days for days, came in people if not came]
    counted = [Watched(day, back.count(day), open_.count(day)) for day in {days for days, _ in people}]
    curve = kaplan_meier(counted, confidence)
    theirs = ecdf(CensoredData(uncensored=back, right=open_)).sf
    ends = theirs.confidence_interval(confidence_level=confidence, method="log-log")
    for step in curve.steps:
        assert step.survival == pytest.approx(float(theirs.evaluate(step.days)), abs=1e-12)
        if step.interval is not None:
            assert step.interval.low == pytest.approx(float(ends.low.evaluate(step.days)), abs=1e-9)
            assert step.interval.high == pytest.approx(float(ends.high.evaluate(step.days)), abs=1e-9)
        else:
            assert np.isnan(ends.low.evaluate(step.days)) or step.survival in {0.0, 1.0}
