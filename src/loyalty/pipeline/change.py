"""Whether a figure changed since the period before, or only wobbled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from loyalty.model.result import Figure, MetricResult, Value
from loyalty.stats import net_promoter
from loyalty.stats.means import Estimate, difference_of_means
from loyalty.stats.net_promoter import Recommendations
from loyalty.stats.proportions import Change as Tested
from loyalty.stats.proportions import newcombe, z_value
from loyalty.stats.sample_size import to_detect


@dataclass(frozen=True)
class FigureChange:
    """A figure now and in the period before; ``detectable`` is None where no test applies.

    ``needed`` is about how many cases each period would need for a difference of this size to be found.
    """

    figure: Figure
    before: Figure
    difference: float
    low: float | None = None
    high: float | None = None
    detectable: bool | None = None
    p_value: float | None = None
    needed: int | None = None


def changes(result: MetricResult, earlier: MetricResult) -> dict[str, FigureChange]:
    """Return the change of every figure that has a value in both periods, by figure name."""
    found = {}
    for figure in result.figures:
        before = earlier.figure(figure.name)
        now, past = _number(figure.value), _number(before.value) if before else None
        if before is None or now is None or past is None or figure.unit != before.unit:
            continue
        tested = _tested(figure, before, result, earlier)
        found[figure.name] = FigureChange(
            figure,
            before,
            now - past,
            low=tested.low if tested else None,
            high=tested.high if tested else None,
            detectable=tested.detectable if tested else None,
            p_value=tested.p_value if tested else None,
            needed=_needed(figure, before, now - past) if tested else None,
        )
    return found


def _tested(figure: Figure, before: Figure, result: MetricResult, earlier: MetricResult) -> Tested | None:
    confidence = figure.confidence or 0.95
    if figure.unit == "points":
        waves = (_recommendations(earlier), _recommendations(result))
        if waves[0] and waves[1]:
            return net_promoter.change(waves[0], waves[1], confidence)
    parts = (before.numerator, before.denominator, figure.numerator, figure.denominator)
    if figure.unit == "share" and all(isinstance(part, int) for part in parts):
        x1, n1, x2, n2 = (int(str(part)) for part in parts)
        return newcombe(x1, n1, x2, n2, confidence)
    if figure.unit in ("score", "points"):
        return difference_of_means(_mean(before), _mean(figure), confidence)
    return None


def _needed(figure: Figure, before: Figure, difference: float) -> int | None:
    spreads = (_variance(figure), _variance(before))
    if spreads[0] is None or spreads[1] is None:
        return None
    return to_detect(difference, (spreads[0], spreads[1]), figure.confidence or 0.95)


def _variance(figure: Figure) -> float | None:
    """Return the variance of one case: of a share its own, else taken back from the width of the interval."""
    value = _number(figure.value)
    if figure.unit == "share":
        return None if value is None else value * (1 - value)
    if figure.n is None or figure.low is None or figure.high is None:
        return None
    error = (figure.high - figure.low) / (2 * z_value(figure.confidence or 0.95))
    return figure.n * error**2


def _mean(figure: Figure) -> Estimate | None:
    value = _number(figure.value)
    if value is None or figure.low is None or figure.high is None:
        return None
    return Estimate(value, figure.low, figure.high)


def _recommendations(result: MetricResult) -> Recommendations | None:
    counts = [result.figure(name) for name in ("promoters", "passives", "detractors")]
    values = [figure.value for figure in counts if figure is not None and isinstance(figure.value, int)]
    if len(values) != 3:
        return None
    worth = result.figure("answers_effective")
    shares = [result.figure(name) for name in ("promoter_share", "detractor_share")]
    if worth is None:
        return Recommendations(*values)
    n = _number(worth.value)
    up, down = (_number(share.value) if share else None for share in shares)
    if n is None or up is None or down is None:
        return None
    # Weighted answers say as much as so many of equal weight.
    return Recommendations(n * up, n * (1 - up - down), n * down)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else None
