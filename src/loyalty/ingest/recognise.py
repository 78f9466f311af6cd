"""What kind of export a file is, which tool wrote it, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from loyalty.errors import NotATable
from loyalty.ingest.catalogue import Platform, catalogue
from loyalty.ingest.clean.fates import fates
from loyalty.ingest.doubts import holds_names
from loyalty.ingest.evidence import (
    CLEARLY,
    REQUIRED,
    confidence_of,
    evidence_of,
    is_thin,
    missing,
    weight_of,
)
from loyalty.ingest.headers import Headers
from loyalty.ingest.meanings import columns_of, drawn, named_columns
from loyalty.ingest.platforms import find_platform, rows_left_out
from loyalty.ingest.questions import rivals
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition, Use
from loyalty.ingest.refusals import columns_missing, headless, unrecognised, wrong_kind
from loyalty.ingest.returning import better_column, never_return
from loyalty.ingest.reviews import beside_reviews
from loyalty.ingest.source import Source
from loyalty.ingest.values.words import fold
from loyalty.model.kind import Kind


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
    # Who asks reviews a question of surveys, or names its column, means it.
    speaking = found if kind or mapping else beside_reviews(found, headers, file)
    evidence = {each: evidence_of(each, columns, headers, platform) for each, columns in speaking.items()}
    chosen = kind or _likeliest(found, evidence, file, headers, platform)
    if chosen not in found:
        raise wrong_kind(file, chosen, platform.kind if platform else chosen, platform, source.asks)
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
        confidence=1.0 if platform or mapping else confidence_of(chosen, evidence),
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
        if not missing(kind, columns) and not is_thin(kind, columns, headers)
    ]
    if file.header_row is None and not any(evidence.values()):
        raise headless(file)
    nearest = max(found, key=lambda kind: evidence[kind])
    absent = missing(nearest, found[nearest])
    if absent and evidence[nearest] > CLEARLY + max((evidence[kind] for kind in possible), default=0):
        raise columns_missing(file, headers, nearest, absent, platform)
    if not possible:
        raise unrecognised(file, headers)
    return max(possible, key=lambda kind: weight_of(kind, found[kind], headers, evidence[kind]))


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
    weight = {kind: weight_of(kind, columns, headers, evidence[kind]) for kind, columns in found.items()}
    rival = max(rivals, key=lambda kind: weight[kind], default=None)
    is_sure = not absent and not is_thin(needed, found[needed], headers)
    if rival is not None and not mapped and weight[rival] > weight[needed] + (CLEARLY if is_sure else 0):
        raise wrong_kind(file, needed, rival, None, asks)
    if absent:
        wanted = [(question,) for question in asks] if needed is Kind.SURVEYS and asks else absent
        raise columns_missing(file, headers, needed, wanted, platform)


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
