"""What can be made of one source: the plan of each fact, and of what is known of it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from loyalty.model.kind import Kind
from loyalty.model.metric import Fact

Key = tuple[Kind, str, bool]
"""Of which source, which fact, by group or over everything."""

EXTENT, CONFLICTS, VERSIONS, ALIASED, UNRATED = "extent", "conflicts", "versions", "aliased", "unrated"
"""What is known of a source as a whole, beside its facts."""
UNGROUPED = frozenset(
    {Fact.ORDER_FATES, Fact.MENTION_FATES, Fact.MEMBER_FATES, Fact.POINT_FATES, Fact.COMMENTS}
)
"""Facts about single rows, which are told apart by file and row."""


@dataclass(frozen=True)
class Planned:
    """The plan of each fact, made when it is asked for, and those that every run collects.

    ``whole`` has ``extent`` (the days of what counts) and, where there can be any, ``conflicts``, ``versions``,
    ``unrated`` and ``aliased``. ``added_up`` are facts whose whole is the sum of the groups', where there are groups.
    """

    facts: Mapping[Fact, Callable[[], pl.LazyFrame]]
    whole: Mapping[str, pl.LazyFrame]
    added_up: frozenset[Fact] = field(default=frozenset())
