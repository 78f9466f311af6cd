"""BG/NBD, MBG/NBD and Pareto/NBD: derivatives, predictions a second way, units, and what simulation says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.integrate import quad
from scipy.special import betaln

from loyalty.stats.btyd import fitting
from loyalty.stats.btyd.bg_nbd import BG_NBD
from loyalty.stats.btyd.estimation import Weakness
from loyalty.stats.btyd.fitting import MODELS, Choice, Fit, Reason, Refusal, choose, fit, objective
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.mbg_nbd import MBG_NBD
from loyalty.stats.btyd.pareto_nbd import PARETO_NBD
from loyalty.stats.btyd.transactions import TransactionModel, next_order
from loyalty.stats.btyd.uncertainty import bootstrap, fit_error, positive_interval, share_interval
from tests.stats.btyd_data import CALIBRATION_DAYS, cdnow, simulated, simulated_beta_geometric

AS_JSON = TypeAdapter(Fit)
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
CUSTOMERS = Histories.of(*simulated(400, (0.6, 10, 0.6, 12), (10, 40)))
CASES = [
    ((0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86),
    ((0.5, 4.0, 1.0, 2.0), 5, 20.0, 30.0),
    ((0.15, 60.0, 0.3, 0.5), 1, 200.0, 1270.0),
    ((2.0, 0.3, 5.0, 0.7), 0, 0.0, 3.0),
    ((0.6, 12.0, 0.4, 10.0), 300, 35.0, 38.0),
]


def fitted(model: TransactionModel, histories: Histories, unit: str = "day") -> Fit:
    result = fit(model, histories, unit=unit)
    assert isinstance(result, Fit)
    return result


def test_clv_bgnbd(examples: dict[str, dict[str, Any]]) -> None:
    example = examples["clv.bgnbd"]
    given, expected = example["inputs"], example["expected"]
    parameters = np.array([example["params"][name] for name in BG_NBD.parameter_names])
    history = Histories.of([given["x"]], [given["t_x"]], [given["T"]])
    within = {"abs": example["tolerance_abs"]}
    assert BG_NBD.p_alive(parameters, history)[0] == pytest.approx(expected["p_alive"], **within)
    ahead = BG_NBD.expected_orders(parameters, history, given["t"])[0]
    assert ahead == pytest.approx(expected["expected_orders"], **within)


@EVERY_MODEL
def test_the_gradient_is_that_of_the_likelihood(model: TransactionModel) -> None:
    likelihood = objective(model, CUSTOMERS.in_unit(20))
    for point in model.starts(1.0):
        shifts = 1e-5 * np.eye(4)
        numeric = [(likelihood(point + shift)[0] - likelihood(point - shift)[0]) / 2e-5 for shift in shifts]
        assert likelihood(point)[1] == pytest.approx(numeric, rel=1e-6, abs=1e-5)


@EVERY_MODEL
def test_customers_alike_are_counted_once(model: TransactionModel) -> None:
    """Three customers of which two are alike, or two rows of weight 2 and 1: the same likelihood, by any order."""
    parameters = np.array([0.5, 5.0, 0.8, 3.0])
    one_each = Histories.of([2, 0, 2], [7, 0, 7], [9, 4, 9])
    weighted = Histories.of([0, 2], [0.0, 7.0], [4.0, 9.0], [1, 2])
    assert len(one_each) == 2
    assert model.log_likelihood(parameters, one_each)[0] == model.log_likelihood(parameters, weighted)[0]
    alive = one_each.customers_of(model.p_alive(parameters, one_each))
    assert alive[0] == alive[2] != alive[1]


@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
@pytest.mark.parametrize(("parameters", "x", "last", "age"), CASES)
def test_orders_ahead_of_beta_geometric(
    model: TransactionModel, parameters: tuple[float, ...], x: int, last: float, age: float
) -> None:
    """The mean over p of orders from a customer alive, by adaptive quadrature with the weight of Beta(a, b + x + e)."""
    r, alpha, a, b = parameters
    history, horizon = Histories.of([x], [last], [age]), 25.0
    beta = b + x + (model is MBG_NBD)
    theta, k = horizon / (alpha + age), r + x

    def orders(p: float) -> float:
        return float(-np.expm1(-k * np.log1p(p * theta)) / p) if p else k * theta

    # Parts, because the end at 1 may count for nothing and take all the nodes.
    near = min(0.5, 10 * a / (a + beta))
    left = quad(
        lambda p: orders(p) * (1 - p) ** (beta - 1), 0, near, weight="alg", wvar=(a - 1, 0), epsrel=1e-11
    )
    right = quad(lambda p: orders(p) * p ** (a - 1), near, 1, weight="alg", wvar=(0, beta - 1), epsrel=1e-11)
    mean = (left[0] + right[0]) / np.exp(betaln(a, beta))
    expected = model.p_alive(np.array(parameters), history)[0] * mean
    assert model.expected_orders(np.array(parameters), history, horizon)[0] == pytest.approx(
        expected, rel=1e-8
    )


@pytest.mark.parametrize(("parameters", "x", "last", "age"), CASES)
def test_pareto_by_adaptive_quadrature(
    parameters: tuple[float, ...], x: int, last: float, age: float
) -> None:
    r, alpha, s, beta = parameters
    history, horizon, k = Histories.of([x], [last], [age]), 25.0, r + x
    values = np.array(parameters)

    def gone(u: float) -> float:
        return float(((alpha + age) / (alpha + u)) ** k * ((beta + age) / (beta + u)) ** (s + 1))

    middle = last + (age - last) / 100
    dead = quad(gone, last, middle, epsrel=1e-11)[0] + quad(gone, middle, age, epsrel=1e-11)[0]
    alive = 1 / (1 + s * dead / (beta + age))
    assert PARETO_NBD.p_alive(values, history)[0] == pytest.approx(alive, rel=1e-8)
    first = quad(
        lambda u: k / (alpha + age) * (1 + u / (alpha + age)) ** -(k + 1) * (1 + u / (beta + age)) ** -s,
        *(0, horizon),
        epsrel=1e-11,
    )[0]
    assert PARETO_NBD.p_no_order(values, history, horizon)[0] == pytest.approx(1 - alive * first, rel=1e-8)


@EVERY_MODEL
@pytest.mark.parametrize(("parameters", "x", "last", "age"), CASES)
def test_discounted_orders_add_up_what_comes(
    model: TransactionModel, parameters: tuple[float, ...], x: int, last: float, age: float
) -> None:
    """The integral of e^(-du) dM(u) is e^(-dH) M(H) + d times that of e^(-du) M(u), M the orders expected by u."""
    values, history, discount, horizon = np.array(parameters), Histories.of([x], [last], [age]), 0.02, 80.0

    def by(u: float) -> float:
        return float(model.expected_orders(values, history, u)[0])

    rest = quad(lambda u: np.exp(-discount * u) * by(u), 0, horizon, epsrel=1e-9)[0]
    expected = np.exp(-discount * horizon) * by(horizon) + discount * rest
    assert model.discounted_orders(values, history, horizon, discount)[0] == pytest.approx(expected, rel=1e-7)
    without = model.discounted_orders(values, history, horizon, 0.0)[0]
    assert without == pytest.approx(by(horizon), rel=1e-7)


@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
@pytest.mark.parametrize(
    "parameters", [(0.25, 31.0, 0.8, 2.4), (0.1, 1e-3, 0.02, 0.1), (50, 300, 3, 9)], ids=str
)
def test_many_ages_are_interpolated(model: TransactionModel, parameters: tuple[float, ...]) -> None:
    ages, values = np.linspace(0, 700, 300), np.array(parameters)
    together = Histories.of(np.zeros(300, int), np.zeros(300), ages)
    alone = [Histories.of([0], [0.0], [age]) for age in ages[::30]]
    every = together.customers_of(model.discounted_orders(values, together, 1095, 3e-4))
    single = [model.discounted_orders(values, history, 1095, 3e-4)[0] for history in alone]
    assert every[::30] == pytest.approx(single, rel=1e-8)
    assert not model.discounted_orders(values, together, 0.0, 3e-4).any()


@EVERY_MODEL
def test_an_infinite_horizon_needs_a_discount(model: TransactionModel) -> None:
    with pytest.raises(ValueError, match="infinite"):
        model.discounted_orders(np.ones(4), CUSTOMERS, np.inf, 0.0)
    with pytest.raises(ValueError, match="negative"):
        model.discounted_orders(np.ones(4), CUSTOMERS, 10.0, -0.1)


def test_a_one_time_buyer_is_alive_to_bg_and_perhaps_gone_to_mbg() -> None:
    history, values = Histories.of([0], [0.0], [100.0]), np.array([0.5, 6.0, 0.9, 1.6])
    assert BG_NBD.p_alive(values, history)[0] == 1
    # 1 / (1 + a/b ((alpha+T)/alpha)^r), by hand.
    assert MBG_NBD.p_alive(values, history)[0] == pytest.approx(1 / (1 + 0.9 / 1.6 * (106 / 6) ** 0.5))


def test_the_next_order_of_one_who_stays() -> None:
    """Half of Pareto waits with k = 2 are below (alpha + T)(sqrt 2 - 1); P(no order) of BG agrees where all stay."""
    history, values = Histories.of([1], [5.0], [8.0]), np.array([1.0, 2.0, 1e-9, 1.0])
    wait = next_order(values, history, 0.5)[0]
    assert wait == pytest.approx(10 * (np.sqrt(2) - 1))
    assert BG_NBD.p_no_order(values, history, wait)[0] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
def test_the_counts_of_new_customers(model: Any) -> None:
    """Probabilities add up to 1, their mean is E[X(t)], and 40,000 simulated customers agree."""
    parameters, age = (0.8, 5.0, 0.9, 2.5), 20.0
    orders = np.arange(400)
    share = model.p_repeats(np.array(parameters), age, orders)
    mean = model.expected_repeats(np.array(parameters), np.array([age]))[0]
    assert share.sum() == pytest.approx(1, abs=1e-9)
    assert share @ orders == pytest.approx(mean, rel=1e-7)
    x, _, _ = simulated_beta_geometric(40_000, parameters, age, first_too=model is MBG_NBD, seed=2)
    assert x.mean() == pytest.approx(mean, rel=0.03)
    assert np.mean(x == 0) == pytest.approx(share[0], abs=0.01)


def test_pareto_orders_of_simulated_customers() -> None:
    parameters = (0.8, 5.0, 0.7, 9.0)
    x, _, _ = simulated(40_000, parameters, (20, 20), seed=3)
    mean = PARETO_NBD.expected_repeats(np.array(parameters), np.array([20.0]))[0]
    assert x.mean() == pytest.approx(mean, rel=0.03)


@pytest.mark.parametrize("first_too", [False, True])
def test_a_large_fit_finds_what_was_simulated(first_too: bool) -> None:
    truth = (0.5, 40.0, 0.8, 2.5)
    model = MBG_NBD if first_too else BG_NBD
    found = fitted(
        model, Histories.of(*simulated_beta_geometric(70_000, truth, 400, first_too=first_too, seed=4))
    )
    assert found.estimate.weaknesses == ()
    assert np.abs((found.values - truth) / found.standard_errors).max() < 3.5


@EVERY_MODEL
@pytest.mark.parametrize("gone", [True, False], ids=["some left", "nobody left"])
def test_a_fit_that_starts_from_a_sample_is_the_same(
    model: TransactionModel, gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a prior, where the likelihood is flat, all but what it does not settle."""
    x, last, age = simulated(800, (0.6, 10, 0.6, 12), (10, 40), seed=9)
    histories = Histories.of(x, last, age) if gone else Histories.of(np.maximum(x, 1), age, age)
    whole = fitted(model, histories)
    monkeypatch.setattr(fitting, "SAMPLE", 200)
    sampled = fitted(model, histories)
    assert whole.estimate.weaknesses == sampled.estimate.weaknesses == (() if gone else (Weakness.AT_LIMIT,))
    assert sampled.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6 if gone else 0.01)
    settled = slice(4) if gone else slice(2)
    assert sampled.values[settled] == pytest.approx(whole.values[settled], rel=1e-6)


