"""Pareto/NBD: gamma purchase rates, and exponential lifetimes whose rate is gamma too.

Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1); Fader & Hardie, note 009 of
brucehardie.com. k = r + x throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from scipy.special import exprel

from loyalty.stats.btyd.arrays import Counts, Vector
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.quadrature import NEGLIGIBLE, blocks, legendre, power_integral, power_stretch
from loyalty.stats.btyd.transactions import discounting, rising


@dataclass(frozen=True)
class ParetoNBD:
    """The model with parameters r, alpha (purchase rates) and s, beta (rates of leaving)."""

    name: ClassVar[str] = "pareto"
    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    powers_of_time: ClassVar[tuple[int, ...]] = (0, 1, 0, 1)

    def starts(self, rate: float) -> list[Vector]:
        """Return coordinates to start from: ln(r/alpha), ln r, ln(s/beta), ln s."""
        mean = np.log(1.5 * rate)
        return [
            np.array([mean, np.log(shape), np.log(leaving), np.log(spread)])
            for shape, leaving, spread in ((0.5, 1.0, 0.7), (2.0, 0.1, 0.7), (0.3, 5.0, 0.3))
        ]

    def parameters(self, point: Vector) -> Vector:
        """Return r, alpha, s, beta."""
        return np.exp([point[1], point[1] - point[0], point[3], point[3] - point[2]])

    def slopes(self, point: Vector) -> Vector:
        """Return the derivatives of r, alpha, s, beta by the coordinates."""
        r, alpha, s, beta = self.parameters(point)
        return np.array([[0, r, 0, 0], [-alpha, alpha, 0, 0], [0, 0, 0, s], [0, 0, -beta, beta]])

    def log_likelihood(self, parameters: Vector, histories: Histories) -> tuple[float, Vector]:
        """Return the log-likelihood of all customers and its derivatives by r, alpha, s, beta.

        Sum of S_r(x) + r ln alpha + s ln beta + ln[(alpha+T)^-k (beta+T)^-s + s I], where S_r(x) = ln[G(r+x)/G(r)]
        and I is the integral over t_x < u < T of (alpha+u)^-k (beta+u)^-(s+1) du: note 009, with A_0 as the integral
        that it came from.
        """
        value, by_r = rising(parameters[0], histories.more_than)
        gradient = np.array([by_r, 0.0, 0.0, 0.0])
        for chunk in histories.chunks():
            terms = _terms(
                parameters,
                histories.x[chunk].astype(np.float64),
                histories.recency[chunk],
                histories.age[chunk],
            )
            sums = np.einsum("i,ij->j", histories.weight[chunk], terms)
            value += sums[0]
            gradient += sums[1:]
        return value, gradient

    def p_alive(self, parameters: Vector, histories: Histories) -> Vector:
        """Return 1 / (1 + s I (alpha+T)^k (beta+T)^s), I as in the likelihood (note 009, eq. for P(alive))."""
        return _p_alive(tuple(parameters.tolist()), histories)

    def expected_orders(self, parameters: Vector, histories: Histories, horizon: float) -> Vector:
        """Return P(alive) k/(alpha+T) B [(1 + t/B)^(1-s) - 1] / (1-s), B = beta + T (note 009); its limit for s = 1."""
        r, alpha, s, beta = parameters
        lived = beta + histories.age
        rate = (r + histories.x) / (alpha + histories.age)
        return np.asarray(self.p_alive(parameters, histories) * rate * _mean_time(s, lived, horizon))

    def p_no_order(self, parameters: Vector, histories: Histories, horizon: float) -> Vector:
        """Return 1 - P(alive) times the integral over 0 < u < H of k (alpha+T)^k / (alpha+T+u)^(k+1) (B/(B+u))^s du."""

        def orders(x: Counts, age: Vector) -> Vector:
            return _ordering(parameters, x, age, horizon)

        return 1 - self.p_alive(parameters, histories) * np.minimum(histories.by_order_and_age(orders), 1.0)

    def discounted_orders(
        self, parameters: Vector, histories: Histories, horizon: float, discount: float
    ) -> Vector:
        """Return P(alive) k/(alpha+T) times the integral over 0 < u < H of e^(-du) (B/(B+u))^s du.

        For an infinite horizon this is DERT (Fader, Hardie & Lee 2005, "RFM and CLV", JMR 42(4), eq. 2).
        """
        r, alpha, s, beta = parameters
        end = discounting(discount, horizon)
        ages, row = np.unique(histories.age, return_inverse=True)
        lived = beta + ages
        length = np.log1p(end / lived)
        if s > 1:
            length = np.minimum(length, NEGLIGIBLE / (s - 1))
        total: Vector = np.zeros_like(lived)
        for node, weight in zip(*legendre(48), strict=True):
            v = length * node
            total += weight * np.exp((1 - s) * v - discount * lived * np.expm1(v))
        rate = (r + histories.x) / (alpha + histories.age)
        return np.asarray(self.p_alive(parameters, histories) * rate * (total * lived * length)[row])

    def expected_repeats(self, parameters: Vector, age: Vector) -> Vector:
        """Return E[X(t)] = r beta / (alpha (s-1)) [1 - (beta/(beta+t))^(s-1)] (note 009); its limit for s = 1."""
        r, alpha, s, beta = parameters
        return np.asarray(
            r / alpha * _mean_time(s, np.full(np.shape(age), beta), np.asarray(age, np.float64))
        )


PARETO_NBD = ParetoNBD()


@lru_cache(maxsize=1)
def _p_alive(parameters: tuple[float, ...], histories: Histories) -> Vector:
    # All that is foretold of the same customers stands on it, one thing after the other.
    r, alpha, s, beta = parameters
    k = np.asarray(r + histories.x, np.float64)
    last, now = alpha + histories.recency, alpha + histories.age
    age_last, age_now = beta + histories.recency, beta + histories.age
    gone = power_integral(last, age_last, k, s + 1, histories.age - histories.recency) * s / age_last
    growth = k * np.log(now / last) + s * np.log(age_now / age_last)
    alive = np.asarray(1 / (1 + gone * np.exp(np.minimum(growth, 700.0))))
    alive.setflags(write=False)
    return alive


def _mean_time(s: float, lived: Vector, horizon: Vector | float) -> Vector:
    """Return the integral over 0 < u < t of (B/(B+u))^s du: the time that a customer is expected to stay."""
    length = np.log1p(horizon / lived)
    return np.asarray(lived * length * exprel((1 - s) * length))


def _ordering(parameters: Vector, x: Vector | Counts, age: Vector, horizon: Vector | float) -> Vector:
    """Return the chance of an order within ``horizon`` of a customer who is alive."""
    r, alpha, s, beta = parameters
    k = np.asarray(r + x, np.float64)
    return np.asarray(k / (alpha + age) * power_integral(alpha + age, beta + age, k + 1, s, horizon))


def _terms(parameters: Vector, x: Vector, recency: Vector, age: Vector) -> Vector:
    """Return for each row its log-likelihood without S_r(x), and the derivatives by r, alpha, s, beta.

    One pass over the nodes gives the integral and the means of ln and 1/. under its normalised integrand, which are
    all that the derivatives need.
    """
    r, alpha, s, beta = parameters
    k = r + x
    a, b = alpha + recency, beta + recency
    base, length, fall = power_stretch(a, b, k, s + 1, age - recency)
    # Seen from t_x: logarithms of (alpha+u)/(alpha+t_x) stay small where those of alpha+u would cancel.
    # The logarithm of the smaller base grows by y itself; the base is the same one in all rows.
    a_is_less = alpha <= beta
    leaves = np.full_like(k, s + 1)
    power_less, power_more = (k, leaves) if a_is_less else (leaves, k)
    share = base / (b if a_is_less else a)
    total, log_less, log_more, over_less, over_more = np.empty((5, len(a)))
    for rows, nodes in blocks(length, fall):
        node, weight = (each[:, None] for each in legendre(nodes))
        y = node * length[rows]
        grown = np.exp(y)
        ratio = 1 + share[rows] * (grown - 1)
        grows = np.log(ratio)
        density = weight * np.exp((1 - power_less[rows]) * y - power_more[rows] * grows)
        total[rows] = density.sum(axis=0)
        log_less[rows] = np.einsum("ij,ij->j", density, y)
        log_more[rows] = np.einsum("ij,ij->j", density, grows)
        over_less[rows] = (density / grown).sum(axis=0)
        over_more[rows] = (density / ratio).sum(axis=0)
    log_a, log_b = (log_less, log_more) if a_is_less else (log_more, log_less)
    over_a, over_b = (over_less, over_more) if a_is_less else (over_more, over_less)
    # total is never 0: the nodes next to t_x keep their weight.
    gone = s / b * base * length * total
    ends_a, ends_b = np.log((alpha + age) / a), np.log((beta + age) / b)
    stays = np.exp(-k * ends_a - s * ends_b)
    either = gone + stays
    alive = stays / either
    dead = 1 - alive
    log_a, log_b = alive * ends_a + dead * log_a / total, alive * ends_b + dead * log_b / total
    over_b_dead = dead * over_b / total / b
    over_a = alive / (alpha + age) + dead * over_a / total / a
    start_a, start_b = np.log(a / alpha), np.log(b / beta)
    terms = np.empty((len(x), 5))
    terms[:, 0] = np.log(either) - k * start_a - x * np.log(alpha) - s * start_b
    terms[:, 1] = -start_a - log_a
    terms[:, 2] = r / alpha - k * over_a
    terms[:, 3] = -start_b - log_b + dead / s
    terms[:, 4] = s / beta - alive * s / (beta + age) - (s + 1) * over_b_dead
    return terms
