"""Tracking and hold-out errors: small ones by hand, and those of the CDNOW sample."""

from __future__ import annotations

import numpy as np
import pytest

from loyalty.stats.btyd.bg_nbd import BG_NBD
from loyalty.stats.btyd.fitting import MODELS, Fit, fit
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.holdout import (
    by_frequency,
    calibration,
    capture,
    errors,
    lift,
    own_rate,
    shop_rate,
)
from loyalty.stats.btyd.tracking import Tracking, expected_by, mean_percentage_error, track
from loyalty.stats.btyd.transactions import TransactionModel
from tests.stats.btyd_data import CALIBRATION_DAYS, WEEK, cdnow


def test_errors_by_hand() -> None:
    """0, 2, 4 came where 1, 2, 2 were expected: off by 1, 0, 2; a total of 5 for 6."""
    found = errors([0, 2, 4], [1, 2, 2])
    assert found is not None
    assert (found.actual, found.expected, found.mean_absolute) == (6, 5, 1)
    assert found.root_mean_square == pytest.approx((5 / 3) ** 0.5)
    assert found.bias == pytest.approx(-1 / 6)
    nothing = errors([0.0], [0.5])
    assert nothing is not None
    assert nothing.bias is None
    assert errors([], []) is None


def test_naive_rates_by_hand() -> None:
    """3 orders in 10 and none in 5 weeks: in 20 weeks 6 and 0, at the shop's rate 4; a newcomer has the shop's."""
    histories = Histories.of([3, 0, 0], [9, 0, 0], [10, 5, 0])
    assert histories.customers_of(own_rate(histories, 20)) == pytest.approx([6, 0, 4])
    assert histories.customers_of(shop_rate(histories, 20)) == pytest.approx([4, 4, 4])


def test_by_frequency_leaves_out_who_is_not_there() -> None:
    table = by_frequency([0, 0, 2, 9, 30], [1, 0, 1, 5, 9], [0.5, 0.5, 1, 6, 6], top=7)
    assert table.frequency.tolist() == [0, 2, 7]
    assert table.customers.tolist() == [2, 1, 2]
    assert table.actual.tolist() == [0.5, 1, 7]
    assert table.expected.tolist() == [0.5, 1, 6]


def test_calibration_by_hand() -> None:
    """0.05 and 0.08 belong together, and 1 to the last part; Brier is the mean of .05^2, .92^2 and 0."""
    table = calibration([0.05, 0.08, 1.0], [False, True, True])
    assert table is not None
    assert table.low.tolist() == [0, 0.9]
    assert table.high.tolist() == [0.1, 1]
    assert table.customers.tolist() == [2, 1]
    assert table.foretold == pytest.approx([0.065, 1])
    assert table.happened.tolist() == [0.5, 1]
    assert table.brier == pytest.approx((0.05**2 + 0.92**2) / 3)
    assert calibration([], []) is None


def test_lift_by_hand() -> None:
    """Ten customers in five parts; the best two brought 6 of 10, which is three times their share."""
    score = [9, 8, 5, 5, 5, 5, 1, 1, 0, 0]
    table = lift(score, [4, 2, 2, 0, 0, 1, 1, 0, 0, 0], parts=5)
    assert table is not None
    assert table.customers.tolist() == [2] * 5
    assert table.expected.tolist() == [8.5, 5, 5, 1, 0]
    # Customers with a score of 5 brought 3 together: each pair of them counts 1.5.
    assert table.actual == pytest.approx([3, 0.75, 0.75, 0.5, 0])
    assert table.lift == pytest.approx([3, 0.75, 0.75, 0.5, 0])
    assert table.captured == pytest.approx([0.6, 0.75, 0.9, 1, 1])
    assert capture(score, [4, 2, 2, 0, 0, 1, 1, 0, 0, 0], 0.2) == pytest.approx(0.6)
    assert capture([1, 1], [0, 0]) is None
    assert lift([], []) is None


def test_all_customers_bring_exactly_all() -> None:
    """Ten times 0.1 add up to 0.9999999999999999 one after the other, and to 1 in pairs."""
    table = lift(list(range(10)), [0.1] * 10)
    assert table is not None
    assert table.captured[-1] == 1


def test_where_more_goes_back_than_comes_no_share_is_told() -> None:
    found = errors([-5.0, 2.0], [1.0, 1.0])
    assert found is not None
    assert found.bias is None
    assert capture([2, 1], [-5.0, 2.0]) is None
    assert lift([2, 1], [-5.0, 2.0]) is None


def test_equal_scores_capture_their_share() -> None:
    """Nobody is told apart, so a tenth of the customers holds a tenth, whoever stands first."""
    assert capture([1] * 10, [10, *[0] * 9]) == pytest.approx(0.1)
    table = lift([1] * 7, [7, *[0] * 6], parts=3)
    assert table is not None
    assert table.lift == pytest.approx([1, 1, 1])


