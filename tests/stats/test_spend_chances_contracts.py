"""Gamma-Gamma, BG/BB and sBG beyond the published values: derivatives, awkward data, what was simulated."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from loyalty.stats.btyd import bg_bb
from loyalty.stats.btyd.bg_bb import ChanceFit, fit_chances
from loyalty.stats.btyd.estimation import Reason, Refusal, Weakness
from loyalty.stats.btyd.gamma_gamma import SpendFit, fit_spend
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.sbg import ContractFit, fit_contracts
from loyalty.stats.btyd.uncertainty import standard_error


def spend(customers: int, p: float, q: float, v: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Draw numbers of orders 1, 2, ... and their mean values."""
    draws = np.random.default_rng(seed)
    x = draws.geometric(0.4, customers)
    return x, draws.gamma(p * x, 1 / (draws.gamma(q, 1 / v, customers) * x))


def spend_fit(x: np.ndarray, mean: np.ndarray) -> SpendFit:
    found = fit_spend(x, mean)
    assert isinstance(found, SpendFit)
    return found


def test_spend_that_was_simulated() -> None:
    found = spend_fit(*spend(4000, 6, 4, 15))
    errors = standard_error(found.estimate, found.parameters_at)
    assert found.estimate.weaknesses == ()
    assert np.abs((np.array(found.parameters) - (6, 4, 15)) / errors).max() < 3.5
    assert found.mean_exists
    assert found.independent
    assert found.population_mean == pytest.approx(6 * 15 / 3, rel=0.05)


def test_the_currency_changes_nothing() -> None:
    x, mean = spend(300, 6, 4, 15)
    lira, kurus = spend_fit(x, mean), spend_fit(x, 100 * mean)
    assert kurus.parameters == pytest.approx((*lira.parameters[:2], 100 * lira.parameters[2]), rel=1e-6)
    shift = 300 * np.log(100)
    assert kurus.estimate.log_likelihood == pytest.approx(lira.estimate.log_likelihood - shift)
    assert kurus.expected_spend(x, 100 * mean) == pytest.approx(100 * lira.expected_spend(x, mean), rel=1e-6)


def test_the_order_of_customers_changes_no_digit() -> None:
    x, mean = spend(300, 6, 4, 15)
    assert spend_fit(x, mean).estimate == spend_fit(x[::-1], mean[::-1]).estimate


def test_expected_spend_by_hand() -> None:
    """p 6.25, q 3.74, v 15.44: two orders of 25 on average give 6.25 x (15.44 + 50) / (12.5 + 2.74) = 26.84."""
    found = spend_fit(*spend(200, 6.25, 3.74, 15.44))
    known = np.array([6.25, 3.74, 15.44])
    assert found.expected_spend([2, 0], [25.0, np.nan], known) == pytest.approx(
        [6.25 * 65.44 / 15.24, 6.25 * 15.44 / 2.74]
    )


def test_orders_that_brought_nothing_are_counted_and_left_out() -> None:
    x, mean = spend(100, 6, 4, 15)
    found = fit_spend(np.append(x, [1, 2, 0]), np.append(mean, [0.0, -3.0, 0.0]))
    assert isinstance(found, SpendFit)
    assert (found.customers, found.left_out) == (100, 2)
    assert found.parameters == pytest.approx(spend_fit(x, mean).parameters)


def test_spend_that_depends_on_frequency_is_told() -> None:
    x, mean = spend(500, 6, 4, 15)
    found = spend_fit(x, mean * x)
    assert found.correlation is not None
    assert found.correlation > 0.3
    assert not found.independent


def test_a_mean_that_does_not_exist() -> None:
    """q 0.7 leaves the population without a mean: q is held above 1 and the observed mean stands in for strangers."""
    x, mean = spend(3000, 6, 0.7, 15)
    found = spend_fit(x, mean)
    assert not found.mean_exists
    assert found.parameters[1] > 1
    assert found.population_mean == pytest.approx((x * mean).sum() / x.sum())
    known = found.expected_spend(x, mean)
    assert np.isfinite(known).all()
    assert (known > 0).all()


AWKWARD_SPEND = {
    "one price": (np.arange(1, 41), np.full(40, 9.99)),
    "two prices": (np.ones(40, int), np.tile([10.0, 20.0], 20)),
    "five customers": (np.array([1, 2, 1, 3, 1]), np.array([20.0, 25, 90, 31, 12])),
    "one customer": (np.array([1]), np.array([20.0])),
    "one order each": (np.ones(200, int), spend(200, 6, 4, 15)[1]),
    "one whale": (np.ones(50, int), np.append(np.full(49, 10.0), 1e6)),
    "tiny and huge": (np.ones(60, int), np.geomspace(1e-4, 1e6, 60)),
    "large numbers": tuple(
        column * factor for column, factor in zip(spend(200, 6, 4, 15), (1, 1e9), strict=True)
    ),
    "many orders": (np.full(100, 5000), np.linspace(9, 11, 100)),
}


