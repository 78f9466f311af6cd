"""Alert rules: ``nps < 30``, ``ccr_opening > 4.5%``, ``nps.delta <= -5``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from loyalty.errors import RuleError, near
from loyalty.model.result import Figure, MetricResult

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_RULE = re.compile(
    r"\s*([a-z][a-z0-9_]*)(\.delta)?\s*(<=|>=|==|!=|<|>)\s*([-+]?\d+(?:\.\d+)?)\s*(%?)\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Rule:
    """One rule: the figure (or its change against the period before), a comparison and a threshold."""

    text: str
    figure: str
    delta: bool
    comparison: str
    threshold: float
    percent: bool

    def fires(self, results: Iterable[MetricResult], earlier: Mapping[str, MetricResult]) -> bool:
        """Return whether the rule fires; a figure without a value fires too, because silence is not health.

        ``earlier`` holds the results of the period before by metric.

        Raises:
            RuleError: no result has the figure, or the threshold cannot be meant for its unit.
        """
        metric, figure = self._find(list(results))
        self._check_unit(figure)
        value = _number(figure)
        if self.delta:
            before = earlier[metric].figure(self.figure) if metric in earlier else None
            past = _number(before) if before is not None else None
            value = value - past if value is not None and past is not None else None
        return value is None or OPERATORS[self.comparison](value, self.limit(figure.unit))

    def limit(self, unit: str) -> float:
        """Return the threshold in the figure's unit: ``4.5%`` of a share is 0.045."""
        return self.threshold / 100 if self.percent and unit == "share" else self.threshold

    def _find(self, results: list[MetricResult]) -> tuple[str, Figure]:
        for result in results:
            figure = result.figure(self.figure)
            if figure is not None and not result.group:
                return result.metric, figure
        known = [figure.name for result in results for figure in result.figures]
        raise RuleError(
            f"--fail-if {self.text!r}: no figure is called {self.figure!r}{near(self.figure, known)}",
            hint=f"Figures of this run: {', '.join(dict.fromkeys(known))}.",
        )

    def _check_unit(self, figure: Figure) -> None:
        if self.percent and figure.unit != "share":
            raise RuleError(
                f"--fail-if {self.text!r}: {self.figure} is no share, so a per cent of it means nothing",
                hint=f"Write it without %: '{self.figure} {self.comparison} {self.threshold:g}'.",
            )
        if figure.unit == "share" and not self.percent and abs(self.threshold) > 1:
            raise RuleError(
                f"--fail-if {self.text!r}: {self.figure} is a share from 0 to 1",
                hint=f"Write '{self.figure} {self.comparison} {self.threshold:g}%' or a number up to 1.",
            )


def parse_rule(text: str) -> Rule:
    """Return the rule that ``text`` says.

    Raises:
        RuleError: it says none.
    """
    found = _RULE.fullmatch(text)
    if not found:
        raise RuleError(
            f"--fail-if {text!r} is not a rule",
            hint="Write a figure, a comparison and a number: --fail-if 'nps < 30', 'ccr_opening > 4.5%' or "
            "'nps.delta <= -5'.",
        )
    return Rule(text, found[1].lower(), found[2] is not None, found[3], float(found[4]), found[5] == "%")


def _number(figure: Figure) -> float | None:
    value = figure.value
    return float(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else None