@EVERY_MODEL
def test_the_unit_of_time_changes_nothing(model: TransactionModel) -> None:
    """Days, weeks and years: the same shapes, predictions, errors; scales and likelihood by their dimension."""
    x, last, age = simulated(600, (0.6, 70, 0.6, 80), (100, 300), seed=5)
    in_days = fitted(model, Histories.of(x, last, age))
    for length in (7.0, 365.25, 1 / 24):
        histories = Histories.of(x, last / length, age / length)
        other = fitted(model, histories, "other")
        scale = length ** np.array(model.powers_of_time, float)
        assert other.values * scale == pytest.approx(in_days.values, rel=1e-8)
        assert other.standard_errors * scale == pytest.approx(in_days.standard_errors, rel=1e-5)
        shift = in_days.orders * np.log(length)
        assert other.log_likelihood - shift == pytest.approx(in_days.log_likelihood, abs=1e-5)
        ahead = model.expected_orders(other.values, histories, 90 / length)
        days = Histories.of(x, last, age)
        assert histories.customers_of(ahead) == pytest.approx(
            days.customers_of(model.expected_orders(in_days.values, days, 90)), rel=1e-6
        )


def test_the_best_likelihood_is_chosen() -> None:
    histories = Histories.of(*simulated_beta_geometric(3000, (0.8, 10, 1.5, 1.5), 60, first_too=True, seed=6))
    chosen = choose(histories, unit="day")
    assert isinstance(chosen, Choice)
    assert [one.model for one in chosen.compared] == ["mbg", "bg", "pareto"]
    assert chosen.best.model == "mbg"
    assert chosen.best.log_likelihood == max(one.log_likelihood for one in chosen.compared)
    assert choose(Histories.of([0], [0], [5]), unit="day") == Refusal(Reason.NO_REPEAT_CUSTOMER)
    assert choose(Histories.of([], [], []), unit="day") == Refusal(Reason.NO_CUSTOMERS)


