"""What a metric returns: figures with their evidence, tables, notes and the fate of every row.

Results carry keys and values, never sentences: titles, labels and the text of notes are looked up in the word
catalogue when something is rendered. Unknown is ``None`` with a status and a reason, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

Value = int | float | Decimal | str | date | bool | None


class Key(str):
    """A value that is a word key: people read the word of the catalogue, programs the key itself.

    ``home`` is the branch of the catalogue where its word stands, where the name of the column does not tell.
    """

    home: str | None

    def __new__(cls, key: str, home: str | None = None) -> Self:
        """Return the key as a text."""
        made = super().__new__(cls, key)
        made.home = home
        return made


class Told(Key):
    """A key whose word is a sentence with ``values`` for its placeholders; programs read it in English."""

    values: Mapping[str, Value]

    def __new__(cls, key: str, home: str, values: Mapping[str, Value]) -> Self:
        """Return the key as a text."""
        made = super().__new__(cls, key, home)
        made.values = values
        return made


class Status(StrEnum):
    """Whether a figure may be believed."""

    OK = "ok"
    UNDEFINED = "undefined"
    """Nothing to divide by, or nothing there."""
    INSUFFICIENT = "insufficient"
    """Too few cases to show: people see the counts, machines also the value."""
    REFUSED = "refused"
    """Computing it would mislead."""


class Draw(StrEnum):
    """How a table likes to be drawn; the only thing a metric says about looks."""

    DISTRIBUTION = "distribution"
    TREND = "trend"
    HEATMAP = "heatmap"
    BARS = "bars"
    DOTS = "dots"


@dataclass(frozen=True)
class Figure:
    """One number with its evidence.

    ``unit`` is one of ``points`` (-100..100), ``score``, ``share`` (0..1), ``ratio``, ``count``, ``days``, ``hours``,
    ``minutes``, ``months``, ``years``, ``per_customer``, ``p_value``, ``balance`` (-1..1), ``money`` or ``money:TRY``
    (in major units), ``date`` or ``text``; columns also ``id``, ``flag``, ``segment``, ``reason`` and ``strategy``.
    ``value`` is unrounded. ``reason`` is a word key, present whenever ``status`` is not ``ok``.
    """

    name: str
    value: Value
    unit: str
    n: int | None = None
    numerator: Value = None
    denominator: Value = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    status: Status = Status.OK
    reason: str | None = None

    @classmethod
    def undefined(cls, name: str, unit: str, reason: str, n: int | None = None) -> Figure:
        """Return a figure that has no value, and why."""
        return cls(name, None, unit, n=n, status=Status.UNDEFINED, reason=reason)

    @classmethod
    def refused(cls, name: str, unit: str, reason: str, n: int | None = None) -> Figure:
        """Return a figure that is withheld because it would mislead, and why."""
        return cls(name, None, unit, n=n, status=Status.REFUSED, reason=reason)


@dataclass(frozen=True)
class Column:
    """A column of a result table; ``unit`` as in :class:`Figure`. ``personal`` columns identify a person.

    Counts are ``whole``, unless they are of points, which come in parts, or expected and not counted.
    """

    name: str
    unit: str
    personal: bool = False
    whole: bool = True


@dataclass(frozen=True)
class ResultTable:
    """Rows of evidence behind the figures, sorted. ``headline`` tables are shown to people by default.

    ``word_columns`` names the columns whose values are word keys (segments, strategies), translated when shown.
    ``once`` names columns whose values people see only where they change from the row above; ``implied`` columns they
    do not see where all rows have the same.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    draw: Draw | None = None
    headline: bool = True
    word_columns: frozenset[str] = frozenset()
    once: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something the reader must know: a code of the word catalogue and the values for its placeholders."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """Rows that were not used, and why; ``first_rows`` are row numbers as a spreadsheet shows them.

    ``first_files`` are the files that these rows stand in, one for each, where the rows of several files were read;
    ``first_names`` is what people call them: by their names, or by their paths where others that were read have the
    same name.
    """

    reason: str
    count: int
    first_rows: tuple[int, ...]
    first_files: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The fate of every row: ``read`` is always ``used`` plus the counts left out."""

    read: int
    used: int
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        lost = self.read - self.used - sum(item.count for item in self.left_out)
        if lost:
            raise ValueError(f"{lost} of {self.read} rows are neither used nor counted as left out")


@dataclass(frozen=True)
class Period:
    """Local calendar days from ``start`` up to but not including ``end``; ``partial`` when not over yet."""

    start: date
    end: date
    partial: bool = False
    label: str | None = None
    """``2026-10``, ``2026-Q3``, ``2026-W44`` or ``2026`` when the days are such a calendar period."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def days(self) -> int:
        """Number of days in the period."""
        return (self.end - self.start).days

    @property
    def name(self) -> str:
        """The calendar period, else the days as ``--period`` takes them: ``2026-10-01..2026-10-15``."""
        return self.label or f"{self.start}..{self.end}"


@dataclass(frozen=True)
class MetricResult:
    """One metric over one group and period. ``figures[0]`` is the headline.

    ``keeps`` is a text that a later run may take up, where the metric offers one; it is no part of what is shown.
    """

    metric: str
    variant: str
    figures: tuple[Figure, ...]
    rows: Rows
    period: Period | None = None
    as_of: date | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    group: Mapping[str, str | None] = field(default_factory=dict)
    tables: tuple[ResultTable, ...] = ()
    notes: tuple[Note, ...] = ()
    keeps: str | None = None

    @property
    def headline(self) -> Figure:
        """The figure the metric is asked for."""
        return self.figures[0]

    def figure(self, name: str) -> Figure | None:
        """Return the figure of that name, if the metric has it."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def with_notes(self, *notes: Note) -> MetricResult:
        """Return the same result with more notes."""
        return replace(self, notes=(*self.notes, *notes))
