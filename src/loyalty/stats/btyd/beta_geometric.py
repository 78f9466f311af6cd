"""What BG/NBD and MBG/NBD share: orders at a gamma rate, and after each a beta chance to leave for good.

The models differ in one thing: with MBG a customer may also leave right after the first order. ``first_too``
(e in the formulas) is 0 for BG and 1 for MBG.
k = r + x, D = k ln[(alpha + t_x) / (alpha + T)], rho = a / (b + x - 1 + e).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.special import betainc, gammaln

from loyalty.stats.btyd.arrays import Counts, Vector
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.quadrature import beta_nodes, legendre
from loyalty.stats.btyd.transactions import discounting, expit_parts, rising

AT_ONCE = 512
"""Ages computed at once with all nodes: their arrays stay in the processor's cache."""
INTERPOLATED = 24
"""Degree of the polynomial in ln(alpha + T) that stands for the logarithm of discounted orders."""


@dataclass(frozen=True)
class BetaGeometricNBD:
    """The model with leaving after repeat orders only (BG), or after the first order too (MBG)."""

    name: str
    first_too: int

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    powers_of_time: ClassVar[tuple[int, ...]] = (0, 1, 0, 0)

    def starts(self, rate: float) -> list[Vector]:
        """Return coordinates to start from: ln(r/alpha), ln r, logit(a/(a+b)), ln(a+b)."""
        mean = np.log(1.5 * rate)
        return [
            np.array([mean, np.log(shape), np.log(leave / (1 - leave)), np.log(precision)])
            for shape, leave, precision in ((0.5, 0.3, 2.0), (2.0, 0.05, 10.0), (0.2, 0.6, 0.7))
        ]

    def parameters(self, point: Vector) -> Vector:
        """Return r, alpha, a, b."""
        log_leave, log_stay = expit_parts(point[2])
        return np.exp([point[1], point[1] - point[0], point[3] + log_leave, point[3] + log_stay])

    def slopes(self, point: Vector) -> Vector:
        """Return the derivatives of r, alpha, a, b by the coordinates."""
        r, alpha, a, b = self.parameters(point)
        mix = a / (a + b) * b
        return np.array([[0, r, 0, 0], [-alpha, alpha, 0, 0], [0, 0, mix, a], [0, 0, -mix, b]])

    def log_likelihood(self, parameters: Vector, histories: Histories) -> tuple[float, Vector]:
        """Return the log-likelihood of all customers and its derivatives by r, alpha, a, b.

        Sum of S_r(x) + r ln alpha + S_b(x+e) - S_a+b(x+e) - k ln(alpha+t_x) + ln(exp(D) + rho), with
        S_c(n) = ln[G(c+n)/G(c)]. Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), eq. 6 (BG); Batislam,
        Denizel & Filiztekin (2007), IJRM 24(3), and Hoppe & Wagner (2007), Marketing JRM 3(2) (MBG). For BG and
        x = 0 the last two terms are -r ln(alpha + T).
        """
        r, _, a, b = parameters
        more_than = histories.more_than
        chances = more_than if not self.first_too else np.concatenate(([histories.customers], more_than))
        of_r, of_b, of_ab = rising(r, more_than), rising(b, chances), rising(a + b, chances)
        sums = self._sums(parameters, histories)
        value = of_r[0] + of_b[0] - of_ab[0] + sums[0]
        gradient = np.array(
            [
                of_r[1] - sums[1],
                sums[2],
                -of_ab[1] + sums[3] / a,
                of_b[1] - of_ab[1] - sums[4],
            ]
        )
        return value, gradient

    def _sums(self, parameters: Vector, histories: Histories) -> Vector:
        """Return the sums over customers that depend on t_x and T, with pi = P(alive).

        They are: the log-likelihood's; (1-pi) ln(1+t_x/alpha) + pi ln(1+T/alpha); the derivative by alpha; 1-pi;
        and (1-pi) / (b+x-1+e).
        """
        r, alpha, a, b = parameters
        sums = np.zeros(5)
        for chunk in histories.chunks():
            x, weight = histories.x[chunk], histories.weight[chunk]
            last, now = alpha + histories.recency[chunk], alpha + histories.age[chunk]
            k, chances = r + x, self._chances(b, x)
            log_last, log_now = np.log(last), np.log(now)
            stayed = np.exp(k * (log_last - log_now))
            left = a / chances
            if not self.first_too:
                # Nobody leaves before the first repeat order.
                never = x == 0
                left[never], stayed[never], log_last[never], last[never] = (
                    0.0,
                    1.0,
                    log_now[never],
                    now[never],
                )
            either = stayed + left
            dead = left / either
            lost = np.einsum("i,i->", weight, dead)
            log_age = log_now + dead * (log_last - log_now) - np.log(alpha)
            inverse = 1 / now + dead * (1 / last - 1 / now)
            sums[0] += np.einsum(
                "i,i->", weight, np.log(either) - k * (log_last - np.log(alpha)) - x * np.log(alpha)
            )
            sums[1] += np.einsum("i,i->", weight, log_age)
            sums[2] += np.einsum("i,i->", weight, r / alpha - k * inverse)
            sums[3] += lost
            sums[4] += np.einsum("i,i,i->", weight, dead, 1 / chances)
        return sums

    def _chances(self, b: float, x: Counts) -> Vector:
        """Return b + x - 1 + e, and 1 where there was no chance to leave yet."""
        return np.where(x + self.first_too > 0, b + x - 1 + self.first_too, 1.0)

    def p_alive(self, parameters: Vector, histories: Histories) -> Vector:
        """Return exp(D) / (exp(D) + rho); 1 for BG and x = 0 (Fader & Hardie, note 021 of brucehardie.com)."""
        r, alpha, a, b = parameters
        x = histories.x
        waited = (histories.age - histories.recency) / (alpha + histories.recency)
        odds = a / self._chances(b, x) * np.exp(np.minimum((r + x) * np.log1p(waited), 700.0))
        return np.where((x == 0) & (self.first_too == 0), 1.0, 1 / (1 + odds))

    def expected_orders(self, parameters: Vector, histories: Histories, horizon: float) -> Vector:
        """Return P(alive) E[(1 - (1 + p theta)^-k) / p], p ~ Beta(a, b+x+e), theta = t / (alpha + T).

        The integral behind eq. 10 of Fader, Hardie & Lee (2005): finite for every a, also 1, and for a + b < 1.
        """
        r, alpha, a, b = parameters

        def orders(x: int, age: Vector) -> Vector:
            theta = horizon / (alpha + age)
            at, weight = beta_nodes(a, b + x + self.first_too, 1 / max(float(theta.max()), 1e-300))
            return _orders(theta, r + x, at, weight)

        stays = self.p_alive(parameters, histories)
        return stays * histories.by_order_and_age(lambda x, age: _per_order(x, age, orders))

    def p_no_order(self, parameters: Vector, histories: Histories, horizon: float) -> Vector:
        """Return 1 - P(alive) [1 - ((alpha+T) / (alpha+T+H))^k]: who is alive stays so until the next order."""
        r, alpha, _, _ = parameters
        silent = (r + histories.x) * np.log1p(horizon / (alpha + histories.age))
        return np.asarray(1 + self.p_alive(parameters, histories) * np.expm1(-silent))

    def discounted_orders(
        self, parameters: Vector, histories: Histories, horizon: float, discount: float
    ) -> Vector:
        """Return P(alive) times the integral over 0 < u < H of exp(-du) k/(alpha+T) E[(1 + pu/(alpha+T))^-(k+1)] du."""
        r, alpha, a, b = parameters
        end = discounting(discount, horizon)

        def orders(x: int, age: Vector) -> Vector:
            def at_age(log_base: Vector) -> Vector:
                base = np.exp(log_base)
                at, weight = beta_nodes(a, b + x + self.first_too, float(base.min()) / max(end, 1e-300))
                return _discounted(base, r + x, at, weight, end, discount)

            log_base = np.log(alpha + age)
            if len(age) <= 2 * INTERPOLATED or not end:
                return at_age(log_base)
            ends = [log_base.min(), log_base.max()]
            smooth = Chebyshev.interpolate(lambda at: np.log(at_age(at)), INTERPOLATED, domain=ends)
            return np.asarray(np.exp(smooth(log_base)))

        stays = self.p_alive(parameters, histories)
        return stays * histories.by_order_and_age(lambda x, age: _per_order(x, age, orders))

    def expected_repeats(self, parameters: Vector, age: Vector) -> Vector:
        """Return E[X(t)] = s E[(1 - (1 + p t/alpha)^-r) / p], p ~ Beta(a, b+e), s = 1 (BG) or b/(a+b) (MBG).

        The integral behind eq. 9 of Fader, Hardie & Lee (2005).
        """
        r, alpha, a, b = parameters
        theta = np.asarray(age, np.float64) / alpha
        at, weight = beta_nodes(a, b + self.first_too, 1 / max(float(theta.max(initial=0)), 1e-300))
        stays = b / (a + b) if self.first_too else 1.0
        return stays * _orders(theta, r, at, weight)

    def p_repeats(self, parameters: Vector, age: float, orders: Counts) -> Vector:
        """Return P(X(t) = n), t > 0, for each n of ``orders`` (Fader, Hardie & Lee 2005, eq. 8)."""
        r, alpha, a, b = parameters
        n = np.asarray(orders, np.float64)
        chances = n + self.first_too
        log_stay = gammaln(b + chances) - gammaln(b) - gammaln(a + b + chances) + gammaln(a + b)
        log_count = gammaln(r + n) - gammaln(r) - gammaln(n + 1)
        count = np.exp(log_count - r * np.log1p(age / alpha) - n * np.log1p(alpha / age))
        reached = np.where(n > 0, betainc(np.maximum(n, 1), r, age / (alpha + age)), 1.0)
        leave = a / np.where(chances > 0, b + chances - 1, 1.0) * (chances > 0)
        return np.asarray(np.exp(log_stay) * (count + leave * reached))


