"""Rows as people read where they stand: by their number, and with their file where several were read."""

from __future__ import annotations

from loyalty.model.result import LeftOut


def first_places(item: LeftOut) -> str:
    """Return where the first rows stand: ``5, 9``, or ``orders-09.csv:5, 9, orders-10.csv:4`` of several files."""
    names = item.first_names or ("",) * len(item.first_rows)
    return ", ".join(
        str(row) if name == before else f"{name}:{row}"
        for before, name, row in zip(("", *names), names, item.first_rows, strict=False)
    )
