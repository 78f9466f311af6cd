"""Rows of a long list, not made until somebody reads them: a customer may stand on each of ten million."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import polars as pl

from loyalty.engine import collect


class FrameRows(Sequence[tuple[Any, ...]]):
    """The rows of a frame as tuples, made when they are asked for; of a plan, which is not made before either."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame | Callable[[], pl.LazyFrame]) -> None:
        self._made = frame

    @property
    def _plan(self) -> pl.DataFrame | pl.LazyFrame:
        if callable(self._made):
            # What it was made of is held no longer.
            self._made = self._made()
        return self._made

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The frame itself, for who writes all rows at once."""
        return collect(self._plan) if isinstance(self._plan, pl.LazyFrame) else self._plan

    @property
    def plan(self) -> pl.LazyFrame:
        """The rows as a plan, for who writes them without holding them."""
        is_run = "frame" in self.__dict__
        return self.frame.lazy() if is_run else self._plan.lazy()

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


class LaterRows(Sequence[tuple[Any, ...]]):
    """Rows that are more than the cells of a frame, made when they are first asked for, as no earlier result is."""

    def __init__(self, make: Callable[[], Iterable[tuple[Any, ...]]]) -> None:
        self._make = make

    @cached_property
    def _rows(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(self._make())

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[tuple[Any, ...], ...]: ...
    def __getitem__(self, place: int | slice) -> tuple[Any, ...] | tuple[tuple[Any, ...], ...]:
        return self._rows[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LaterRows) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(self._rows)
