"""Fitting a transaction model to histories: the parameters, how well they are known, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.bg_nbd import BG_NBD
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
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.mbg_nbd import MBG_NBD
from loyalty.stats.btyd.pareto_nbd import PARETO_NBD
from loyalty.stats.btyd.transactions import TransactionModel, rising

MODELS: tuple[TransactionModel, ...] = (MBG_NBD, BG_NBD, PARETO_NBD)
"""All with four parameters, so the order of their likelihoods is that of their AIC; of equals the first is taken."""

FEWEST_REPEATERS = 10
EQUAL = 1e-3
"""Log-likelihoods closer than this are equal: the optimum is found to 1e-6."""
FEWER = 8
"""Times fewer histories on which a search among many begins."""
IDENTIFIED = 3.0
"""Log-likelihood that two parameters of leaving must bring at least (5.99 / 2, the 95 % point of chi-squared)."""


@dataclass(frozen=True)
class Fit:
    """A fitted transaction model; ``saved`` brings it to a file and back.

    ``unit`` names the unit of time of the parameters and of every horizon; ``window`` may name the first and last
    day the histories saw. ``log_likelihood_staying`` is that of the same customers if nobody ever left.
    """

    model: str
    parameters: tuple[float, ...]
    unit: str
    window: tuple[str, str] | None
    customers: float
    repeaters: float
    orders: float
    exposure: float
    estimate: Estimate
    log_likelihood_staying: float

    __pydantic_config__: ClassVar[dict[str, object]] = {"allow_inf_nan": False, "extra": "forbid"}

    def __post_init__(self) -> None:
        if self.model not in {model.name for model in MODELS}:
            raise ValueError(f"unknown model: {self.model}")

    @property
    def transaction_model(self) -> TransactionModel:
        """The model that was fitted."""
        return next(model for model in MODELS if model.name == self.model)

    @property
    def optimum(self) -> Optimum:
        """The optimum that the parameters came from, with the curvature there."""
        return Optimum(
            np.array(self.estimate.point),
            self.estimate.log_likelihood,
            np.linalg.inv(np.array(self.estimate.covariance)),
            self.estimate.weaknesses,
        )

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood of the histories, in their unit of time; models of the same histories may be compared."""
        return self.estimate.log_likelihood

    @property
    def time_scale(self) -> float:
        """The mean age: the unit of time in which the coordinates are dimensionless."""
        return self.exposure / self.customers

    @property
    def values(self) -> Vector:
        """The parameters as the model takes them."""
        return np.array(self.parameters)

    @property
    def standard_errors(self) -> Vector:
        """Standard errors of the parameters, by the delta method."""
        return np.sqrt(np.diag(self.parameter_covariance))

    @property
    def parameter_covariance(self) -> Vector:
        """Covariance of the parameters, by the delta method."""
        slopes = _lengths(self.transaction_model, self.time_scale)[:, None] * self.transaction_model.slopes(
            np.array(self.estimate.point)
        )
        return np.asarray(np.einsum("ij,jk,lk->il", slopes, np.array(self.estimate.covariance), slopes))

    @property
    def dropout_identified(self) -> bool:
        """Whether the data show that customers leave; else P(alive) is about 1 for all and says nothing."""
        return self.log_likelihood - self.log_likelihood_staying >= IDENTIFIED

    def parameters_at(self, point: Vector) -> Vector:
        """Return the parameters, in the fit's unit of time, at other coordinates."""
        model = self.transaction_model
        return model.parameters(point) * _lengths(model, self.time_scale)


