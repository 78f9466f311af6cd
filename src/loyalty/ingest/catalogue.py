"""What the tools of the trade call their columns, statuses and labels: ``catalogue.yaml``, read once, on first use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from loyalty.ingest.values.words import fold
from loyalty.model.kind import Kind
from loyalty.model.tables import EntryType, OrderStatus, RowsAre, Scale, ValueOn

Said = TypeVar("Said")


@lru_cache(maxsize=16_384)
def key(header: str) -> str:
    """Return what two spellings of one header have in common: ``"Order-ID"`` and ``"orderId"`` are ``"orderid"``."""
    return fold(header).replace(" ", "")


class How(StrEnum):
    """How several columns of an export make one value."""

    FIRST = "first"
    """The first that is filled in the row."""
    JOIN = "join"
    SUM = "sum"
    MINUS = "minus"
    """The first less the others."""
    TIMES = "times"
    NET = "net"
    """The first times the second, less the third."""
    LOWERED = "lowered"
    """By how much the second is below the first, where the second is not zero."""


@dataclass(frozen=True)
class Rule:
    """The headers a platform uses for one canonical column, and how they make one value.

    Attributes:
        headers: as the platform writes them; ``#3`` is the third column, taken when none of the others is there and
            the user named the platform.
        otherwise: the rule for files in which this one finds nothing.
    """

    headers: tuple[str, ...]
    how: How = How.FIRST
    otherwise: Rule | None = None


@dataclass(frozen=True)
class Names:
    """What one canonical column is called in exports.

    Attributes:
        headers: in order of preference.
        tells: how much the column says about the kind of the file.
        whole_order: keys of headers of amounts that stand for a whole order.
        stars: keys of headers of ratings on a 1-5 scale.
        of_line: keys of headers of prices that some files write for all pieces of a line together.
        doubtful: keys of headers that are a score in one file and points in another.
        says: what a survey question with this meaning says, over the folded text.
        never: what it does not say.
    """

    headers: tuple[str, ...]
    tells: int
    whole_order: frozenset[str]
    stars: frozenset[str]
    of_line: frozenset[str]
    doubtful: frozenset[str]
    says: tuple[str, ...]
    never: tuple[str, ...]

    def asked_in(self, text: str) -> bool:
        """Return whether a question with this (folded) text asks for this column."""
        return _any_in(self.says, text) and not _any_in(self.never, text)


@dataclass(frozen=True)
class LeaveOut:
    """Rows of a platform that are no data: those whose ``column`` holds one of ``words`` (folded).

    With ``unless``, only in files that have no column of that header, which tells more.
    """

    reason: str
    column: str
    words: tuple[str, ...]
    unless: str | None = None


@dataclass(frozen=True)
class Platform:
    """One export layout of one tool.

    Attributes:
        id: what the user types after ``--preset``.
        name: of the tool, for people.
        how_to: where in the tool the export is made, for the manual.
        not_read: headers that are passed over, by the reason.
        signature: headers that must all be there; of an inner tuple, one.
        columns: canonical column to its rule.
        scales: on which scale the platform asks a question, where nothing else tells it.
        first_header: the first signature header must be the first column.
        only_these: no other headers.
        asks: at least one survey question must be found.
        nobody: ids that stand for no customer (guests).
        only_named: never recognised by its headers; for ``--preset`` only.
        questions_in_second_row: question texts stand below codes such as ``Q1``.
        words: what the platform's own words mean in a yes-or-no column, by canonical column and folded word.
        blank_is_no: yes-or-no columns in which a blank cell means no.
        inside: columns whose cells are JSON, with the key of the part that is meant.
        no_year: a year of birth that stands for none.
        signed_by_type: points are written without a sign; the type of the entry tells it.
    """

    id: str
    name: str
    how_to: str
    not_read: Mapping[str, tuple[str, ...]]
    kind: Kind
    signature: tuple[tuple[str, ...], ...]
    columns: Mapping[str, Rule]
    rows_are: RowsAre | None = None
    value_on: ValueOn | None = None
    currency: str | None = None
    timezone: str | None = None
    locale: str | None = None
    best: Scale = Scale.UNKNOWN
    scales: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    first_header: bool = False
    only_these: bool = False
    asks: bool = False
    only_named: bool = False
    questions_in_second_row: bool = False
    nobody: tuple[str, ...] = ()
    left_out: tuple[LeaveOut, ...] = ()
    words: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    blank_is_no: frozenset[str] = frozenset()
    inside: Mapping[str, str] = field(default_factory=dict)
    no_year: int | None = None
    signed_by_type: bool = False


@dataclass(frozen=True)
class MoneyNames:
    """What the (folded) header of a column that holds money says, and what it does not say."""

    says: tuple[str, ...]
    never: tuple[str, ...]
    of_order: tuple[str, ...]

    def name(self, header: str) -> bool:
        """Return whether a folded header names money that can be added up."""
        return _any_in(self.says, header) and not _any_in(self.never, header)

    def whole_order(self, header: str) -> bool:
        """Return whether a folded header says that its money is the whole order's, on whichever rows it stands."""
        return _any_in(self.of_order, header)


