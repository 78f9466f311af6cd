"""``LOYALTY_FORMAT`` is read by all commands, and they have different formats: each passes over those of the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer


def for_result(ctx: typer.Context, parameter: Any, value: str | None) -> str | None:
    """Return the format that was named, in small letters, unless the environment names one of files or reports."""
    value = value and value.lower()
    if value is None or not _is_from_environment(ctx, parameter):
        return value
    from loyalty.render import FORMATS

    names = _names([value])
    # Several are always those of a report: a result has one.
    is_ours = len(names) == 1 and names[0] in FORMATS
    return None if names and not is_ours and _are_known(names) else value


def for_report(ctx: typer.Context, parameter: Any, value: list[str] | None) -> list[str] | None:
    """Return the formats that were named, without those that the environment names for commands of metrics."""
    if not value or not _is_from_environment(ctx, parameter):
        return value
    from loyalty.report.formats import FORMATS

    return [name for name in _names(value) if name in FORMATS or not _are_known([name])]


def _is_from_environment(ctx: typer.Context, parameter: Any) -> bool:
    return getattr(ctx.get_parameter_source(parameter.name), "name", "") == "ENVIRONMENT"


def _names(texts: Iterable[str]) -> list[str]:
    return [name.strip().lower() for text in texts for name in text.split(",") if name.strip()]


def _are_known(names: Iterable[str]) -> bool:
    from loyalty.render import BINARY, FORMATS
    from loyalty.report.formats import FORMATS as OF_REPORT

    return set(names) <= {*FORMATS, *BINARY, *OF_REPORT}
