"""Maximum likelihood that ends at an optimum or says why the data do not settle one.

Coordinates are dimensionless (logarithms of means and shapes, time in units of the mean age), so one start, one box
and one prior serve every data set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from scipy.optimize import minimize

from loyalty.stats.btyd.arrays import Vector

Objective: TypeAlias = Callable[[Vector], tuple[float, Vector]]
"""Log-likelihood of all customers and its gradient, at coordinates."""

HALF_WIDTH = 12.0
"""The box: nothing sensible lies further than a factor e^12 from the start, and nothing overflows inside."""
PRIOR_DEVIATION = 2.0
"""Standard deviation of the weak prior: a factor of 7 either way is ordinary."""
WEAKEST = 1 / 9
"""Curvature below which a direction is not identified: a standard error above 3, a factor of 20."""
TOLERANCE = 1e-6
"""Newton decrement, in units of log-likelihood, below which a point is the optimum; free of the data's scale."""
LITTLE = 1 / 8
"""Newton decrement of half a standard error: what the prior moves by more, the likelihood alone does not hold."""
SAMPLE = 2_000
"""Twice as many rows make a large fit, which begins with fewer."""
STEP = 1e-5
"""The distance between the gradients of which the curvature is the difference: errors of rounding and of the third
derivative are both far below what a standard error is read to."""


class Weakness(StrEnum):
    """Why the likelihood alone does not settle the parameters, so that the weak prior was added."""

    FEW_CASES = "few_cases"
    AT_LIMIT = "at_limit"
    FLAT = "flat"


@dataclass(frozen=True)
class Estimate:
    """What every fit tells of its parameters: where they lie, how well they are known, and what the data lacked.

    ``point`` are the coordinates and ``covariance`` is theirs; ``weaknesses`` say why the weak prior was added, and
    are empty for plain maximum likelihood.
    """

    log_likelihood: float
    point: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    weaknesses: tuple[Weakness, ...]


class Reason(StrEnum):
    """Why a model cannot be fitted."""

    NO_CUSTOMERS = "no_customers"
    NO_REPEAT_CUSTOMER = "no_repeat_customer"
    NO_TIME = "no_time"
    NO_OPTIMUM = "no_optimum"


@dataclass(frozen=True)
class Refusal:
    """No fit, and why."""

    reason: Reason


class NotConverged(ArithmeticError):
    """No optimum was found even with the prior."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where an objective is largest: the log-likelihood there (without prior), and minus the second derivatives."""

    point: Vector
    log_likelihood: float
    curvature: Vector
    weaknesses: tuple[Weakness, ...] = ()

    def estimate(self, more: float = 0.0) -> Estimate:
        """Return it with ``more`` added to the log-likelihood, which brings it to the unit of the data."""
        values, vectors = np.linalg.eigh(self.curvature)
        covariance = np.einsum("ij,j,kj->ik", vectors, 1 / values, vectors)
        return Estimate(
            float(self.log_likelihood + more),
            tuple(self.point.tolist()),
            tuple(map(tuple, covariance.tolist())),
            self.weaknesses,
        )


def maximise(
    objective: Objective,
    starts: Sequence[Vector],
    scale: float,
    *,
    enough: bool,
    guess: Optimum | None = None,
) -> Optimum:
    """Return the optimum; with the weak prior, once and not per customer, where the likelihood settles none.

    ``starts`` are tried in turn and the best is kept; the first is the centre of the box and of the prior, a normal
    one with standard deviation 2 in every coordinate. ``scale`` is the number of cases; ``enough`` says whether
    there are so many that the likelihood may be trusted alone. A ``guess``, the optimum of like data with the
    curvature to be expected, is tried before the starts.

    Raises:
        NotConverged: no optimum, even with the prior.
    """
    centre = starts[0]
    penalised = _with_prior(objective, centre)
    if guess is not None:
        optimum = _near(objective, penalised, guess, centre, enough=enough)
        if optimum is not None:
            return optimum
    tried, weakness = list(starts), Weakness.FEW_CASES
    if enough:
        reached = _climb(objective, tried, centre, scale)
        weakness = Weakness.AT_LIMIT
        if not _at_limit(reached, centre):
            plain = _newton(objective, _unmeasured(objective, reached), centre)
            if plain is not None and _settled(plain, centre):
                return plain
            weakness = Weakness.FLAT
        tried.append(reached)
    reached = _climb(penalised, tried, centre, scale)
    if _at_limit(reached, centre):
        # The density has no bound, as where all pay one price: the limit stands for infinity.
        optimum, weakness = _rounded(_unmeasured(penalised, reached)), Weakness.AT_LIMIT
    else:
        optimum = _newton(penalised, _unmeasured(penalised, reached), centre)
    if optimum is None:
        raise NotConverged
    return Optimum(optimum.point, objective(optimum.point)[0], optimum.curvature, (weakness,))


def _near(
    objective: Objective, penalised: Objective, guess: Optimum, centre: Vector, *, enough: bool
) -> Optimum | None:
    """Return the optimum near a guess, with the prior unless the likelihood settles it; None where there is none."""
    if enough and not guess.weaknesses:
        plain = _newton(objective, guess, centre)
        if plain is not None and _settled(plain, centre):
            return plain
    optimum = _newton(penalised, guess, centre)
    if optimum is None or _at_limit(optimum.point, centre):
        return None
    weakness = Weakness.FEW_CASES
    if enough:
        alone = replace(optimum, curvature=optimum.curvature - PRIOR_DEVIATION**-2 * np.eye(len(centre)))
        if _settled(alone, centre) and _pull(alone, centre) < LITTLE:
            plain = _newton(objective, alone, centre)
            if plain is not None and _settled(plain, centre):
                return plain
        weakness = Weakness.AT_LIMIT if Weakness.AT_LIMIT in guess.weaknesses else Weakness.FLAT
    return Optimum(optimum.point, objective(optimum.point)[0], optimum.curvature, (weakness,))


