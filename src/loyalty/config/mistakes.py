"""Says what is wrong in a configuration file: the line, the key, what was found, what may stand there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from loyalty.config.yaml_nodes import Document, Where
from loyalty.errors import near

NUMBER = "a number"
WHOLE_NUMBER = "a whole number"
TEXT = "text"
BLOCK = "a block of keys"
LIST = "a list"
EXPECTED = {
    "int_type": WHOLE_NUMBER,
    "float_type": NUMBER,
    "finite_number": "a finite number",
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "bool_type": "true or false",
    "string_type": TEXT,
    "date_type": "a day such as 2026-10-31",
    "date_parsing": "a day such as 2026-10-31",
    "date_from_datetime_parsing": "a day such as 2026-10-31",
    "date_from_datetime_inexact": "a day such as 2026-10-31",
    "tuple_type": LIST,
    "list_type": LIST,
    "set_type": LIST,
    "frozen_set_type": LIST,
    "dict_type": BLOCK,
    "model_type": BLOCK,
    "model_attributes_type": BLOCK,
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
    "literal_error": "one of {choices}",
    "enum": "one of {choices}",
}
"""Pydantic's kinds of error, in words that follow "must be"."""


def mistakes(
    error: ValidationError, document: Document, schema: Mapping[str, Any]
) -> Iterator[tuple[int, str]]:
    """Yield line and message of each mistake; ``schema`` is the JSON Schema that knows the right keys."""
    at_one_place: dict[Where, list[ErrorDetails]] = {}
    for detail in error.errors():
        at_one_place.setdefault(_place(detail, document.content), []).append(detail)
    for where, details in at_one_place.items():
        # A value that one member of a union nearly fits has its mistakes further in; that it does not fit the
        # other members is no news.
        if not any(len(other) > len(where) and other[: len(where)] == where for other in at_one_place):
            line = document.lines[where] if where in document.lines else document.lines[where[:-1]]
            yield line, _message(where, details, document.content, schema)


def _message(where: Where, details: Sequence[ErrorDetails], content: Any, schema: Mapping[str, Any]) -> str:
    name = ".".join(str(step) for step in where)
    kinds = {detail["type"] for detail in details}
    if "missing" in kinds:
        return f'"{name}" is required'
    if "extra_forbidden" in kinds:
        return _unknown_key(where, schema)
    for detail in details:
        if detail["loc"][-1] == "[key]":
            place, _, key = name.rpartition(".")
            return f'{place}: unknown key "{key}"{detail["ctx"]["error"]}'
    return f"{name}: {_wrong_value(where, _at(content, where), details)}"


def _place(detail: ErrorDetails, content: Any) -> Where:
    """Return the steps that the file has; the others are pydantic's names for the members of a union."""
    where: Where = ()
    for step in detail["loc"]:
        inside = _inside(content)
        if step in inside:
            where = (*where, step)
            content = inside[step]
    return (*where, detail["loc"][-1]) if detail["type"] == "missing" else where


def _inside(content: Any) -> Mapping[str | int, Any]:
    if isinstance(content, list):
        return dict(enumerate(content))
    return content if isinstance(content, dict) else {}


def _at(content: Any, where: Where) -> Any:
    for step in where:
        content = content[step]
    return content


def _unknown_key(where: Where, schema: Mapping[str, Any]) -> str:
    *parents, key = where
    known = _known_keys(schema, schema, parents)
    place = ".".join(str(step) for step in parents)
    advice = near(str(key), known) or f"; known here: {', '.join(known)}"
    return f'{place}{": " if place else ""}unknown key "{key}"{advice}'


def _known_keys(node: Mapping[str, Any], schema: Mapping[str, Any], path: Sequence[str | int]) -> list[str]:
    """Return the keys that may stand at ``path``, looking into every member of a union."""
    if reference := node.get("$ref"):
        return _known_keys(schema["$defs"][reference.removeprefix("#/$defs/")], schema, path)
    members = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    found = [key for member in members for key in _known_keys(member, schema, path)]
    properties = node.get("properties", {})
    if not path:
        return [*found, *properties]
    if path[0] in properties:
        return [*found, *_known_keys(properties[path[0]], schema, path[1:])]
    return found


def _wrong_value(where: Where, value: Any, details: Sequence[ErrorDetails]) -> str:
    if value is None:
        return _empty(where)
    for detail in details:
        if detail["type"] == "value_error":
            return _about(value, str(detail["ctx"]["error"]))
        if detail["type"] in {"string_too_short", "too_short"}:
            return "must not be empty"
    choices = _choices(details[0])
    if len(details) == 1 and isinstance(value, str) and choices:
        return f"{value!r} is not one of {', '.join(choices)}{near(value, choices)}"
    return _wrong_type(value, list(dict.fromkeys(_wanted(detail) for detail in details)))


def _empty(where: Where) -> str:
    if "map" in where:
        return 'is empty; a position has to be in quotes, "#3", because # begins a comment'
    return "is empty; write a value or remove the line"


def _wrong_type(value: Any, wanted: Sequence[str]) -> str:
    said = f"must be {_either(wanted)}"
    if isinstance(value, dict | list):
        return f"{said}, not {BLOCK if isinstance(value, dict) else LIST}"
    return _about(value, said) + _advice(value, wanted)


def _either(wanted: Sequence[str]) -> str:
    *first, last = wanted
    return f"{', '.join(first)} or {last}" if first else last


def _wanted(detail: ErrorDetails) -> str:
    words = EXPECTED.get(detail["type"])
    if words is None:
        return f"different: {detail['msg']}"
    choices = _choices(detail)
    if len(choices) == 1:
        return f'"{choices[0]}"'
    return words.format(**{"choices": ", ".join(choices), **detail.get("ctx", {})})


def _choices(detail: ErrorDetails) -> list[str]:
    if detail["type"] not in {"literal_error", "enum"}:
        return []
    return re.findall(r"'([^']*)'", detail["ctx"]["expected"])


def _about(value: Any, said: str) -> str:
    if isinstance(value, dict | list):
        return said
    return f"{value!r} {said}" if isinstance(value, str) else f"{json.dumps(value)} {said}"


def _advice(value: Any, wanted: Sequence[str]) -> str:
    if TEXT in wanted and isinstance(value, int | float):
        return f'; put it in quotes: "{json.dumps(value)}"'
    if NUMBER in wanted and isinstance(value, str):
        if re.fullmatch(r"\d{1,9}\.?\d{0,9}", value):
            return "; take it out of the quotes"
        if re.fullmatch(r"\d{1,9},\d{1,9}", value):
            return f"; write {value.replace(',', '.')}"
        if share := re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,3})?) ?%|%(\d{1,3}(?:[.,]\d{1,3})?)", value):
            percent = Decimal((share[1] or share[2]).replace(",", "."))
            return f"; write {(percent / 100).normalize():f}"
    return ""
