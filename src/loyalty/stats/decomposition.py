"""What each factor of a product did to its change: the parts add up to the change, and no order is preferred."""

from __future__ import annotations

from collections.abc import Sequence
from math import log


def log_mean(first: float, second: float) -> float:
    """Return the logarithmic mean of two positive numbers: ``(a - b) / ln(a / b)``, or ``a`` where they are equal."""
    if first == second:
        return first
    return (first - second) / log(first / second)


def effects(before: Sequence[float], after: Sequence[float]) -> list[float] | None:
    """Return what each factor adds to the change of the product, by the logarithmic mean Divisia index (LMDI-I).

    The effect of factor x is L(V1, V0) ln(x1 / x0), where V is the product and L the logarithmic mean; the effects
    add up to V1 - V0. Source: Ang (2005), Energy Policy 33, 867-871. None where a factor is not positive: its
    logarithm says nothing.
    """
    if any(factor <= 0 for factor in (*before, *after)):
        return None
    products = [1.0, 1.0]
    for earlier, later in zip(before, after, strict=True):
        products = [products[0] * earlier, products[1] * later]
    weight = log_mean(products[1], products[0])
    return [weight * log(later / earlier) for earlier, later in zip(before, after, strict=True)]
