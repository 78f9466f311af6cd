"""What outstanding points are worth: those still to be redeemed, and all of them at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from loyalty.derive.points.flows import Flows
from loyalty.derive.points.vintages import Quarter
from loyalty.model.result import Figure
from loyalty.stats.breakage import expected_points, ultimate_redemption
from loyalty.stats.ratio import ratio

NO_POINTS = Decimal(0)


def redemption_figures(found: Sequence[Quarter], unknown: str | None) -> tuple[Figure, Figure]:
    """Return the ultimate redemption rate and breakage; ``unknown`` says why vintages do not tell them, if so."""
    names = ("ultimate_redemption_rate", "breakage")
    redeemed, issued = ultimate_redemption(each.vintage for each in found if each.matured)
    rate = None if unknown else ratio(redeemed, issued)
    if rate is None:
        reason = unknown or "no_matured_vintage"
        return Figure.undefined(names[0], "share", reason), Figure.undefined(names[1], "share", reason)
    # Points are no cases: nothing is tested on them, and so these are no integers.
    return (
        Figure(names[0], rate, "share", numerator=redeemed, denominator=issued),
        Figure(names[1], 1 - rate, "share", numerator=issued - redeemed, denominator=issued),
    )


def expected_figure(
    ultimate: Figure, so_far: Flows, outstanding: Figure, own_share: float | None, lapsed: Decimal = NO_POINTS
) -> Figure:
    """Return the outstanding points that are expected to be redeemed still.

    ``lapsed`` of the outstanding ones are past their day; ``own_share`` is of the others and replaces what vintages
    tell.
    """
    left = outstanding.value
    if not isinstance(left, (int, Decimal)):
        return _like("expected_points", "count", outstanding)
    alive = Decimal(left) - lapsed
    if own_share is not None:
        return Figure("expected_points", own_share * max(0.0, float(alive)), "count")
    if not isinstance(ultimate.value, float):
        return _like("expected_points", "count", ultimate)
    points = expected_points(ultimate.value, so_far.issued_net, so_far.redeemed, alive)
    return Figure("expected_points", points, "count")


def money_figures(expected: Figure, outstanding: Figure, value: float | None, unit: str) -> Iterator[Figure]:
    """Yield what those points and all outstanding ones are worth, where it is said what a point is."""
    if value is None:
        return
    if isinstance(expected.value, float):
        yield Figure("points_liability", expected.value * value, unit)
    else:
        yield _like("points_liability", unit, expected)
    left = outstanding.value
    if isinstance(left, (int, Decimal)):
        yield Figure("maximum_exposure", max(Decimal(0), left * Decimal(str(value))), unit)
    else:
        yield _like("maximum_exposure", unit, outstanding)


def _like(name: str, unit: str, figure: Figure) -> Figure:
    """Return a figure without a value, for the reason that another one has none."""
    return Figure(name, None, unit, status=figure.status, reason=figure.reason)
