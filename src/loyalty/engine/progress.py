"""How far a long run is: told to whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
Watcher = Callable[[str, int, int], None]
"""Is told what is worked on, how many of it are done, and of how many."""

WATCHER: ContextVar[Watcher | None] = ContextVar("WATCHER", default=None)


def told(what: str, items: Iterable[Item], of: int) -> Iterator[Item]:
    """Yield the items, and tell the watcher after each that it is done."""
    tell(what, 0, of)
    for done, item in enumerate(items, start=1):
        yield item
        tell(what, done, of)


def tell(what: str, done: int, of: int) -> None:
    """Tell the watcher, if there is one, how far the run is."""
    watcher = WATCHER.get()
    if watcher is not None:
        watcher(what, done, of)
