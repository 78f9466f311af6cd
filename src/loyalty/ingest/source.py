"""What the user says about an input: which files, and how they are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty.ingest.raw import RawFile


@dataclass(frozen=True)
class Source:
    """Files of one kind that make one table, and the user's own words about them.

    Attributes:
        paths: paths, globs, URIs or ``-`` for standard input.
        mapping: canonical column to header (``{"amount": "Tutar"}``), or to a position, ``"#3"`` being the third
            column, for files without a header.
        preset: name of a platform layout to use instead of the recognised one.
        locale: ``tr``, ``en-US``, ``en-GB``, … decides numbers and dates that could mean two things.
        encoding: of text files; None finds it.
        delimiter: of text files (one character, or ``tab``); None finds it.
        timezone: IANA name of the business time zone; stamps with an offset are turned into its local time, naive
            stamps are in it already.
        currency: ISO 4217 code for files without a currency column.
        opened: the files of ``paths`` where they are open already, so that standard input is read once.
    """

    paths: tuple[str, ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    locale: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    timezone: str = "Europe/Istanbul"
    currency: str | None = None
    opened: tuple[RawFile, ...] | None = None