def fit(
    model: TransactionModel, histories: Histories, *, unit: str, window: tuple[str, str] | None = None
) -> Fit | Refusal:
    """Return the maximum-likelihood fit; where the data do not identify it, with the weak prior and the reason why."""
    if not histories.customers:
        return Refusal(Reason.NO_CUSTOMERS)
    if not histories.orders:
        return Refusal(Reason.NO_REPEAT_CUSTOMER)
    if not histories.exposure:
        return Refusal(Reason.NO_TIME)
    scale = histories.exposure / histories.customers
    scaled = histories.in_unit(scale)
    try:
        optimum, staying = _optimum(model, scaled), _staying(scaled)
    except NotConverged:
        return Refusal(Reason.NO_OPTIMUM)
    # The density of order times has the dimension 1 / time for each order.
    in_unit = -histories.orders * float(np.log(scale))
    return Fit(
        model.name,
        tuple((model.parameters(optimum.point) * _lengths(model, scale)).tolist()),
        unit,
        window,
        histories.customers,
        histories.repeaters,
        histories.orders,
        histories.exposure,
        optimum.estimate(in_unit),
        staying + in_unit,
    )


@dataclass(frozen=True)
class Choice:
    """The fits that were compared, and which of them has the best likelihood."""

    best: Fit
    compared: tuple[Fit, ...]


def choose(
    histories: Histories,
    *,
    unit: str,
    window: tuple[str, str] | None = None,
    models: Sequence[TransactionModel] = MODELS,
) -> Choice | Refusal:
    """Return the model with the best log-likelihood, which is the best AIC, since all have four parameters."""
    tried = [fit(model, histories, unit=unit, window=window) for model in models]
    fits = tuple(fitted for fitted in tried if isinstance(fitted, Fit))
    if not fits:
        return next(refusal for refusal in tried if isinstance(refusal, Refusal))
    best = fits[0]
    for other in fits[1:]:
        if other.log_likelihood > best.log_likelihood + EQUAL:
            best = other
    return Choice(best, fits)


def objective(model: TransactionModel, histories: Histories) -> Objective:
    """Return the log-likelihood as a function of the coordinates."""

    def at(point: Vector) -> tuple[float, Vector]:
        value, gradient = model.log_likelihood(model.parameters(point), histories)
        return value, np.einsum("i,ij->j", gradient, model.slopes(point))

    return at


def _optimum(model: TransactionModel, histories: Histories) -> Optimum:
    """Return the optimum; of many histories it is sought near that of some of them, found in the same way.

    Those weigh as much as all: what their likelihood settles that of all will, and the prior holds the rest where it
    would hold it for all.
    """
    starts = model.starts(histories.orders / histories.exposure)
    guess = None
    if len(histories) > 2 * SAMPLE:
        guess = _optimum(model, histories.thinned(len(histories) // FEWER))
    return maximise(
        objective(model, histories),
        starts,
        histories.customers,
        enough=histories.repeaters >= FEWEST_REPEATERS,
        guess=guess,
    )


def _staying(histories: Histories) -> float:
    """Return the best log-likelihood of gamma rates without leaving: sum of S_r(x) + r ln alpha - (r+x) ln(alpha+T).

    The negative binomial distribution of Ehrenberg (1959), Applied Statistics 8, for the times of the orders.
    """
    counts = histories.without_recency()
    x, age, weight = counts.x.astype(np.float64), counts.age, counts.weight

    def at(point: Vector) -> tuple[float, Vector]:
        r, alpha = np.exp([point[1], point[1] - point[0]])
        value, by_r = rising(r, counts.more_than)
        grown = np.log1p(age / alpha)
        by_r -= float(np.einsum("i,i->", weight, grown))
        value -= float(np.einsum("i,i->", weight, (r + x) * grown + x * np.log(alpha)))
        by_alpha = float(np.einsum("i,i->", weight, r / alpha - (r + x) / (alpha + age)))
        return value, np.array([-alpha * by_alpha, r * by_r + alpha * by_alpha])

    start = np.array([np.log(histories.orders / histories.exposure), np.log(0.5)])
    return maximise(
        at, [start], histories.customers, enough=histories.repeaters >= FEWEST_REPEATERS
    ).log_likelihood


def _lengths(model: TransactionModel, scale: float) -> Vector:
    """Return what each parameter is multiplied by when time goes from units of ``scale`` to the histories' unit."""
    return scale ** np.array(model.powers_of_time, np.float64)
