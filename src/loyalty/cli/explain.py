"""``loyalty explain``: a metric's manual is its module's docstring, with the defaults of its options."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from inspect import cleandoc

from loyalty.errors import UsageError, near
from loyalty.metrics.registry import METRICS
from loyalty.output import deliver


def run(name: str) -> None:
    """Print the manual of a metric.

    Raises:
        UsageError: there is no such metric.
    """
    if name not in METRICS:
        raise UsageError(
            f"There is no metric {name!r}{near(name, METRICS)}", hint=f"Metrics: {', '.join(METRICS)}."
        )
    metric = METRICS[name]
    lines = [f"loyalty {name}", "", cleandoc(metric.manual), "", "Defaults"]
    for item in fields(metric.options):
        flag = item.metadata["flag"] or f"--{item.name.replace('_', '-')}"
        lines.append(f"    {flag} {_shown(item.default)}   {item.metadata['help']}")
    lines.append("    --tz Europe/Istanbul   Business time zone.")
    lines.append("    confidence 0.95   Of all intervals (in the configuration).")
    deliver("\n".join(lines) + "\n", None)


def _shown(default: object) -> str:
    if default is None:
        return "(none)"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default.value if isinstance(default, Enum) else default)
