"""What a run reads it never writes over: a slip of the fingers would take the shop's export."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from loyalty.errors import UsageError
from loyalty.ingest.source import Source


def spare(sources: Iterable[Source], *targets: Path | None) -> None:
    """Let nothing be written over what is read.

    Raises:
        UsageError: one of the targets is one of the files.
    """
    read = {path.resolve() for source in sources for path in _files(source)}
    for target in targets:
        if target is not None and target.is_file() and target.resolve() in read:
            raise UsageError(
                f"{target}: is read by this run, which would write over it",
                hint="Name another file to write to.",
            )


def _files(source: Source) -> Iterator[Path]:
    for typed in (*source.paths, source.aliases, source.fx, source.deflate):
        if typed is None or typed == "-":
            continue
        path = Path(typed.removeprefix("file://")).expanduser()
        yield path
        yield Path(str(path).rpartition("#")[0] or path)  # a workbook's sheet
        if glob.has_magic(typed):
            yield from map(Path, glob.iglob(str(path), recursive=True))  # noqa: PTH207  takes absolute patterns
