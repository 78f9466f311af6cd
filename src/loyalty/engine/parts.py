"""Rows too many to be worked on at once, cut into parts on disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from loyalty.engine import budget
from loyalty.engine.progress import tell, told
from loyalty.engine.scratch import no_room, refuse_without_room, scratch

BYTES_ON_DISK = 50
"""What a row takes there at most; 24 to 40 were measured."""
ROWS_UNWRITTEN = 16_384
"""So many rows of each part are held until they are written: with Polars' own quarter of a million, all parts of a
hundred million rows took 2.8 GiB together, now less than one."""
MOST = 128
"""More parts than this cost more memory, for their writers' buffers, than they save."""


@contextmanager
def cut(frame: pl.LazyFrame, key: str, rows: int) -> Iterator[Iterator[pl.DataFrame]]:
    """Cut a frame of about so many rows into parts, written in one pass, and remove them in the end.

    The parts are read one at a time. Rows of the same ``key`` are in the same part, in their order.

    Raises:
        CannotWrite: the temporary folder is full, or has too little room from the start.
    """
    count = min(-(-rows // budget.part_rows()), MOST)
    refuse_without_room(rows * BYTES_ON_DISK)
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    try:
        tell("reading", 0, 1)
        _write(frame.with_columns(part=(pl.col(key).hash() % count).cast(pl.UInt8)), folder)
        tell("reading", 1, 1)
        written = sorted(folder.iterdir())
        yield told("parts", (pl.scan_parquet(part).collect() for part in written), len(written))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(frame: pl.LazyFrame, folder: Path) -> None:
    target = pl.PartitionBy(folder, key="part", include_key=False)
    try:
        frame.sink_parquet(
            target, mkdir=True, compression="lz4", statistics=False, row_group_size=ROWS_UNWRITTEN
        )
    except (OSError, pl.exceptions.ComputeError) as error:
        if "No space left" in str(error) or "os error 28" in str(error):
            raise no_room("No space left on device") from error
        raise