def _pull(alone: Optimum, centre: Vector) -> float:
    """Return how far the prior holds a point from where the likelihood would go, as a Newton decrement."""
    gradient = PRIOR_DEVIATION**-2 * (alone.point - centre)
    return float(gradient @ np.linalg.solve(alone.curvature, gradient)) / 2


def _settled(optimum: Optimum, centre: Vector) -> bool:
    """Say whether every direction is identified, within the box."""
    return bool(np.linalg.eigvalsh(optimum.curvature)[0] >= WEAKEST) and not _at_limit(optimum.point, centre)


def _rounded(optimum: Optimum) -> Optimum:
    """Return it with every direction curved by the prior at least, as at an optimum, which a limit need not be."""
    values, vectors = np.linalg.eigh(optimum.curvature)
    curved = np.maximum(values, PRIOR_DEVIATION**-2)
    return replace(optimum, curvature=np.asarray(np.einsum("ij,j,kj->ik", vectors, curved, vectors)))


def _with_prior(objective: Objective, centre: Vector) -> Objective:
    precision = PRIOR_DEVIATION**-2

    def penalised(point: Vector) -> tuple[float, Vector]:
        value, gradient = objective(point)
        away = point - centre
        return value - precision / 2 * float(away @ away), gradient - precision * away

    return penalised


def _climb(objective: Objective, starts: Sequence[Vector], centre: Vector, scale: float) -> Vector:
    """Return the best point that L-BFGS-B reaches from the starts."""

    def loss(point: Vector) -> tuple[float, Vector]:
        value, gradient = objective(point)
        return -value / scale, -gradient / scale

    box = [(middle - HALF_WIDTH, middle + HALF_WIDTH) for middle in centre]
    results = [
        minimize(
            loss,
            np.clip(start, centre - HALF_WIDTH, centre + HALF_WIDTH),
            jac=True,
            method="L-BFGS-B",
            bounds=box,
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9},
        )
        for start in starts
    ]
    return np.asarray(min(results, key=lambda result: result.fun).x)


def _at_limit(point: Vector, centre: Vector) -> bool:
    return bool((np.abs(point - centre) > HALF_WIDTH - 0.01).any())


def _unmeasured(objective: Objective, point: Vector) -> Optimum:
    return Optimum(point, -np.inf, _curvature(objective, point, objective(point)[1]))


def _newton(objective: Objective, guess: Optimum, centre: Vector) -> Optimum | None:
    """Return the optimum near a guess by damped Newton steps; None where none is found within the box.

    A curvature is kept while its steps do well and measured anew at the end: the decrement that ends the search,
    and the covariance, are those of the optimum.
    """
    point, hessian = guess.point, guess.curvature
    value, gradient = objective(point)
    fresh, last = False, np.inf
    for _ in range(100):
        values, vectors = np.linalg.eigh(hessian)
        along = vectors.T @ gradient
        decrement = float(np.sum(along**2 / np.maximum(np.abs(values), 1e-12))) / 2
        step = vectors @ (along / np.maximum(np.abs(values), 1e-8))
        if decrement < TOLERANCE and fresh:
            # One step more costs little, and gives the same digits wherever the search began.
            point, value, _ = _ascend(objective, point, value, step, centre) or (point, value, gradient)
            return Optimum(point, value, hessian) if values[0] > 0 else None
        moved = None
        if decrement >= TOLERANCE and (fresh or decrement <= last / 4):
            moved = _ascend(objective, point, value, step, centre)
        if moved is not None:
            hessian = _learned(hessian, moved[0] - point, gradient - moved[2])
            point, value, gradient = moved
            fresh, last = False, decrement
            if _at_limit(point, centre):
                # Along a flat direction it would go on for ever.
                return None
        elif fresh:
            return None
        else:
            hessian, fresh, last = _curvature(objective, point, gradient), True, np.inf
    return None


def _learned(curvature: Vector, step: Vector, change: Vector) -> Vector:
    """Return the curvature with what a step told of it: how much less the gradient is at its end (BFGS)."""
    along = curvature @ step
    told, known = float(change @ step), float(along @ step)
    if told <= 1e-10 * np.linalg.norm(change) * np.linalg.norm(step) or known <= 0:
        return curvature
    return np.asarray(curvature + np.outer(change, change) / told - np.outer(along, along) / known)


def _ascend(
    objective: Objective, point: Vector, value: float, step: Vector, centre: Vector
) -> tuple[Vector, float, Vector] | None:
    """Return the first of ever shorter steps that loses nothing; None where all do."""
    step = step / max(1.0, float(np.abs(step).max()) / 2.0)
    slack = 1e-12 * abs(value)
    for _ in range(30):
        there = np.clip(point + step, centre - HALF_WIDTH, centre + HALF_WIDTH)
        reached, gradient = objective(there)
        if reached >= value - slack:
            return there, reached, gradient
        step = step / 2
    return None


def _curvature(objective: Objective, point: Vector, gradient: Vector) -> Vector:
    """Return minus the second derivatives, by differences from the gradient at the point."""
    shifts = STEP * np.eye(len(point))
    hessian = np.array([(gradient - objective(point + shift)[1]) / STEP for shift in shifts])
    return np.asarray((hessian + hessian.T) / 2)
