"""Rows that stay in their columns read as the tuples that they stand for."""

from __future__ import annotations

import polars as pl
import pytest

from loyalty.derive.rows import FrameRows

FRAME = pl.DataFrame({"who": ["a", "b", "c"], "times": [1, 2, None]})
ROWS = (("a", 1), ("b", 2), ("c", None))


def test_they_read_as_tuples() -> None:
    rows = FrameRows(FRAME)
    assert tuple(rows) == ROWS
    assert (len(rows), rows[0], rows[-1], rows[:2], rows[1:]) == (3, ROWS[0], ROWS[2], ROWS[:2], ROWS[1:])
    assert not FrameRows(FRAME.clear())
    with pytest.raises(IndexError):
        rows[3]


def test_equal_frames_are_equal_rows() -> None:
    assert FrameRows(FRAME) == FrameRows(FRAME.clone())
    assert hash(FrameRows(FRAME)) == hash(FrameRows(FRAME.clone()))
    assert FrameRows(FRAME) != FrameRows(FRAME.reverse())
    assert FrameRows(FRAME) != ROWS
