"""Rows as people read where they stand: by their number, and with their file where several were read."""

from __future__ import annotations

from pathlib import PurePath

from loyalty.model.result import LeftOut


def first_places(item: LeftOut) -> str:
    """Return where the first rows stand: ``5, 9``, or ``orders-09.csv:5, 9, orders-10.csv:4`` of several files.

    Of files in several folders that have one name, the folders are told, too.
    """
    files = item.first_files or ("",) * len(item.first_rows)
    short = {file: PurePath(file).name for file in files}
    names = short if len(set(short.values())) == len(short) else {file: file for file in short}
    return ", ".join(
        str(row) if file == before else f"{names[file]}:{row}"
        for before, file, row in zip(("", *files), files, item.first_rows, strict=False)
    )
