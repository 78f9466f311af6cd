"""What a metric is: a name, the facts it needs, its options, and one pure function."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult, Note, Period

if TYPE_CHECKING:
    import polars as pl


def option(
    default: Any,
    text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    reads: str | None = None,
    check: Callable[[str], object] | None = None,
    share: bool = False,
    days: bool = False,
    flag: str | None = None,
) -> Any:
    """Declare one option of a metric: its default, its help, and the bounds of a number.

    The same declaration makes the command-line option and the key under ``metrics:`` in the configuration. Where an
    option ``reads`` something, the user names a file, and the metric gets as text what ``loyalty.config.option_files``
    found in it. ``check`` raises a UsageError where a text cannot be meant: of a configuration that is told with its
    other mistakes. A ``share`` may be written as 0.4 or 40%, ``days`` as 90 or 90d. ``flag`` is a shorter name on the
    command line.
    """
    described = {
        "help": text,
        "min": low,
        "max": high,
        "reads": reads,
        "check": check,
        "share": share,
        "days": days,
        "flag": flag,
    }
    return field(default=default, metadata=described)


class Fact(StrEnum):
    """The derived tables a metric may ask for; each is made once per run by the room of that name in ``derive``."""

    PURCHASE_DAYS = "purchase_days"
    ORDER_VALUES = "order_values"
    CUSTOMER_KINDS = "customer_kinds"
    FIRST_TRAITS = "first_traits"
    BASKETS = "baskets"
    ORDER_TERMS = "order_terms"
    PRODUCT_DAYS = "product_days"
    FAMILY_TIERS = "family_tiers"
    ORDER_ROWS = "order_rows"
    ANSWERS = "answers"
    NPS_COUNTS = "nps_counts"
    FEEDBACK = "feedback"
    MENTION_COUNTS = "mention_counts"
    CONSENTS = "consents"
    ENROLMENTS = "enrolments"
    ORDER_FATES = "order_fates"
    MENTION_FATES = "mention_fates"
    COMMENTS = "comments"
    MEMBERSHIPS = "memberships"
    MEMBER_ROWS = "member_rows"
    MEMBER_FATES = "member_fates"
    TICKETS = "tickets"
    LISTED_MEMBERS = "listed_members"
    POINT_ENTRIES = "point_entries"
    POINT_ROWS = "point_rows"
    POINT_FATES = "point_fates"


@dataclass(frozen=True)
class Scope:
    """Which part of the data a result is about.

    ``period`` is None when none was asked for: all days before ``as_of`` count. ``ends_with_data`` where nobody named
    the as-of day: then no row on or after it counts anyway, for a reason of its own. ``named`` is the as-of day that
    somebody named, where the data end sooner and count only to ``as_of``.
    """

    as_of: date
    period: Period | None = None
    confidence: float = 0.95
    ends_with_data: bool = False
    named: date | None = None

    @property
    def asked(self) -> date:
        """The day up to which rows were asked for, had the data reached it: the end of the period, unless as of a
        day before.
        """
        named = date.max if self.ends_with_data else self.named or self.as_of
        return named if self.period is None else min(self.period.end, named)


@dataclass(frozen=True)
class Tables:
    """The facts of one group, collected, with what is known about their source.

    ``first_day`` and ``last_day`` bound the events in the source; ``unit`` is ``money`` or ``money:TRY``; ``notes`` are
    what every result should say about the source; ``joined`` holds the other sources of the run that the metric joins,
    over everything also where these are the facts of one group.
    """

    facts: dict[Fact, pl.DataFrame]
    first_day: date | None
    last_day: date | None
    unit: str = "money"
    known: frozenset[str] = frozenset()
    currencies: tuple[str, ...] = ()
    scales: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    best: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By survey question, what could be it where nothing tells, and what else asks for it where one was chosen."""
    mixed: frozenset[str] = frozenset()
    """Questions that the files ask on different scales."""
    notes: tuple[Note, ...] = ()
    deflated: bool = False
    """Whether amounts are in the money of one month."""
    joined: Mapping[Kind, Tables] = field(default_factory=dict)
    whole: Tables | None = None
    """The facts over everything, where these are of one group: what is measured on the data is measured there."""
    last: bool = False
    """Whether nothing else is computed from these facts, so that a metric may let go of them on its way."""
    _measured: dict[Hashable, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __getitem__(self, fact: Fact) -> pl.DataFrame:
        return self.facts[fact]

    @property
    def several_currencies(self) -> bool:
        """Whether amounts are in more than one currency: they neither add up nor tell who brought more."""
        return len(self.currencies) > 1

    def let_go(self, fact: Fact) -> None:
        """Hold a fact no longer that this metric looks at no more, where nobody else does: it takes much memory."""
        if self.last:
            del self.facts[fact]

    def once(self, what: Hashable, measure: Callable[[], Any]) -> Any:
        """Return what is measured on these facts; many groups ask for it, and the first answer is kept."""
        if what not in self._measured:
            self._measured[what] = measure()
        return self._measured[what]


Groups = Mapping[tuple[str | None, ...], Tables]
Compare = Callable[[list[MetricResult], Tables, Groups, Scope, Any], list[MetricResult]]


def _no_columns(_: Any) -> Mapping[str, str]:
    return {}


def _as_they_are(options: Any) -> Any:
    return options


def _no_traits(_: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Join:
    """Another kind of export that a metric can use beside its own, when the run has one.

    ``needs`` are the facts it takes from there, given the metric's options; ``help`` says what for, as the help of the
    command's option of that name.
    """

    kind: Kind
    needs: Callable[[Any], tuple[Fact, ...]]
    help: str


@dataclass(frozen=True)
class Metric:
    """One entry of the registry. From it follow the command, its help, its manual and its place in the report.

    Its one-line summary stands in the registry, which must not import it.

    Attributes:
        name: the command; also the key of its words.
        source: the kind of export it reads.
        needs: the facts it computes from, given its options.
        options: a frozen dataclass whose fields carry ``help`` (and bounds) as metadata.
        compute: tables of one group, scope and options in; one result out. Pure.
        left_out: the rows that ``compute`` left out, one by one (``file``, ``row``, ``reason``), for ``--rejects``.
        fates: the fact that ``left_out`` needs.
        manual: the module docstring: Question, Formula, Not counted, Worked example, References.
        examples: command lines on ``sample_data/`` shown at the end of ``--help``.
        without_file: computes from the options alone when they replace the file (``retention --start 200 …``);
            returns None when they do not.
        asks: the survey questions it is about, which a message names where a file has none of them.
        columns: the canonical columns that its options name (``{"weight": "Weight"}``), read as if by ``--map``.
        traits: the columns, of whatever meaning, by whose values its options tell customers apart; named as ``--by``
            names them, and told of each customer's first purchase by ``Fact.FIRST_TRAITS``.
        compare: adds to the results (over everything, then of each group of ``--by``) what can only be said with all
            groups at hand; ``groups`` are their tables, in the same order.
        list_table: the table that ``-o list.csv`` writes, for metrics that are about a list.
        list_instead: the one it writes where the result lacks that.
        keeps: what ``--save-KEEPS FILE`` keeps of the whole's result for a later run (``fit``).
        tells_change: whether its command says beside the headline if that changed since the period before.
        one_period: whether options hold counts of one period, so that no other can be measured with them.
        joins: other kinds of exports it can use; ``tables.joined`` has those that the run has.
        in_brief: the options of the same question without what costs most and is not compared with a year before.
        without_past: the figures that look at nothing before their period: data that begin with it are enough for them.
        stands_on_joins: whether its headline depends on what it joins, so that no period may be measured without it.
        instead: the metric that answers in its place where options ask for another kind of export
            (``--basis membership``); None where they do not.
    """

    name: str
    source: Kind
    needs: Callable[[Any], tuple[Fact, ...]]
    options: type[Any]
    compute: Callable[[Tables, Scope, Any], MetricResult]
    left_out: Callable[[Tables, Scope, Any], pl.DataFrame]
    fates: Fact
    manual: str
    examples: tuple[str, ...]
    without_file: Callable[[Any], MetricResult | None] | None = None
    list_table: str | None = None
    list_instead: str | None = None
    keeps: str | None = None
    joins: tuple[Join, ...] = ()
    asks: tuple[str, ...] = ()
    columns: Callable[[Any], Mapping[str, str]] = _no_columns
    traits: Callable[[Any], tuple[str, ...]] = _no_traits
    compare: Compare | None = None
    tells_change: bool = False
    one_period: Callable[[Any], bool] | None = None
    in_brief: Callable[[Any], Any] = _as_they_are
    without_past: frozenset[str] = frozenset()
    stands_on_joins: bool = False
    instead: Callable[[Any], Metric | None] | None = None

    def for_options(self, options: Any) -> Metric:
        """Return the metric that answers for these options: this one, or the one it gives way to."""
        return (self.instead(options) if self.instead else None) or self
