"""Rows of a long list, left in their columns until somebody reads them: a customer may stand on each of ten million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import polars as pl

from loyalty.engine import collect


class FrameRows(Sequence[tuple[Any, ...]]):
    """The rows of a frame as tuples, made when they are asked for; of a plan, which is not run before."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame) -> None:
        self._plan = frame

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The frame itself, for who writes all rows at once."""
        return collect(self._plan) if isinstance(self._plan, pl.LazyFrame) else self._plan

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self.frame.iter_rows()

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[tuple[Any, ...], ...]: ...
    def __getitem__(self, place: int | slice) -> tuple[Any, ...] | tuple[tuple[Any, ...], ...]:
        if isinstance(place, slice):
            return tuple(self.frame[place].iter_rows())
        return self.frame.row(range(self.frame.height)[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrameRows) and self.frame.equals(other.frame)

    def __hash__(self) -> int:
        return hash((self.frame.height, *self.frame.columns))
