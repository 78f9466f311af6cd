"""About how many rows a file has, from its size and its first rows: enough to know whether they fit in memory."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from loyalty.ingest.packed import packing_of

PACKED = 8
"""How many times its size a compressed export has unpacked, about."""

LOOKED_AT = 200
"""So many columns stand for the others of a wide table."""


def about_rows(path: str, sample: pl.DataFrame) -> int:
    """Return about how many rows a text table has; those of the sample where its size is not known."""
    cells = pl.DataFrame([column for column in sample.get_columns()[:LOOKED_AT] if column.dtype == pl.String])
    text = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().sum())).item() if cells.width else 0
    wider = sample.width / max(cells.width, 1)
    row = max(text * wider / max(sample.height, 1) + sample.width, 1)
    try:
        size = Path(path).stat().st_size
        with Path(path).open("rb") as file:
            packed = packing_of(file.read(4)) is not None
    except OSError:
        return sample.height
    return max(int(size * (PACKED if packed else 1) / row), sample.height)
