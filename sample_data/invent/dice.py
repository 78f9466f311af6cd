"""Chance that falls the same way on every machine and in every version of Python."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """Chance from ``Random.random()`` alone, the one method that Python promises never to change."""

    def __init__(self, seed: int) -> None:
        self.throw = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Return True with that probability."""
        return self.throw() < probability

    def whole(self, lowest: int, highest: int) -> int:
        """Return a whole number from ``lowest`` to ``highest``, both possible."""
        return lowest + int(self.throw() * (highest - lowest + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.whole(0, len(items) - 1)]

    def weighted(self, weights: Mapping[str, int]) -> str:
        """Return one of the keys, as often as its weight says."""
        rest = self.throw() * sum(weights.values())
        for key, weight in weights.items():
            rest -= weight
            if rest < 0:
                return key
        return list(weights)[-1]

    def moment(self, day: date, opens: int = 8, closes: int = 19) -> datetime:
        """Return a minute of the day between two full hours."""
        return datetime.combine(day, time(self.whole(opens, closes), self.whole(0, 59)))
