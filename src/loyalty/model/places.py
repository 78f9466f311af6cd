"""Where rows stand: file and row as one number, so that the first of many is found as the least."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from loyalty.model.result import Rows

FILE = 2**32
"""More than any file has rows."""
PLACE = pl.UInt64
FOLDERS = re.compile(r".*[/\\]")
"""What stands before the name of a file."""


def place() -> pl.Expr:
    """Return where a row stands, from the canonical columns ``file`` and ``row``; in the first file it is its row."""
    return pl.col("file").cast(PLACE) * FILE + pl.col("row")


def told(place: int, files: Sequence[str]) -> tuple[str, int]:
    """Return the file and the row of a place."""
    return files[place // FILE], place % FILE


def in_files(rows: Rows, files: Sequence[str]) -> Rows:
    """Return a fate of rows whose first ones were told by their places, with their rows; of several files with both."""
    left_out = []
    for item in rows.left_out:
        first = [told(each, files) for each in item.first_rows]
        names = tuple(file for file, _ in first) if len(files) > 1 else ()
        left_out.append(replace(item, first_rows=tuple(row for _, row in first), first_files=names))
    return told_apart(replace(rows, left_out=tuple(left_out)), files)


def in_file(rows: Rows, file: str) -> Rows:
    """Return a fate of the rows of one file as it is told beside those of others: the first ones with the file."""
    left_out = (replace(item, first_files=(file,) * len(item.first_rows)) for item in rows.left_out)
    return replace(rows, left_out=tuple(left_out))


def told_apart(rows: Rows, files: Sequence[str]) -> Rows:
    """Return a fate of rows whose first ones have their files, with names for people that no two of ``files`` share."""
    called = names(files)
    left_out = (
        replace(item, first_names=tuple(called[file] for file in item.first_files)) for item in rows.left_out
    )
    return replace(rows, left_out=tuple(left_out))


def names(files: Sequence[str]) -> dict[str, str]:
    """Return what people call each file: by its name, or by its path where another of them has the same name."""
    bare = {file: FOLDERS.sub("", file) for file in files}
    count = Counter(bare.values())
    return {file: name if count[name] == 1 else file for file, name in bare.items()}
