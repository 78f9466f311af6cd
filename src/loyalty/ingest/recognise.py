"""What kind of export a file is, which tool wrote it, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from loyalty.errors import ColumnMissing, KindMismatch, UsageError, near
from loyalty.ingest.catalogue import How, Names, Platform, catalogue
from loyalty.ingest.headers import Headers, unused
from loyalty.ingest.questions import only_scores, question_text, questions_asked
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition, Use
from loyalty.ingest.source import Source
from loyalty.ingest.values.words import fold
from loyalty.model.tables import QUESTIONS, Kind

REQUIRED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ORDERS: (("ordered_at",), ("customer_id", "order_id")),
    Kind.SURVEYS: ((*QUESTIONS, "score"),),
    Kind.MENTIONS: (("text", "sentiment", "rating", "brand"),),
    Kind.CUSTOMERS: (("customer_id", "email"),),
    Kind.POINTS: (("points", "earned", "spent"),),
    Kind.TICKETS: (("ticket_id", "assignee", "first_reply", "solved_at"),),
}
"""Of each group, one column must be there."""

CLEARLY = 2
"""By how much more evidence another kind must lead before a file is held to be of that kind."""

WEAK = (Known.DERIVED, Known.CONTENT)
"""Ways of knowing a column that say nothing about the kind of the file."""

TIMES = {"ordered_at": "order_time", "answered_at": "answer_time", "mentioned_at": "mention_time"}


def recognise(file: RawFile, source: Source, kind: Kind | None) -> Recognition:
    """Return what the file is and what its columns mean; ``kind`` is the kind needed, None when any will do.

    What the user says (``source.mapping``, ``source.preset``) wins over everything found.

    Raises:
        UsageError: a canonical name or a preset that does not exist.
        ColumnMissing: a header the user named, or a column that is needed, is not in the file.
        KindMismatch: the file is of another kind than the one needed, or of none.
    """
    headers = Headers(file)
    mapping = _users_columns(headers, file, source, kind)
    platform = _platform(headers, file, source, kind, bool(mapping))
    found = {
        each: _columns(each, headers, file, platform, mapping)
        for each in Kind
        if platform is None or each is platform.kind
    }
    evidence = {each: _evidence(each, columns, platform) for each, columns in found.items()}
    chosen = kind or _likeliest(found, evidence, file, headers)
    if chosen not in found:
        raise _wrong_kind(file, chosen, platform.kind if platform else chosen, platform)
    columns = found[chosen]
    _check_kind(file, headers, kind, found, evidence, bool(mapping))
    return Recognition(
        kind=chosen,
        platform=platform,
        columns=columns,
        confidence=1.0 if platform or mapping else _confidence(chosen, evidence),
        reasons=_reasons(chosen, headers, columns),
        unused=unused(headers, columns.values()),
        candidates=tuple(
            (str(each), float(weight))
            for each, weight in sorted(evidence.items(), key=lambda item: -item[1])
            if weight > 0
        ),
        unknown_words=_unknown_statuses(file, columns) if chosen is Kind.ORDERS else (),
    )


def missing(kind: Kind, columns: Mapping[str, Use]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of columns a kind needs of which the file has none."""
    return tuple(group for group in REQUIRED[kind] if not any(name in columns for name in group))


# --- what the user said


def _users_columns(headers: Headers, file: RawFile, source: Source, kind: Kind | None) -> dict[str, Use]:
    """Return the columns named by ``--map``, all mistakes told at once."""
    names = catalogue().mappable
    known = names.get(kind, ()) if kind else sorted({name for group in names.values() for name in group})
    strangers = [
        f"{name} is no column of {kind or 'any kind of file'}{near(name, known)}"
        for name in source.mapping
        if name not in known
    ]
    if strangers:
        raise UsageError(*strangers, hint="The columns that can be mapped are: " + ", ".join(known))
    uses = {name: headers.asked(header) for name, header in source.mapping.items()}
    absent = [
        f"{file.path}: no column {header!r} for {name}{headers.nearest(header)}"
        for name, header in source.mapping.items()
        if uses[name] is None
    ]
    if absent:
        raise ColumnMissing(
            *absent,
            f"{file.path}: the headers are {headers.listed()}",
            hint="Write --map canonical=Header, or --map canonical=#3 for the third column.",
        )
    return {name: Use((column,), known=Known.MAPPING) for name, column in uses.items() if column}


# --- which platform


def _platform(
    headers: Headers, file: RawFile, source: Source, kind: Kind | None, mapped: bool
) -> Platform | None:
    if source.preset is not None:
        return _preset(source.preset)
    fitting = [platform for platform in catalogue().platforms if _signed(headers, file, platform)]
    if mapped and kind is not None:
        # Somebody who names columns of another kind than the platform is known for knows what they are doing.
        fitting = [platform for platform in fitting if platform.kind is kind]
    return max(fitting, key=lambda platform: len(platform.signature), default=None)


def _preset(preset: str) -> Platform:
    platform = catalogue().platform(preset)
    if platform is None:
        presets = [platform.id for platform in catalogue().platforms]
        raise UsageError(
            f"--preset: there is no layout {preset!r}{near(preset, presets)}",
            hint="The layouts are: " + ", ".join(presets),
        )
    return platform


