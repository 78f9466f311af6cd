"""Where the earlier figures come from: the exports as far as they reach back, else the history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.period import previous, year_before
from loyalty.model.result import MetricResult, Period, Status
from loyalty.pipeline import Gathered, before, measure
from loyalty.pipeline.change import changes
from loyalty.report.comparison import Comparison, TooShort
from loyalty.report.history import Definition, History, Kept, redefined
from loyalty.report.people import impersonal

OF_EACH = frozenset({"points", "score", "share"})
"""Units of figures that say something of each case, however many there are."""
NO_MEMORY = timedelta(0)
MEMORY = {Kind.ORDERS: timedelta(days=365)}
"""How long before a period of the year before exports must begin: where they do, every customer looks new."""


@dataclass(frozen=True)
class Comparing:
    """All that is needed to look back at a metric; ``defined`` is what its figures depend on beside the rows."""

    gathered: Gathered
    metric: Metric
    options: Any
    history: History
    defined: Definition

    def with_previous(self, result: MetricResult) -> Comparison:
        """Return the comparison with the period before the report's."""
        earlier = previous(self.period)
        reaches = self._reaches_back_to(earlier)
        # Exports that begin within the period before would make a rise of it, where the history knows better.
        kept = None if reaches else self.history.of(self.metric.name, earlier)
        measured = before(self.gathered, self.metric, self.options) if kept is None else None
        return self._compared(result, earlier, measured)

    def with_year_ago(self, result: MetricResult) -> Comparison:
        """Return the comparison with the same period of the year before."""
        earlier = year_before(self.period)
        if earlier is None:
            return Comparison()
        measured = None
        memory = MEMORY.get(self.metric.source, NO_MEMORY)
        remembers = self._reaches_back_to(earlier, memory)
        tells_some = bool(self.metric.without_past) and self._reaches_back_to(earlier)
        has_answers = self._has_answers_of(earlier, result)
        if (remembers or tells_some or has_answers) and self._looks_back(result):
            # What other sources add is told of the period before; here it would cost the time of that once more.
            alone = self.metric if self.metric.stands_on_joins else replace(self.metric, joins=())
            measured = measure(self.gathered, alone, self.metric.in_brief(self.options), earlier)[0]
        found = self._compared(result, earlier, measured)
        if measured is not None and not remembers and not found.is_kept:
            found = _without_past(found, self.metric.without_past) if tells_some else _of_each(found)
        first_day = self.gathered.total[self.metric.source].first_day
        is_compared = result.headline.name in found.changes or not self._looks_back(result)
        if first_day is None or remembers or is_compared:
            return found
        return replace(found, too_short=TooShort(first_day, earlier.start - memory))

    def usable(self, kept: Kept) -> bool:
        """Return whether kept figures mean the same as those of today."""
        return not redefined(self.defined, kept.definition)

    @property
    def period(self) -> Period:
        """The period of the report."""
        assert self.gathered.scope.period is not None
        return self.gathered.scope.period

    def _compared(self, result: MetricResult, earlier: Period, measured: MetricResult | None) -> Comparison:
        if not self._looks_back(result):
            return Comparison(earlier)
        if measured is not None and measured.headline.status is Status.OK:
            return _beside(result, earlier, measured)
        kept = self.history.of(self.metric.name, earlier)
        if kept is not None and self.usable(kept):
            return replace(_beside(result, earlier, kept.result), is_kept=True)
        if measured is not None:
            return _beside(result, earlier, measured)
        return Comparison(earlier, redefined=redefined(self.defined, kept.definition) if kept else ())

    def _looks_back(self, result: MetricResult) -> bool:
        """Return whether comparing says anything: not of a period that is not over, nor of typed counts of one."""
        about_one = self.metric.one_period is not None and self.metric.one_period(self.options)
        is_partial = self.period.partial or (result.period is not None and result.period.partial)
        return not about_one and not is_partial

    def _has_answers_of(self, period: Period, result: MetricResult) -> bool:
        """Return whether a share or mean of answers can be told of a period that the answers begin in.

        Each stands for itself, and their number says how far they go; a count would be too low.
        """
        first_day = self.gathered.total[self.metric.source].first_day
        of_answers = self.metric.source is Kind.SURVEYS and result.headline.unit in OF_EACH
        return of_answers and first_day is not None and first_day < period.end

    def _reaches_back_to(self, period: Period, memory: timedelta = NO_MEMORY) -> bool:
        first_day = self.gathered.total[self.metric.source].first_day
        return first_day is not None and first_day <= period.start - memory


def _beside(result: MetricResult, period: Period, earlier: MetricResult) -> Comparison:
    return Comparison(period, impersonal(earlier), changes(result, earlier))


def _of_each(found: Comparison) -> Comparison:
    """Return the comparison of what each answer says, not of how many there were."""
    told = {name: change for name, change in found.changes.items() if change.figure.unit in OF_EACH}
    return replace(found, changes=told)


def _without_past(found: Comparison, names: frozenset[str]) -> Comparison:
    """Return the comparison of these figures, and nothing else of the earlier result."""
    told = {name: change for name, change in found.changes.items() if name in names}
    figures = tuple(change.before for change in told.values())
    kept = replace(found.result, figures=figures, tables=(), notes=()) if found.result and figures else None
    return replace(found, result=kept, changes=told)
