"""Reads YAML as people mean it: ``no``, ``12:30`` and ``2026-10-01`` are text; every value knows its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yaml import AliasEvent, MappingNode, Node, ScalarNode, SequenceNode
from yaml.composer import Composer, ComposerError
from yaml.error import MarkedYAMLError
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from loyalty.errors import ConfigError

Where = tuple[str | int, ...]
"""The keys and list positions that lead to a value: ``("metrics", "nps", "confidence")``."""

QUOTES_HINT = (
    "Indent with spaces, never tabs, and put text in quotes that holds a colon or begins with one of "
    "* & ! % @ { [ or #."
)
NEEDS_QUOTES = "a value that begins with *, & or ! has to be in quotes"

# The scalars of the YAML 1.2 core schema. Longer runs of digits are article numbers, not quantities.
NULL = re.compile(r"~|null|Null|NULL|")
TRUE = re.compile(r"true|True|TRUE")
FALSE = re.compile(r"false|False|FALSE")
WHOLE = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
NUMBER = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@dataclass(frozen=True)
class Document:
    """A YAML file as plain data.

    Attributes:
        content: dicts with text keys, lists, text, numbers, true, false and None.
        lines: where each value stands, counted from 1; a value under a key has the line of its key.
        problems: line and message of keys that were given twice; the first one is in ``content``.
    """

    content: Any
    lines: Mapping[Where, int]
    problems: tuple[tuple[int, str], ...]


def read_yaml(text: str, name: str) -> Document:
    """Return the data in ``text`` and the line of each value; ``name`` is the file as messages call it.

    Raises:
        ConfigError: the text is no YAML; the message gives line and column.
    """
    try:
        node = _PlainLoader(text).get_single_node()
        walk = _Walk()
        content = walk.value(node, ()) if node is not None else None
    except ReaderError as error:
        line, column = _line_and_column(text, error.position)
        raise ConfigError(
            f"{name}:{line}:{column}: not valid YAML: a control character is in the text", hint="Remove it."
        ) from None
    except MarkedYAMLError as error:
        raise ConfigError(f"{name}:{_explain(error, text)}", hint=QUOTES_HINT) from None
    except RecursionError:
        raise ConfigError(f"{name}: nested hundreds of levels deep", hint="Close every [ and {.") from None
    return Document(content, walk.lines, tuple(walk.problems))


class _PlainLoader(Reader, Scanner, Parser, Composer, BaseResolver):
    """Composes nodes without PyYAML's YAML 1.1 guesses, anchors, aliases and tags."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs have no annotation
        # A file list such as *.csv looks like an alias to YAML; nobody means one in a file this size.
        if (
            isinstance(event, AliasEvent)
            or event.anchor is not None
            or getattr(event, "tag", None) is not None
        ):
            raise ComposerError(None, None, NEEDS_QUOTES, event.start_mark)
        return super().compose_node(parent, index)


class _Walk:
    """Turns nodes into plain data and notes lines and doubled keys on the way."""

    def __init__(self) -> None:
        self.lines: dict[Where, int] = {(): 1}
        self.problems: list[tuple[int, str]] = []

    def value(self, node: Node, where: Where) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, where)
        if isinstance(node, SequenceNode):
            return [self._item(item, (*where, index)) for index, item in enumerate(node.value)]
        return _scalar(str(node.value), quoted=getattr(node, "style", None) is not None)

    def _item(self, node: Node, where: Where) -> Any:
        self.lines[where] = _line(node)
        return self.value(node, where)

    def _mapping(self, node: MappingNode, where: Where) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise ComposerError(None, None, "a key has to be plain text", key_node.start_mark)
            key = str(key_node.value)
            here = (*where, key)
            if here in self.lines:
                first = self.lines[here]
                self.problems.append((_line(key_node), f"key '{key}' is given twice (first on line {first})"))
                continue
            self.lines[here] = _line(key_node)
            content[key] = self.value(value_node, here)
        return content


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar(text: str, *, quoted: bool) -> str | int | float | bool | None:
    if quoted:
        return text
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text) or FALSE.fullmatch(text):
        return bool(TRUE.fullmatch(text))
    if WHOLE.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if NUMBER.fullmatch(text):
        return float(re.sub(r"\.(?=[a-zA-Z]{3}$)", "", text))
    return text


def _explain(error: MarkedYAMLError, text: str) -> str:
    """Return ``line:column: …`` for what PyYAML stumbled over."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    if error.context in {"while scanning an alias", "while scanning an anchor"}:
        mark, problem = error.context_mark, NEEDS_QUOTES
    elif mark is not None and text[mark.index : mark.index + 1] == "\t":
        problem = "a tab where spaces are needed"
    elif problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    place = "" if mark is None else f"{mark.line + 1}:{mark.column + 1}:"
    return f"{place} not valid YAML: {problem}"


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")
