"""Lines that are no merchandise: postage, fees, gift wrapping."""

from __future__ import annotations

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import flag, spelled, stripped
from loyalty.ingest.values.words import fold

CURRENCIES = frozenset({"tl", "try", "usd", "eur", "gbp"})
MARKS = ("is_non_product", "is_gift_card")
"""Columns in which an export itself says that a line is no merchandise."""


def is_non_product(cells: Cells) -> pl.Expr:
    """Return whether the line is postage, a fee, a gift card or the like; null where nothing could tell.

    The export marks it, or its whole article number or name says so. Part of a name says nothing: cargo trousers are no
    cargo.
    """
    said = [flag(cells, name).fill_null(value=False) for name in MARKS if cells.use(name)]
    uses = [use for name in ("product_id", "product_name") if (use := cells.use(name))]
    columns = dict.fromkeys(column for use in uses for column in use.columns)
    if columns:
        words = non_product_words(cells, columns)
        said += [stripped(column).is_in(words).fill_null(value=False) for column in columns]
    return pl.any_horizontal(said) if said else pl.lit(None, pl.Boolean)


def non_product_words(cells: Cells, columns: dict[str, None]) -> list[str]:
    """Return how lines that are no merchandise are called in these columns."""
    named = (*catalogue().non_products, *cells.source.non_products)
    folded = frozenset(map(fold, named))
    return sorted({*spelled([*named, *folded]), *_seen(cells, columns, folded)})


def _seen(cells: Cells, columns: dict[str, None], known: frozenset[str]) -> list[str]:
    """Return further spellings of the words in the first rows; folding every cell would be slow."""
    written = {
        cell for column in columns for cell in cells.file.sample.select(stripped(column).unique()).to_series()
    }
    return [cell for cell in written if cell and (fold(cell) in known or _without_amount(cell) in known)]


def _without_amount(cell: str) -> str | None:
    """Return the folded words of "Gift Card - €50" without the amount; None where fewer than two are left."""
    words = [word for word in fold(cell).split() if not word.isdigit() and word not in CURRENCIES]
    return " ".join(words) if len(words) > 1 else None
