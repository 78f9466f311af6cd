"""Whether a customer column can be right: where nobody ever comes back, it may number orders, not customers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from loyalty.ingest.catalogue import How, key
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition, Use
from loyalty.ingest.values.words import fold

ENOUGH_ORDERS = 200
"""In so many orders of a shop, somebody comes back."""
_PEOPLE = re.compile(
    r"\b(customer|client|buyer|member|user|shopper|e ?mail|mail|phone"
    r"|musteri|uye|alici|e ?posta|telefon|cari)"
)
_PROPERTIES = re.compile(
    r"\b(date|tarih\w*|zip|postal|posta kodu|city|il|ilce|state|country|ulke|adres\w*|address"
    r"|type|tip\w*|note|group|count"
    r"|adedi|segment|yas|age|gender|cinsiyet)\b"
)
"""What is said of people without telling them apart."""


def never_return(file: RawFile, columns: Mapping[str, Use]) -> bool:
    """Return whether, among 200 orders or more of the sample, no customer has two."""
    customer, order = _plain(columns.get("customer_id")), _plain(columns.get("order_id"))
    if customer is None or order is None or customer == order:
        return False
    known = file.sample.select(customer, order).drop_nulls()
    orders = known[order].n_unique()
    return orders >= ENOUGH_ORDERS and known[customer].n_unique() >= orders


def better_column(file: RawFile, columns: Mapping[str, Use]) -> str | None:
    """Return the header of another column about people that does come back in several orders, if there is one."""
    order = _plain(columns.get("order_id"))
    taken = {
        column for name in ("customer_id", "order_id") if (use := columns.get(name)) for column in use.columns
    }
    if order is None:
        return None
    orders = file.sample[order].n_unique()
    people = (place for place, header in enumerate(file.headers) if _names_people(header))
    return next(
        (
            file.headers[place]
            for place in people
            if f"c{place}" not in taken and _repeats(file, place, orders)
        ),
        None,
    )


def better_elsewhere(
    file: RawFile, recognition: Recognition, others: Sequence[RawFile]
) -> tuple[str, str] | None:
    """Return file and header of a column that tells the customers apart and is joined by the customer column.

    Olist's ``orders.csv`` has a ``customer_id`` for each order; its ``customers.csv`` says by ``customer_unique_id``
    which of them are one person.
    """
    customer = _plain(recognition.columns.get("customer_id"))
    if customer is None:
        return None
    wanted = key(file.headers[int(customer[1:])])
    for other in others:
        places = [place for place, header in enumerate(other.headers) if key(header) == wanted]
        if other is file or not places or other.sample[f"c{places[0]}"].n_unique() < other.sample.height:
            continue
        for place, header in enumerate(other.headers):
            if place not in places and _names_people(header) and _tells_people(other, place):
                return other.path, header
    return None


def _names_people(header: str) -> bool:
    said = fold(header)
    return bool(_PEOPLE.search(said)) and not _PROPERTIES.search(said)


def _plain(use: Use | None) -> str | None:
    return use.columns[0] if use is not None and (len(use.columns) == 1 or use.how is How.FIRST) else None


def _repeats(file: RawFile, place: int, orders: int) -> bool:
    """Return whether the column has fewer values than there are orders, and yet not the few of a mere property."""
    values = file.sample[f"c{place}"].drop_nulls().n_unique()
    return 0.2 * orders < values < orders


def _tells_people(file: RawFile, place: int) -> bool:
    values = file.sample[f"c{place}"].drop_nulls()
    return 2 * values.n_unique() > file.sample.height and bool(
        re.search(r"\b(id|no|kodu|mail|unique)\b", fold(file.headers[place]))
    )
