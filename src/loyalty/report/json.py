"""The report for programs: this period, the one before and the changes, each result as in ``--format json``.

Texts are English whatever the reader's language; a trend over periods is one more table of its result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from loyalty.model.result import Period, ResultTable
from loyalty.render.json import document, pretty
from loyalty.render.machine import Json, to_json
from loyalty.report.build import Report, Section


def render(report: Report, lang: str) -> str:
    """Return the report as one JSON document; the reader's language does not matter.

    Raises:
        ValueError: a figure is NaN or infinite; unknown is None.
    """
    whole = document(
        [
            replace(section.result, tables=(*section.result.tables, *_trend(section)))
            for section in report.sections
            if section.result is not None
        ]
    )
    results = whole.pop("results")
    whole["report"] = _report(report)
    whole["results"] = results
    whole["earlier"] = document(list(report.earlier.values()))["results"]
    whole["year_before"] = document(
        [section.year_ago.result for section in report.sections if section.year_ago.result is not None]
    )["results"]
    whole["changes"] = [change for section in report.sections for change in _changes(section)]
    return pretty(whole) + "\n"


def _trend(section: Section) -> tuple[ResultTable, ...]:
    return () if section.trend is None else (section.trend,)


def _report(report: Report) -> dict[str, Json]:
    return {
        "title": report.title,
        "period": _period(report.period),
        "previous": _period(report.previous),
        "as_of": report.as_of.isoformat(),
        "config_digest": report.digest,
        "absent": list(report.absent),
        "broken": [
            {"source": str(kind), "slug": problem.slug, "message": str(problem)}
            for kind, problem in report.broken.items()
        ],
        "partial": {
            section.metric: {"data_end": section.data_end.isoformat()}
            for section in report.sections
            if section.data_end is not None
        },
        "redefined": [each for section in report.sections for each in _redefined(section)],
        "failed": [
            {"metric": section.metric, "slug": section.problem.slug, "message": str(section.problem)}
            for section in report.sections
            if section.problem is not None
        ],
    }


def _period(period: Period) -> dict[str, Json]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "label": period.label,
        "partial": period.partial,
    }


def _changes(section: Section) -> Iterator[dict[str, Json]]:
    for against, compared in (("previous", section.before), ("year_before", section.year_ago)):
        for name, change in compared.changes.items():
            yield {
                "metric": section.metric,
                "figure": name,
                "against": against,
                "from": "history" if compared.is_kept else "data",
                "before": to_json(change.before.value),
                "now": to_json(change.figure.value),
                "difference": change.difference,
                "low": change.low,
                "high": change.high,
                "detectable": change.detectable,
            }


def _redefined(section: Section) -> Iterator[dict[str, Json]]:
    for against, compared in (("previous", section.before), ("year_before", section.year_ago)):
        if compared.redefined:
            yield {"metric": section.metric, "against": against, "changed": list(compared.redefined)}
