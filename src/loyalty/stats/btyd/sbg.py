"""sBG: how long contracts last, when customers renew or leave at the end of each period.

Each has a constant chance to leave, beta-distributed among them: retention rises with tenure, because those likely
to leave have left. Source: Fader & Hardie (2007), "How to Project Customer Retention", J. Interactive Marketing
21(1), "FH07".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.estimation import Estimate, NotConverged, Reason, Refusal, maximise
from loyalty.stats.btyd.quadrature import beta_nodes
from loyalty.stats.btyd.transactions import expit_parts
from loyalty.stats.btyd.uncertainty import share_interval, standard_error

FEWEST_LOST = 10


@dataclass(frozen=True)
class ContractFit:
    """Fitted alpha and beta of the chance to leave; of ``renewals`` that came up, ``lost`` were not taken."""

    estimate: Estimate
    parameters: tuple[float, float]
    renewals: float
    lost: float

    def survival(self, periods: int) -> Vector:
        """Return S(t) = B(alpha, beta+t) / B(alpha, beta), t = 0 .. ``periods``: the share there after t (FH07)."""
        return _survival(np.array(self.parameters), periods)

    def survival_interval(self, periods: int, confidence: float = 0.95) -> tuple[Vector, Vector]:
        """Return low and high ends for S(1) .. S(``periods``): parameter uncertainty, by the delta method."""
        error = standard_error(self.estimate, lambda point: _survival(_parameters(point), periods)[1:])
        return share_interval(self.survival(periods)[1:], error, confidence)

    def retention(self, periods: int) -> Vector:
        """Return r_t = (beta+t-1) / (alpha+beta+t-1), t = 1 .. ``periods``: the share that renews at t (FH07)."""
        alpha, beta = self.parameters
        before = np.arange(periods)
        return np.asarray((beta + before) / (alpha + beta + before))

    def retention_clv(
        self, margin: float, discount: float, periods: int | None = None, tenure: int = 0
    ) -> float:
        """Return the sum of margin S(n+t) / S(n) / (1+d)^t over t = 0, 1, ...: all payments from now on, the first now.

        ``periods`` payments, or without end for None; ``tenure`` n is how often the customer has renewed;
        ``discount`` is per period. Source: Fader & Hardie (2010), Marketing Science 29(1), eq. 6: without end,
        E[(1+d) / (d + theta)] with theta ~ Beta(alpha, beta + n).

        Raises:
            ValueError: no end and no discount.
        """
        alpha, beta = self.parameters
        if periods is None:
            if discount <= 0:
                raise ValueError("payments without end need a discount")
            theta, weight = beta_nodes(alpha, beta + tenure, discount)
            return margin * float(np.einsum("i,i->", weight, (1 + discount) / (discount + theta)))
        stays = _survival(np.array([alpha, beta + tenure]), max(periods - 1, 0))
        worth = (1 + discount) ** -np.arange(float(len(stays)))
        return margin * float(np.einsum("i,i->", stays, worth)) if periods else 0.0


def fit_contracts(renewed: npt.ArrayLike, lost: npt.ArrayLike) -> ContractFit | Refusal:
    """Return the fit to how many of those asked at the end of period 1, 2, ... renewed, and how many left.

    Cohorts of any age may be added up: who has not been asked yet counts in neither. Maximises the sum of renewed
    ln r_t + lost ln(1 - r_t), which is FH07 eq. B3 written by period.

    Raises:
        ValueError: lengths differ, or a number is negative or not finite.
    """
    stay, leave = np.asarray(renewed, np.float64), np.asarray(lost, np.float64)
    if stay.shape != leave.shape or stay.ndim != 1:
        raise ValueError("renewed and lost differ in length")
    if not (
        np.isfinite(stay).all() and np.isfinite(leave).all() and (stay >= 0).all() and (leave >= 0).all()
    ):
        raise ValueError("renewed and lost must be finite and not negative")
    renewals, left = float(stay.sum() + leave.sum()), float(leave.sum())
    if not renewals:
        return Refusal(Reason.NO_CUSTOMERS)
    before = np.arange(len(stay))

    def objective(point: Vector) -> tuple[float, Vector]:
        alpha, beta = _parameters(point)
        renews, asked = beta + before, alpha + beta + before
        value = float(stay @ np.log(renews) + left * np.log(alpha) - (stay + leave) @ np.log(asked))
        both = float((stay + leave) @ (1 / asked))
        by_alpha, by_beta = left / alpha - both, float(stay @ (1 / renews)) - both
        mix = alpha * beta / (alpha + beta)
        return value, np.array([mix * (by_alpha - by_beta), alpha * by_alpha + beta * by_beta])

    starts = [
        np.array([np.log(leave / (1 - leave)), np.log(size)]) for leave, size in ((0.3, 2.0), (0.05, 10.0))
    ]
    try:
        optimum = maximise(objective, starts, renewals, enough=left >= FEWEST_LOST)
    except NotConverged:
        return Refusal(Reason.NO_OPTIMUM)
    alpha, beta = _parameters(optimum.point).tolist()
    return ContractFit(
        optimum.estimate(),
        (alpha, beta),
        renewals,
        left,
    )


def _parameters(point: Vector) -> Vector:
    leave, stay = expit_parts(point[0])
    return np.exp([point[1] + leave, point[1] + stay])


def _survival(parameters: Vector, periods: int) -> Vector:
    alpha, beta = parameters
    leaves = alpha / (alpha + beta + np.arange(periods))
    return np.asarray(np.exp(np.concatenate([[0.0], np.cumsum(np.log1p(-leaves))])))
