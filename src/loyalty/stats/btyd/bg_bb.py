"""BG/BB: customers with discrete chances to buy, who take each with a beta probability and leave with another.

For donations, yearly renewals, events. Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), "FHS". A
history is (x, t_x, n): purchases at n chances, the last of them at chance t_x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import betaln, gammaln, psi

from loyalty.stats.btyd.arrays import Counts, Vector
from loyalty.stats.btyd.estimation import Estimate, NotConverged, Reason, Refusal, maximise
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.quadrature import beta_nodes
from loyalty.stats.btyd.transactions import expit_parts

FEWEST_REPEATERS = 10
Terms: TypeAlias = tuple[Vector, Vector]
"""Logarithms, and their derivatives by alpha, beta, gamma, delta in a last dimension."""


@dataclass(frozen=True)
class ChanceFit:
    """Fitted alpha, beta (probability to buy) and gamma, delta (probability to leave before a chance)."""

    estimate: Estimate
    parameters: tuple[float, float, float, float]
    customers: float

    def parameters_at(self, point: Vector) -> Vector:
        """Return alpha, beta, gamma, delta at other coordinates."""
        return _parameters(point)


def fit_chances(histories: Histories) -> ChanceFit | Refusal:
    """Return the fit to histories whose age counts the chances and whose recency is the chance last taken.

    Raises:
        ValueError: a chance is no whole number, or there are more purchases than chances up to the last one.
    """
    if ((histories.age % 1 != 0) | (histories.recency % 1 != 0) | (histories.x > histories.recency)).any():
        raise ValueError("chances are whole numbers, at least one for every purchase")
    if not histories.exposure:
        return Refusal(Reason.NO_CUSTOMERS)
    if not histories.orders:
        return Refusal(Reason.NO_REPEAT_CUSTOMER)

    def objective(point: Vector) -> tuple[float, Vector]:
        parameters = _parameters(point)
        value, gradient = log_likelihood(parameters, histories)
        return value, np.einsum("i,ij->j", gradient, _slopes(parameters))

    buying = histories.orders / histories.exposure
    first = float(np.log((buying + 0.02) / (1.02 - buying)))
    starts = [
        np.array([first, np.log(precision), np.log(leave / (1 - leave)), np.log(steady)])
        for precision, leave, steady in ((2.0, 0.2, 3.0), (5.0, 0.05, 10.0))
    ]
    try:
        optimum = maximise(
            objective, starts, histories.customers, enough=histories.repeaters >= FEWEST_REPEATERS
        )
    except NotConverged:
        return Refusal(Reason.NO_OPTIMUM)
    alpha, beta, gamma, delta = _parameters(optimum.point).tolist()
    return ChanceFit(
        optimum.estimate(),
        (alpha, beta, gamma, delta),
        histories.customers,
    )


def log_likelihood(parameters: Vector, histories: Histories) -> tuple[float, Vector]:
    """Return the log-likelihood of all customers and its derivatives by alpha, beta, gamma, delta (FHS eq. 5)."""
    value, gradient = 0.0, np.zeros(4)
    for chunk in histories.chunks():
        logs, slopes = _log_terms(
            parameters, histories.x[chunk], histories.recency[chunk], histories.age[chunk]
        )
        largest = logs.max(axis=1, keepdims=True)
        shares = np.exp(logs - largest)
        total = shares.sum(axis=1, keepdims=True)
        weight = histories.weight[chunk]
        value += float(np.einsum("i,i->", weight, (largest + np.log(total))[:, 0]))
        gradient += np.einsum("i,ij,ijk->k", weight, shares / total, slopes)
    return value, gradient


def p_alive(parameters: Vector, histories: Histories) -> Vector:
    """Return the probability of being there at the chance after the last one seen (FHS eq. 11)."""
    return np.exp(_log_stays(parameters, histories, 1) - _log_density(parameters, histories))


def expected_purchases(parameters: Vector, histories: Histories, chances: int) -> Vector:
    """Return the expected purchases at the next ``chances``.

    FHS eq. 13 as the sum that it came from, which has no pole at gamma = 1.
    """
    density = _log_density(parameters, histories)
    total: Vector = np.zeros(len(histories))
    for ahead in range(1, chances + 1):
        total += np.exp(_log_stays(parameters, histories, ahead) - density)
    return total * _purchase_rate(parameters, histories)


def discounted_purchases(parameters: Vector, histories: Histories, discount: float) -> Vector:
    """Return the expected purchases at all chances to come, that at j worth (1 + discount)^-j: DERT (FHS eq. 14).

    ``discount`` is per chance and above 0. The 2F1 of the equation is E[(1+d) / (d + theta)] with theta ~
    Beta(gamma, delta+n+1).

    Raises:
        ValueError: ``discount`` is not above 0.
    """
    if discount <= 0:
        raise ValueError("an infinite horizon needs a discount")
    gamma, delta = parameters[2], parameters[3]

    def worth(_: Counts, chances: Vector) -> Vector:
        different, row = np.unique(chances, return_inverse=True)
        sums = []
        for n in different:
            theta, weight = beta_nodes(gamma, delta + n + 1, discount)
            sums.append(np.einsum("i,i->", weight, 1 / (discount + theta)))
        return np.array(sums)[row]

    stays = p_alive(parameters, histories) * _purchase_rate(parameters, histories)
    return stays * histories.by_order_and_age(worth)


def p_purchases(parameters: Vector, chances: int, purchases: Counts) -> Vector:
    """Return P(X(n) = x) of a new customer for each x of ``purchases`` (FHS eq. 7)."""
    alpha, beta, gamma, delta = parameters
    x = np.asarray(purchases, np.float64)

    def buys(i: float) -> Vector:
        ways = gammaln(i + 1) - gammaln(x + 1) - gammaln(np.maximum(i - x, 0) + 1)
        at = np.exp(
            ways + betaln(alpha + x, beta + np.maximum(i - x, 0)) - betaln(alpha, beta),
        )
        return np.where(x <= i, at, 0.0)

    total = buys(chances) * np.exp(betaln(gamma, delta + chances) - betaln(gamma, delta))
    for i in range(chances):
        total += buys(i) * np.exp(betaln(gamma + 1, delta + i) - betaln(gamma, delta))
    return np.asarray(total)


def _parameters(point: Vector) -> Vector:
    """Return alpha, beta, gamma, delta at logit and ln of mean and precision of either beta distribution."""
    buy, pass_ = expit_parts(point[0])
    leave, stay = expit_parts(point[2])
    return np.exp([point[1] + buy, point[1] + pass_, point[3] + leave, point[3] + stay])


def _slopes(parameters: Vector) -> Vector:
    alpha, beta, gamma, delta = parameters
    buying, leaving = alpha * beta / (alpha + beta), gamma * delta / (gamma + delta)
    return np.array(
        [[buying, alpha, 0, 0], [-buying, beta, 0, 0], [0, 0, leaving, gamma], [0, 0, -leaving, delta]]
    )


def _log_terms(parameters: Vector, x: Counts, recency: Vector, chances: Vector) -> Terms:
    """Return the logarithms of FHS eq. 5's terms, a column each: never left, and left after t_x + i chances."""
    alpha, beta, gamma, delta = parameters
    last = (chances - recency).astype(int)
    i = np.arange(int(last.max(initial=0)))
    # The first column is the customer still there after n chances.
    seen = np.concatenate([chances[:, None], recency[:, None] + i], axis=1)
    left = np.concatenate([[0.0], np.ones(len(i))])
    orders = x[:, None].astype(np.float64)
    possible = np.concatenate([np.ones((len(x), 1), bool), i < last[:, None]], axis=1)
    passed = np.where(possible, seen - orders, 0.0)
    logs = betaln(alpha + orders, beta + passed) - betaln(alpha, beta)
    logs += betaln(gamma + left, delta + seen) - betaln(gamma, delta)
    buys, goes = psi(alpha + beta + orders + passed), psi(gamma + left + delta + seen)
    slopes = np.stack(
        [
            psi(alpha + orders) - buys - psi(alpha) + psi(alpha + beta),
            psi(beta + passed) - buys - psi(beta) + psi(alpha + beta),
            psi(gamma + left) - goes - psi(gamma) + psi(gamma + delta),
            psi(delta + seen) - goes - psi(delta) + psi(gamma + delta),
        ],
        axis=-1,
    )
    return np.where(possible, logs, -np.inf), slopes


def _log_density(parameters: Vector, histories: Histories) -> Vector:
    logs, _ = _log_terms(parameters, histories.x, histories.recency, histories.age)
    largest = logs.max(axis=1)
    return np.asarray(largest + np.log(np.exp(logs - largest[:, None]).sum(axis=1)))


def _log_stays(parameters: Vector, histories: Histories, ahead: int) -> Vector:
    """Return the logarithm of the probability of the history and of being there ``ahead`` chances later."""
    alpha, beta, gamma, delta = parameters
    x, chances = histories.x, histories.age
    buys = betaln(alpha + x, beta + chances - x) - betaln(alpha, beta)
    return np.asarray(buys + betaln(gamma, delta + chances + ahead) - betaln(gamma, delta))


def _purchase_rate(parameters: Vector, histories: Histories) -> Vector:
    """Return the probability to buy at a chance, after x purchases at n chances."""
    alpha, beta, _, _ = parameters
    return np.asarray((alpha + histories.x) / (alpha + beta + histories.age))
