"""How many of the points issued are redeemed in the end, and how many of those outstanding still will be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple


class Vintage(NamedTuple):
    """Points issued in one stretch of time, and what became of them so far."""

    issued: Decimal
    redeemed: Decimal
    left: Decimal

    @property
    def matured(self) -> bool:
        """Whether nothing of it is outstanding, so that it is known what became of it."""
        return self.issued > 0 and self.left == 0


def ultimate_redemption(vintages: Iterable[Vintage]) -> tuple[Decimal, Decimal]:
    """Return the points redeemed and issued over the matured vintages; their ratio is the rate, and 1 less it breakage.

    Others would count live points as broken, or as never redeemed.
    """
    matured = [each for each in vintages if each.matured]
    return sum((each.redeemed for each in matured), Decimal(0)), sum(
        (each.issued for each in matured), Decimal(0)
    )


def expected_points(rate: float, issued: Decimal, redeemed: Decimal, outstanding: Decimal) -> float:
    """Return how many outstanding points are still to be redeemed, by an ultimate rate of redemption.

    The rate is one of points *issued*: of what it says in all, the redeemed ones are gone. Taken of the outstanding
    points it would count past redemptions twice. Never below 0, nor more than there are.
    """
    return min(max(0.0, rate * float(issued) - float(redeemed)), max(0.0, float(outstanding)))
