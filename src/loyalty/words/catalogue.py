"""The word catalogue: titles, labels, notes and reasons looked up by key in the reader's language."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from loyalty.errors import UsageError, near

LANGUAGES = ("en", "tr")
"""Languages with a complete catalogue."""

WORD_HOMES = ("segments", "classes", "strategies", "values", "reasons", "left_out", "figures", "columns")
"""Where the word for a value is looked for when its column has no branch of its own."""

Show = Callable[[Any, str], str]
"""Turns a value and the unit written in its placeholder (``{share:share}``) into text."""


class Words:
    """All texts of one language.

    Keys are dotted (``figures.promoters``); a metric's name may be written as its command (``at-risk``). What stands
    in the branch ``place`` goes before the text of the same key elsewhere: ``in_report`` has what is said otherwise to
    readers who type no commands.

    Raises:
        UsageError: there is no catalogue for the language.
    """

    def __init__(self, lang: str = "en", place: str = "") -> None:
        if lang not in LANGUAGES:
            raise UsageError(
                f"--lang: there are no words for {lang!r}{near(lang, LANGUAGES)}",
                hint=f"Use one of {', '.join(LANGUAGES)}.",
            )
        self.lang = lang
        self._place = place
        self._texts = _load(lang)

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return the text under ``key`` with its placeholders filled; a missing key reads as itself."""
        return self.say(key, values)

    def say(self, key: str, values: Mapping[str, Any], show: Show | None = None) -> str:
        """Return the text under ``key``, values written by ``show``; a placeholder without one stays."""
        text = self.get(key)
        return readable(key) if text is None else _Filler(show or _as_it_is).vformat(text, (), values)

    def get(self, key: str) -> str | None:
        """Return the text under ``key`` as it stands in the catalogue, or None."""
        plain = key.replace("-", "_")
        elsewhere = self._texts.get(f"{self._place}.{plain}") if self._place else None
        return self._texts.get(plain) if elsewhere is None else elsewhere

    def first(self, *keys: str) -> str:
        """Return the text under the first of ``keys`` that there is, else the last key made readable."""
        return next((text for key in keys if (text := self.get(key)) is not None), readable(keys[-1]))

    def definition(self, metric: str, variant: str) -> str:
        """Return the sentence that defines a metric in one of its variants."""
        home = f"metrics.{metric}.definition"
        return self.first(f"{home}.{variant}", f"{home}.standard")

    def word(self, column: str, value: str) -> str:
        """Return the word for ``value`` in a column of word keys: ``segment`` looks in ``segments``."""
        plural = f"{column[:-1]}ies" if column.endswith("y") else f"{column}s"
        homes = (plural, f"{column}es", *WORD_HOMES)
        return self.first(*(f"{home}.{value}" for home in homes), value)

    def names(self, home: str) -> tuple[str, ...]:
        """Return the names that have a text under ``home``, in order: ``figures`` gives every figure there is."""
        found = (key.removeprefix(f"{home}.") for key in self._texts if key.startswith(f"{home}."))
        return tuple(sorted(found))

    @property
    def keys(self) -> frozenset[str]:
        """All keys of the catalogue."""
        return frozenset(self._texts)


def readable(key: str) -> str:
    """Return the last part of a key as words: ``figures.promoter_share`` reads ``Promoter share``."""
    text = key.rpartition(".")[2].replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def placeholders(text: str) -> frozenset[tuple[str, str]]:
    """Return the placeholders of a text with their units: ``{n} of {share:share}`` has two."""
    return frozenset((name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name)


class _Filler(string.Formatter):
    """Fills placeholders; the part after the colon is a unit, not a format."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), f"{{{key}}}")

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._show(value, format_spec)


def _as_it_is(value: Any, unit: str) -> str:
    return str(value)


@cache
def _load(lang: str) -> Mapping[str, str]:
    # Loading YAML costs more than the words themselves, and most of `--help` needs none.
    import yaml  # noqa: PLC0415

    text = resources.files("loyalty.words").joinpath(f"{lang}.yaml").read_text(encoding="utf-8")
    # The base loader leaves every scalar text: `no` is a word here, not False.
    tree = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    return dict(_flat(tree, ""))


def _flat(tree: Any, home: str) -> Iterator[tuple[str, str]]:
    """Yield each text with its dotted key; straight from the nodes, so that no dict is made only to be taken apart."""
    for name, branch in tree.value:
        key = f"{home}{name.value}"
        if branch.id == "mapping":
            yield from _flat(branch, f"{key}.")
        else:
            yield key, branch.value