@pytest.mark.parametrize("name", AWKWARD_SPEND)
def test_awkward_spend(name: str) -> None:
    x, mean = AWKWARD_SPEND[name]
    found = spend_fit(x, mean)
    predicted = [*found.expected_spend(x, mean), found.population_mean, *found.parameters]
    predicted += [
        *standard_error(
            found.estimate, lambda point: found.expected_spend(x, mean, found.parameters_at(point))
        )
    ]
    assert np.isfinite(predicted).all()
    assert min(predicted) >= 0
    if len(x) < 10:
        assert found.estimate.weaknesses == (Weakness.FEW_CASES,)


def test_no_spend_no_fit() -> None:
    assert fit_spend([0, 1], [0.0, -5.0]) == Refusal(Reason.NO_CUSTOMERS)
    with pytest.raises(ValueError, match="finite"):
        fit_spend([1], [np.nan])
    with pytest.raises(ValueError, match="length"):
        fit_spend([1, 2], [3.0])


def chances(
    customers: int, parameters: tuple[float, float, float, float], n: int, seed: int = 1
) -> Histories:
    draws = np.random.default_rng(seed)
    alpha, beta, gamma, delta = parameters
    stays = draws.geometric(draws.beta(gamma, delta, customers)) - 1
    buys = draws.random((n, customers)) < draws.beta(alpha, beta, customers)
    bought = buys & (np.arange(1, n + 1)[:, None] <= stays)
    last = np.max(np.arange(1, n + 1)[:, None] * bought, axis=0)
    return Histories.of(bought.sum(axis=0), last, np.full(customers, n))


def test_chances_that_were_simulated() -> None:
    truth = (1.2, 0.75, 0.66, 2.78)
    found = fit_chances(chances(20_000, truth, 6))
    assert isinstance(found, ChanceFit)
    errors = standard_error(found.estimate, found.parameters_at)
    assert np.abs((np.array(found.parameters) - truth) / errors).max() < 3.5


def test_the_gradient_of_bg_bb() -> None:
    histories, at = chances(300, (1.2, 0.75, 0.66, 2.78), 6), np.array([1.0, 0.8, 0.7, 2.5])
    shifts = 1e-6 * np.eye(4)
    numeric = [
        (bg_bb.log_likelihood(at + shift, histories)[0] - bg_bb.log_likelihood(at - shift, histories)[0])
        / 2e-6
        for shift in shifts
    ]
    assert bg_bb.log_likelihood(at, histories)[1] == pytest.approx(numeric, rel=1e-5)


def test_bg_bb_adds_up_over_all_histories() -> None:
    """Every way to buy at 5 chances: probabilities add up to 1, give the counts, and the future that is expected."""
    at = np.array([1.2, 0.75, 0.66, 2.78])
    ways = np.array(list(product([0, 1], repeat=5)))
    last = np.max(ways * np.arange(1, 6), axis=1)
    histories = Histories.of(ways.sum(axis=1), last, np.full(32, 5))
    alone = [Histories.of([x], [t], [5]) for x, t in zip(histories.x, histories.recency, strict=True)]
    share = histories.weight * np.exp([bg_bb.log_likelihood(at, one)[0] for one in alone])
    assert share.sum() == pytest.approx(1)
    counts = np.bincount(histories.x, share)
    assert bg_bb.p_purchases(at, 5, np.arange(6)) == pytest.approx(counts)
    ahead = share @ bg_bb.expected_purchases(at, histories, 3)
    by_8 = bg_bb.p_purchases(at, 8, np.arange(9)) @ np.arange(9)
    assert ahead == pytest.approx(by_8 - counts @ np.arange(6))


def test_bg_bb_discounts_what_comes() -> None:
    at, history = np.array([1.2, 0.75, 0.66, 2.78]), Histories.of([3], [4], [6])
    by = [bg_bb.expected_purchases(at, history, chances)[0] for chances in range(250)]
    expected = np.diff(by) @ 1.1 ** -np.arange(1.0, 250)
    assert bg_bb.discounted_purchases(at, history, 0.1)[0] == pytest.approx(expected)
    with pytest.raises(ValueError, match="discount"):
        bg_bb.discounted_purchases(at, history, 0.0)


