"""Gamma-Gamma: what a customer spends per order, shrunken towards what all spend.

Source: Fader & Hardie (2013), note 025 of brucehardie.com; Colombo & Jiang (1999), J. Interactive Marketing 13(3).
It takes what is spent to have nothing to do with how often: :attr:`SpendFit.correlation` tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, psi

from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.estimation import (
    SAMPLE,
    Estimate,
    NotConverged,
    Objective,
    Optimum,
    Reason,
    Refusal,
    maximise,
)

PARAMETER_NAMES = ("p", "q", "v")
FEWEST_CUSTOMERS = 10
DEPENDENT = 0.3
"""Correlation of frequency and spend above which the model's assumption does not hold."""


@dataclass(frozen=True)
class SpendFit:
    """Fitted p, q, v: orders of a customer are Gamma(p, nu), and nu is Gamma(q, v) among customers.

    ``customers`` were used, ``left_out`` had orders that brought nothing or less; ``correlation`` is that of the
    number of orders and their mean value, None where either does not vary; ``observed_mean`` is the mean value of
    an order. ``mean_exists`` is False where the data favour q <= 1, for which the mean of all customers is
    infinite: q was then held above 1.
    """

    estimate: Estimate
    parameters: tuple[float, float, float]
    customers: float
    left_out: float
    scale: float
    correlation: float | None
    observed_mean: float
    mean_exists: bool

    @property
    def independent(self) -> bool:
        """Whether spend and frequency are as little correlated as the model needs."""
        return self.correlation is None or abs(self.correlation) <= DEPENDENT

    @property
    def population_mean(self) -> float:
        """Mean value of an order over all customers, p v / (q - 1); the observed mean where that does not exist."""
        return self._population_mean(np.array(self.parameters))

    def expected_spend(
        self, x: npt.ArrayLike, mean: npt.ArrayLike, parameters: Vector | None = None
    ) -> Vector:
        """Return E[spend | x, z] = p (v + x z) / (p x + q - 1); the population mean for x = 0 (note 025, eq. 5).

        ``x`` orders had ``mean`` value, which is not looked at for x = 0. Other ``parameters`` serve the delta
        method.
        """
        chosen = np.array(self.parameters) if parameters is None else parameters
        p, q, v = chosen
        orders = np.asarray(x, np.float64)
        spent = orders * np.where(orders > 0, np.asarray(mean, np.float64), 0.0)
        known = p * (v + spent) / np.where(orders > 0, p * orders + q - 1, 1.0)
        return np.where(orders > 0, known, self._population_mean(chosen))

    def parameters_at(self, point: Vector) -> Vector:
        """Return p, q, v at other coordinates."""
        return np.asarray(_parameters(point, _floor(self.mean_exists)) * np.array([1.0, 1.0, self.scale]))

    def _population_mean(self, parameters: Vector) -> float:
        p, q, v = parameters
        return float(p * v / (q - 1)) if self.mean_exists and q > 1 else self.observed_mean


