"""Values for programs: full precision, never localised, never rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from loyalty.model.result import Told
from loyalty.render.look import Look

if TYPE_CHECKING:
    from loyalty.render.voice import Voice

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


def to_json(value: Any) -> Json:
    """Return a value as JSON knows it: money and shares are numbers, days are ISO dates, unknown is null.

    Raises:
        TypeError: a value of a kind that results never carry.
    """
    found: Json
    match value:
        case Enum():
            found = to_json(value.value)
        case Told():
            found = sentence(value)
        case None | bool() | int() | float() | str():
            found = value
        case Decimal():
            # A float prints its shortest form, 678.1900 as 678.19; readers of JSON hold floats anyway.
            found = int(value) if value == value.to_integral_value() else float(value)
        case date():
            found = value.isoformat()
        case PurePath():
            found = str(value)
        case Mapping():
            found = {str(key): to_json(item) for key, item in value.items()}
        case frozenset() | set():
            found = [to_json(item) for item in sorted(value)]
        case Sequence():
            found = [to_json(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} is nothing a result carries: {value!r}")
    return found


def sentence(told: Told) -> str:
    """Return what a value says in a sentence, in English as all that programs read."""
    return _english().say(told)


@cache
def _english() -> Voice:
    from loyalty.render.voice import Voice  # noqa: PLC0415  # brings the reader's numbers, which few values need

    return Voice(Look(lang="en"))


def to_cell(value: Any) -> str:
    """Return a value as a CSV cell: ``true``, ``678.19``, ``2026-10-31``, or nothing for unknown."""
    if isinstance(value, Decimal):
        # Not by way of a float, which has fifteen digits: money is exact to the end.
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
    match to_json(value):
        case None:
            return ""
        case bool(flag):
            return "true" if flag else "false"
        case float(number):
            return repr(number)
        case other:
            return str(other)


def group_text(group: Mapping[str, str | None]) -> str:
    """Return which group a result is about: ``channel=web``; an empty text is the total."""
    return "; ".join(f"{column}={value or ''}" for column, value in group.items())
