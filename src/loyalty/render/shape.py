"""Which column of a table plays which part when it is drawn: category, value, interval, cases, class."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from loyalty.model.result import Key, ResultTable, Value

SMALL_N = 30
"""Points that stand on fewer cases are drawn hollow."""

_UNITS = frozenset(
    {
        "points",
        "score",
        "share",
        "share_change",
        "score_change",
        "balance",
        "ratio",
        "count",
        "days",
        "hours",
        "minutes",
        "months",
        "years",
        "per_customer",
        "p_value",
    }
)
_ROLES = frozenset({"low", "high", "n", "class", "partial"})


@dataclass(frozen=True)
class Shape:
    """The parts of a drawing, as column numbers.

    The first column is the category; columns called ``low``, ``high``, ``n``, ``class``, ``partial`` are what
    they are called; the first other column with numbers is the value, and ``measures`` are all of these. A column
    called ``expected`` is also drawn beside the value, where that is drawn as a line; ``not_seen`` flags the rows which
    what is expected had not seen.
    """

    value: int
    measures: tuple[int, ...]
    low: int | None = None
    high: int | None = None
    n: int | None = None
    klass: int | None = None
    partial: int | None = None
    expected: int | None = None
    not_seen: int | None = None

    def finished(self, row: tuple[Value, ...]) -> bool:
        """Return whether a row can be drawn beside others: a part of a month is no fall, a total no part."""
        return not is_total(row) and (self.partial is None or row[self.partial] is not True)


def is_total(row: tuple[Value, ...]) -> bool:
    """Return whether a row adds up the others of its table."""
    return isinstance(row[0], Key) and row[0] == "total"


def shape(table: ResultTable) -> Shape | None:
    """Return the parts of a table's drawing, or None when no column has numbers."""
    places = {column.name: place for place, column in enumerate(table.columns)}
    measures = tuple(
        place
        for place, column in enumerate(table.columns)
        if place and is_number(column.unit) and column.name not in _ROLES
    )
    if not measures:
        return None
    return Shape(
        measures[0],
        measures,
        *(places.get(role) for role in ("low", "high", "n", "class", "partial", "expected", "not_seen")),
    )


def is_number(unit: str) -> bool:
    """Return whether values of a unit are numbers: they stand right, keep their digits and can be drawn."""
    return unit in _UNITS or unit.startswith("money")


def number(value: Value) -> float | None:
    """Return a cell as a number to draw, or None where there is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return float(value)


def tones(table: ResultTable, parts: Shape) -> dict[Value, str]:
    """Return for each class ``bad``, ``middle`` or ``good``.

    The class of the lowest scores is the bad one, that of the highest the good one.
    """
    if parts.klass is None or not table.rows:
        return {}
    first, last = number(table.rows[0][0]), number(table.rows[-1][0])
    falling = first is not None and last is not None and first > last
    rising = reversed(table.rows) if falling else iter(table.rows)
    classes = list(dict.fromkeys(row[parts.klass] for row in rising))
    return dict.fromkeys(classes, "middle") | {classes[-1]: "good", classes[0]: "bad"}