def _signed(headers: Headers, file: RawFile, platform: Platform) -> bool:
    if not all(any(header in headers for header in either) for either in platform.signature):
        return False
    if platform.first_header and all(headers.find(header) != "c0" for header in platform.signature[0]):
        return False
    if platform.only_these and len(headers.texts) > len(platform.signature):
        return False
    return not platform.asks or bool(
        questions_asked(file, platform, catalogue().kinds[Kind.SURVEYS], _ruled(headers, platform))
    )


def _ruled(headers: Headers, platform: Platform) -> set[str]:
    uses = (headers.ruled(rule) for rule in platform.columns.values())
    return {column for use in uses if use for column in use.columns}


# --- what the columns mean


def _columns(
    kind: Kind, headers: Headers, file: RawFile, platform: Platform | None, mapping: Mapping[str, Use]
) -> dict[str, Use]:
    """Return the columns of a kind: the user's, then the platform's, then by header, question and content."""
    names = catalogue().kinds[kind]
    columns = dict(mapping)
    taken = {column for use in mapping.values() for column in use.columns}
    if platform is not None:
        rules = ((name, headers.ruled(rule)) for name, rule in platform.columns.items())
        columns = {name: use for name, use in rules if use and not _given_up(use, taken)} | columns
    if platform is None or kind is Kind.SURVEYS:
        _by_header(columns, headers, names if platform is None else _left_to_headers(names))
    if kind is Kind.SURVEYS:
        _by_question(columns, file, platform, names)
    elif kind is Kind.ORDERS:
        _derive_orders(columns, headers, file)
    _join_time(columns, file)
    return columns


def _given_up(use: Use, taken: set[str]) -> bool:
    return len(use.columns) == 1 and use.columns[0] in taken


def _left_to_headers(names: Mapping[str, Names]) -> dict[str, Names]:
    return {
        name: known
        for name, known in names.items()
        if name in (*QUESTIONS, "respondent_id", "wave", "comment")
    }


def _by_header(columns: dict[str, Use], headers: Headers, names: Mapping[str, Names]) -> None:
    taken = _drawn(columns)
    for name, known in names.items():
        if name not in columns and (column := headers.named(known, taken)):
            columns[name] = Use((column,))
            taken.add(column)


def _by_question(
    columns: dict[str, Use], file: RawFile, platform: Platform | None, names: Mapping[str, Names]
) -> None:
    taken = _drawn(columns)
    for question, use in questions_asked(file, platform, names, taken).items():
        if question not in columns:
            columns[question] = use
            taken.update(use.columns)
    if "comment" not in columns:
        for place in range(len(file.headers)):
            text = fold(question_text(file, platform, f"c{place}"))
            if f"c{place}" not in taken and names["comment"].asked_in(text):
                columns["comment"] = Use((f"c{place}",), known=Known.QUESTION)
                break
    if "score" in columns and "nps" in columns:
        # "Puan" beside a recommendation question is something else, unless the user named both.
        if columns["score"].known is not Known.MAPPING:
            del columns["score"]
    elif "score" in columns and "survey_type" not in columns:
        columns["nps"] = columns.pop("score")
    if not any(question in columns for question in (*QUESTIONS, "score")):
        alone = only_scores(file, _drawn(columns))
        if len(alone) == 1:
            columns["nps"] = Use(alone, known=Known.CONTENT)


def _derive_orders(columns: dict[str, Use], headers: Headers, file: RawFile) -> None:
    """Fill in what orders can do without a column of their own for."""
    if "customer_id" not in columns and (column := headers.find("id", _drawn(columns))):
        # "Id, Date, Price" is a list of purchases when ids come back, else a list of orders.
        returning = file.sample[column].n_unique() < file.sample.height
        columns["customer_id" if returning or "order_id" in columns else "order_id"] = Use((column,))
    if "amount" not in columns and (use := _amount_from_parts(columns)):
        columns["amount"] = use
    if "product_name" in columns:
        sku = columns.get("product_id")
        both = (*sku.columns, *columns["product_name"].columns) if sku else columns["product_name"].columns
        columns["product_id"] = Use(tuple(dict.fromkeys(both)), known=(sku or columns["product_name"]).known)


def _amount_from_parts(columns: Mapping[str, Use]) -> Use | None:
    list_value, discount = columns.get("list_value"), columns.get("discount")
    price, quantity = columns.get("unit_price"), columns.get("quantity")
    if list_value:
        parts = (*list_value.columns, *(discount.columns if discount else ()))
        return Use(parts, How.MINUS if len(parts) > 1 else How.FIRST, Known.DERIVED)
    if price and quantity:
        return Use((*price.columns, *quantity.columns), How.TIMES, Known.DERIVED)
    return Use(price.columns, known=Known.DERIVED) if price else None