@EVERY_MODEL
def test_whether_customers_leave_at_all(model: TransactionModel) -> None:
    staying = fitted(model, Histories.of(*simulated(1500, (0.9, 60, 0, 1), (100, 300), seed=7)))
    leaving = fitted(model, Histories.of(*simulated(1500, (0.9, 30, 0.8, 60), (100, 300), seed=7)))
    assert not staying.dropout_identified
    assert leaving.dropout_identified


@EVERY_MODEL
def test_a_fit_goes_to_json_and_back(model: TransactionModel) -> None:
    fit_ = fit(model, CUSTOMERS, unit="day", window=("2026-01-01", "2026-03-31"))
    assert isinstance(fit_, Fit)
    again = AS_JSON.validate_json(AS_JSON.dump_json(fit_))
    assert again == fit_
    assert again.values.tolist() == fit_.values.tolist()


@pytest.mark.parametrize(
    "change",
    [{"model": "prophet"}, {"unit": 7}, {"customers": float("nan")}, {"more": 1}, {"parameters": "many"}],
)
def test_a_damaged_fit_is_refused(change: dict[str, Any]) -> None:
    content = {**AS_JSON.dump_python(fitted(BG_NBD, CUSTOMERS), mode="json"), **change}
    with pytest.raises(ValueError, match=next(iter(change))):
        AS_JSON.validate_python(content)


