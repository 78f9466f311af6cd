"""What tells reviews from answers to a survey and from orders: all may have a rating or a product, and a comment."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from loyalty.ingest.catalogue import catalogue, key
from loyalty.ingest.evidence import PRODUCT, SOLD
from loyalty.ingest.headers import Headers
from loyalty.ingest.meanings import drawn
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Use
from loyalty.model.kind import Kind
from loyalty.model.tables import QUESTIONS

Found = Mapping[Kind, Mapping[str, Use]]

REVIEWER = ("reviewer", "yorumcu", "yorumyapan", "yorumuyapan", "yorumsahibi")
"""How the keys of headers begin under which somebody stands who reviews."""
STARS = r"^[1-5](?:[.,]0+)?$"


def beside_reviews(found: Found, headers: Headers, file: RawFile) -> Found:
    """Return the columns of each kind as they speak for it: of reviews, what reviews have speaks for them alone.

    Reviews are by somebody called a reviewer, or of a product by somebody whom the file does not identify, in one to
    five stars. An answer to a question of its own is one to a survey.
    """
    if not {Kind.MENTIONS, Kind.SURVEYS, Kind.ORDERS} <= found.keys() or not _are_reviews(
        found, headers, file
    ):
        return found
    orders, ours = found[Kind.ORDERS], drawn(found[Kind.MENTIONS])
    ours |= {column for name in PRODUCT if name in orders for column in orders[name].columns}
    ours |= _answers(found[Kind.SURVEYS])
    return {
        kind: columns
        if kind is Kind.MENTIONS
        else {name: use for name, use in columns.items() if not set(use.columns) <= ours}
        for kind, columns in found.items()
    }


def _are_reviews(found: Found, headers: Headers, file: RawFile) -> bool:
    mentions, surveys, orders = found[Kind.MENTIONS], found[Kind.SURVEYS], found[Kind.ORDERS]
    rating, author = mentions.get("rating"), mentions.get("author")
    if rating is None or not _are_of_no_question(_answers(surveys), headers):
        return False
    if author is not None and key(headers.text(author.columns[0])).startswith(REVIEWER):
        return True
    is_of_product = "product_name" in orders and orders["product_name"].known is Known.HEADER
    is_about_it = "text" in mentions and orders.keys().isdisjoint(SOLD) and "respondent_id" not in surveys
    return is_of_product and is_about_it and _in_stars(file.sample[rating.columns[0]])


def _answers(surveys: Mapping[str, Use]) -> set[str]:
    return {column for name in (*QUESTIONS, "score") if name in surveys for column in surveys[name].columns}


def _are_of_no_question(answers: set[str], headers: Headers) -> bool:
    """Return whether all answers stand under a header such as Rating, which does not tell what was asked."""
    every = {f"c{place}" for place in range(len(headers.texts))}
    score = catalogue().kinds[Kind.SURVEYS]["score"]
    return all(headers.named(score, every - {column}) for column in answers)


def _in_stars(ratings: pl.Series) -> bool:
    written = ratings.cast(pl.String).str.strip_chars().drop_nulls()
    return bool(written.str.contains(STARS).all()) and not written.is_empty()
