"""How far a long run is, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from loyalty.cli.boundary import LOG_FORMAT


@contextmanager
def progress(*, quiet: bool, color: str = "auto") -> Iterator[None]:
    """Show on stderr how far a run is that has to work in parts; nothing where nobody sits before it."""
    if quiet or not sys.stderr.isatty() or LOG_FORMAT.get() == "json":
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from loyalty.engine.progress import WATCHER

    tasks: dict[str, TaskID] = {}
    bars = Progress(console=Console(stderr=True, no_color=color == "never" or None), transient=True)
    with ExitStack() as running:

        def watch(what: str, done: int, of: int) -> None:
            if not tasks:  # most runs are over before there is anything to show
                running.enter_context(bars)
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=None)
            # What has one step is under way for as long as it takes, and nobody knows how far it is.
            if of > 1 or done:
                bars.update(tasks[what], completed=done, total=of)

        before = WATCHER.set(watch)
        try:
            yield
        finally:
            WATCHER.reset(before)
