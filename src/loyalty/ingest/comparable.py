"""Orders whose amounts can be compared: in one currency and in the money of one month, where files say what it was."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from loyalty.ingest.source import Source
from loyalty.model.result import Note
from loyalty.model.tables import Orders


def comparable(orders: Orders, source: Source) -> Orders:
    """Return the orders with every amount changed as ``source.fx`` and ``source.deflate`` say; else as they are.

    Raises:
        UnusableRates: one of the two files cannot be used. What they lack for single rows is told by ``unrated``.
        LoyaltyError: one of them cannot be opened.
    """
    if source.fx is None and source.deflate is None:
        return orders
    # Most runs name no such file, and need none of this loaded.
    from loyalty.ingest.clean.worth import UNRATED, in_money_of_one_month, in_one_currency  # noqa: PLC0415
    from loyalty.ingest.rates import read_price_index, read_rates  # noqa: PLC0415

    rates, index = read_rates(source), read_price_index(source)
    frame = orders.frame.with_columns(pl.lit(None, pl.String).alias(UNRATED))
    columns, notes = orders.columns | {UNRATED}, orders.notes
    if rates:
        # Several files may each have a currency of their own; then it stands on every row already.
        unnamed = pl.lit(orders.currency or source.currency, pl.String)
        frame = in_one_currency(frame.with_columns(pl.col("currency").fill_null(unnamed)), rates)
        columns |= {"currency"}
        notes += (Note("converted", {"to": rates.to, "file": rates.path}),)
    if index:
        frame = in_money_of_one_month(frame, index)
        notes += (Note("deflated", {"month": f"{index.base:%Y-%m}", "file": index.path}),)
    return replace(orders, frame=frame, columns=columns, notes=notes, deflated=index is not None)
