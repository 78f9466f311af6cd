"""Rows as people read where they stand: by their number, and with their file where several were read."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.model.result import LeftOut


def first_places(item: LeftOut) -> str:
    """Return where the first rows stand: ``5, 9``, or ``orders-09.csv:5, 9, orders-10.csv:4`` of several files."""
    names = item.first_names or ("",) * len(item.first_rows)
    return listed(list(zip(names, item.first_rows, strict=False)))


def listed(places: Sequence[tuple[str, int]]) -> str:
    """Return rows with the names of the files that they stand in, each where another one begins."""
    before = ["", *(name for name, _ in places)]
    return ", ".join(
        str(row) if name == last else f"{name}:{row}"
        for last, (name, row) in zip(before, places, strict=False)
    )
