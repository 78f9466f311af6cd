"""Whether orders of several rows have one amount on all of them: then it is the order's, to be taken once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.numbering import numbered_by
from loyalty.ingest.clean.text import stripped

OFTEN = 10


@dataclass(frozen=True)
class Repetition:
    """The orders of several rows among the first rows of a file, and an amount on them.

    Attributes:
        orders: how many there are.
        alike: each of them has one amount, on all of its rows.
        amounts: how many different amounts begin them.
    """

    orders: int
    alike: bool
    amounts: int

    @property
    def often(self) -> bool:
        """Whether there are so many that it is no accident: lines of one price may be equal in an order or two."""
        return self.orders >= OFTEN and self.amounts >= OFTEN / 2


def repetition(cells: Cells, columns: Sequence[str]) -> Repetition:
    """Return how an amount made of these columns stands on orders of several rows."""
    amount = pl.concat_str(stripped(column).fill_null("") for column in columns)
    seen = (
        cells.file.sample.lazy()
        .group_by(order=pl.concat_str(map(stripped, numbered_by(cells)), separator="\n"))
        .agg(
            rows=pl.len(),
            filled=stripped(columns[0]).count(),
            amount=amount.first(),
            amounts=amount.n_unique(),
        )
        .filter(pl.col("order").is_not_null(), pl.col("rows") > 1)
        .select(
            orders=pl.len(),
            alike=((pl.col("amounts") == 1) & (pl.col("filled") == pl.col("rows"))).all(),
            amounts=pl.col("amount").n_unique(),
        )
        .collect()
    )
    return Repetition(**seen.row(0, named=True))
