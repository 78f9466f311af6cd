"""Data sets on which transaction models are known to fail: each is fitted, regularised with a reason, or refused.

Whatever comes out, no prediction is NaN, infinite or out of its range, and no warning is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from loyalty.stats.btyd.estimation import Weakness
from loyalty.stats.btyd.fitting import MODELS, Fit, Reason, Refusal, fit
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.transactions import TransactionModel, next_order
from loyalty.stats.btyd.uncertainty import fit_error
from tests.conftest import SHARED
from tests.stats.btyd_data import Columns, read_log, simulated

LIKE_CDNOW = (0.55, 10.6, 0.6, 11.7)
"""Pareto/NBD of the CDNOW sample, in weeks."""
WEEKS = (27.0, 39.0)


def cohort(customers: int = 2357, unit: float = 1.0, seed: int = 1) -> Columns:
    x, last, age = simulated(customers, LIKE_CDNOW, WEEKS, seed)
    return x, last / unit, age / unit


def ten_times() -> Columns:
    """23,570 customers in whole days, as logs have them."""
    x, last, age = cohort(23_570, unit=1 / 7)
    return x, np.ceil(last), np.ceil(age)


def only_repeaters() -> Columns:
    x, last, age = cohort()
    return x[x > 0], last[x > 0], age[x > 0]


def hardly_any_repeat() -> Columns:
    """0.8 % of 5,000 ordered once more."""
    x = np.zeros(5000, np.int64)
    x[:40] = 1
    age = np.linspace(10, 40, 5000)
    return x, np.where(x > 0, age / 2, 0.0), age


def stays(r: float, alpha: float, customers: int, ages: tuple[float, float]) -> Columns:
    return simulated(customers, (r, alpha, 0.0, 1.0), ages)


def bought_just_now() -> Columns:
    x, _, age = stays(1, 10, 500, (20, 60))
    return np.maximum(x, 1), age, age


def bursts() -> Columns:
    """All repeat orders within a hundredth of a week of the first."""
    draws = np.random.default_rng(5)
    x = draws.geometric(0.3, 1000) - 1
    return x, np.where(x > 0, 0.01 * draws.random(1000), 0.0), draws.uniform(10, 40, 1000)


def overflowing() -> Columns:
    x = np.array([221, 254, 161, 204, 0, 0, 1, 300, 132, 133] * 3)
    last = np.array([103.4, 97.1, 94.7, 98.6, 0, 0, 3, 150, 200, 200] * 3)
    return x, last, np.array([103.6, 97.3, 98, 99.4, 50, 60, 80, 160, 200, 200] * 3)


def with_newcomers() -> Columns:
    x, last, age = cohort(300)
    none = np.zeros(100)
    return np.append(x, none.astype(int)), np.append(last, none), np.append(age, none)


def alike(customers: int, x: int, last: float, age: float) -> Columns:
    return np.full(customers, x), np.full(customers, last), np.full(customers, age)


def one_whale() -> Columns:
    x, last, age = cohort(500)
    return np.append(x, 100_000), np.append(last, 38.0), np.append(age, 38.0)


def daily_visitors() -> Columns:
    age = np.arange(3.0, 503.0)
    return (age - 1).astype(np.int64), age - 1, age


def grocery() -> Columns:
    log = read_log(SHARED / "data/btydplus_grocery/groceryElog.csv", "cust", "date", None, date(2006, 1, 1))
    return log.histories(363)


def apparel() -> Columns:
    log = read_log(SHARED / "data/clvtools/apparelTrans.csv", "Id", "Date", "Price", date(2005, 1, 2))
    return log.histories(727)


PLAIN: frozenset[Weakness] = frozenset()
FEW, LIMIT, FLAT = (
    frozenset({weakness}) for weakness in (Weakness.FEW_CASES, Weakness.AT_LIMIT, Weakness.FLAT)
)
UNSETTLED = LIMIT | FLAT
"""Where a direction is not identified: the search ends at the box, or on a ridge."""

DATA_SETS: dict[str, tuple[Callable[[], Columns], frozenset[Weakness] | Reason | None]] = {
    "like CDNOW, weeks": (cohort, PLAIN),
    "days": (lambda: cohort(unit=1 / 7), PLAIN),
    "hours": (lambda: cohort(unit=1 / 168), PLAIN),
    "seconds": (lambda: cohort(unit=1 / 604_800), PLAIN),
    "years": (lambda: cohort(unit=52.18), PLAIN),
    "5 customers": (lambda: cohort(5, seed=2), FEW),
    "10 customers": (lambda: cohort(10, seed=3), FEW),
    "20 customers": (lambda: cohort(20, seed=4), None),
    "50 customers": (lambda: cohort(50), None),
    "200 customers": (lambda: cohort(200), None),
    "all one-time": (lambda: alike(100, 0, 0.0, 50.0), Reason.NO_REPEAT_CUSTOMER),
    "only repeaters": (only_repeaters, None),
    "hardly any repeat": (hardly_any_repeat, UNSETTLED),
    "daily visitors": (daily_visitors, UNSETTLED),
    "many orders, little leaving": (lambda: simulated(300, (1.2, 3, 0.3, 100), (30, 501)), PLAIN),
    "no churn": (lambda: stays(0.8, 10, 1000, (20, 60)), UNSETTLED | PLAIN),
    "all bought just now": (bought_just_now, UNSETTLED),
    "all stop after one": (
        lambda: (*alike(500, 1, 0, 0)[:1], np.linspace(0.1, 5, 500), np.full(500, 50.0)),
        None,
    ),
    "all the same": (lambda: alike(200, 3, 20.0, 30.0), UNSETTLED),
    "retail, 9 months": (lambda: stays(0.9, 60, 1500, (10, 280)), None),
    "retail, 12 months": (lambda: simulated(1500, (0.9, 60, 0.002, 100), (10, 370)), None),
    "bursts": (bursts, None),
    "overflow": (overflowing, None),
    "long and 70 % one-time": (lambda: simulated(2000, (0.15, 60, 0.3, 20), (800, 1270)), None),
    "newcomers of age 0": (with_newcomers, None),
    "thousands of orders": (lambda: simulated(200, (0.5, 0.01, 0.5, 20), (10, 60)), PLAIN),
    "grocery": (grocery, None),
    "apparel": (apparel, None),
    "ten times CDNOW": (ten_times, PLAIN),
    "one customer": (lambda: alike(1, 3, 10.0, 12.0), FEW),
    "all newcomers": (lambda: alike(20, 0, 0.0, 0.0), Reason.NO_REPEAT_CUSTOMER),
    "one whale": (one_whale, None),
    "no time": (lambda: alike(20, 2, 0.0, 0.0), Reason.NO_TIME),
    "all at once": (lambda: alike(50, 1, 0.0, 9.0), LIMIT),
}
"""What the data are, and the weaknesses that a fit may have (None: any), or why there is none."""


def test_there_are_no_fewer_than_28() -> None:
    assert len(DATA_SETS) >= 28


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("name", DATA_SETS)
def test_fitted_regularised_or_refused(name: str, model: TransactionModel) -> None:
    columns, expected = DATA_SETS[name]
    histories = Histories.of(*columns())
    result = fit(model, histories, unit="week")
    if isinstance(expected, Reason):
        assert result == Refusal(expected)
        return
    assert isinstance(result, Fit)
    weaknesses = frozenset(result.estimate.weaknesses)
    assert len(weaknesses) <= 1
    if expected is not None:
        assert weaknesses <= expected
        assert weaknesses or expected != FEW
    check_predictions(result, model, histories)


def check_predictions(found: Fit, model: TransactionModel, histories: Histories) -> None:
    values, horizon = found.values, found.time_scale
    assert np.isfinite(found.log_likelihood)
    assert np.isfinite(found.log_likelihood_staying)
    assert (values > 0).all()
    assert (found.standard_errors > 0).all()

    shares = [model.p_alive(values, histories), model.p_no_order(values, histories, horizon)]
    amounts = [
        model.expected_orders(values, histories, horizon),
        model.discounted_orders(values, histories, horizon, 0.1 / horizon),
        model.discounted_orders(values, histories, np.inf, 0.1 / horizon),
        next_order(values, histories, 0.5),
        model.expected_repeats(values, np.linspace(0, 2 * horizon, 9)),
        found.standard_errors,
        fit_error(found, lambda parameters: model.expected_repeats(parameters, np.array([horizon]))),
    ]
    for predicted in (*shares, *amounts):
        assert np.isfinite(predicted).all()
        assert (predicted >= 0).all()
    assert max(share.max() for share in shares) <= 1
    assert (amounts[1] <= amounts[0] * (1 + 1e-9)).all()
    # More than 1 - P(no order) orders are expected, up to rounding.
    assert (amounts[0] >= (1 - shares[1]) * (1 - 1e-6) - 1e-12).all()
