"""What a status word says became of an order: the words of the catalogue, and what begins like them."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.values.words import folded
from loyalty.model.tables import OrderStatus

UNDOING = (OrderStatus.REFUNDED, OrderStatus.CANCELLED)


def fates(words: pl.Series) -> pl.Series:
    """Return what became of the order (String, :class:`OrderStatus`) as each status says; null where nothing tells.

    "İptal - stok yok" is no word of the catalogue and tells all the same; of words that say less nothing is guessed.
    """
    known, says = catalogue().order_status, catalogue().status_says
    word = pl.col("word")
    told = word.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
    exempt = word.str.contains("|".join(says["never"]))
    for fate in UNDOING:
        undone = ~exempt & word.str.contains("|".join(says[fate]))
        told = pl.coalesce(told, pl.when(undone).then(pl.lit(str(fate))))
    return folded(words).to_frame("word").select(told).to_series()
