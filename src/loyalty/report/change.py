"""Whether a figure changed since the period before, or only wobbled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from loyalty.model.result import Figure, MetricResult, Value
from loyalty.stats import net_promoter
from loyalty.stats.means import Estimate, difference_of_means
from loyalty.stats.net_promoter import Recommendations
from loyalty.stats.proportions import Change as Tested
from loyalty.stats.proportions import newcombe


@dataclass(frozen=True)
class FigureChange:
    """A figure now and in the period before; ``detectable`` is None where no test applies."""

    figure: Figure
    before: Figure
    difference: float
    low: float | None = None
    high: float | None = None
    detectable: bool | None = None


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
        )
    return found


def _tested(figure: Figure, before: Figure, result: MetricResult, earlier: MetricResult) -> Tested | None:
    confidence = figure.confidence or 0.95
    if figure.unit == "points":
        waves = (_recommendations(earlier), _recommendations(result))
        return net_promoter.change(waves[0], waves[1], confidence) if waves[0] and waves[1] else None
    parts = (before.numerator, before.denominator, figure.numerator, figure.denominator)
    if figure.unit == "share" and all(isinstance(part, int) for part in parts):
        x1, n1, x2, n2 = (int(str(part)) for part in parts)
        return newcombe(x1, n1, x2, n2, confidence)
    if figure.unit == "score":
        return difference_of_means(_mean(before), _mean(figure), confidence)
    return None


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
