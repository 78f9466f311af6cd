"""NDJSON for log collectors and ``jq``: one figure a line, with all it needs to stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.model.result import MetricResult
from loyalty.render.json import figure_json, line
from loyalty.render.look import Look
from loyalty.render.machine import to_json
from loyalty.render.voice import Voice


def render(results: Sequence[MetricResult], look: Look) -> str:
    """Return a line of JSON for each figure of each result."""
    english = Voice(Look())
    return "".join(
        line(
            {
                "metric": result.metric,
                "variant": result.variant,
                "start": to_json(result.period.start if result.period else None),
                "end": to_json(result.period.end if result.period else None),
                "as_of": to_json(result.as_of),
                "group": to_json(result.group),
                **figure_json(figure, english),
            }
        )
        + "\n"
        for result in results
        for figure in result.figures
    )
