"""What a model of transactions has to offer: a likelihood, and what it foretells of each history."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.special import log_expit

from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.histories import Histories

LONGEST = 500.0
"""Logarithm of the longest wait, in ages: exp(500) is as good as never, and still a number in any unit."""


class TransactionModel(Protocol):
    """A model with four parameters: two of how often customers order, two of how they leave.

    ``parameters`` are positive; times and horizons are in one unit, the histories' own. Methods that take histories
    return one value per row of theirs.
    """

    @property
    def name(self) -> str:
        """The key under which the model is known."""
        ...

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        ...

    @property
    def powers_of_time(self) -> tuple[int, ...]:
        """For each parameter the power of time in its dimension: 1 for alpha, an age; 0 for a shape."""
        ...

    def starts(self, rate: float) -> list[Vector]:
        """Return coordinates to start from, given repeat orders per unit of time; the first are the prior's centre."""
        ...

    def parameters(self, point: Vector) -> Vector:
        """Return the parameters at dimensionless coordinates."""
        ...

    def slopes(self, point: Vector) -> Vector:
        """Return the derivatives of the parameters (rows) by the coordinates (columns)."""
        ...

    def log_likelihood(self, parameters: Vector, histories: Histories) -> tuple[float, Vector]:
        """Return the log-likelihood of all customers and its derivatives by the parameters."""
        ...

    def p_alive(self, parameters: Vector, histories: Histories) -> Vector:
        """Return the probability that a customer has not left."""
        ...

    def expected_orders(self, parameters: Vector, histories: Histories, horizon: float) -> Vector:
        """Return the expected number of orders within ``horizon`` from now."""
        ...

    def p_no_order(self, parameters: Vector, histories: Histories, horizon: float) -> Vector:
        """Return the probability of no order within ``horizon`` from now."""
        ...

    def discounted_orders(
        self, parameters: Vector, histories: Histories, horizon: float, discount: float
    ) -> Vector:
        """Return expected orders within ``horizon``, each worth exp(-discount x wait); DERT for an infinite horizon.

        ``discount`` is the continuous rate per unit of time, ln(1 + i) for a rate of i.

        Raises:
            ValueError: an infinite horizon without a discount.
        """
        ...

    def expected_repeats(self, parameters: Vector, age: Vector) -> Vector:
        """Return the expected number of repeat orders of a new customer by each age."""
        ...


def next_order(parameters: Vector, histories: Histories, quantile: float) -> Vector:
    """Return the wait within which a customer who stays orders next with probability ``quantile``.

    (alpha + T) [(1 - q)^(-1/k) - 1], k = r + x: rates are Gamma(r + x, alpha + T) after the history, whatever the
    model says of leaving, so the wait is a Pareto one. The first two parameters of every model are r and alpha.
    """
    r, alpha = parameters[0], parameters[1]
    # One who hardly ever orders may wait for ages, but not for ever.
    grown = np.minimum(-np.log1p(-quantile) / (r + histories.x), LONGEST)
    return np.asarray((alpha + histories.age) * np.expm1(grown))


def rising(parameter: float, more_than: Vector) -> tuple[float, float]:
    """Return the sum over customers of ln[G(c+x) / G(c)] = sum over i < x of ln(c+i), and its derivative by c.

    ``more_than[i]`` is the number of customers with x > i. Exact for any c, where differences of ln G lose digits.
    """
    at = parameter + np.arange(len(more_than))
    return float(np.einsum("i,i->", more_than, np.log(at))), float(np.einsum("i,i->", more_than, 1 / at))


def expit_parts(logit: float) -> tuple[float, float]:
    """Return the logarithms of a share and of its complement, from its logit."""
    return float(log_expit(logit)), float(log_expit(-logit))


def discounting(discount: float, horizon: float) -> float:
    """Return the horizon beyond which nothing counts any more.

    Raises:
        ValueError: there is none, because nothing is discounted.
    """
    if discount < 0:
        raise ValueError("discount must not be negative")
    if discount == 0:
        if np.isinf(horizon):
            raise ValueError("an infinite horizon needs a discount")
        return horizon
    return min(horizon, 45 / discount)
