"""Orders that stand in the files twice with different content are refused: which of them is right, nothing tells."""

from __future__ import annotations

import polars as pl

from loyalty.derive.orders import MOST_CONFLICTS
from loyalty.errors import ConflictingOrders


def refuse_conflicts(found: pl.DataFrame | None, path: str) -> None:
    """Refuse orders that stand in the files twice with different content; ``found`` is the fact of that name.

    Raises:
        ConflictingOrders: naming the first of them.
    """
    if found is None or found.is_empty():
        return
    lines = [
        f"{path}, row {row}: order {order_id} stands on {contents} rows that differ"
        for order_id, row, contents in found.head(5).iter_rows()
    ]
    if found.height > 5:
        lines.append(
            f"{path}: and {'at least ' if found.height == MOST_CONFLICTS else ''}{found.height - 5} more such orders"
        )
    raise ConflictingOrders(
        *lines,
        hint="If each row is a line of the order, name the product column: --map product_id=COLUMN. "
        "If not, export each order once, or keep the version that was changed last: --conflicts last.",
    )
