"""Shared fixtures: the worked examples, and metrics computed from canonical tables made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from loyalty.cli import one_thread
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from loyalty.model.tables import Mentions, Orders, Points, Surveys, Tickets

# Before numpy is imported, as the command does it.
one_thread()
# A busy machine is no failure.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    """The worked examples of the domain by id, with ``@dataset`` references resolved."""
    content = json.loads((HERE / "examples.json").read_text(encoding="utf-8"))
    resolved = {}
    for example in content["examples"]:
        inputs = {
            name: content["datasets"][value[1:]]
            if isinstance(value, str) and value.startswith("@")
            else value
            for name, value in example["inputs"].items()
        }
        resolved[example["id"]] = {**example, "inputs": inputs}
    return resolved


@pytest.fixture
def compute(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[MetricResult]]:
    """Compute a metric from a canonical table: ``compute("repeat", orders, as_of="2024-07-01", period=…)``."""
    from loyalty import pipeline
    from loyalty.ingest.source import Source
    from loyalty.metrics.registry import METRICS
    from loyalty.pipeline import gathering

    def run(
        name: str,
        table: Orders | Surveys | Mentions | Points | Tickets,
        *,
        as_of: str | None = None,
        period: str | None = None,
        **options: Any,
    ) -> list[MetricResult]:
        metric = METRICS[name]
        chosen = metric.options(**options)
        monkeypatch.setattr(gathering, "read", lambda kind, source, by: table)
        selection = pipeline.Selection(
            as_of=date.fromisoformat(as_of) if as_of else None, period=period, by=table.by
        )
        gathered = pipeline.gather(
            [(metric, chosen)], {Kind(metric.source): Source(("made.csv",))}, selection
        )
        return pipeline.measure(gathered, metric, chosen)

    return run