@pytest.mark.parametrize(
    ("x", "last", "n"),
    [
        ([1] * 50, [1] * 50, [1] * 50),
        ([6] * 50, [6] * 50, [6] * 50),
        ([1] * 50, [1] * 50, [36] * 50),
        ([0] * 49 + [1], [0] * 49 + [36], [36] * 50),
        ([1, 0], [1, 0], [2, 3]),
    ],
    ids=["one chance", "always", "once and gone", "one late", "two donors"],
)
def test_awkward_chances(x: list[int], last: list[int], n: list[int]) -> None:
    histories = Histories.of(x, last, n)
    found = fit_chances(histories)
    assert isinstance(found, ChanceFit)
    assert found.estimate.weaknesses
    at = np.array(found.parameters)
    alive, ahead = bg_bb.p_alive(at, histories), bg_bb.expected_purchases(at, histories, 5)
    assert np.isfinite([alive, ahead, bg_bb.discounted_purchases(at, histories, 0.1)]).all()
    assert ((alive >= 0) & (alive <= 1) & (ahead >= 0) & (ahead <= 5)).all()


def test_chances_that_cannot_be() -> None:
    assert fit_chances(Histories.of([0], [0], [6])) == Refusal(Reason.NO_REPEAT_CUSTOMER)
    assert fit_chances(Histories.of([], [], [])) == Refusal(Reason.NO_CUSTOMERS)
    with pytest.raises(ValueError, match="whole"):
        fit_chances(Histories.of([1], [1.5], [6.0]))
    with pytest.raises(ValueError, match="whole"):
        fit_chances(Histories.of([3], [2], [6]))


def contracts(there: list[float]) -> ContractFit:
    alive = np.array(there)
    found = fit_contracts(alive[1:], alive[:-1] - alive[1:])
    assert isinstance(found, ContractFit)
    return found


HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def test_survival_is_projected() -> None:
    """The high-end segment in years 8 to 12 (Fader & Hardie 2007): 46.8 to 39.4 %; projected within 2.5 points."""
    found = contracts(HIGH_END)
    projected = found.survival(12)
    assert projected[0] == 1
    assert projected[8:] == pytest.approx([0.468, 0.445, 0.427, 0.409, 0.394], abs=0.025)
    assert np.cumprod(found.retention(12)) == pytest.approx(projected[1:])
    assert (np.diff(found.retention(12)) > 0).all()
    low, high = found.survival_interval(12)
    assert ((low < projected[1:]) & (projected[1:] < high)).all()


def test_retention_clv_by_hand() -> None:
    """alpha = beta = 1: S(t) = 1 / (1 + t). Margin 100 at 10 %: 100 (1 + 1/2.2 + 1/3/1.21) for three payments."""
    found = contracts(HIGH_END)
    even = ContractFit(found.estimate, (1.0, 1.0), 1.0, 1.0)
    assert even.retention_clv(100, 0.1, 3) == pytest.approx(100 * (1 + 1 / 2.2 + 1 / 3 / 1.21))
    assert even.retention_clv(100, 0.1) == pytest.approx(100 * sum(1 / (1 + t) / 1.1**t for t in range(400)))
    # Who has renewed once: S(1 + t) / S(1).
    assert even.retention_clv(100, 0.1, 2, tenure=1) == pytest.approx(100 * (1 + 2 / 3 / 1.1))
    assert even.retention_clv(100, 0.0, 0) == 0
    with pytest.raises(ValueError, match="discount"):
        even.retention_clv(100, 0.0)


def test_the_residual_lifetime_of_the_literature() -> None:
    """High end, 10 %, who has renewed seven times: the chance of the eighth x all payments from then on is 7.530.

    The value is that of jdmaturen/shifted_beta_geometric_py, from Fader & Hardie (2010).
    """
    found = contracts(HIGH_END)
    assert found.retention(8)[-1] * found.retention_clv(1, 0.1, tenure=8) == pytest.approx(7.530, abs=1e-3)


@pytest.mark.parametrize(
    ("renewed", "lost", "weakness"),
    [
        ([90], [10], Weakness.FLAT),
        ([100, 100], [0, 0], Weakness.FEW_CASES),
        ([0], [50], Weakness.AT_LIMIT),
        ([500, 250, 125], [500, 250, 125], Weakness.AT_LIMIT),
        ([3], [1], Weakness.FEW_CASES),
    ],
    ids=["one period", "nobody left", "all left", "constant hazard", "four customers"],
)
def test_awkward_contracts(renewed: list[int], lost: list[int], weakness: Weakness) -> None:
    found = fit_contracts(renewed, lost)
    assert isinstance(found, ContractFit)
    assert found.estimate.weaknesses in ((weakness,), (Weakness.FLAT,))
    low, high = found.survival_interval(24)
    assert np.isfinite([low, high]).all()
    assert ((low >= 0) & (high <= 1) & (low <= high)).all()
    assert 0 < found.retention_clv(1, 0.01) <= 101


def test_contracts_that_cannot_be() -> None:
    assert fit_contracts([0, 0], [0, 0]) == Refusal(Reason.NO_CUSTOMERS)
    with pytest.raises(ValueError, match="negative"):
        fit_contracts([5], [-1])
    with pytest.raises(ValueError, match="length"):
        fit_contracts([5, 4], [1])
