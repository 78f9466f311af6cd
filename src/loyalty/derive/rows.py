"""Rows of a long list, left in their columns until somebody reads them: a customer may stand on each of ten million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import polars as pl


class FrameRows(Sequence[tuple[Any, ...]]):
    """The rows of a frame as tuples, made when they are asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    @property
    def frame(self) -> pl.DataFrame:
        """The frame itself, for who writes all rows at once."""
        return self._frame

    def __len__(self) -> int:
        return self._frame.height

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._frame.iter_rows()

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[tuple[Any, ...], ...]: ...
    def __getitem__(self, place: int | slice) -> tuple[Any, ...] | tuple[tuple[Any, ...], ...]:
        if isinstance(place, slice):
            return tuple(self._frame[place].iter_rows())
        return self._frame.row(range(self._frame.height)[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrameRows) and self._frame.equals(other._frame)

    def __hash__(self) -> int:
        return hash((self._frame.height, *self._frame.columns))
