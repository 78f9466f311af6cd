"""A section's result beside that of an earlier period, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from loyalty.model.result import MetricResult, Period
from loyalty.pipeline.change import FigureChange


@dataclass(frozen=True)
class TooShort:
    """Data that begin too late to compare with a period: on the day ``begin``, and not by ``needed``."""

    begin: date
    needed: date


@dataclass(frozen=True)
class Comparison:
    """A result beside that of an earlier period.

    ``result`` is None where there is nothing to compare with; ``is_kept`` when it comes from the history and not from
    the exports. Where it was defined otherwise, ``redefined`` says in what, and there is no result.
    ``too_short`` says why the headline is not compared where that is because of when the data begin.
    """

    period: Period | None = None
    result: MetricResult | None = None
    changes: Mapping[str, FigureChange] = field(default_factory=dict)
    is_kept: bool = False
    redefined: tuple[str, ...] = ()
    too_short: TooShort | None = None
