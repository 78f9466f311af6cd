"""What kind of export a file is, which tool wrote it, and what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from shlex import quote

import polars as pl

from loyalty.errors import ColumnMissing, KindMismatch, NotATable
from loyalty.ingest.catalogue import Names, Platform, catalogue, key
from loyalty.ingest.clean.fates import fates
from loyalty.ingest.doubts import holds_names
from loyalty.ingest.headers import SHOWN, Headers
from loyalty.ingest.meanings import columns_of, drawn, named_columns
from loyalty.ingest.platforms import find_platform, rows_left_out
from loyalty.ingest.questions import rivals
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition, Use
from loyalty.ingest.returning import better_column, never_return
from loyalty.ingest.source import Source
from loyalty.ingest.values.words import fold
from loyalty.model.kind import Kind
from loyalty.model.tables import QUESTIONS

REQUIRED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ORDERS: (("ordered_at",), ("customer_id", "order_id")),
    Kind.SURVEYS: ((*QUESTIONS, "score"),),
    Kind.MENTIONS: (("text", "sentiment", "rating", "brand"),),
    Kind.CUSTOMERS: (("customer_id", "email"),),
    Kind.POINTS: (("points", "balance", "earned", "spent"), ("member_id", "customer_id")),
    Kind.TICKETS: (("created_at",), ("ticket_id", "assignee", "first_reply", "solved_at")),
}
"""Of each group, one column must be there."""

COMMON: Mapping[Kind, frozenset[str]] = {
    Kind.ORDERS: frozenset(
        {"customer_id", "ordered_at", "status", "channel", "country", "currency", "is_test"}
    ),
    Kind.CUSTOMERS: frozenset({"customer_id", "email", "phone"}),
}
"""Columns that any list with people in it has: a file without others is not taken for one of that kind unasked."""

OF_ORDERS = ("amount", "list_value", "product_id", "product_name", "quantity", "unit_price")
"""What is bought and for how much."""

SOLD = ("amount", "list_value", "quantity", "unit_price")
"""For how much and how many pieces something was bought."""

PRODUCT = ("product_id", "product_name")
TITLES = frozenset({"title", "description"})
"""Keys of headers of a product's name that other files have, too."""

CHANGES = frozenset(
    {"pointschange", "pointchange", "pointsdelta", "puanhareketi", "puandegisimi", "hareketpuani"}
)
"""Keys of headers of points that only a ledger has."""

CLEARLY = 2
"""By how much more evidence another kind must lead before a file is held to be of that kind."""

GARBLED = re.compile(r"Ã[¼¶§œ‡–±]|Ä[±°Ÿž]|Å[Ÿž]")
"""What ü, ö, ç, ı, ğ and ş look like then."""

CUTTING = ";\t|"
"""What stands between columns and hardly ever in the name of one."""

WEAK = (Known.DERIVED, Known.CONTENT)
"""Ways of knowing a column that say nothing about the kind of the file."""


def recognise(file: RawFile, source: Source, kind: Kind | None) -> Recognition:
    """Return what the file is and what its columns mean; ``kind`` is the kind needed, None when any will do.

    What the user says (``source.mapping``, ``source.preset``) wins over everything found.

    Raises:
        UsageError: a canonical name or a preset that does not exist.
        ColumnMissing: a header the user named, or a column that is needed, is not in the file.
        KindMismatch: the file is of another kind than the one needed, or of none.
        NotATable: no row fits the header.
    """
    if file.sample["ragged"].all() and not file.sample.is_empty():
        raise NotATable(
            f"{file.path}: every row has more cells than the header has names, first row {file.sample['row'][0]}",
            hint="Give each column a name, and put cells that hold the delimiter in quotes; or name the delimiter: "
            "--delimiter ';'.",
        )
    headers = Headers(file)
    mapping = named_columns(headers, file, source, kind)
    platform = find_platform(headers, file, source, kind, bool(mapping))
    found = {
        each: columns_of(
            each,
            headers,
            file,
            platform,
            catalogue().said_of(each, mapping),
            by_place=source.preset is not None,
        )
        for each in Kind
        if platform is None or each is platform.kind
    }
    evidence = {each: _evidence(each, columns, headers, platform) for each, columns in found.items()}
    chosen = kind or _likeliest(found, evidence, file, headers, platform)
    if chosen not in found:
        raise _wrong_kind(file, chosen, platform.kind if platform else chosen, platform, source.asks)
    columns = dict(found[chosen])
    _check_kind(
        file,
        headers,
        kind,
        found,
        evidence,
        platform,
        source.asks,
        mapped=bool(mapping),
        alone=len(source.paths) == 1,
    )
    if chosen is Kind.ORDERS and platform is None:
        _give_guests_their_address(columns, headers, file)
    reasons = _reasons(chosen, headers, columns, file)
    unsure, beside = (
        rivals(file, platform, catalogue().kinds[chosen], columns) if chosen is Kind.SURVEYS else ({}, {})
    )
    return Recognition(
        kind=chosen,
        platform=platform,
        columns=columns,
        confidence=1.0 if platform or mapping else _confidence(chosen, evidence),
        reasons=reasons,
        candidates=tuple(
            (str(each), float(weight))
            for each, weight in sorted(evidence.items(), key=lambda item: -item[1])
            if weight > 0
        ),
        unknown_words=_unknown_statuses(file, columns, rows_left_out(platform, headers))
        if chosen is Kind.ORDERS
        else (),
        instead=better_column(file, columns) if NEVER_RETURN in reasons else None,
        rivals=unsure,
        beside=beside,
        nobody=GUEST_IDS if GUESTS in reasons else (),
    )


