"""What is measured is kept apart from what measures it.

A process begins with the most memory that its parent ever held (``ru_maxrss``: Linux hands that figure on), so data are
made in a process of their own; and with its environment, where Polars leaves settings of its allocator.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


def apart(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """Return what a function of a module returns, run elsewhere."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        return elsewhere.submit(make, *given, **named).result()


def environment() -> dict[str, str]:
    """Return the environment of a shell: importing Polars sets what only its children read, and they would obey."""
    return {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
