"""What a file was taken for: its kind, its platform, and which of its columns means what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from loyalty.ingest.catalogue import How, Platform
from loyalty.model.kind import Kind


class Known(StrEnum):
    """How it is known what a column means."""

    MAPPING = "mapping"
    """The user said so."""
    PLATFORM = "platform"
    HEADER = "header"
    QUESTION = "question"
    """By what the question text says."""
    CONTENT = "content"
    """By the values, the header saying nothing."""
    DERIVED = "derived"
    """Made from other columns (price times quantity)."""


@dataclass(frozen=True)
class Use:
    """Columns of a file (``c0``, ``c1``, …) that make one canonical column, and how."""

    columns: tuple[str, ...]
    how: How = How.FIRST
    known: Known = Known.HEADER


@dataclass(frozen=True)
class Recognition:
    """What a file was taken for, and why.

    Attributes:
        columns: canonical column to the columns of the file it is made of.
        confidence: 1 for a platform or what the user said, else the share of the evidence for this kind.
        reasons: word keys of what should be known about the reading (``customer_by_name``).
        candidates: what else the file could be, with the evidence for each, the strongest first.
        unknown_words: status words of the sample that are not in the catalogue.
        instead: header of a column that would tell customers apart better, where ``reasons`` has
            ``customers_never_return``.
        rivals: by survey question the columns (``c4``, ``c7``) that could each be it, where there are several.
        beside: by survey question the columns that also ask for it, where one of them was chosen.
        nobody: ids that stand for no customer (guests), beside the platform's.
    """

    kind: Kind
    platform: Platform | None
    columns: Mapping[str, Use]
    confidence: float
    reasons: tuple[str, ...] = ()
    candidates: tuple[tuple[str, float], ...] = ()
    unknown_words: tuple[str, ...] = ()
    instead: str | None = None
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nobody: tuple[str, ...] = ()