@pytest.mark.parametrize(
    ("x", "last", "age", "message"),
    [
        ([1], [2.0], [1.0], "recency must be"),
        ([0], [1.0], [2.0], "without a repeat order"),
        ([1.5], [1.0], [2.0], "whole"),
        ([-1], [0.0], [2.0], "whole"),
        ([1], [np.nan], [2.0], "finite"),
        ([1, 2], [1.0], [2.0], "length"),
    ],
)
def test_histories_that_cannot_be(x: list[float], last: list[float], age: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Histories.of(x, last, age)


def test_whole_days_and_fractions_sort_alike() -> None:
    x, last, age = (np.array(column) for column in ([3, 0, 3, 1], [40, 0, 8, 5], [50, 9, 50, 9]))
    whole, real = Histories.of(x, last, age), Histories.of(x, last.astype(float), age.astype(float))
    assert whole.x.tolist() == real.x.tolist() == [0, 1, 3, 3]
    assert whole.recency.tolist() == real.recency.tolist() == [0, 5, 8, 40]
    assert whole.row.tolist() == real.row.tolist() == [3, 0, 2, 1]


def test_a_sample_is_spread_evenly() -> None:
    sample = CUSTOMERS.thinned(100)
    assert len(sample) <= 100
    assert sample.customers == pytest.approx(CUSTOMERS.customers), "they weigh as much as all"
    assert sample.orders == pytest.approx(CUSTOMERS.orders, rel=0.1)


def test_delta_method_errors_agree_with_the_bootstrap() -> None:
    """On simulated data the model is right, so both measure the same: within 25 % with 80 replicates."""
    histories = Histories.of(*simulated_beta_geometric(2000, (0.5, 6, 0.8, 2.5), 40, first_too=False, seed=8))
    found = fitted(BG_NBD, histories)

    def total(parameters: np.ndarray) -> np.ndarray:
        return np.array([histories.weight @ BG_NBD.expected_orders(parameters, histories, 52)])

    replicates = bootstrap(found, histories, 80, seed=1)
    assert replicates.shape == (80, 4)
    assert bootstrap(found, histories, 2, seed=1).tolist() == replicates[:2].tolist()
    assert replicates.std(axis=0) == pytest.approx(found.standard_errors, rel=0.25)
    delta = fit_error(found, total)[0]
    assert fit_error(found, lambda parameters: parameters) == pytest.approx(found.standard_errors, rel=1e-3)
    assert 0.6 < np.std([total(replicate)[0] for replicate in replicates]) / delta < 1.4


def test_intervals_cover_the_truth() -> None:
    """The 95 % interval of the next 30 days' orders holds the true expectation in most of 40 simulated shops."""
    truth = np.array([0.5, 6, 0.8, 2.5])
    covered = []
    for seed in range(40):
        histories = Histories.of(*simulated_beta_geometric(400, tuple(truth), 40, first_too=False, seed=seed))
        found = fitted(BG_NBD, histories)

        def total(parameters: np.ndarray, histories: Histories = histories) -> np.ndarray:
            return np.array([histories.weight @ BG_NBD.expected_orders(parameters, histories, 30)])

        low, high = positive_interval(total(found.values), fit_error(found, total))
        covered.append(low[0] <= total(truth)[0] <= high[0])
    assert 0.85 <= np.mean(covered) <= 1


def test_intervals_stay_in_their_range() -> None:
    low, high = positive_interval(np.array([0.0, 1e-9, 5.0]), np.array([0.0, 1.0, 50.0]))
    assert (low >= 0).all()
    assert np.isfinite(high).all()
    assert (low <= high).all()
    low, high = share_interval(np.array([0.0, 0.5, 1.0, 0.999]), np.array([0.0, 2.0, 0.0, 1.0]))
    assert ((low >= 0) & (high <= 1) & (low <= high)).all()
    assert (low[0], high[2]) == (0, 1)


@EVERY_MODEL
def test_cdnow_errors_of_totals(model: TransactionModel) -> None:
    """Standard error of orders in the next 52 weeks: 107 for BG/NBD; the other two have no published value."""
    histories = Histories.of(*cdnow().histories(CALIBRATION_DAYS, 7.0))
    found = fitted(model, histories, "week")
    error = fit_error(
        found,
        lambda values: np.array([histories.weight @ model.expected_orders(values, histories, 52)]),
    )[0]
    assert error == pytest.approx({"mbg": 94, "bg": 107, "pareto": 166}[model.name], abs=1)
