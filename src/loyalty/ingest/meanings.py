"""What the columns of a file mean: as the user says, as the platform writes, by header, by question, by content."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from loyalty.errors import ColumnMissing, UsageError, near
from loyalty.ingest.catalogue import How, Names, Platform, catalogue, key
from loyalty.ingest.doubts import price_of_line, told_status, unfit
from loyalty.ingest.headers import Headers
from loyalty.ingest.questions import only_score, question_texts, questions_asked
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Use
from loyalty.ingest.sampled import sampled
from loyalty.ingest.source import Source
from loyalty.ingest.totals import is_of_line, less, settle_total
from loyalty.ingest.values.words import fold
from loyalty.model.kind import Kind
from loyalty.model.tables import QUESTIONS

NEEDED = (
    *("customer_id", "ordered_at", "amount", "respondent_id", "answered_at", "mentioned_at"),
    *("member_id", "occurred_at", "created_at"),
)
"""Columns for which a second name is taken when the one under the first name is empty."""

CLOCK_TIME = r":\d*[1-9]|[1-9]:|\d[1-9]:|[1-9]\d:"
"""A time of day other than midnight."""

WORDS = r"\p{L}{2}"

SOLD = re.compile(r"\b(sell|sold|satis)")
"""In the (folded) header of a price at which something was sold: discounts are off it."""

TIMES = {
    "ordered_at": "order_time",
    "answered_at": "answer_time",
    "mentioned_at": "mention_time",
    "occurred_at": "entry_time",
    "created_at": "opened_time",
}
"""The column that may hold the time of day of a date."""


BESIDE = ("family_id", "tier_rank")
"""What a column may be besides what it is otherwise: the kind of a product may well be its family."""


def named_columns(headers: Headers, file: RawFile, source: Source, kind: Kind | None) -> dict[str, Use]:
    """Return the columns named by ``--map``, all mistakes told at once.

    Raises:
        UsageError: a canonical name that does not exist.
        ColumnMissing: a header that is not in the file.
    """
    kinds = (kind,) if kind else tuple(Kind)
    known = {name for each in kinds for name in catalogue().names_to_map(each)}
    strangers = [
        f"{name} is no column of {kind or 'any kind of file'}{near(name, sorted(known))}"
        for name in source.mapping
        if name not in known
    ]
    if strangers:
        ours = dict.fromkeys(name for each in kinds for name in catalogue().mappable[each])
        raise UsageError(*strangers, hint="The columns that can be mapped are: " + ", ".join(ours))
    uses = {name: headers.asked(header) for name, header in source.mapping.items()}
    absent = [
        f"{file.path}: no column {header!r} for {name}{headers.nearest(header)}"
        for name, header in source.mapping.items()
        if uses[name] is None
    ]
    if absent:
        options = [
            f"{source.flags[name]} Header" if source.flags.get(name) else f"--map {name}=Header"
            for name in source.mapping
            if uses[name] is None
        ]
        raise ColumnMissing(
            *absent,
            f"{file.path}: the headers are {headers.listed()}",
            hint=f"Write {' '.join(dict.fromkeys(options))}, or #3 for the third column.",
        )
    return {name: Use((column,), known=Known.MAPPING) for name, column in uses.items() if column}


def columns_of(
    kind: Kind,
    headers: Headers,
    file: RawFile,
    platform: Platform | None,
    mapping: Mapping[str, Use],
    *,
    by_place: bool = False,
) -> dict[str, Use]:
    """Return the columns of a kind: the user's, then the platform's, then by header, question and content.

    ``by_place``: the user named the platform, so that its columns may be told by their place.
    """
    names = catalogue().kinds[kind]
    beside = {name: use for name, use in mapping.items() if name in BESIDE}
    mapping = {name: use for name, use in mapping.items() if name not in BESIDE}
    columns = dict(mapping)
    taken = {column for use in mapping.values() for column in use.columns}
    if platform is not None:
        rules = ((name, headers.ruled(rule, by_place=by_place)) for name, rule in platform.columns.items())
        columns = {name: use for name, use in rules if use and not _given_up(use, taken)} | columns
    if platform is None or kind is Kind.SURVEYS:
        _by_header(kind, columns, headers, file, names if platform is None else _left_to_headers(names))
    if kind is Kind.SURVEYS:
        _by_question(columns, file, platform, names)
    elif kind is Kind.ORDERS:
        if platform is None and "status" not in columns and (column := told_status(file, drawn(columns))):
            columns["status"] = Use((column,), known=Known.CONTENT)
        _derive_orders(columns, headers, file, by_header=platform is None or platform.only_named)
    elif kind is Kind.MENTIONS:
        _take_remark_for_text(columns, file)
    elif kind is Kind.CUSTOMERS and (ended := columns.pop("ended_at", None)):
        columns.setdefault("left_at", replace(ended, known=Known.DERIVED))
    _join_time(columns, file)
    return columns | beside


def _given_up(use: Use, taken: set[str]) -> bool:
    return len(use.columns) == 1 and use.columns[0] in taken


def _left_to_headers(names: Mapping[str, Names]) -> dict[str, Names]:
    return {
        name: known
        for name, known in names.items()
        if name in (*QUESTIONS, "respondent_id", "wave", "comment", "invited_at", "bounced", "followed_up_at")
    }


def _by_header(
    kind: Kind, columns: dict[str, Use], headers: Headers, file: RawFile, names: Mapping[str, Names]
) -> None:
    taken = drawn(columns)
    for name, known in names.items():
        if name in columns:
            continue
        other = unfit(kind, file, headers, name, known)
        column = headers.named(known, taken | file.empty, other) if name in NEEDED else None
        column = column or _first_filled(headers, headers.named(known, taken, other), file.empty, taken)
        if column:
            columns[name] = Use((column,))
            taken.add(column)


def _first_filled(headers: Headers, column: str | None, empty: frozenset[str], taken: set[str]) -> str | None:
    """Return, of the columns under one header, the first that is filled."""
    if column is None or column not in empty:
        return column
    return next((other for other in headers.alike(column) if other not in empty | taken), column)


def _by_question(
    columns: dict[str, Use], file: RawFile, platform: Platform | None, names: Mapping[str, Names]
) -> None:
    taken = drawn(columns)
    for question, use in questions_asked(file, platform, names, taken, columns.keys()).items():
        if question not in columns:
            columns[question] = use
            taken.update(use.columns)
    for asked in ("respondent_id", "comment"):
        if asked not in columns and (column := _asked_for(names[asked], file, platform, taken)):
            columns[asked] = Use((column,), known=Known.QUESTION)
            taken.add(column)
    if "score" in columns and "nps" in columns:
        # "Puan" beside a recommendation question is something else, unless the user named both.
        if columns["score"].known is not Known.MAPPING:
            del columns["score"]
    elif "score" in columns and columns.keys().isdisjoint(("survey_type", "question")):
        columns["nps"] = columns.pop("score")
    if not any(question in columns for question in (*QUESTIONS, "score")):
        alone = only_score(file, drawn(columns))
        if alone is not None:
            columns["nps"] = Use((alone,), known=Known.CONTENT)


def _asked_for(names: Names, file: RawFile, platform: Platform | None, taken: set[str]) -> str | None:
    """Return the first column whose question asks for this, a filled one where there is one."""
    asking = [
        column
        for column, text in question_texts(file, platform).items()
        if column not in taken and names.asked_in(fold(text))
    ]
    filled = (column for column in asking if column not in file.empty)
    return next(filled, asking[0] if asking else None)


def _derive_orders(columns: dict[str, Use], headers: Headers, file: RawFile, *, by_header: bool) -> None:
    """Fill in what orders can do without a column of their own for.

    ``by_header``: the columns are what their headers say, by no rule of a platform that knows better.
    """
    if "customer_id" not in columns and (column := headers.find("id", drawn(columns))):
        # "Id, Date, Price" is a list of purchases when ids come back, else a list of orders.
        returning = file.sample[column].n_unique() < file.sample.height
        columns["customer_id" if returning or "order_id" in columns else "order_id"] = Use((column,))
    elif "order_id" not in columns and (column := headers.find("id", drawn(columns))):
        # Beside a customer, a number that never comes back is that of the order, unless the rows are lines of one.
        ids = file.sample[column]
        if ids.n_unique() == ids.len() and columns.keys().isdisjoint(("product_id", "product_name")):
            columns["order_id"] = Use((column,))
    if by_header:
        _join_name(columns, headers)
        settle_total(columns, headers, file)
    if "list_value" not in columns and "list_price" in columns and "quantity" in columns:
        parts = (*columns["list_price"].columns, *columns["quantity"].columns)
        columns["list_value"] = Use(parts, How.TIMES, Known.DERIVED)
    if "amount" not in columns and _is_price_of_line(columns, headers, file):
        columns["amount"] = replace(columns.pop("unit_price"), known=Known.CONTENT)
    if "amount" not in columns and (use := _amount_from_parts(columns, file)):
        columns["amount"] = use
        if use.how is How.NET:
            columns.setdefault("list_value", Use(use.columns[:2], How.TIMES, Known.DERIVED))
    if "product_name" in columns:
        sku = columns.get("product_id")
        both = (*sku.columns, *columns["product_name"].columns) if sku else columns["product_name"].columns
        columns["product_id"] = Use(tuple(dict.fromkeys(both)), known=(sku or columns["product_name"]).known)


def _take_remark_for_text(columns: dict[str, Use], file: RawFile) -> None:
    """Let a comment in words be the text of what is known to be a review or a mention and has no other text."""
    remark = columns.pop("remark", None)
    if remark is None or "text" in columns or columns.keys().isdisjoint(("rating", "sentiment", "brand")):
        return
    words = file.sample[remark.columns[0]].cast(pl.String).drop_nulls()
    if 2 * int(words.str.contains(WORDS).sum()) >= words.len():
        columns["text"] = replace(remark, known=Known.DERIVED)


def _join_name(columns: dict[str, Use], headers: Headers) -> None:
    """Let both halves of a name tell the customer where nothing better does: there are many called Ayşe."""
    names, use = catalogue().names, columns.get("customer_id")
    last = next((column for name in names["last"] if (column := headers.find(name, drawn(columns)))), None)
    if last is None or (use is not None and use.known is not Known.HEADER):
        return
    if use is None:
        first = next(
            (column for name in names["first"] if (column := headers.find(name, drawn(columns)))), None
        )
    else:
        said = key(headers.text(use.columns[0]))
        first = use.columns[0] if len(use.columns) == 1 and said in set(map(key, names["first"])) else None
    if first is not None:
        columns["customer_id"] = Use((first, last), How.JOIN, Known.HEADER)


def _amount_from_parts(columns: Mapping[str, Use], file: RawFile) -> Use | None:
    price, quantity = columns.get("unit_price"), columns.get("quantity")
    list_value, discount = columns.get("list_value"), columns.get("discount")
    if list_value and list_value.how is How.FIRST:
        if discount:
            return less(list_value.columns[0], discount.columns[0], file)
        return Use(list_value.columns, known=Known.DERIVED)
    if price and quantity:
        return _lines_worth(price, quantity, discount, columns, file)
    if list_value and quantity and "list_price" in columns:
        return _lines_worth(columns["list_price"], quantity, discount, columns, file)
    if list_value:
        return list_value
    return Use(price.columns, known=Known.DERIVED) if price else None


def _lines_worth(
    price: Use, quantity: Use, discount: Use | None, columns: Mapping[str, Use], file: RawFile
) -> Use:
    """Return price times quantity, less the discount of the line where the price is one before discounts."""
    parts = (*price.columns, *quantity.columns)
    before = price is columns.get("list_price") or (
        "list_price" not in columns and not SOLD.search(fold(file.headers[int(price.columns[0][1:])]))
    )
    order = columns.get("order_id")
    if (
        before
        and discount is not None
        and len(parts) == 2
        and len(discount.columns) == 1
        and is_of_line(discount.columns[0], parts, order.columns[0] if order else None, file)
    ):
        return Use((*parts, *discount.columns), How.NET, Known.DERIVED)
    return Use(parts, How.TIMES, Known.DERIVED)


def _is_price_of_line(columns: Mapping[str, Use], headers: Headers, file: RawFile) -> bool:
    """Return whether what is called a price is the amount of a line: of two pieces it is twice that of one."""
    price, quantity = columns.get("unit_price"), columns.get("quantity")
    product = columns.get("product_id") or columns.get("product_name")
    if not (price and quantity and product) or price.known is not Known.HEADER:
        return False
    if key(headers.text(price.columns[0])) not in catalogue().kinds[Kind.ORDERS]["unit_price"].of_line:
        return False
    numbers = sampled(file, {"price": price.columns[0], "pieces": quantity.columns[0]}, whole=("pieces",))
    return price_of_line(numbers["price"], numbers["pieces"], file.sample[product.columns[0]].cast(pl.String))


def _join_time(columns: dict[str, Use], file: RawFile) -> None:
    """Put the time of day of a second column beside a date that has none."""
    for name, time in TIMES.items():
        use, clock = columns.get(name), columns.pop(time, None)
        if use is None or clock is None or len(use.columns) > 1 or use.known is Known.MAPPING:
            continue
        if _only_days(file.sample[use.columns[0]]) and _is_clock(file.sample[clock.columns[0]]):
            columns[name] = Use((*use.columns, *clock.columns), How.JOIN, use.known)


def _only_days(dates: pl.Series) -> bool:
    """Return whether no date has a time of day but midnight, which spreadsheets write behind bare dates."""
    if dates.dtype == pl.Date:
        return True
    if dates.dtype == pl.Datetime:
        return bool((dates.drop_nulls().dt.time() == dt.time()).all())
    return dates.dtype == pl.String and not dates.str.contains(CLOCK_TIME).any()


def _is_clock(times: pl.Series) -> bool:
    return times.dtype in (pl.String, pl.Time, pl.Datetime)


def drawn(columns: Mapping[str, Use]) -> set[str]:
    """Return the columns of the file that these canonical columns are made of."""
    return {column for use in columns.values() for column in use.columns}
