"""What several metrics of one run compute from the same table, computed once."""

from __future__ import annotations

import functools
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import polars as pl

Given = ParamSpec("Given")
Found = TypeVar("Found")
Function = Callable[Concatenate[pl.DataFrame, Given], Found]


def remembered(results: int) -> Callable[[Function[Given, Found]], Function[Given, Found]]:
    """Keep the last ``results`` of a function of a table and of further hashable arguments.

    A table is the same when it is the same object: its cells are not looked at, and nobody changes them. What was
    computed from a table that is gone is never given for another one.
    """

    def decorated(function: Function[Given, Found]) -> Function[Given, Found]:
        kept: OrderedDict[Any, tuple[weakref.ref[pl.DataFrame], Found]] = OrderedDict()

        @functools.wraps(function)
        def look_up(table: pl.DataFrame, /, *args: Given.args, **kwargs: Given.kwargs) -> Found:
            key = (id(table), args, tuple(sorted(kwargs.items())))
            same, found = kept.get(key, (None, None))
            if same is None or same() is not table:
                gone = weakref.ref(table, lambda _: kept.pop(key, None))
                kept[key] = gone, function(table, *args, **kwargs)
                found = kept[key][1]
            kept.move_to_end(key)
            while len(kept) > results:
                kept.popitem(last=False)
            return found  # type: ignore[return-value]  # what was kept

        return look_up

    return decorated