def test_tracking_by_hand() -> None:
    """Two enter at 0, one at 10: by 14, E[X(14)] twice and E[X(4)] once. An order at 7 is one of the second week."""
    values = np.array([0.5, 6.0, 0.8, 2.5])
    found = track(BG_NBD, values, [0, 0, 10], [3, 7, 20], [7, 14])
    by = BG_NBD.expected_repeats(values, np.array([4.0, 7.0, 14.0]))
    assert found.actual.tolist() == [1, 2]
    assert found.actual_in_period.tolist() == [1, 1]
    assert found.expected == pytest.approx([2 * by[1], 2 * by[2] + by[0]])
    assert found.expected_in_period.sum() == pytest.approx(found.expected[-1])
    assert expected_by(BG_NBD, values, [5.0], [5.0]).tolist() == [0]


def test_percentage_errors_need_something_to_compare_with() -> None:
    assert mean_percentage_error(np.array([0.0, 2.0, 4.0]), np.array([1.0, 1.0, 5.0])) == pytest.approx(0.375)
    assert mean_percentage_error(np.zeros(2), np.ones(2)) is None


def cdnow_tracking(model: TransactionModel) -> Tracking:
    customers = cdnow().customers
    found = fit(model, Histories.of(*cdnow().histories(CALIBRATION_DAYS, WEEK)), unit="week")
    assert isinstance(found, Fit)
    entered = np.array([min(days) for days in customers]) / WEEK
    repeated = np.array([day for days in customers for day in sorted(days)[1:]]) / WEEK
    return track(model, found.values, entered, repeated, np.arange(1.0, 79.0))


@pytest.mark.parametrize(
    ("model", "at_39", "at_78", "error", "weekly"),
    [
        (MODELS[1], 2501.5, 4165.7, 0.025, 0.194),
        (MODELS[0], 2483.0, 4054.6, 0.040, 0.196),
        (MODELS[2], 2532.8, 4275.4, 0.013, 0.194),
    ],
    ids=["bg", "mbg", "pareto"],
)
def test_cdnow_tracking(
    model: TransactionModel, at_39: float, at_78: float, error: float, weekly: float
) -> None:
    """Fitted to 39 weeks; 2,457 repeat orders came by then and 4,339 by week 78."""
    found = cdnow_tracking(model)
    assert (found.actual[38], found.actual[77]) == (2457, 4339)
    assert (found.expected[38], found.expected[77]) == pytest.approx((at_39, at_78), abs=0.06)
    later = found.between(39, 78)
    assert (later.start, later.stop) == (39, 78)
    assert mean_percentage_error(found.actual[later], found.expected[later]) == pytest.approx(error, abs=6e-4)
    increments = mean_percentage_error(found.actual_in_period[later], found.expected_in_period[later])
    assert increments == pytest.approx(weekly, abs=6e-4)


@pytest.mark.parametrize(
    ("model", "bias", "off", "means"),
    [
        (MODELS[1], -0.121, 0.786, [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157]),
        (MODELS[0], -0.162, 0.765, [0.185, 0.551, 1.049, 1.493, 2.104, 2.564, 3.361, 5.849]),
        (MODELS[2], -0.115, 0.755, [0.138, 0.599, 1.196, 1.714, 2.398, 2.907, 3.819, 6.403]),
    ],
    ids=["bg", "mbg", "pareto"],
)
def test_cdnow_holdout(model: TransactionModel, bias: float, off: float, means: list[float]) -> None:
    columns = cdnow().histories(CALIBRATION_DAYS, WEEK)
    histories = Histories.of(*columns)
    found = fit(model, histories, unit="week")
    assert isinstance(found, Fit)
    came = cdnow().orders_after(CALIBRATION_DAYS)
    expected = histories.customers_of(model.expected_orders(found.values, histories, 39))
    told = errors(came, expected)
    assert told is not None
    assert (told.actual, told.bias, told.mean_absolute) == pytest.approx((1882, bias, off), abs=6e-4)
    assert by_frequency(columns[0], came, expected).expected == pytest.approx(means, abs=6e-4)
    naive = errors(came, histories.customers_of(own_rate(histories, 39)))
    assert naive is not None
    assert naive.mean_absolute == pytest.approx(1.024, abs=6e-4)
    assert told.mean_absolute < naive.mean_absolute
    table = calibration(histories.customers_of(model.p_no_order(found.values, histories, 39)), came == 0)
    assert table is not None
    assert table.customers.sum() == 2357
    assert table.brier < 0.163
    best = capture(expected, came)
    assert best is not None
    assert best > 0.46
