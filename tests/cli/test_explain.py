"""``loyalty explain`` reads manuals without importing the metrics they are of."""

from __future__ import annotations

import json
from importlib.resources import files

from loyalty.cli.explain import KEPT, defaults
from loyalty.metrics.registry import METRICS
from tests.cli.running import Run


def test_the_kept_defaults_are_those_of_the_options() -> None:
    kept = json.loads((files("loyalty.cli") / KEPT).read_text(encoding="utf-8"))
    assert kept == {name: defaults(metric) for name, metric in METRICS.items()}, "run: make defaults"


def test_the_manual_and_the_defaults_are_shown() -> None:
    run = Run("explain", "at-risk")
    assert run.code == 0
    assert METRICS["at-risk"].manual.splitlines()[0] in run.out
    assert "--overdue 2.0" in run.out
