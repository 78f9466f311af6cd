"""What went wrong, told to who writes a configuration: problems are worded for the command of a metric, by options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar

from loyalty.config.model import OrdersExport
from loyalty.errors import LoyaltyError
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind

Problem = TypeVar("Problem", bound=LoyaltyError)

PAIR = r"--map (\w+)=('[^']*'|[^\s,;)]*[^\s,;).])"
PAIRS = re.compile(rf"{PAIR}(?: {PAIR})*")
PLACE = re.compile(r"=?(#\d+)\b")
OPTION = re.compile(r"(?<![\w./-])--([a-z][a-z-]*):?(?![\w-])")


def of_source(problem: Problem, kind: Kind) -> Problem:
    """Return a problem of a source with the keys of the configuration where its message has options."""
    return _by_keys(problem, _keys_of_source(kind))


def of_metric(problem: Problem, metric: str, kind: Kind) -> Problem:
    """Return a problem of a metric, computed from a source, likewise."""
    own = {item.name: f"metrics: {metric}:" for item in fields(METRICS[metric].options)}
    return _by_keys(problem, _keys_of_source(kind) | own)


def _keys_of_source(kind: Kind) -> dict[str, str]:
    """Return under which key of the configuration each option about files stands."""
    return {
        **dict.fromkeys(Kind, "sources:"),
        **dict.fromkeys(OrdersExport.model_fields, f"sources: {kind}:"),
    }


def _by_keys(problem: Problem, keys: Mapping[str, str]) -> Problem:
    found: dict[str, None] = {}

    def key(option: re.Match[str]) -> str:
        name = option[1].replace("-", "_")
        if name not in keys:
            return option[0]
        found[keys[name]] = None
        return f"{name}:"

    def said(text: str) -> str:
        told = PAIRS.sub(_mapping, text)
        if told != text:
            found[keys["map"]] = None
            told = PLACE.sub(r'"\1"', told)
        return OPTION.sub(key, told)

    problems = [said(line) for line in problem.problems]
    hint = said(problem.hint) if problem.hint else None
    if not found:
        return problem
    places = " and ".join(found)
    return type(problem)(
        *problems, hint=f"{hint or ''} Its place in the configuration is under {places}".lstrip()
    )


def _mapping(options: re.Match[str]) -> str:
    pairs = re.findall(PAIR, options[0])
    return f"map: {{{', '.join(f'{name}: {header}' for name, header in pairs)}}}"
