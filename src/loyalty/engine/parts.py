"""Rows too many to be worked on at once, cut into parts on disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from loyalty.engine.scratch import no_room, scratch

AT_ONCE = 2_000_000
"""Rows up to which one query in memory is the faster way and stays below a gibibyte."""
PART_ROWS = 750_000
MOST = 128
"""More parts than this cost more memory, for their writers' buffers, than they save."""


@contextmanager
def cut(frame: pl.LazyFrame, key: str, rows: int) -> Iterator[Iterator[pl.DataFrame]]:
    """Cut a frame of about so many rows into parts, written in one pass, and remove them in the end.

    The parts are read one at a time. Rows of the same ``key`` are in the same part, in their order.

    Raises:
        CannotWrite: the temporary folder is full.
    """
    count = min(-(-rows // PART_ROWS), MOST)
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    try:
        _write(frame.with_columns(part=(pl.col(key).hash() % count).cast(pl.UInt8)), folder)
        yield (pl.scan_parquet(part).collect() for part in sorted(folder.iterdir()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(frame: pl.LazyFrame, folder: Path) -> None:
    target = pl.PartitionBy(folder, key="part", include_key=False)
    try:
        frame.sink_parquet(target, mkdir=True, compression="lz4", statistics=False)
    except (OSError, pl.exceptions.ComputeError) as error:
        if "No space left" in str(error) or "os error 28" in str(error):
            raise no_room("No space left on device") from error
        raise