def _join_time(columns: dict[str, Use], file: RawFile) -> None:
    """Put the time of day of a second column beside a date that has none."""
    for name, time in TIMES.items():
        use, clock = columns.get(name), columns.pop(time, None)
        if use is None or clock is None or len(use.columns) > 1 or use.known is Known.MAPPING:
            continue
        dates, times = file.sample[use.columns[0]], file.sample[clock.columns[0]]
        if dates.dtype == times.dtype == pl.String and not dates.str.contains(":", literal=True).any():
            columns[name] = Use((*use.columns, *clock.columns), How.JOIN, use.known)


def _drawn(columns: Mapping[str, Use]) -> set[str]:
    return {column for use in columns.values() for column in use.columns}


# --- weighing


def _evidence(kind: Kind, columns: Mapping[str, Use], platform: Platform | None) -> int:
    names = catalogue().kinds[kind]
    found = (name for name, use in columns.items() if name in names and use.known not in WEAK)
    return sum(names[name].tells for name in found) + (100 if platform else 0)


def _likeliest(
    found: Mapping[Kind, Mapping[str, Use]], evidence: Mapping[Kind, int], file: RawFile, headers: Headers
) -> Kind:
    """Return the kind with most evidence among those whose needed columns are there; in doubt the first."""
    possible = [kind for kind, columns in found.items() if not missing(kind, columns)]
    if not possible:
        nearest = max(found, key=lambda kind: evidence[kind])
        if evidence[nearest] > CLEARLY:
            raise _columns_missing(file, headers, nearest, missing(nearest, found[nearest]))
        raise KindMismatch(
            f"{file.path}: this is no export of orders, surveys or mentions that can be recognised",
            f"{file.path}: the headers are {headers.listed()}",
            hint="Name the columns: --map customer_id=Header --map ordered_at=Header --map amount=Header "
            "for orders, --map nps=Header for a survey.",
        )
    return max(possible, key=lambda kind: evidence[kind])


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
    mapped: bool,
) -> None:
    if needed is None:
        return
    absent = missing(needed, found[needed])
    rivals = [kind for kind, columns in found.items() if kind is not needed and not missing(kind, columns)]
    rival = max(rivals, key=lambda kind: evidence[kind], default=None)
    if rival is not None and not mapped and evidence[rival] > evidence[needed] + (0 if absent else CLEARLY):
        raise _wrong_kind(file, needed, rival, None)
    if absent:
        raise _columns_missing(file, headers, needed, absent)


LOOKS_LIKE = {
    Kind.ORDERS: "orders",
    Kind.SURVEYS: "a survey",
    Kind.MENTIONS: "mentions or reviews",
    Kind.CUSTOMERS: "a list of customers",
    Kind.POINTS: "a points ledger",
    Kind.TICKETS: "support tickets",
}
NEEDED = {Kind.ORDERS: "orders are", Kind.SURVEYS: "a survey is", Kind.MENTIONS: "mentions are"}


def _wrong_kind(file: RawFile, needed: Kind, seen: Kind, platform: Platform | None) -> KindMismatch:
    by = f" ({platform.name})" if platform else ""
    wanted = NEEDED.get(needed, f"{needed} are")
    return KindMismatch(
        f"{file.path}: this looks like {LOOKS_LIKE[seen]}{by}; {wanted} needed here",
        hint=f"`loyalty check {file.path}` shows what was recognised. If it is right all the same, "
        f"name the columns: --map {REQUIRED[needed][0][0]}=Header.",
    )


def _columns_missing(
    file: RawFile, headers: Headers, kind: Kind, absent: Iterable[tuple[str, ...]]
) -> ColumnMissing:
    groups = [" or ".join(group[:2]) if kind is Kind.ORDERS else group[0] for group in absent]
    options = " ".join(f"--map {group[0]}=Header" for group in absent)
    return ColumnMissing(
        *(f"{file.path}: no column was recognised as {group}" for group in groups),
        f"{file.path}: the headers are {headers.listed()}",
        hint=f"Say which it is: {options} (or =#3 for the third column).",
    )


# --- what should be known about the reading


def _reasons(kind: Kind, headers: Headers, columns: Mapping[str, Use]) -> tuple[str, ...]:
    reasons = []
    customer = columns.get("customer_id")
    if kind is Kind.ORDERS and customer is None:
        reasons.append("no_customers")
    if customer is not None and all(fold(headers.text(column)) in _PEOPLE for column in customer.columns[:1]):
        reasons.append("customer_by_name")
    if kind is Kind.ORDERS and "order_id" not in columns:
        reasons.append("order_is_customer_and_day")
    if kind is Kind.ORDERS and "amount" not in columns:
        reasons.append("no_amounts")
    return tuple(reasons)


_PEOPLE = frozenset(
    fold(name)
    for name in ("Customer Name", "Buyer", "Full Name", "Müşteri", "Müşteri Adı", "Müşteri İsim", "Ad Soyad")
) | frozenset(fold(name) for name in ("Alıcı", "Alıcı Adı", "Üye Adı"))


def _unknown_statuses(file: RawFile, columns: Mapping[str, Use]) -> tuple[str, ...]:
    use = columns.get("status")
    if use is None:
        return ()
    known = catalogue().order_status
    words = file.sample[use.columns[0]].cast(pl.String).drop_nulls().unique().sort()
    return tuple(word for word in words if fold(word) and fold(word) not in known)
