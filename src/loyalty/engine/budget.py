"""How many rows are worked on at once, by the memory that a run may use for them."""

from __future__ import annotations

from contextvars import ContextVar

PLENTY = 2**30
LEAST = 200_000_000
"""Below this, Polars itself leaves no room for rows."""
BYTES_A_ROW = 2**30 // 2_000_000
"""What a row of orders takes while one query works on it: two million were measured to stay below a gibibyte."""
OF_PARTS = 3 / 16
"""Parts are smaller than what fits at once: beside one of them stand the facts of those before. Half as many rows
again take as long, and a run over four million 40 MB less."""
MEMORY = ContextVar("MEMORY", default=PLENTY)
"""Bytes for the rows that are worked on; what is known of each customer comes on top."""


def at_once() -> int:
    """Return up to how many rows one query in memory is the faster way and stays within the memory."""
    return MEMORY.get() // BYTES_A_ROW


def part_rows() -> int:
    """Return how many rows a part has, about, where there are more."""
    return int(at_once() * OF_PARTS)