def missing(kind: Kind, columns: Mapping[str, Use]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of columns a kind needs of which the file has none."""
    absent = tuple(group for group in REQUIRED[kind] if not any(name in columns for name in group))
    return () if kind is Kind.SURVEYS and _says_more(columns) else absent


def _says_more(columns: Mapping[str, Use]) -> bool:
    """Return whether a file without an answer on a scale belongs to a survey: who was invited, or why people buy."""
    if "respondent_id" not in columns:
        return False
    invited = "invited_at" in columns and not columns.keys().isdisjoint(("wave", "bounced"))
    return invited or "stated_type" in columns


# --- weighing


def _evidence(kind: Kind, columns: Mapping[str, Use], headers: Headers, platform: Platform | None) -> int:
    names = catalogue().kinds[kind]
    found = [name for name, use in columns.items() if name in names and use.known not in WEAK]
    if kind is Kind.ORDERS and platform is None and columns.keys().isdisjoint(SOLD):
        found = [name for name in found if name not in _no_products(columns, headers)]
    return sum(names[name].tells for name in found) + (100 if platform else 0)


def _no_products(columns: Mapping[str, Use], headers: Headers) -> tuple[str, ...]:
    """Return which columns of a product say nothing where there is no money and are no pieces.

    That is the second of two made of one, and both where what was taken for a product is a title or a description.
    """
    product = {name: columns[name].columns for name in PRODUCT if name in columns}
    made_of = {column for its in product.values() for column in its}
    if {key(headers.text(column)) for column in made_of} <= TITLES:
        return PRODUCT
    return PRODUCT[:1] if len(product) > len(made_of) else ()


def _likeliest(
    found: Mapping[Kind, Mapping[str, Use]],
    evidence: Mapping[Kind, int],
    file: RawFile,
    headers: Headers,
    platform: Platform | None,
) -> Kind:
    """Return the kind with most evidence among those whose needed columns are there; in doubt the first.

    Where much more speaks for a kind of which a needed column was not found, that is said: orders without a known date
    are not a list of customers.
    """
    possible = [
        kind
        for kind, columns in found.items()
        if not missing(kind, columns) and not _is_thin(kind, columns, headers)
    ]
    if file.header_row is None and not any(evidence.values()):
        raise _headless(file)
    nearest = max(found, key=lambda kind: evidence[kind])
    absent = missing(nearest, found[nearest])
    if absent and evidence[nearest] > CLEARLY + max((evidence[kind] for kind in possible), default=0):
        raise _columns_missing(file, headers, nearest, absent, platform)
    if not possible:
        raise KindMismatch(
            f"{file.path}: what these rows are about cannot be recognised",
            f"{file.path}: the headers are {headers.listed()}",
            hint=_garbled(headers)
            or _cut_elsewhere(file)
            or "Name the columns: --map customer_id=Header --map ordered_at=Header --map amount=Header "
            "for orders, --map nps=Header for a survey.",
        )
    return max(possible, key=lambda kind: _weight(kind, found[kind], headers, evidence[kind]))


def _is_thin(kind: Kind, columns: Mapping[str, Use], headers: Headers) -> bool:
    """Return whether no more speaks for a kind than what any list has: a person and a date, or a balance of nobody.

    A person and a date with nothing else beside them are a log of purchases.
    """
    if any(use.known in (Known.MAPPING, Known.PLATFORM) for use in columns.values()):
        return False
    if kind is Kind.ORDERS and not _unused(headers, drawn(columns)):
        return False
    if kind is Kind.POINTS:
        return "member_id" not in columns and headers.named(_people(), ()) is None
    return kind in COMMON and columns.keys() <= COMMON[kind]


def _people() -> Names:
    return catalogue().kinds[Kind.ORDERS]["customer_id"]


def _weight(kind: Kind, columns: Mapping[str, Use], headers: Headers, evidence: int) -> int:
    """Return the evidence for a kind among others; what has an order number and no money may be about an order.

    A type is one of points where points moved, and says nothing elsewhere; and points that changed are no balance.
    """
    if kind is Kind.POINTS and "points" in columns:
        changed = key(headers.text(columns["points"].columns[0])) in CHANGES
        return evidence + ("entry_type" in columns) + CLEARLY * changed
    if kind is Kind.ORDERS and columns.keys().isdisjoint(OF_ORDERS) and "order_id" in columns:
        return evidence - catalogue().kinds[kind]["order_id"].tells
    if kind is Kind.ORDERS and columns.keys().isdisjoint(SOLD):
        # Reviews are of a product, too.
        return evidence - 1
    orders = catalogue().kinds[Kind.ORDERS]["order_id"]
    if kind is Kind.CUSTOMERS and "created_at" in columns and headers.named(orders, ()) is not None:
        # What was created then is an order.
        return evidence - catalogue().kinds[kind]["created_at"].tells
    return evidence


def _confidence(chosen: Kind, evidence: Mapping[Kind, int]) -> float:
    rival = max((weight for kind, weight in evidence.items() if kind is not chosen), default=0)
    own = evidence[chosen]
    return own / (own + rival) if own else 0.0


def _check_kind(
    file: RawFile,
    headers: Headers,
    needed: Kind | None,
    found: Mapping[Kind, Mapping[str, Use]],
    evidence: Mapping[Kind, int],
    platform: Platform | None,
    asks: Sequence[str],
    *,
    mapped: bool,
    alone: bool,
) -> None:
    if needed is None:
        return
    absent = missing(needed, found[needed])
    if needed is Kind.SURVEYS and asks and alone:
        # What is asked for can stand nowhere else.
        absent = tuple(group for group in REQUIRED[needed] if found[needed].keys().isdisjoint(group))
    rivals = [kind for kind, columns in found.items() if kind is not needed and not missing(kind, columns)]
    weight = {kind: _weight(kind, columns, headers, evidence[kind]) for kind, columns in found.items()}
    rival = max(rivals, key=lambda kind: weight[kind], default=None)
    is_sure = not absent and not _is_thin(needed, found[needed], headers)
    if rival is not None and not mapped and weight[rival] > weight[needed] + (CLEARLY if is_sure else 0):
        raise _wrong_kind(file, needed, rival, None, asks)
    if absent:
        wanted = [(question,) for question in asks] if needed is Kind.SURVEYS and asks else absent
        raise _columns_missing(file, headers, needed, wanted, platform)


def _headless(file: RawFile) -> KindMismatch:
    shown = (f"#{place} {cell[:SHOWN]}" for place, cell in enumerate(_first_cells(file), start=1))
    return KindMismatch(
        f"{file.path}: there is no header, so nothing tells what the columns are",
        f"{file.path}: its first row is {', '.join(shown)}",
        hint=_cut_elsewhere(file)
        or "Name the columns by their place, such as --map customer_id=#1 --map ordered_at=#2 --map amount=#3 for "
        "orders, --map nps=#2 for a survey.",
    )


LOOKS_LIKE = {
    Kind.ORDERS: "orders",
    Kind.SURVEYS: "a survey",
    Kind.MENTIONS: "mentions or reviews",
    Kind.CUSTOMERS: "a list of customers",
    Kind.POINTS: "a points ledger",
    Kind.TICKETS: "support tickets",
}
NEEDED = {Kind.ORDERS: "orders are", Kind.SURVEYS: "a survey is", Kind.MENTIONS: "mentions are"}


def _wrong_kind(
    file: RawFile, needed: Kind, seen: Kind, platform: Platform | None, asks: Sequence[str]
) -> KindMismatch:
    by = f" ({platform.name})" if platform else ""
    wanted = NEEDED.get(needed, f"{needed} are")
    # Tickets carry satisfaction, never a recommendation.
    usual = "csat" if (needed, seen) == (Kind.SURVEYS, Kind.TICKETS) else REQUIRED[needed][0][0]
    question = next(iter(asks), usual) if needed is Kind.SURVEYS else usual
    return KindMismatch(
        f"{file.path}: this looks like {LOOKS_LIKE[seen]}{by}; {wanted} needed here",
        hint=f"`loyalty check {quote(file.path)}` shows what was recognised. If it is right all the same, "
        f"name the columns: --map {question}=Header.",
    )


def _columns_missing(
    file: RawFile,
    headers: Headers,
    kind: Kind,
    absent: Iterable[tuple[str, ...]],
    platform: Platform | None,
) -> ColumnMissing:
    by = f" (a {platform.name} export has none)" if platform else ""
    groups = [" or ".join(group[:2]) if kind is Kind.ORDERS else group[0] for group in absent]
    options = " ".join(f"--map {group[0]}=Header" for group in absent)
    return ColumnMissing(
        *(f"{file.path}: no column was recognised as {group}{by}" for group in groups),
        f"{file.path}: the headers are {headers.listed()}",
        hint=_garbled(headers)
        or _cut_elsewhere(file)
        or f"Say which it is: {options} (or =#3 for the third column).",
    )


def _cut_elsewhere(file: RawFile) -> str | None:
    """Return what to do about a first row whose cells hold another delimiter than the one that was named."""
    first = file.headers if file.header_row is not None else _first_cells(file)
    between = next((sign for sign in CUTTING if any(text.count(sign) > 1 for text in first)), None)
    if file.delimiter in (None, between) or between is None:
        return None
    named = "tab" if between == "\t" else f"'{between}'"
    return f"{named} stands between the names of the columns: leave out --delimiter, or type --delimiter {named}."


def _first_cells(file: RawFile) -> list[str]:
    cells = file.sample.select(pl.exclude("row", "ragged").cast(pl.String)).head(1).rows()
    return [cell or "" for row in cells for cell in row[:SHOWN]]


def _garbled(headers: Headers) -> str | None:
    """Return what to do about headers that were once decoded wrongly and saved so: ``MÃ¼ÅŸteri No``."""
    if not any(GARBLED.search(text) for text in headers.texts):
        return None
    return (
        "The letters were garbled before the file was saved: UTF-8 was opened as an older encoding. "
        "Export it again, and open it in Excel by Data, From Text/CSV, 65001: Unicode (UTF-8)."
    )


# --- what should be known about the reading


def _reasons(kind: Kind, headers: Headers, columns: Mapping[str, Use], file: RawFile) -> tuple[str, ...]:
    reasons = []
    customer = columns.get("customer_id")
    if kind is Kind.ORDERS and customer is None:
        reasons.append("no_customers")
    if customer is not None and holds_names(file.sample[customer.columns[0]]):
        reasons.append("customer_by_name")
    if kind is Kind.ORDERS and "order_id" not in columns:
        reasons.append("order_is_customer_and_day")
    if kind is Kind.ORDERS and "amount" not in columns:
        reasons.append("no_amounts")
    if kind is Kind.ORDERS and _amount_twice(headers, columns, file):
        reasons.append("amount_twice")
    if kind is Kind.ORDERS and never_return(file, columns):
        reasons.append(NEVER_RETURN)
    if customer is not None and customer.known is Known.HEADER and len(customer.columns) > 1:
        reasons.append(GUESTS)
    return tuple(reasons)


def _amount_twice(headers: Headers, columns: Mapping[str, Use], file: RawFile) -> bool:
    """Return whether another column under the header of the amount holds other values, of which nothing tells."""
    use = columns.get("amount")
    if use is None or use.known is not Known.HEADER:
        return False
    column = use.columns[0]
    return any(
        other not in file.empty and not file.sample[other].equals(file.sample[column])
        for other in headers.alike(column)
    )


def _give_guests_their_address(columns: dict[str, Use], headers: Headers, file: RawFile) -> None:
    """Let an e-mail address stand in where the customer number is 0, as shops write it for guests."""
    use = columns.get("customer_id")
    if (
        use is None
        or use.known is not Known.HEADER
        or use.columns[0] in {headers.find(name) for name in catalogue().mail_headers}
    ):
        return
    ids = file.sample[use.columns[0]].cast(pl.String).str.strip_chars()
    address = next(
        (column for name in catalogue().mail_headers if (column := headers.find(name, drawn(columns)))), None
    )
    if address is None or not ids.is_in(GUEST_IDS).any():
        return
    guests = file.sample[address].filter(ids.is_in(GUEST_IDS))
    if guests.n_unique() > 1 or guests.len() == 1:
        columns["customer_id"] = Use((*use.columns, address), known=use.known)


GUEST_IDS = ("0",)
GUESTS = "guests_by_email"
NEVER_RETURN = "customers_never_return"
"""Reasons that also say how the file is to be read."""


def _unused(headers: Headers, used: set[str]) -> tuple[str, ...]:
    return tuple(text for place, text in enumerate(headers.texts) if text and f"c{place}" not in used)


def _unknown_statuses(
    file: RawFile, columns: Mapping[str, Use], left_out: Iterable[tuple[pl.Expr, str]]
) -> tuple[str, ...]:
    use = columns.get("status")
    if use is None:
        return ()
    rows = file.sample.filter(*(~no_data for no_data, _ in left_out))
    words = rows[use.columns[0]].cast(pl.String).drop_nulls().unique().sort()
    unknown = words.filter(fates(words).is_null())
    return tuple(word for word in unknown if fold(word))
