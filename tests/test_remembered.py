"""A function of a table is asked once for the same table and arguments, and never answers for another table."""

from __future__ import annotations

import gc

import polars as pl

from loyalty.engine.remembered import remembered


def test_the_same_table_is_worked_on_once() -> None:
    asked: list[tuple[int, int]] = []

    @remembered(2)
    def added(table: pl.DataFrame, number: int, *, twice: bool = False) -> int:
        asked.append((table.height, number))
        return int(table["a"].sum()) + number * (2 if twice else 1)

    one, same_cells = pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1, 2]})
    assert added(one, 5) == 8
    assert added(one, 5) == 8
    assert len(asked) == 1
    assert added(one, 5, twice=True) == 13
    assert added(same_cells, 5) == 8  # equal, but another table
    assert len(asked) == 3
    assert added(one, 5) == 8  # two results are kept, and this was the oldest
    assert len(asked) == 4


def test_a_table_that_is_gone_answers_for_nobody() -> None:
    @remembered(100)
    def height(table: pl.DataFrame) -> int:
        return table.height

    for rows in range(50):  # a new table is often given the place in memory of one that is gone
        table = pl.DataFrame({"a": range(rows)})
        assert height(table) == rows
        del table
        gc.collect()
