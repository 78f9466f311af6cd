"""How well the parameters are known, and what that means for a prediction.

This is parameter uncertainty only: it shrinks with the number of customers, however wrong the model is. The
hold-out error belongs beside it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit

from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.estimation import Estimate, NotConverged, maximise
from loyalty.stats.btyd.fitting import FEWEST_REPEATERS, Fit, objective
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.proportions import z_value

STEP = 0.02
"""Standard deviations: short enough for a derivative, long enough to be above rounding."""


def standard_error(estimate: Estimate, score: Callable[[Vector], Vector]) -> Vector:
    """Return the standard error of each value of ``score(coordinates)``, by the delta method.

    The variance is g' V g with g the gradient by the coordinates: the sum of squared derivatives along the columns
    of a root of V. It takes two scorings per coordinate. For totals let ``score`` return the total: errors of
    customers do not add up, for they share the parameters.
    """
    point = np.array(estimate.point)
    values, vectors = np.linalg.eigh(np.array(estimate.covariance))
    variance: Vector = np.zeros_like(score(point))
    for size, direction in zip(np.sqrt(np.maximum(values, 0.0)), vectors.T, strict=True):
        step = STEP * size * direction
        variance += ((score(point + step) - score(point - step)) / (2 * STEP)) ** 2
    return np.sqrt(variance)


def fit_error(fit: Fit, score: Callable[[Vector], Vector]) -> Vector:
    """Return the standard error of each value of ``score(parameters)`` of a fitted transaction model."""
    return standard_error(fit.estimate, lambda point: score(fit.parameters_at(point)))


def positive_interval(value: Vector, error: Vector, confidence: float = 0.95) -> tuple[Vector, Vector]:
    """Return the interval of positive values, symmetric in the logarithm, so that it never goes below 0."""
    half = z_value(confidence) * np.divide(error, value, out=np.zeros_like(value), where=value > 0)
    factor = np.exp(np.minimum(half, 500.0))
    return value / factor, value * factor


def share_interval(value: Vector, error: Vector, confidence: float = 0.95) -> tuple[Vector, Vector]:
    """Return the interval of probabilities, symmetric in the logit, so that it stays within 0..1."""
    spread = value * (1 - value)
    half = z_value(confidence) * np.divide(error, spread, out=np.zeros_like(value), where=spread > 0)
    return expit(logit(value) - half), expit(logit(value) + half)


def bootstrap(fit: Fit, histories: Histories, replicates: int, seed: int) -> Vector:
    """Return the parameters (columns) fitted to each of ``replicates`` resamples of the customers (rows).

    Customers of a row are drawn as Poisson counts, which is the bootstrap for many customers; each search starts at
    the fit. A replicate without a repeat customer or an optimum is left out. Sources: Efron (1979), Annals of
    Statistics 7; Hanley & MacGibbon (2006), Computer Methods and Programs in Biomedicine 83, on Poisson weights.
    """
    draws = np.random.default_rng(seed)
    model = fit.transaction_model
    scaled = histories.in_unit(fit.time_scale)
    starts = model.starts(scaled.orders / scaled.exposure)
    found = []
    for _ in range(replicates):
        drawn = scaled.reweighted(draws.poisson(scaled.weight).astype(np.float64))
        if not drawn.orders:
            continue
        enough = drawn.repeaters >= FEWEST_REPEATERS
        try:
            optimum = maximise(
                objective(model, drawn), starts, drawn.customers, enough=enough, guess=fit.optimum
            )
        except NotConverged:
            continue
        found.append(fit.parameters_at(optimum.point))
    return np.array(found).reshape(-1, len(fit.parameters))
