"""``loyalty explain``: a metric's manual is its module's docstring, with the defaults of its options.

Importing a metric takes longer than reading its manual, so the module is read and not imported, and the defaults are
kept in ``defaults.json`` beside this file (``make defaults`` writes it, a test compares). A metric that is not in it is
imported.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from importlib.resources import files
from inspect import cleandoc
from typing import TYPE_CHECKING

from loyalty.errors import UsageError, near
from loyalty.metrics.registry import METRICS, SUMMARIES, module_of
from loyalty.output import deliver

if TYPE_CHECKING:
    from loyalty.model.metric import Metric

KEPT = "defaults.json"


def run(name: str) -> None:
    """Print the manual of a metric.

    Raises:
        UsageError: there is no such metric.
    """
    if name not in SUMMARIES:
        raise UsageError(
            f"There is no metric {name!r}{near(name, SUMMARIES)}", hint=f"Metrics: {', '.join(SUMMARIES)}."
        )
    manual, options = _read(name)
    lines = [f"loyalty {name}", "", cleandoc(manual), "", "Defaults", *(f"    {line}" for line in options)]
    lines.append("    --tz Europe/Istanbul   Business time zone.")
    lines.append("    confidence 0.95   Of all intervals (in the configuration).")
    deliver("\n".join(lines) + "\n", None)


def defaults(metric: Metric) -> list[str]:
    """Return a line for each option: how it is typed, its default, and what it says."""
    lines = []
    for item in fields(metric.options):
        flag = item.metadata["flag"] or f"--{item.name.replace('_', '-')}"
        lines.append(f"{flag} {_shown(item.default)}   {item.metadata['help']}")
    return lines


def _read(name: str) -> tuple[str, Sequence[str]]:
    kept = json.loads((files("loyalty.cli") / KEPT).read_text(encoding="utf-8"))
    if name not in kept:
        return METRICS[name].manual, defaults(METRICS[name])
    source = (files("loyalty.metrics") / f"{module_of(name)}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source), clean=False) or "", kept[name]


def _shown(default: object) -> str:
    if default is None:
        return "(none)"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default.value if isinstance(default, Enum) else default)
