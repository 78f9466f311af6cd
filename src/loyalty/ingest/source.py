"""What the user says about an input: which files, and how they are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty.ingest.raw import RawFile


class Conflicts(StrEnum):
    """What becomes of an order that stands in the files more than once, with different content."""

    ERROR = "error"
    LAST = "last"
    """The version that was changed last is kept."""


@dataclass(frozen=True)
class Source:
    """Files of one kind that make one table, and the user's own words about them.

    Attributes:
        paths: paths, globs, URIs or ``-`` for standard input.
        mapping: canonical column to header (``{"amount": "Tutar"}``), or to a position, ``"#3"`` being the third
            column, for files without a header.
        flags: of the columns in ``mapping`` that an option of a metric named, that option (``{"weight": "--weight"}``).
        asks: the survey questions that the run is about, which messages name.
        preset: name of a platform layout to use instead of the recognised one.
        locale: ``tr``, ``en-US``, ``en-GB``, … decides numbers and dates that could mean two things.
        encoding: of text files; None finds it.
        delimiter: of text files (one character, or ``tab``); None finds it.
        timezone: IANA name of the business time zone; stamps with an offset are turned into its local time, naive
            stamps are in it already.
        currency: ISO 4217 code for files without a currency column.
        aliases: file that says which ids belong to one customer; see :func:`loyalty.ingest.aliases.read_aliases`.
        fx: file of exchange rates into ``currency``; see :func:`loyalty.ingest.rates.read_rates`.
        deflate: file of a price index; see :func:`loyalty.ingest.rates.read_price_index`.
        tests: whose orders are tests: ``a@b.com``, ``@b.com``, a customer id or ``Column=value``.
        excluded: whose orders do not count for another reason (employees, wholesale), written likewise.
        non_products: article numbers and names that are no merchandise, beside those known.
        conflicts: what becomes of several versions of one order.
        opened: the files of ``paths`` where they are open already, so that standard input is read once.
    """

    paths: tuple[str, ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    preset: str | None = None
    locale: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    timezone: str = "Europe/Istanbul"
    currency: str | None = None
    aliases: str | None = None
    fx: str | None = None
    deflate: str | None = None
    tests: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    non_products: tuple[str, ...] = ()
    conflicts: Conflicts = Conflicts.ERROR
    opened: tuple[RawFile, ...] | None = None