def _any_in(patterns: tuple[str, ...], text: str) -> bool:
    # Compiled when first asked: most files ask for few of them.
    return any(re.search(pattern, text) for pattern in patterns)


@dataclass(frozen=True)
class Catalogue:
    """Everything known about headers and words; word maps are keyed by folded words."""

    kinds: Mapping[Kind, Mapping[str, Names]]
    mappable: Mapping[Kind, tuple[str, ...]]
    mapped_as: Mapping[Kind, Mapping[str, str]]
    personal: frozenset[str]
    platforms: tuple[Platform, ...]
    order_status: Mapping[str, OrderStatus]
    after_fees: frozenset[str]
    fees: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    status_headers: Mapping[str, tuple[str, ...]]
    status_says: Mapping[str, tuple[str, ...]]
    sale_types: Mapping[str, str]
    flags: Mapping[str, bool]
    consents: Mapping[str, bool]
    sentiments: Mapping[str, str]
    buying_reasons: Mapping[str, str]
    totals: Mapping[str, tuple[str, ...]]
    relays: tuple[str, ...]
    entry_types: Mapping[str, EntryType]
    entry_states: Mapping[str, str]
    satisfaction: Mapping[str, str]
    ticket_states: Mapping[str, bool]
    merge_tags: tuple[str, ...]
    not_yet: frozenset[str]
    money: MoneyNames
    repost_marks: tuple[str, ...]
    currencies: Mapping[str, str]
    non_products: tuple[str, ...]
    guests: frozenset[str]
    mail_headers: tuple[str, ...]
    aliases: Mapping[str, Names]
    rates: Mapping[str, Names]
    footer_words: tuple[str, ...]
    footer_starts: tuple[str, ...]

    def names_status(self, header: str) -> bool:
        """Return whether a folded header speaks of what became of an order."""
        return _any_in(self.status_headers["says"], header) and not _any_in(
            self.status_headers["never"], header
        )

    def names_to_map(self, kind: Kind) -> tuple[str, ...]:
        """Return every name that may be mapped in files of a kind, those used here first."""
        return (*self.mappable[kind], *self.mapped_as[kind])

    def said_of(self, kind: Kind, mapping: Mapping[str, Said]) -> dict[str, Said]:
        """Return what a mapping says of columns that this kind of file can have, under the names used here."""
        named = ((self.mapped_as[kind].get(name, name), said) for name, said in mapping.items())
        return {name: said for name, said in named if name in self.mappable[kind]}

    def platform(self, preset: str) -> Platform | None:
        """Return the platform of that id, if there is one."""
        return next((platform for platform in self.platforms if platform.id == preset), None)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that is shipped with the package."""
    text = (files("loyalty.ingest") / "catalogue.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Catalogue(
        kinds={Kind(kind): _columns(body["columns"]) for kind, body in data["kinds"].items()},
        mappable={Kind(kind): tuple(names) for kind, names in data["mappable"].items()},
        mapped_as={Kind(kind): names for kind, names in data["mapped_as"].items()},
        personal=frozenset(data["personal"]),
        platforms=tuple(_platform(name, body) for name, body in data["platforms"].items()),
        order_status={word: OrderStatus(status) for word, status in _by_word(data["order_status"])},
        after_fees=frozenset(map(key, data["after_fees"])),
        fees=tuple(data["fees"]),
        names={half: tuple(headers) for half, headers in data["names"].items()},
        status_headers={what: tuple(says) for what, says in data["status_headers"].items()},
        status_says={fate: tuple(says) for fate, says in data["status_says"].items()},
        sale_types=dict(_by_word(data["sale_types"])),
        flags={word: bool(flag) for word, flag in _by_word(data["flags"])},
        consents={word: bool(flag) for word, flag in _by_word(data["consents"])},
        sentiments=dict(_by_word(data["sentiments"])),
        buying_reasons=dict(_by_word(data["buying_reasons"])),
        totals={name: tuple(headers) for name, headers in data["totals"].items()},
        relays=tuple(data["relays"]),
        entry_types={word: EntryType(move) for word, move in _by_word(data["entry_types"])},
        entry_states=dict(_by_word(data["entry_states"])),
        satisfaction=dict(_by_word(data["satisfaction"])),
        ticket_states={word: state == "closed" for word, state in _by_word(data["ticket_states"])},
        merge_tags=tuple(data["merge_tags"]),
        not_yet=frozenset(fold(word) for word in data["not_yet"]),
        money=MoneyNames(
            tuple(data["money"]["says"]),
            tuple(data["money"]["never"]),
            tuple(data["money"]["whole_order"]),
        ),
        repost_marks=tuple(data["repost_marks"]),
        currencies={word: code for code, words in data["currencies"].items() for word in words},
        non_products=tuple(data["non_products"]),
        guests=frozenset(data["guests"]),
        mail_headers=tuple(data["mail_headers"]),
        aliases=_columns(data["aliases"]),
        rates=_columns(data["rates"]),
        footer_words=tuple(data["footers"]["words"]),
        footer_starts=tuple(data["footers"]["starts"]),
    )


def stands_for_order(header: str) -> bool:
    """Return whether the header of an amount says that it is the whole order's, also on rows that are lines of it."""
    names = catalogue().kinds[Kind.ORDERS]
    return any(key(header) in names[name].whole_order for name in ("amount", "list_value"))


