"""The integrals of Pareto/NBD: as many nodes as a row needs are as good as three times the most."""

from __future__ import annotations

import numpy as np

from loyalty.stats.btyd.quadrature import blocks, legendre, power_integral, power_stretch


def exact(a: np.ndarray, b: np.ndarray, p: np.ndarray, q: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return the integrals by 96 nodes each."""
    base, length, _ = power_stretch(a, b, p, q, width)
    node, weight = legendre(96)
    y = length[:, None] * node
    u = base[:, None] * np.expm1(y)
    grown = np.exp(y - p[:, None] * np.log1p(u / a[:, None]) - q[:, None] * np.log1p(u / b[:, None]))
    return np.asarray(base * length * (grown @ weight))


def test_few_nodes_where_few_are_enough() -> None:
    draws = np.random.default_rng(20261126)
    a, b, width = np.exp(draws.uniform(-6, 8, (3, 20_000)))
    p, q = np.exp(draws.uniform(-3, 6, 20_000)), 1 + np.exp(draws.uniform(-3, 8, 20_000))
    _, length, fall = power_stretch(a, b, p, q, width)
    wanted = exact(a, b, p, q, width)
    error = np.abs(power_integral(a, b, p, q, width) / wanted - 1)
    needed = np.empty(len(a), int)
    for rows, nodes in blocks(length, fall):
        needed[rows] = nodes
    assert set(needed.tolist()) == {8, 12, 16, 20, 24, 32}
    assert error[needed < 32].max() < 1e-11
    assert error[needed == 8].max() < 1e-12


def test_every_row_is_integrated_once() -> None:
    length, fall = np.array([0.1, 5.0, 1.0, 0.1]), np.array([1.0, 1.0, 1.0, 100.0])
    found = [(rows.tolist(), nodes) for rows, nodes in blocks(length, fall)]
    assert found == [([0], 8), ([2], 12), ([3], 20), ([1], 32)]
