"""What the first rows of the files of orders leave in doubt, each on its own and beside the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from loyalty.ingest.clean.orders import CleanOrders
from loyalty.ingest.clean.text import identity
from loyalty.model.result import Note

SHOWN = 3


def order_notes(parts: Sequence[CleanOrders]) -> Iterator[Note]:
    """Yield words of status that nobody knows, and ids that lost their zeros."""
    yield from _unknown_statuses(parts)
    yield from _lost_zeros(parts)


def _unknown_statuses(parts: Sequence[CleanOrders]) -> Iterator[Note]:
    words = list(dict.fromkeys(word for part in parts for word in part.cells.recognition.unknown_words))
    if words:
        more = " …" if len(words) > SHOWN else ""
        yield Note("statuses_unknown", {"words": ", ".join(words[:SHOWN]) + more})


def _lost_zeros(parts: Sequence[CleanOrders]) -> Iterator[Note]:
    """Yield that ids stand with zeros in front and without: a spreadsheet takes them away from one file of several."""
    samples = [part.cells.file.sample.select(known=identity(part.cells, "customer_id")) for part in parts]
    ids = set(pl.concat(samples)["known"].drop_nulls())
    twice = min((known for known in ids if known.startswith("0") and known.lstrip("0") in ids), default=None)
    if twice is not None:
        yield Note("ids_lost_zeros", {"long": twice, "short": twice.lstrip("0")})
