"""The stations in order: read the exports, derive the facts in one pass, let every metric compute.

Two lines give the figures of a command; :func:`before` adds those of the period before::

    gathered = gather([(METRICS["nps"], NpsOptions())], {Kind.SURVEYS: Source(("surveys.csv",))}, Selection())
    results = measure(gathered, METRICS["nps"], NpsOptions())
"""

from __future__ import annotations

from loyalty.pipeline.earlier import before, before_each
from loyalty.pipeline.gathering import Gathered, Selection, days, gather
from loyalty.pipeline.measuring import measure
from loyalty.pipeline.rejected import rejects
from loyalty.pipeline.requested import Request

__all__ = [
    "Gathered",
    "Request",
    "Selection",
    "before",
    "before_each",
    "days",
    "gather",
    "measure",
    "rejects",
]
