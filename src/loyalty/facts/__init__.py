"""The facts of a source: which there are, the plan of each, and all of them collected at once or in parts."""

from __future__ import annotations

from loyalty.facts.collecting import collect_facts
from loyalty.facts.planned import ALIASED, CONFLICTS, EXTENT, UNGROUPED, UNRATED, VERSIONS, Key

__all__ = ["ALIASED", "CONFLICTS", "EXTENT", "UNGROUPED", "UNRATED", "VERSIONS", "Key", "collect_facts"]
