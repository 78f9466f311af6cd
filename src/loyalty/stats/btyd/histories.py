"""Purchase histories, each different one once: all that the transaction models need to know of customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from loyalty.stats.btyd.arrays import Counts, Vector

CHUNK = 8192
"""Rows computed at once: their arrays stay in the processor's cache."""
WIDEST_KEY = 2**62


@dataclass(frozen=True, eq=False)
class Histories:
    """Different histories (x, t_x, T) with the number of customers of each, sorted by x, then T, then t_x.

    ``x`` is the number of repeat orders (purchase days after the first), ``recency`` (t_x) the age at the last of
    them, 0 without any, and ``age`` (T) the time since the first order, all in one unit of time. ``weight`` counts
    the customers of a row; ``row`` has for every customer given to :meth:`of` the row of their history.
    """

    x: Counts
    recency: Vector
    age: Vector
    weight: Vector
    row: Counts

    @classmethod
    def of(
        cls,
        x: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
    ) -> Histories:
        """Return the histories of customers, one element each (or ``weight`` customers).

        Raises:
            ValueError: lengths differ, a number is not finite, or not 0 <= t_x <= T, or t_x > 0 without a repeat
            order.
        """
        given = [np.asarray(values).reshape(-1) for values in (x, recency, age)]
        orders, last, now = given
        weights = np.ones(len(orders)) if weight is None else np.asarray(weight, np.float64).reshape(-1)
        _check(orders, last, now, weights)
        order = _sorted_order(orders, now, last)
        orders, last, now = orders[order], last[order], now[order]
        different = np.ones(len(order), bool)
        different[1:] = (orders[1:] != orders[:-1]) | (now[1:] != now[:-1]) | (last[1:] != last[:-1])
        first = np.flatnonzero(different)
        row = np.empty(len(order), np.int64)
        row[order] = np.cumsum(different) - 1
        return cls(
            orders[first].astype(np.int64),
            last[first].astype(np.float64),
            now[first].astype(np.float64),
            np.add.reduceat(weights[order], first) if len(first) else weights,
            row,
        )

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def customers(self) -> float:
        """How many customers there are."""
        return float(self.weight.sum())

    @cached_property
    def repeaters(self) -> float:
        """How many of them ordered again."""
        return float(self.weight[self.x > 0].sum())

    @cached_property
    def orders(self) -> float:
        """How many repeat orders they placed."""
        return float(np.einsum("i,i->", self.weight, self.x.astype(np.float64)))

    @cached_property
    def exposure(self) -> float:
        """Their ages together."""
        return float(np.einsum("i,i->", self.weight, self.age))

    @cached_property
    def more_than(self) -> Vector:
        """Customers with more than i repeat orders, for i = 0, 1, ...: what sums over customers' orders need."""
        exactly = np.bincount(self.x, self.weight)
        return np.asarray(np.cumsum(exactly[::-1])[::-1][1:], np.float64)

    def in_unit(self, length: float) -> Histories:
        """Return the same histories with time in units of ``length`` of the present unit."""
        return Histories(self.x, self.recency / length, self.age / length, self.weight, self.row)

    def thinned(self, customers: int) -> Histories:
        """Return so many of the customers, evenly spread over the sorted histories and not by chance.

        Each of them stands for several, so that together they weigh as much as all.
        """
        reached = np.floor(np.cumsum(self.weight) * (customers / self.customers) + 0.5)
        weight = np.diff(reached, prepend=0.0)
        kept = weight > 0
        weight = weight[kept] * (self.customers / weight.sum())
        return Histories(self.x[kept], self.recency[kept], self.age[kept], weight, np.empty(0, np.int64))

    def reweighted(self, weight: Vector) -> Histories:
        """Return the same histories as if ``weight`` customers had each."""
        return Histories(self.x, self.recency, self.age, weight, self.row)

    def chunks(self) -> Iterator[slice]:
        """Cut the rows into pieces that fit the processor's cache."""
        for start in range(0, len(self), CHUNK):
            yield slice(start, start + CHUNK)

    def customers_of(self, values: Vector) -> Vector:
        """Return a value per row as one per customer, in the order given to :meth:`of`."""
        return values[self.row]

    def without_recency(self) -> Histories:
        """Return the histories as if nobody knew when the last order came: a row for each different (x, T)."""
        first = np.flatnonzero(self._other_age)
        none = np.zeros(len(first))
        weight = np.add.reduceat(self.weight, first) if len(first) else self.weight
        return Histories(self.x[first], none, self.age[first], weight, np.empty(0, np.int64))

    def by_order_and_age(self, compute: Callable[[Counts, Vector], Vector]) -> Vector:
        """Return ``compute(x, T)`` for every row, computed once for each different (x, T); it may not depend on t_x."""
        if not len(self):
            return np.empty(0)
        first = np.flatnonzero(self._other_age)
        return np.asarray(compute(self.x[first], self.age[first])[np.cumsum(self._other_age) - 1])

    @cached_property
    def _other_age(self) -> npt.NDArray[np.bool_]:
        """Which rows have another (x, T) than the row before."""
        other = np.ones(len(self), bool)
        other[1:] = (self.x[1:] != self.x[:-1]) | (self.age[1:] != self.age[:-1])
        return other


def _check(x: np.ndarray, recency: np.ndarray, age: np.ndarray, weight: np.ndarray) -> None:
    if not len(x) == len(recency) == len(age) == len(weight):
        raise ValueError("x, recency, age and weight differ in length")
    if not all(np.isfinite(values).all() for values in (x, recency, age, weight)):
        raise ValueError("x, recency, age and weight must be finite")
    if (x < 0).any() or (x != np.floor(x)).any():
        raise ValueError("x must be whole numbers from 0")
    if (recency < 0).any() or (recency > age).any():
        raise ValueError("recency must be from 0 to age")
    if (recency[x == 0] != 0).any():
        raise ValueError("without a repeat order recency is 0")
    if (weight < 0).any():
        raise ValueError("weight must not be negative")


def _sorted_order(x: np.ndarray, age: np.ndarray, recency: np.ndarray) -> Counts:
    """Return the order by x, T, t_x. Whole numbers are packed into one key, which sorts five times faster."""
    columns = (x, age, recency)
    if len(x) and all(np.issubdtype(column.dtype, np.integer) for column in columns):
        widths = [int(column.max()) + 1 for column in columns]
        if widths[0] * widths[1] * widths[2] < WIDEST_KEY:
            key = (x.astype(np.int64) * widths[1] + age) * widths[2] + recency
            return np.argsort(key)
    return np.lexsort((recency, age, x))
