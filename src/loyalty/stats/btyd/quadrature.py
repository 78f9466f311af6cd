"""Integrals as sums over a few nodes, by the rules of Gauss; no hypergeometric function is needed.

The differences of 2F1 in the closed forms cancel or overflow for a near 1, a + b < 1 and many orders; these do not.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from scipy.linalg import eigh_tridiagonal

from loyalty.stats.btyd.arrays import Vector

FEWEST, MOST = 48, 512
NEGLIGIBLE = 40.0
"""exp(-40) of the whole is below the precision of a double."""


@cache
def legendre(nodes: int) -> tuple[Vector, Vector]:
    """Return nodes and weights of the integral over [0, 1] (Gauss-Legendre)."""
    at, weight = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weight / 2


def beta_nodes(a: float, b: float, nearest_pole: float = np.inf) -> tuple[Vector, Vector]:
    """Return p and w such that E[f(p)] = sum of w f(p) for p ~ Beta(a, b) (Gauss-Jacobi, by Golub & Welsch 1969).

    ``nearest_pole`` is the distance of f's nearest singularity from the left end: for f of 1 + p theta, 1 / theta.
    The error falls like exp(-4 n sqrt(distance)), so the number of nodes follows it.
    """
    nodes = FEWEST if nearest_pole > 1 else int(np.clip(np.ceil(8 / np.sqrt(nearest_pole)), FEWEST, MOST))
    return _jacobi(float(a), float(b), nodes)


@lru_cache(maxsize=4096)
def _jacobi(a: float, b: float, nodes: int) -> tuple[Vector, Vector]:
    n = np.arange(1, nodes, dtype=np.float64)
    up = np.empty(nodes)
    up[0] = a / (a + b)
    up[1:] = (n + a) * (n + a + b - 1) / ((2 * n + a + b - 1) * (2 * n + a + b))
    down = n * (n + b - 1) / ((2 * n + a + b - 1) * (2 * n + a + b - 2))
    # Diagonal and squares next to it as sums and products of positive numbers: no digits cancel for tiny a or b.
    diagonal = up.copy()
    diagonal[1:] += down
    at, vectors = eigh_tridiagonal(diagonal, np.sqrt(up[:-1] * down), check_finite=False)
    return np.clip(at, 1e-30, 1.0), vectors[0] ** 2


def log_power_nodes(
    a: Vector | float, b: Vector | float, p: Vector | float, q: Vector | float, width: Vector | float
) -> tuple[Vector, Vector]:
    """Return the shorter of the two bases and the length in y for the integral of (a+u)^-p (b+u)^-q over 0 < u < width.

    With c = min(a, b) and y = ln(1 + u/c) the integrand is log-concave in y and its nearest singularity lies at |Im
    y| = pi: 32 Legendre nodes suffice. Where it falls from the start, its tail below exp(-40) is cut off.
    """
    base = np.minimum(a, b)
    slope = p * (base / a) + q * (base / b) - 1
    length = np.log1p(width / base)
    cut = np.where(slope > 0, NEGLIGIBLE / np.where(slope > 0, slope, 1.0), np.inf)
    return base, np.minimum(length, cut)


def power_integral(
    a: Vector | float,
    b: Vector | float,
    p: Vector | float,
    q: Vector | float,
    width: Vector | float,
    nodes: int = 32,
) -> Vector:
    """Return the integral over 0 < u < width of (a/(a+u))^p (b/(b+u))^q du, for arrays that broadcast."""
    base, length = log_power_nodes(a, b, p, q, width)
    total: Vector = np.zeros(np.broadcast(base, p, q, length).shape)
    for at, weight in zip(*legendre(nodes), strict=True):
        y = length * at
        u = base * np.expm1(y)
        total += weight * np.exp(y - p * np.log1p(u / a) - q * np.log1p(u / b))
    return total * base * length
