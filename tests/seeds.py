"""How many made-up shops a comparison looks at."""

from __future__ import annotations

import os


def seeds(few: int, many: int) -> range:
    """Return ``few`` seeds for an ordinary run, or ``many`` where ``LOYALTY_SEEDS=all`` asks for them.

    Layouts of :func:`tests.oracle.make_orders.make_orders` come round every 5 seeds and sizes every 11: 55 seeds are
    each layout in each size.
    """
    return range(many if os.environ.get("LOYALTY_SEEDS") == "all" else few)
