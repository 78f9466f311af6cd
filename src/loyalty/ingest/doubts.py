"""Headers that could mean two things, settled by what stands below them: "Puan" is a score or points."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from loyalty.ingest.catalogue import Names, catalogue, key
from loyalty.ingest.clean.fates import fates
from loyalty.ingest.headers import Headers
from loyalty.ingest.questions import known_headers
from loyalty.ingest.raw import RawFile
from loyalty.ingest.values.scores import parse_score
from loyalty.ingest.values.waiting import looks_waited
from loyalty.ingest.values.words import fold, is_blank
from loyalty.model.kind import Kind

BEST_SCORE = 10
PERSON = r"^\p{L}[\p{L}\p{M}'’.-]*(?:\s+[\p{L}\p{M}'’.-]+)+$"
"""Two words or more, of letters: Ayşe Yılmaz, J. DOE."""
NEARLY_EQUAL = 0.01
NUMBERED = frozenset({"id", "no", "nr", ""})
"""Keys of headers above numbers that count rows."""
AMOUNTS = frozenset({"refund", "discount", "points_value"})
"""Columns whose names ("Refunded", "İndirim") some exports give to a yes or no, or to a rate."""
DATED = r"\d[./-]\d{1,2}[./-]\d|\d[ .-]\p{L}{3,}[ .-]\d|\p{L}{3,} \d{1,2},? \d"
"""Three parts of a date, the month in figures or in letters."""
LEDGER = ("earned", "spent", "moved_as", "expires_at")
"""Columns that only a file about points has."""


def unfit(kind: Kind, file: RawFile, headers: Headers, name: str, known: Names) -> Callable[[str], bool]:
    """Return what tells of a column of the file whether it cannot be ``name``, whatever its header says."""

    def means_another_thing(column: str) -> bool:
        if kind is Kind.ORDERS and name in OF_ORDERS:
            return OF_ORDERS[name](file, headers, column)
        sample = file.sample[column]
        if name in AMOUNTS and (_says_yes_or_no(sample) or _is_rate(headers.text(column), sample)):
            return True
        header = key(headers.text(column))
        says = NAMED.get((kind, name, header)) or SAID.get(name)
        if says is not None and not says(sample):
            return True
        if header not in known.doubtful:
            return False
        in_points = _has_points(sample) or _is_ledger(headers)
        return in_points if kind is not Kind.POINTS else not in_points

    return means_another_thing


def holds_names(sample: pl.Series) -> bool:
    """Return whether most values are names of people, by which two people may be taken for one."""
    names = sample.cast(pl.String).str.strip_chars().drop_nulls()
    return not names.is_empty() and 2 * int(names.str.contains(PERSON).sum()) > names.len()


def holds_relays(sample: pl.Series) -> bool:
    """Return whether most values are addresses that a marketplace makes up anew for each order."""
    if sample.dtype != pl.String:
        return False
    ends = "|".join(re.escape(end) for end in catalogue().relays)
    made_up = sample.str.contains(rf"(?i)@(?:{ends})\s*$").sum()
    return bool(made_up) and 2 * int(made_up) > sample.count()


def told_status(file: RawFile, taken: set[str]) -> str | None:
    """Return the column whose header speaks of a status and whose words mostly are those of orders, if there is one."""
    for place, header in enumerate(file.headers):
        column = f"c{place}"
        if column in taken or not catalogue().names_status(fold(header)):
            continue
        words = file.sample[column].cast(pl.String).drop_nulls()
        if not words.is_empty() and 2 * fates(words).count() > words.len():
            return column
    return None


def price_of_line(prices: pl.Series, pieces: pl.Series, products: pl.Series) -> bool:
    """Return whether prices are those of all pieces of a line together: they grow with the pieces of one product.

    It takes a product that was bought in different quantities to tell; where none was, a price is that of one piece.
    """
    bought = (
        pl.DataFrame({"price": prices, "pieces": pieces, "product": products})
        .drop_nulls()
        .filter(pl.col("price") > 0, pl.col("pieces") > 0)
        .with_columns(each=pl.col("price") / pl.col("pieces"))
    )
    spread = [
        ((pl.col(name).max() - pl.col(name).min()) <= NEARLY_EQUAL * pl.col(name).max()).alias(f"same_{name}")
        for name in ("price", "each")
    ]
    told = bought.group_by("product").agg(pl.col("pieces").n_unique(), *spread).filter(pl.col("pieces") > 1)
    return int(told["same_each"].sum()) > int(told["same_price"].sum())


def _is_relay(file: RawFile, _: Headers, column: str) -> bool:
    return holds_relays(file.sample[column])


def _is_rating(file: RawFile, headers: Headers, column: str) -> bool:
    return not _sells(headers) and _is_one_rating_of_several(column, file)


def _is_after_fees(_: RawFile, headers: Headers, column: str) -> bool:
    """Return whether an amount is what is left after a fee, beside the fee and the amount before it."""
    known = catalogue()
    if key(headers.text(column)) not in known.after_fees:
        return False
    before = headers.named(known.kinds[Kind.ORDERS]["list_value"], ())
    return before is not None and any(headers.find(fee) for fee in known.fees)


def _sells(headers: Headers) -> bool:
    """Return whether the file names what was bought, or how much of it."""
    names = catalogue().kinds[Kind.ORDERS]
    return any(headers.named(names[name], ()) for name in ("product_id", "product_name", "quantity"))


def _is_one_rating_of_several(column: str, file: RawFile) -> bool:
    """Return whether the column holds scores beside another such column: "price" was rated, as "speed" was."""
    told = known_headers() | NUMBERED
    others = (f"c{place}" for place, header in enumerate(file.headers) if key(header) not in told)
    return _has_scores(file.sample[column]) and any(_has_scores(file.sample[other]) for other in others)


def _has_scores(sample: pl.Series) -> bool:
    """Return whether all values are whole numbers from 0 to 10."""
    cell = pl.col("cell")
    told = sample.alias("cell").to_frame().filter(~is_blank(cell))
    scored = told.select(
        (
            parse_score(cell).is_between(0, BEST_SCORE) & cell.cast(pl.String).str.contains(r"^\s*\d+\s*$")
        ).all()
    )
    return told.height > 0 and bool(scored.item())


def _says_yes_or_no(sample: pl.Series) -> bool:
    """Return whether there are only words such as "yes" and "hayır"; 0 and 1 may be amounts."""
    if sample.dtype != pl.String:
        return sample.dtype == pl.Boolean
    words = {fold(word) for word in sample.drop_nulls().unique()} - {""}
    return bool(words) and words <= catalogue().flags.keys() and not any(word.isdigit() for word in words)


def _says_at_most_yes_or_no(sample: pl.Series) -> bool:
    """Return whether nothing stands there but yes, no, the word itself, or 0 and 1."""
    if sample.dtype == pl.Boolean:
        return True
    words = {fold(word) for word in sample.cast(pl.String).drop_nulls().unique()} - {""}
    return words <= catalogue().flags.keys() | catalogue().sale_types.keys()


def _says_more_than_yes_or_no(sample: pl.Series) -> bool:
    """Return whether something else stands there than yes and no, or nothing at all."""
    return sample.drop_nulls().is_empty() or not _says_at_most_yes_or_no(sample)


def _tells_no_waiting(sample: pl.Series) -> bool:
    """Return whether most of what stands there is no time of waiting (``00:45:00``, ``1h 15m``, ``45``)."""
    return sample.dtype.is_temporal() or not looks_waited(sample)


def looks_dated(sample: pl.Series) -> bool:
    """Return whether most filled cells look like dates; other exports write a yes or an amount there."""
    told = sample.drop_nulls()
    if told.dtype.is_temporal() or told.is_empty():
        return True
    return 2 * int(told.cast(pl.String).str.contains(DATED).sum()) > told.len()


def _says_mostly_sales(sample: pl.Series) -> bool:
    """Return whether most filled cells are words for a sale or what undoes it."""
    if sample.dtype != pl.String:
        return False
    counts = sample.drop_nulls().value_counts()
    known = catalogue().sale_types
    told = sum(count for word, count in counts.iter_rows() if fold(word) in known)
    return bool(2 * told > int(counts["count"].sum()))


def _says_a_fate(sample: pl.Series) -> bool:
    """Return whether some word there says what became of an order, or nothing stands there at all."""
    words = sample.cast(pl.String).drop_nulls()
    return words.is_empty() or int(fates(words).count()) > 0


def _is_rate(header: str, sample: pl.Series) -> bool:
    """Return whether the header or every filled cell has a percent sign."""
    if "%" in header or sample.dtype != pl.String:
        return "%" in header
    filled = sample.drop_nulls()
    return not filled.is_empty() and filled.str.contains("%", literal=True).all()


def _has_points(sample: pl.Series) -> bool:
    """Return whether most values are no whole numbers from 0 to 10."""
    counts = (
        sample.alias("cell")
        .to_frame()
        .select(
            given=(~is_blank(pl.col("cell"))).sum(),
            scores=parse_score(pl.col("cell")).is_between(0, BEST_SCORE).sum(),
            numbers=pl.col("cell").cast(pl.String).str.contains(r"^\s*[-+]?\d").sum(),
        )
    )
    given, scores, numbers = counts.row(0)
    # Words are answers, too ("çok iyi"): only other numbers are points.
    return 2 * int(numbers) > int(given) > 2 * int(scores)


def _is_ledger(headers: Headers) -> bool:
    names = catalogue().kinds[Kind.POINTS]
    return any(headers.named(names[name], ()) is not None for name in LEDGER)


SAID = {
    "ended_at": looks_dated,
    "first_reply": _tells_no_waiting,
    "cancelled_at": looks_dated,
    "is_cancelled": _says_at_most_yes_or_no,
    "is_refunded": _says_at_most_yes_or_no,
    "sale_type": _says_mostly_sales,
}
"""What the values of columns are like whose names some exports give to others: "İade" to amounts, "First Reply Time" to
times of waiting."""
NAMED = {
    (Kind.ORDERS, "status", "state"): _says_a_fate,
    (Kind.TICKETS, "solved_at", "closed"): _says_more_than_yes_or_no,
    (Kind.TICKETS, "solved_at", "resolved"): _says_more_than_yes_or_no,
    (Kind.TICKETS, "solved_at", "solved"): _says_more_than_yes_or_no,
    (Kind.SURVEYS, "answered_at", "responded"): _says_more_than_yes_or_no,
    (Kind.SURVEYS, "answered_at", "submitted"): _says_more_than_yes_or_no,
    (Kind.SURVEYS, "answered_at", "completed"): _says_more_than_yes_or_no,
    (Kind.SURVEYS, "invited_at", "sent"): _says_more_than_yes_or_no,
}
"""The same of one header: a state may be a part of a country, and "Closed" a day or a yes."""
OF_ORDERS = {"customer_id": _is_relay, "unit_price": _is_rating, "amount": _is_after_fees}
"""What tells of columns of orders that they are something else."""
