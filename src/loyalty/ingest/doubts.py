"""Headers that could mean two things, settled by what stands below them: "Puan" is a score or points."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from loyalty.ingest.catalogue import Names, catalogue, key
from loyalty.ingest.headers import Headers
from loyalty.ingest.raw import RawFile
from loyalty.ingest.values.scores import parse_score
from loyalty.ingest.values.words import fold, is_blank
from loyalty.model.kind import Kind

BEST_SCORE = 10
AMOUNTS = frozenset({"refund", "discount", "points_value"})
"""Columns whose names ("Refunded") some exports give to a yes or no."""
LEDGER = ("earned", "spent", "moved_as", "expires_at")
"""Columns that only a file about points has."""


def unfit(kind: Kind, file: RawFile, headers: Headers, known: Names) -> Callable[[str], bool]:
    """Return what tells of a column of the file whether its header, being doubtful, means another thing here."""

    def means_another_thing(column: str) -> bool:
        if known.headers[0] in AMOUNTS and _says_yes_or_no(file.sample[column]):
            return True
        if key(headers.text(column)) not in known.doubtful:
            return False
        in_points = _has_points(file.sample[column]) or _is_ledger(headers)
        return in_points if kind is not Kind.POINTS else not in_points

    return means_another_thing


def _says_yes_or_no(sample: pl.Series) -> bool:
    """Return whether there are only words such as "yes" and "hayır"; 0 and 1 may be amounts."""
    if sample.dtype != pl.String:
        return sample.dtype == pl.Boolean
    words = {fold(word) for word in sample.drop_nulls().unique()} - {""}
    return bool(words) and words <= catalogue().flags.keys() and not any(word.isdigit() for word in words)


def is_empty(file: RawFile, column: str) -> bool:
    """Return whether the first rows have nothing in the column."""
    return file.sample.height > 0 and file.sample[column].null_count() == file.sample.height


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
