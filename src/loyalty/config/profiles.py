"""Profiles: several businesses or stores in one file, each saying only what differs from the rest of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loyalty.config.yaml_nodes import Document, Where
from loyalty.errors import ConfigError, UsageError, near


def names(document: Document) -> tuple[str, ...]:
    """Return the names of the profiles in the file."""
    profiles = document.content.get("profiles")
    return tuple(profiles) if isinstance(profiles, dict) else ()


def problems(document: Document) -> dict[str, tuple[int, str]]:
    """Return what is wrong with profiles as such, by their names, with the line."""
    found = {}
    for name in names(document):
        line = document.lines["profiles", name]
        if not re.fullmatch(r"\w[\w.-]*", name):
            found[name] = (line, f"profiles: {name!r} is no name of a profile: letters, digits, - and _")
        elif not isinstance(document.content["profiles"][name], dict | None):
            found[name] = (line, f"profiles.{name}: must be a block of keys, as in the rest of the file")
    return found


def base(document: Document) -> Document:
    """Return the file without its profiles."""
    content = {key: value for key, value in document.content.items() if key != "profiles"}
    return replace(document, content=content)


def profile(document: Document, name: str) -> Document:
    """Return the file with what a profile says over what the rest says, key by key; lists are replaced as a whole.

    Each value knows the line it stands on, in the profile or outside.
    """
    own = document.content["profiles"][name] or {}
    lines = dict(document.lines)
    content = _over(base(document).content, own, (), ("profiles", name), lines)
    return replace(document, content=content, lines=lines)


def chosen(document: Document, name: str | None, path: str) -> Document:
    """Return the document of a profile, or of the file itself where none is named.

    Raises:
        UsageError: there is no such profile.
        ConfigError: none is named, and the file says only in its profiles where the exports are.
    """
    known = names(document)
    if name is not None and name not in known:
        advice = f"{path} has {', '.join(known)}." if known else f"{path} has no profiles: block."
        raise UsageError(f"--profile: there is no profile {name!r}{near(name, known)}", hint=advice)
    if name is None and known and "sources" not in document.content:
        raise ConfigError(
            f"{path}: the exports are named in its profiles only, and no profile is chosen",
            hint=f"Add --profile with one of {', '.join(known)}.",
        )
    return base(document) if name is None else profile(document, name)


def shared_folders(folders: Mapping[str, Mapping[str, str]], document: Document) -> list[tuple[int, str]]:
    """Return the profiles that would write over each other's files, with their lines.

    ``folders`` has for each profile where it writes, by the key that says so.
    """
    found = []
    taken: dict[tuple[str, str], str] = {}
    for name, places in folders.items():
        for key, folder in places.items():
            other = taken.setdefault((key, folder), name)
            if other != name:
                line = document.lines["profiles", name]
                found.append(
                    (
                        line,
                        f"profiles {other} and {name} have the same {key}; write {{profile}} in it, or two folders",
                    )
                )
    return found


def _over(below: Any, above: Any, where: Where, at: Where, lines: dict[Where, int]) -> Any:
    """Return ``above`` over ``below``; ``at`` is where ``above`` stands in the file."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        _move(above, where, at, lines)
        return above
    merged = dict(below)
    for key, value in above.items():
        if key in below:
            merged[key] = _over(below[key], value, (*where, key), (*at, key), lines)
        else:
            _move(value, (*where, key), (*at, key), lines)
            merged[key] = value
        lines[*where, key] = lines[*at, key]
    return merged


def _move(value: Any, where: Where, at: Where, lines: dict[Where, int]) -> None:
    """Let a value that stands at ``at`` be known at ``where``."""
    lines[where] = lines[at]
    steps: Any = (
        enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    )
    for step, item in steps:
        _move(item, (*where, step), (*at, step), lines)
