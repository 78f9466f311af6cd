"""Whether a ledger is whole: what it says is left against what its entries add up to, and who is overdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl


def overdrawn(entries: pl.DataFrame) -> int:
    """Return how many members had fewer than no points at the end of some day; entries stand in their order."""
    member, day = pl.col("member_id"), pl.col("day")
    summed = pl.col("points").cum_sum()
    first = member.ne_missing(member.shift(1))
    last = member.ne_missing(member.shift(-1)) | day.ne_missing(day.shift(-1))
    before = pl.when(first).then(summed - pl.col("points")).forward_fill()
    running = entries.select("member_id", last=last, left=summed - before)
    return running.filter("last", pl.col("left") < 0)["member_id"].n_unique()


@dataclass(frozen=True)
class Stated:
    """What the export says is left, beside what the entries add up to, and for how many members they differ."""

    points: Decimal
    summed: Decimal
    differing: int


def stated(entries: pl.DataFrame) -> Stated:
    """Return the balances that stand beside the last entries of members, and what these members' entries add up to.

    Several entries at one moment have no order: any of their balances may be the last.
    """
    summed = pl.col("points").sum()
    last = pl.col("at") == pl.col("at").max()
    candidates = pl.col("balance").filter(last & pl.col("balance").is_not_null())
    found = (
        entries.group_by("member_id")
        .agg(summed=summed, agrees=(candidates == summed).any(), last=candidates.last())
        .filter(pl.col("last").is_not_null())
        .select("agrees", "summed", said=pl.when("agrees").then("summed").otherwise("last"))
    )
    return Stated(Decimal(found["said"].sum()), Decimal(found["summed"].sum()), int((~found["agrees"]).sum()))