def _per_order(x: Counts, age: Vector, compute: Callable[[int, Vector], Vector]) -> Vector:
    """Apply ``compute(x, ages)`` to each run of equal x; x is sorted."""
    first = np.flatnonzero(np.diff(x, prepend=-1))
    runs = np.split(age, first[1:])
    return np.concatenate([compute(int(x[start]), run) for start, run in zip(first, runs, strict=True)])


def _orders(theta: Vector, k: float, at: Vector, weight: Vector) -> Vector:
    total = np.empty_like(theta)
    for start in range(0, len(theta), AT_ONCE):
        chunk = slice(start, start + AT_ONCE)
        silent = np.expm1(-k * np.log1p(theta[chunk, None] * at))
        total[chunk] = -np.einsum("j,ij->i", weight / at, silent)
    return total


def _discounted(
    base: Vector, k: float, at: Vector, weight: Vector, horizon: float, discount: float
) -> Vector:
    """Integrate in v = ln(1 + u / base), in which the orders come evenly."""
    length = np.log1p(horizon / base)
    node, width = legendre(32)
    v = length[:, None] * node
    ratio = np.expm1(v)
    left = np.einsum("k,ijk->ij", weight, np.exp(-(k + 1) * np.log1p(ratio[:, :, None] * at)))
    return np.asarray(
        np.einsum("j,ij,ij->i", width, np.exp(v - discount * base[:, None] * ratio), left) * k * length
    )
