"""Alert rules: ``nps < 30``, ``ccr_opening > 4.5%``, ``nps.delta <= -5``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping
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
_NAME = r"(?:([a-z][a-z0-9-]*)\.)?([a-z][a-z0-9_]*)(\.delta)?"
_RULE = re.compile(rf"\s*{_NAME}\s*(<=|>=|==|!=|<|>)\s*([-+]?\d+(?:\.\d+)?)\s*(%?)\s*", re.IGNORECASE)

WANTED = "a figure, a comparison and a number: nps < 30, ccr_opening > 4.5% or nps.delta <= -5"
SHOWN = 30
"""Of so many figures a message lists all; a whole report has some two hundred."""


@dataclass(frozen=True)
class Alert:
    """A rule that fired, and the value that made it fire; None: there was no value, and silence is not health."""

    rule: Rule
    value: float | None


@dataclass(frozen=True)
class Rule:
    """One rule: the figure (or its change against the period before), a comparison and a threshold."""

    text: str
    metric: str | None
    """Named where several metrics of a report have a figure of that name: ``repeat.customers``."""
    figure: str
    delta: bool
    comparison: str
    threshold: float
    percent: bool
    said: str = "--fail-if"
    """Where the rule was written, as messages call it."""

    def alert(
        self,
        results: Iterable[MetricResult],
        earlier: Mapping[str, MetricResult],
        shown: Mapping[tuple[str, str], float | None] | None = None,
    ) -> Alert | None:
        """Return the alert, if the rule fires; a figure without a value fires too.

        ``earlier`` holds the results of the period before by metric. Where no period was asked for, ``shown`` holds the
        changes that the results show by themselves, by metric and figure.

        Raises:
            RuleError: no result has the figure, several have it, or the threshold cannot be meant for its unit.
        """
        metric, figure = self._find([result for result in results if not result.group])
        self._check_unit(figure)
        value = _number(figure)
        if self.delta and shown is not None:
            value = self._shown(metric, shown)
        elif self.delta:
            before = earlier[metric].figure(self.figure) if metric in earlier else None
            past = _number(before) if before is not None else None
            value = value - past if value is not None and past is not None else None
        fires = value is None or OPERATORS[self.comparison](value, self.limit(figure.unit))
        return Alert(self, value) if fires else None

    def _shown(self, metric: str, shown: Mapping[tuple[str, str], float | None]) -> float | None:
        """Return the change that is shown of the figure.

        Raises:
            RuleError: none is.
        """
        if (metric, self.figure) in shown:
            return shown[metric, self.figure]
        others = [name for of, name in shown if of == metric]
        raise RuleError(
            f"{self.said} {self.text!r}: a change needs a period to compare with the one before",
            hint="Add --period, for instance --period last-month."
            + (f" Without it the change shown is that of {', '.join(others)}." if others else ""),
        )

    def limit(self, unit: str) -> float:
        """Return the threshold in the figure's unit: ``4.5%`` of a share is 0.045."""
        return self.threshold / 100 if self.percent and unit == "share" else self.threshold

    def check_names(self, metrics: Collection[str], figures: Collection[str]) -> Rule:
        """Return the rule, if there are its metric and its figure; whether a run has them is seen when it is over.

        ``metrics`` and ``figures`` are the names of all that there are.

        Raises:
            RuleError: one of them is none.
        """
        unknown = self._unknown(metrics, figures)
        if unknown is not None:
            raise RuleError(f"{self.said} {self.text!r} {unknown}")
        return self

    def _unknown(self, metrics: Collection[str], figures: Collection[str]) -> str | None:
        if self.metric is not None and self.metric not in metrics:
            advice = near(self.metric, metrics) or f"; metrics: {', '.join(metrics)}"
            return f"names no metric: there is no {self.metric!r}{advice}"
        if self.figure in figures:
            return None
        if self.figure in metrics:
            return f"names a metric and no figure of it; `loyalty explain {self.figure}` names them"
        advice = near(self.figure, figures) or "; `loyalty explain METRIC` names those of a metric"
        return f"names no figure: there is no {self.figure!r}{advice}"

    def _find(self, results: list[MetricResult]) -> tuple[str, Figure]:
        named = [result for result in results if self.metric in (None, result.metric)]
        found = [
            (result.metric, figure) for result in named if (figure := result.figure(self.figure)) is not None
        ]
        if not found:
            known = list(
                dict.fromkeys(figure.name for result in named or results for figure in result.figures)
            )
            listed = f"Figures of this run: {', '.join(known)}."
            raise RuleError(
                f"{self.said} {self.text!r}: no figure of {self.metric or 'this run'} is called "
                f"{self.figure!r}{near(self.figure, known)}",
                hint=listed
                if len(known) <= SHOWN
                else "`loyalty explain METRIC` names the figures of a metric.",
            )
        if len({figure.value for _, figure in found}) > 1:
            names = ", ".join(f"{metric}.{self.figure}" for metric, _ in found)
            raise RuleError(
                f"{self.said} {self.text!r}: several metrics have a figure {self.figure!r}",
                hint=f"Say which: {names}.",
            )
        return found[0]

    def _check_unit(self, figure: Figure) -> None:
        if self.percent and figure.unit == "points":
            raise RuleError(
                f"{self.said} {self.text!r}: {self.figure} is in points from -100 to +100; points have no per cent",
                hint=f"Write it without %: '{self.figure} {self.comparison} {self.threshold:g}'.",
            )
        if self.percent and figure.unit != "share":
            raise RuleError(
                f"{self.said} {self.text!r}: {self.figure} is no share, so a per cent of it means nothing",
                hint=f"Write it without %: '{self.figure} {self.comparison} {self.threshold:g}'.",
            )
        if figure.unit == "share" and not self.percent and abs(self.threshold) > 1:
            raise RuleError(
                f"{self.said} {self.text!r}: {self.figure} is a share from 0 to 1",
                hint=f"Write '{self.figure} {self.comparison} {self.threshold:g}%' or a number up to 1.",
            )


def parse_rule(text: str, said: str = "--fail-if") -> Rule:
    """Return the rule that ``text`` says; ``said`` is where, as messages call it.

    Raises:
        RuleError: it says none.
    """
    found = _RULE.fullmatch(text)
    if not found:
        raise RuleError(f"{said} {text!r} is not a rule", hint=f"Write {WANTED}.")
    metric, figure, delta = found[1] and found[1].lower(), found[2].lower(), found[3] is not None
    if metric is not None and figure == "delta" and not delta:
        figure, delta, metric = metric, True, None
    return Rule(text, metric, figure, delta, found[4], float(found[5]), found[6] == "%", said)


def _number(figure: Figure) -> float | None:
    value = figure.value
    return float(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else None