def _by_word(groups: Mapping[Any, Sequence[str]]) -> Iterator[tuple[str, Any]]:
    return ((fold(word), meaning) for meaning, words in groups.items() for word in words)


def _columns(columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Names]:
    return {
        name: Names(
            headers=(name, *body["headers"]),
            tells=body.get("tells", 1),
            whole_order=frozenset(key(header) for header in body.get("whole_order", ())),
            stars=frozenset(key(header) for header in body.get("stars", ())),
            of_line=frozenset(key(header) for header in body.get("of_line", ())),
            doubtful=frozenset(key(header) for header in body.get("doubtful", ())),
            says=tuple(body.get("says", ())),
            never=tuple(body.get("never", ())),
        )
        for name, body in columns.items()
    }


def _platform(name: str, body: Mapping[str, Any]) -> Platform:
    return Platform(
        id=name,
        name=body["name"],
        how_to=body["how_to"],
        not_read={why: tuple(headers) for why, headers in body.get("not_read", {}).items()},
        kind=Kind(body["kind"]),
        signature=tuple(_several(header) for header in body["signature"]),
        columns={column: _rule(rule) for column, rule in body["columns"].items()},
        rows_are=RowsAre(body["rows_are"]) if "rows_are" in body else None,
        value_on=ValueOn(body["value_on"]) if "value_on" in body else None,
        currency=body.get("currency"),
        timezone=body.get("timezone"),
        locale=body.get("locale"),
        best=Scale(body.get("best", Scale.UNKNOWN)),
        scales={question: (low, high) for question, (low, high) in body.get("scales", {}).items()},
        first_header=body.get("first_header", False),
        only_these=body.get("only_these", False),
        asks=body.get("asks", False),
        only_named=body.get("only_named", False),
        questions_in_second_row=body.get("questions_in_second_row", False),
        nobody=_several(body.get("nobody", ())),
        left_out=tuple(
            LeaveOut(
                rows["reason"],
                rows["column"],
                tuple(fold(word) for word in rows["is"]),
                rows.get("unless"),
            )
            for rows in body.get("left_out", ())
        ),
        words={
            column: {word: bool(flag) for word, flag in _by_word(meanings)}
            for column, meanings in body.get("words", {}).items()
        },
        blank_is_no=frozenset(body.get("blank_is_no", ())),
        inside=body.get("inside", {}),
        no_year=body.get("no_year"),
        signed_by_type=body.get("signed_by_type", False),
    )


def _several(words: str | Sequence[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _rule(rule: str | Sequence[Any] | Mapping[str, Any]) -> Rule:
    if isinstance(rule, Mapping):
        if "either" in rule:
            return _either([_rule(other) for other in rule["either"]])
        [(how, headers)] = rule.items()
        return Rule(tuple(headers), How(how))
    return Rule(_several(rule))


def _either(rules: Sequence[Rule]) -> Rule:
    first, *others = rules
    return replace(first, otherwise=_either(others)) if others else first
