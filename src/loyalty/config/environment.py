"""Environment variables in paths: ``${EXPORTS}/orders.csv``, ``${EXPORTS:-exports}/orders.csv``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from loyalty.config.yaml_nodes import Document, Where

# A name, and after :- what stands in where it is not set or empty.
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")


def expanded(
    document: Document, environment: Mapping[str, str], file_options: Collection[tuple[str, str]] = ()
) -> Document:
    """Return the document with the variables in its paths replaced; one without a value is a mistake.

    Paths are the files under ``sources``, ``report.output`` and ``history``, and those of metrics' options that name a
    file, ``file_options`` as metric and option; also those of a profile.
    """
    problems = list(document.problems)

    def walk(value: Any, where: Where) -> Any:
        if isinstance(value, dict):
            return {key: walk(item, (*where, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, (*where, place)) for place, item in enumerate(value)]
        if not (isinstance(value, str) and _is_path(where, file_options)):
            return value
        line = document.lines[where]
        problems.extend((line, problem) for problem in _unset(value, environment))
        return _VARIABLE.sub(lambda found: _filled(found, environment), value)

    return replace(document, content=walk(document.content, ()), problems=tuple(problems))


def _is_path(where: Where, file_options: Collection[tuple[str, str]]) -> bool:
    """Return whether a value is a path: lists of files have a place at the end."""
    if where[:1] == ("profiles",):
        where = where[2:]
    match where:
        case ("history",) | ("report", "output"):
            return True
        case ("sources", _) | ("sources", _, int()) | ("sources", _, "aliases" | "fx" | "deflate"):
            return True
        case ("sources", _, "files", *_):
            return True
        case ("metrics", str(metric), str(option)):
            return (metric, option) in file_options
        case _:
            return False


def _unset(text: str, environment: Mapping[str, str]) -> Iterator[str]:
    for found in _VARIABLE.finditer(text):
        name = found["name"]
        if found["default"] is None and not environment.get(name):
            yield f"the environment variable {name} is not set; set it, or write ${{{name}:-a default}}"


def _filled(found: re.Match[str], environment: Mapping[str, str]) -> str:
    return environment.get(found["name"]) or found["default"] or ""