def fit_spend(
    x: npt.ArrayLike, mean: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> SpendFit | Refusal:
    """Return the fit to customers with ``x`` orders of ``mean`` value each; with the weak prior where it needs one.

    Customers without orders are not looked at, those with a mean of 0 or less are counted and left out.

    Raises:
        ValueError: lengths differ or a number is not finite.
    """
    orders, means = np.asarray(x, np.float64).reshape(-1), np.asarray(mean, np.float64).reshape(-1)
    weights = np.ones(len(orders)) if weight is None else np.asarray(weight, np.float64).reshape(-1)
    if not len(orders) == len(means) == len(weights):
        raise ValueError("x, mean and weight differ in length")
    buyers = orders > 0
    if not (np.isfinite(orders).all() and np.isfinite(weights).all() and np.isfinite(means[buyers]).all()):
        raise ValueError("x, mean and weight must be finite")
    used = buyers & (means > 0) & (weights > 0)
    left_out = float(weights[buyers & ~used].sum())
    # Sorted, so that sums of floats, and with them intervals, do not hang on the order of customers.
    turn = np.flatnonzero(used)[np.lexsort((weights[used], means[used], orders[used]))]
    orders, means, weights = orders[turn], means[turn], weights[turn]
    customers = float(weights.sum())
    if not customers:
        return Refusal(Reason.NO_CUSTOMERS)
    scale = float(np.einsum("i,i->", weights, means)) / customers
    try:
        optimum, exists = _optimum(orders, means / scale, weights)
    except NotConverged:
        return Refusal(Reason.NO_OPTIMUM)
    p, q, v = _parameters(optimum.point, _floor(exists))
    return SpendFit(
        # The density of a mean has the dimension 1 / money for each customer.
        optimum.estimate(-customers * float(np.log(scale))),
        (float(p), float(q), float(v * scale)),
        customers,
        left_out,
        scale,
        _correlation(orders, means, weights),
        float(np.einsum("i,i,i->", weights, orders, means) / np.einsum("i,i->", weights, orders)),
        exists,
    )


def _floor(mean_exists: bool) -> float:
    return 0.0 if mean_exists else 1.0


def _parameters(point: Vector, floor: float) -> Vector:
    """Return p, q, v at ln[pv / (q - floor)], ln p, ln(q - floor): a mean apart from two shapes."""
    above = point[2]
    return np.array([np.exp(point[1]), floor + np.exp(above), np.exp(point[0] + above - point[1])])


def _optimum(orders: Vector, means: Vector, weights: Vector) -> tuple[Optimum, bool]:
    """Return the optimum, and whether its q leaves the population a mean; if not, that with q above 1."""
    customers = float(weights.sum())
    enough = customers >= FEWEST_CUSTOMERS
    starts = [np.log([1.0, p, q]) for p, q in ((2.0, 3.0), (10.0, 5.0), (1.0, 1.5))]
    guess = None
    if len(orders) > 2 * SAMPLE:
        some = np.linspace(0, len(orders) - 1, SAMPLE).astype(np.int64)
        sample = _objective(orders[some], means[some], weights[some], 0.0)
        of_sample = maximise(sample, starts, float(weights[some].sum()), enough=True)
        guess = replace(of_sample, curvature=of_sample.curvature * (customers / float(weights[some].sum())))
    free = maximise(_objective(orders, means, weights, 0.0), starts, customers, enough=enough, guess=guess)
    if _parameters(free.point, 0.0)[1] > 1:
        return free, True
    held = maximise(_objective(orders, means, weights, 1.0), starts, customers, enough=enough)
    return held, False


def _objective(orders: Vector, means: Vector, weights: Vector, floor: float) -> Objective:
    """Return the log-likelihood as a function of the coordinates (note 025, eq. 1a).

    Sum of -ln B(px, q) + q ln v + (px-1) ln z + px ln x - (px+q) ln(xz+v).

    The functions of gamma depend on x alone and are computed once for each.
    """
    different, row = np.unique(orders, return_inverse=True)
    customers = np.bincount(row, weights)
    spent = orders * means
    log_spent = np.log(spent)
    log_mean_sum = float(np.einsum("i,i->", weights, np.log(means)))

    def at(point: Vector) -> tuple[float, Vector]:
        p, q, v = _parameters(point, floor)
        log_total = np.log(spent + v)
        value = -float(np.einsum("i,i->", customers, betaln(p * different, q)))
        value += float(
            np.einsum("i,i->", weights, p * orders * (log_spent - log_total) - q * (log_total - np.log(v)))
        )
        both = psi(p * different + q)
        by_p = float(np.einsum("i,i->", customers * different, both - psi(p * different)))
        by_p += float(np.einsum("i,i,i->", weights, orders, log_spent - log_total))
        by_q = float(np.einsum("i,i->", customers, both - psi(q)))
        by_q -= float(np.einsum("i,i->", weights, log_total - np.log(v)))
        by_v = float(np.einsum("i,i->", weights, q / v - (p * orders + q) / (spent + v)))
        above = q - floor
        return value - log_mean_sum, np.array([by_v * v, by_p * p - by_v * v, by_q * above + by_v * v])

    return at


def _correlation(orders: Vector, means: Vector, weights: Vector) -> float | None:
    """Return Pearson's correlation; None where either does not vary."""
    if np.ptp(orders) == 0 or np.ptp(means) == 0:
        return None
    covariance = np.cov(orders, means, aweights=weights, ddof=0)
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))
