"""What a model foretells of each customer and of all, with how well its parameters are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loyalty.derive.lifetime.model import LifetimeModel
from loyalty.derive.lifetime.purchase_histories import PurchaseHistories
from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.estimation import Estimate
from loyalty.stats.btyd.transactions import next_order
from loyalty.stats.btyd.uncertainty import (
    bootstrap,
    fit_error,
    positive_interval,
    share_interval,
    standard_error,
)

SILENT_DAYS = 90.0
"""How long a silence P(no order) is about."""
RESIDUAL_DAYS = 36 * 30.4375
"""How far residual value looks at least; what comes later is worth little and known less."""
EARLY, LATE = 0.25, 0.75
"""The next order of a customer who stays comes in this window half of the time."""
DAYS_PER_YEAR = 365.25
SEED = 2026
TOTALS = ("orders", "revenue", "residual_revenue", "alive", "silent")


@dataclass(frozen=True)
class Total:
    """The value expected of all customers together, and its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Predictions:
    """What the model says of these customers up to ``horizon`` days ahead; arrays have one value per customer."""

    model: LifetimeModel
    people: PurchaseHistories
    horizon: float
    discount_rate: float
    confidence: float
    resamples: int | None = None

    @property
    def residual_days(self) -> float:
        """How far residual value looks ahead."""
        return max(self.horizon, RESIDUAL_DAYS)

    @property
    def discount(self) -> float:
        """The continuous rate per day."""
        return float(np.log1p(self.discount_rate)) / DAYS_PER_YEAR

    @cached_property
    def orders(self) -> Vector:
        """Purchase days expected within the horizon."""
        return self._of_customers(self._orders(self.model.purchases.values))

    @property
    def orders_interval(self) -> tuple[Vector, Vector]:
        """Low and high ends for each customer: parameter uncertainty."""
        value = self._orders(self.model.purchases.values)
        low, high = positive_interval(value, self._errors[len(TOTALS) :], self.confidence)
        return self._of_customers(low), self._of_customers(high)

    @cached_property
    def discounted_orders(self) -> Vector:
        """Purchase days expected within ``residual_days``, each worth less the later it comes."""
        return self._of_customers(self._discounted(self.model.purchases.values))

    @property
    def p_alive(self) -> Vector:
        """Probability of not having left."""
        return self._of_customers(self._alive(self.model.purchases.values))

    @property
    def p_no_order(self) -> Vector:
        """Probability of no order within 90 days."""
        return self._of_customers(self._silent(self.model.purchases.values))

    @cached_property
    def spend(self) -> Vector | None:
        """Value expected of a purchase day; None where no value is known."""
        return None if self.model.spend is None else self._spend()

    @cached_property
    def revenue(self) -> Vector | None:
        """Net revenue expected within the horizon."""
        return None if self.spend is None else self.orders * self.spend

    @cached_property
    def residual_revenue(self) -> Vector | None:
        """Discounted net revenue expected within ``residual_days``."""
        return None if self.spend is None else self.discounted_orders * self.spend

    def next_order_days(self, quantile: float) -> Vector:
        """Return the days within which a customer who stays orders next with this probability."""
        return self._of_customers(next_order(self.model.purchases.values, self.people.histories, quantile))

    @cached_property
    def totals(self) -> dict[str, Total]:
        """The sums over customers; errors do not add up, for all customers share the parameters."""
        parameters = self.model.purchases.values
        values = self._sums(parameters, self._orders(parameters))
        errors = np.sqrt(self._errors[: len(TOTALS)] ** 2 + self._spend_errors() ** 2)
        low, high = positive_interval(values, errors, self.confidence)
        chances = slice(TOTALS.index("alive"), None)
        size = max(len(self.people), 1)
        lows, highs = share_interval(values[chances] / size, errors[chances] / size, self.confidence)
        low[chances], high[chances] = lows * size, highs * size
        return {
            name: Total(*map(float, ends))
            for name, *ends in zip(TOTALS, values, low, high, strict=True)
            if self.spend is not None or "revenue" not in name
        }

    @cached_property
    def _errors(self) -> Vector:
        """Standard errors of the totals, then of the orders of each history, from the parameters of purchases.

        Both stand on the orders of each history, which take the time: they are foretold once for each direction.
        """

        def score(parameters: Vector) -> Vector:
            orders = self._orders(parameters)
            return np.concatenate([self._sums(parameters, orders), orders])

        drawn = self._resampled
        if drawn is None:
            return fit_error(self.model.purchases, score)
        return standard_error(drawn, lambda logarithms: score(np.exp(logarithms)))

    @cached_property
    def _resampled(self) -> Estimate | None:
        """The logarithms of the parameters with their covariance over resamples; None where there are none.

        The delta method goes on from there: to score every customer for every resample would take hours.
        """
        fit = self.model.purchases
        if not self.resamples:
            return None
        drawn = np.log(bootstrap(fit, self.people.histories, self.resamples, SEED))
        if len(drawn) < len(fit.parameters):
            return None
        covariance = np.cov(drawn, rowvar=False)
        return Estimate(
            fit.log_likelihood,
            tuple(np.log(fit.values).tolist()),
            tuple(map(tuple, covariance.tolist())),
            fit.estimate.weaknesses,
        )

    def _spend_errors(self) -> Vector:
        found = self.model.spend
        if found is None:
            return np.zeros(len(TOTALS))
        of_orders, of_discounted = self.orders, self.discounted_orders

        def sums(point: Vector) -> Vector:
            spend = self._spend(found.parameters_at(point))
            return np.array([of_orders @ spend, of_discounted @ spend])

        revenue, residual = standard_error(found.estimate, sums)
        return np.array([0.0, revenue, residual, 0.0, 0.0])

    def _sums(self, parameters: Vector, orders: Vector) -> Vector:
        """Return the totals at these parameters, computed once for each different history; its orders are given."""
        discounted = self._discounted(parameters)
        weight, spent = self.people.histories.weight, self._spend_by_history
        chances = (self._alive(parameters), self._silent(parameters))
        pairs = (
            (weight, orders),
            (spent, orders),
            (spent, discounted),
            *((weight, each) for each in chances),
        )
        return np.array([np.einsum("i,i->", one, other) for one, other in pairs])

    @cached_property
    def _spend_by_history(self) -> Vector:
        """Value expected of a purchase day, summed over the customers of each history."""
        found, spend = self.people.histories, self.spend
        return np.asarray(
            np.bincount(found.row, np.zeros(len(found.row)) if spend is None else spend, len(found))
        )

    def _spend(self, parameters: Vector | None = None) -> Vector:
        assert self.model.spend is not None
        return self.model.spend.expected_spend(self.people.spent_days, self.people.repeat_spend, parameters)

    def _orders(self, parameters: Vector) -> Vector:
        return self._score("expected_orders", parameters, self.horizon)

    def _discounted(self, parameters: Vector) -> Vector:
        return self._score("discounted_orders", parameters, self.residual_days, self.discount)

    def _alive(self, parameters: Vector) -> Vector:
        return self._score("p_alive", parameters)

    def _silent(self, parameters: Vector) -> Vector:
        return self._score("p_no_order", parameters, SILENT_DAYS)

    def _score(self, what: str, parameters: Vector, *more: float) -> Vector:
        score: Callable[..., Vector] = getattr(self.model.purchases.transaction_model, what)
        return score(parameters, self.people.histories, *more)

    def _of_customers(self, rows: Vector) -> Vector:
        return self.people.histories.customers_of(rows)
