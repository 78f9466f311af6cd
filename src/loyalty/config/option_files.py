"""Options that name a file: read here, so that a metric gets what the file says and opens nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from loyalty.config.segments import read_segments


def _read_fit(path: Path) -> str:
    # A model takes scipy to read, and few commands name one.
    from loyalty.config.fit_file import read_fit

    return read_fit(path)


READERS: Mapping[str, Callable[[Path], str]] = {"segments": read_segments, "fit": _read_fit}
"""What reads the file of an option, by what the option is declared to read."""


def file_options(metric_options: Mapping[str, type[Any]]) -> frozenset[tuple[str, str]]:
    """Return the options that name a file, as metric and option."""
    return frozenset(
        (metric, item.name)
        for metric, options in metric_options.items()
        for item in fields(options)
        if item.metadata.get("reads") is not None
    )


def with_files(options: Any, folder: Path | None = None) -> Any:
    """Return a metric's options with the content of files in place of their names, which start from ``folder``.

    Raises:
        LoyaltyError: a file cannot be read, or says what cannot be meant.
    """
    content: dict[str, str] = {}
    for item in fields(options):
        reads, name = item.metadata.get("reads"), getattr(options, item.name)
        if reads is not None and name is not None:
            content[item.name] = READERS[reads]((folder or Path()) / Path(name).expanduser())
    return replace(options, **content)
