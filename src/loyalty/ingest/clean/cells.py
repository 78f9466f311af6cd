"""One recognised file, and how its columns turned out to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition, Use
from loyalty.ingest.source import Source
from loyalty.ingest.values.dates import DateLayout
from loyalty.ingest.values.numbers import NumberStyle


@dataclass(frozen=True)
class Cells:
    """What is needed to read the cells of one file.

    Attributes:
        aliases: ids that stand for another customer's, with that one.
        dates: layout of each canonical moment read so far.
        numbers: style of each column of the file read as numbers so far.
        tellers: columns of money that tell the decimal sign of those that do not, once they were looked for.
        remarks: word keys of what should be known about the values, in the order they were found.
    """

    file: RawFile
    recognition: Recognition
    source: Source
    aliases: Mapping[str, str] = field(default_factory=dict)
    dates: dict[str, DateLayout] = field(default_factory=dict)
    numbers: dict[str, NumberStyle | None] = field(default_factory=dict)
    tellers: list[str] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)

    @property
    def locale(self) -> str | None:
        """The user's locale, else the platform's."""
        platform = self.recognition.platform
        return self.source.locale or (platform.locale if platform else None)

    def use(self, name: str) -> Use | None:
        """Return the columns that make a canonical column, if the file has it."""
        return self.recognition.columns.get(name)

    def remark(self, key: str) -> None:
        """Note, once, what should be known about the values."""
        self.remarks[key] = None

    def where(self, column: str) -> str:
        """Return file and column (``c3``) for a message."""
        place = int(column[1:])
        header = self.file.headers[place] or f"#{place + 1}"
        return f'{self.file.path}: column "{header}"'
