"""How many answers a wanted certainty takes."""

from __future__ import annotations

from math import ceil
from statistics import NormalDist

from loyalty.stats.proportions import z_value

POWER = 0.80


def for_margin(margin: float, variance: float, confidence: float = 0.95, added: int = 0) -> int:
    """Return the answers needed for an interval of plus and minus ``margin``: ``z^2 s^2 / d^2 - added``, rounded up.

    ``variance`` is that of one answer, in the square of the unit of ``margin``. ``added`` are the answers an adjusted
    interval adds by itself: 3 for the Net Promoter Score. Source: MeasuringU, "Sample size for NPS intervals".
    """
    return max(1, ceil(z_value(confidence) ** 2 * variance / margin**2 - added))


def to_detect(
    difference: float, variances: tuple[float, float], confidence: float = 0.95, added: int = 0
) -> int | None:
    """Return the answers per wave with which a true difference is found four times in five; None for no difference.

    ``(s1^2 + s2^2) (z + z_power)^2 / d^2 - added``, rounded up, for a power of 0.80: the usual formula for two
    independent means (Fleiss 1981; MeasuringU, "Sample size for comparing two NPS").
    """
    if difference == 0:
        return None
    spread = (z_value(confidence) + NormalDist().inv_cdf(POWER)) ** 2
    return max(1, ceil(sum(variances) * spread / difference**2 - added))
