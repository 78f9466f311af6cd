"""What is found out about each export before a configuration is drafted for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from loyalty.errors import InputError, LoyaltyError, UnreadableDates, UnreadableNumbers
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.currency import stated_unit
from loyalty.ingest.inspect import CLEANERS
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognise import recognise
from loyalty.ingest.recognition import Recognition, Use
from loyalty.ingest.refusals import LOOKS_LIKE
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import Holds, Scale

FEEDING = CLEANERS.keys() - {Kind.CUSTOMERS}
"""Kinds of which a report can be made; a list of customers stands beside others."""
FIGURE = re.compile(r"[\d\s.,'()+−-]+")


@dataclass(frozen=True)
class Reading:
    """One export as far as it was understood.

    Attributes:
        path: as it is to stand in the configuration.
        kind: None when the file cannot be used.
        problem: why it cannot be used, or (with a kind) what has to be said before it can be read.
        opened: how it was opened, in words: encoding, delimiter, place of the header.
        currencies_seen: codes of the signs that stand beside the amounts or in their header.
        brands: of a file of mentions, as far as its first rows show.
        rated_in_numbers: whether satisfaction with tickets is a number, on a scale that no file tells.
        scales, best: of survey questions, as in :class:`loyalty.model.tables.Surveys`.
        holds: of a file of points, whether it lists entries or balances.
    """

    path: str
    file: RawFile | None = None
    recognition: Recognition | None = None
    problem: LoyaltyError | None = None
    opened: tuple[str, ...] = ()
    currencies_seen: frozenset[str] = frozenset()
    brands: tuple[str, ...] = ()
    rated_in_numbers: bool = False
    scales: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    best: Mapping[str, Scale] = field(default_factory=dict)
    holds: Holds | None = None

    @property
    def kind(self) -> Kind | None:
        """What the file is about."""
        return self.recognition.kind if self.recognition else None

    @property
    def feeds(self) -> bool:
        """Whether a report can be made from the file: orders need a column that says who bought."""
        return self.kind in FEEDING and (self.kind is not Kind.ORDERS or "customer_id" in self.columns)

    @property
    def has_period(self) -> bool:
        """Whether it also says of which days it is: a list of balances is of none."""
        return self.holds is not Holds.BALANCES

    @property
    def called(self) -> str:
        """The kind in words."""
        return LOOKS_LIKE[self.recognition.kind] if self.recognition else "not recognised"

    @property
    def platform(self) -> str | None:
        """Name of the tool that wrote the file."""
        known = self.recognition.platform if self.recognition else None
        return known.name if known else None

    @property
    def platform_currency(self) -> str | None:
        """The one currency in which the platform sells."""
        known = self.recognition.platform if self.recognition else None
        return known.currency if known else None

    @property
    def columns(self) -> Mapping[str, Use]:
        """What the columns mean."""
        return self.recognition.columns if self.recognition else {}

    @property
    def reasons(self) -> tuple[str, ...]:
        """Word keys of what should be known about the reading."""
        return self.recognition.reasons if self.recognition else ()

    @property
    def unknown_words(self) -> tuple[str, ...]:
        """Status words that are not known."""
        return self.recognition.unknown_words if self.recognition else ()


def understand(path: str, source: Source) -> list[Reading]:
    """Return what each file of ``path`` is; one reading when the path is a pattern whose files are alike.

    A file that cannot be used is a reading with a problem, not an error.
    """
    try:
        files = open_files(replace(source, paths=(path,)))
    except InputError as problem:
        return [Reading(path, problem=problem)]
    readings = [_read(file, source) for file in files]
    kinds = {reading.kind for reading in readings}
    if len(readings) > 1 and len(kinds) == 1 and None not in kinds:
        return [replace(readings[0], path=path)]
    return readings


def _read(file: RawFile, source: Source) -> Reading:
    try:
        recognition = recognise(file, source, None)
    except InputError as problem:
        return Reading(file.path, file, problem=problem)
    reading = Reading(file.path, file, recognition, opened=tuple(_opened(file)))
    if recognition.kind not in FEEDING:
        return reading
    try:
        cleaned = CLEANERS[recognition.kind](file, 0, recognition, source)
    except (UnreadableDates, UnreadableNumbers) as problem:
        return replace(reading, problem=problem)
    return replace(
        reading,
        opened=(
            *reading.opened,
            *dict.fromkeys(f"dates {layout.text}" for layout in cleaned.cells.dates.values()),
        ),
        currencies_seen=frozenset(_currencies(file, recognition.columns.get("amount"))),
        brands=_brands(file, recognition.columns.get("brand")),
        rated_in_numbers=recognition.kind is Kind.TICKETS
        and "csat" in cleaned.columns
        and "csat" not in getattr(cleaned, "scales", {}),
        scales=getattr(cleaned, "scales", {}),
        best=getattr(cleaned, "best", {}),
        holds=getattr(cleaned, "holds", None),
    )


def _opened(file: RawFile) -> Iterator[str]:
    if file.encoding not in (None, "utf-8"):
        yield str(file.encoding)
    if file.delimiter not in (None, ","):
        yield {"\t": "tabs between cells"}.get(str(file.delimiter), f"{file.delimiter} between cells")
    if file.header_row not in (None, 1):
        yield f"header in row {file.header_row}"


def _currencies(file: RawFile, use: Use | None) -> Iterator[str]:
    """Yield the codes of what stands beside the amounts; ``$`` alone is many a country's."""
    known = catalogue().currencies
    for column in use.columns if use else ():
        unit = stated_unit(file.headers[int(column[1:])])
        cells = file.sample[column].cast(pl.String).drop_nulls().unique(maintain_order=True)[:200]
        for written in {unit, *(FIGURE.sub("", cell) for cell in cells)}:
            code = known.get(written, written)
            if written != "$" and code in known.keys() | set(known.values()):
                yield code


def _brands(file: RawFile, use: Use | None) -> tuple[str, ...]:
    if use is None:
        return ()
    return tuple(file.sample[use.columns[0]].cast(pl.String).drop_nulls().str.strip_chars().unique().sort())


def usable(readings: Sequence[Reading]) -> bool:
    """Return whether a report of a period can be made from any of them."""
    return any(reading.feeds and reading.has_period for reading in readings)
