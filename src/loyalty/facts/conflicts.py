"""Orders that stand in the files twice with different content are refused: which of them is right, nothing tells."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from loyalty.derive.orders import MOST_CONFLICTS
from loyalty.errors import ConflictingOrders
from loyalty.model.places import told


def refuse_conflicts(found: pl.DataFrame | None, files: Sequence[str]) -> None:
    """Refuse orders that stand in the files twice with different content; ``found`` is the fact of that name.

    ``files`` are those that were read.

    Raises:
        ConflictingOrders: naming the first of them.
    """
    if found is None or found.is_empty():
        return
    lines = []
    for order_id, first, contents in found.head(5).iter_rows():
        path, row = told(first, files)
        lines.append(f"{path}, row {row}: order {order_id} stands on {contents} rows that differ")
    if found.height > 5:
        lines.append(
            f"{', '.join(files)}: and {'at least ' if found.height == MOST_CONFLICTS else ''}{found.height - 5} "
            "more such orders"
        )
    raise ConflictingOrders(
        *lines,
        hint="If each row is a line of the order, name the product column: --map product_id=COLUMN. "
        "If not, export each order once, or keep the version that was changed last: --conflicts last.",
    )
