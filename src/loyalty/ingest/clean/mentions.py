"""Mentions and reviews: who said something about which brand, when, and whether it was kind."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.moments import moment
from loyalty.ingest.clean.rows import fingerprint, first_fault, footer, ragged
from loyalty.ingest.clean.text import flag, identity, stripped, text, word
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Source
from loyalty.ingest.values.cells import look_up
from loyalty.ingest.values.scores import half_point, parse_score
from loyalty.ingest.values.words import fold_expr, is_blank
from loyalty.model.tables import MENTION_COLUMNS

SIGN_SENTIMENT = {-1: "negative", 0: "neutral", 1: "positive"}
FILLED = r"^(?:[★⭐]\x{FE0F}?\s*){1,5}$"
STAR_SENTIMENT = {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}


@dataclass(frozen=True)
class CleanMentions:
    """The mentions of one file."""

    frame: pl.LazyFrame
    columns: frozenset[str]
    cells: Cells


def clean_mentions(
    file: RawFile, index: int, recognition: Recognition, source: Source, by: tuple[str, ...] = ()
) -> CleanMentions:
    """Return the mentions of one file as ``MENTION_COLUMNS``, every row kept.

    Raises:
        UnreadableDates: dates stand there and none can be read, or day and month cannot be told apart.
        ColumnMissing: a ``by`` column is not there.
    """
    cells = Cells(file, recognition, source)
    return CleanMentions(_frame(cells, index, by), _known_columns(cells), cells)


def _frame(cells: Cells, index: int, by: tuple[str, ...]) -> pl.LazyFrame:
    grouped = by_columns(cells, by, MENTION_COLUMNS)
    said = [column for name in ("text", "sentiment", "rating") if (column := _first(cells, name))]
    silent = pl.all_horizontal(pl.col(column).is_null() for column in said) if said else pl.lit(value=False)
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "fault": first_fault(
            (footer(cells, silent), "footer"),
            (ragged(cells), "ragged"),
            (_flagged(cells, "is_bot").fill_null(value=False), "bot"),
        ),
        "brand": text(cells, "brand"),
        "author": identity(cells, "author"),
        "platform": _platform(cells),
        "mentioned_at": moment(cells, "mentioned_at"),
        "sentiment": _sentiment(cells),
        "text_hash": _text_hash(cells),
        "is_repost": _is_repost(cells),
        "is_own": _flagged(cells, "is_own"),
        "fingerprint": fingerprint(cells),
    }
    return (
        cells.file.frame.select(**facts, **grouped)
        .with_columns(day=pl.col("mentioned_at").dt.date())
        .select(*(pl.col(name).cast(dtype) for name, dtype in MENTION_COLUMNS.items()), *grouped)
    )


def _first(cells: Cells, name: str) -> str | None:
    use = cells.use(name)
    return use.columns[0] if use else None


def _platform(cells: Cells) -> pl.Expr:
    platform = cells.recognition.platform
    if cells.use("platform") is None and platform is not None:
        return pl.lit(platform.name)
    return text(cells, "platform")


def _sentiment(cells: Cells) -> pl.Expr:
    """Return the label, or its sign where it is a number, or what the stars say where there are stars and no labels."""
    rating, sentiment = cells.use("rating"), cells.use("sentiment")
    if sentiment is not None and _is_signed(cells, sentiment.columns[0]):
        return look_up(_number(sentiment.columns[0]).sign(), SIGN_SENTIMENT, pl.String)
    if sentiment is not None or rating is None:
        return word(cells, "sentiment", catalogue().sentiments, pl.String)
    given = pl.col(rating.columns[0])
    if not _on_five_stars(cells, rating.columns[0]):
        return pl.lit(None, pl.String)
    # Half a star tells something where the stars on both sides of it say the same.
    below = half_point(given)
    between = look_up(below, STAR_SENTIMENT, pl.String)
    halves = pl.when(between == look_up(below + 1, STAR_SENTIMENT, pl.String)).then(between)
    return pl.coalesce(look_up(_stars(given), STAR_SENTIMENT, pl.String), halves)


def _number(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .cast(pl.String)
        .str.strip_chars()
        .str.replace("−", "-", literal=True)
        .cast(pl.Int64, strict=False)
    )


def _is_signed(cells: Cells, column: str) -> bool:
    """Return whether sentiment is told as -1, 0 and 1 (or -5, 0 and 5), some of it negative."""
    numbers = set(cells.file.sample.filter(~is_blank(pl.col(column))).select(_number(column)).to_series())
    return None not in numbers and len({abs(number) for number in numbers} - {0}) == 1 and min(numbers) < 0


def _stars(column: pl.Expr) -> pl.Expr:
    """Return how many stars were given, in numbers or drawn: of five, those that are not drawn are not filled."""
    cell = column.cast(pl.String).str.strip_chars()
    drawn = pl.when(cell.str.contains(FILLED)).then(cell.str.count_matches("[★⭐]")).cast(pl.Int64)
    return pl.coalesce(parse_score(column), drawn)


def _on_five_stars(cells: Cells, column: str) -> bool:
    highest = cells.file.sample.select(_stars(pl.col(column)).max()).item()
    return highest is not None and int(highest) <= max(STAR_SENTIMENT)


def _text_hash(cells: Cells) -> pl.Expr:
    use = cells.use("text") or cells.use("text_hash")
    if use is None:
        return pl.lit(None, pl.UInt64)
    folded = fold_expr(stripped(use.columns[0]))
    # A text of emoji alone folds to nothing; it is compared as it stands.
    said = pl.when(folded != "").then(folded).otherwise(stripped(use.columns[0]))
    return pl.when(said.is_not_null()).then(said.hash())


def _flagged(cells: Cells, name: str) -> pl.Expr:
    return flag(cells, name) if cells.use(name) else pl.lit(None, pl.Boolean)


def _is_repost(cells: Cells) -> pl.Expr:
    flagged = _flagged(cells, "is_repost")
    use = cells.use("text")
    if use is None:
        return flagged
    said = stripped(use.columns[0])
    marked = pl.any_horizontal(said.str.starts_with(mark) for mark in catalogue().repost_marks)
    return pl.coalesce(flagged, marked.fill_null(value=False))


def _known_columns(cells: Cells) -> frozenset[str]:
    known = set(cells.recognition.columns)
    platform = cells.recognition.platform
    known |= {"platform"} if platform else set()
    known |= {"sentiment"} if known & {"rating"} else set()
    known |= {"text_hash", "is_repost"} if "text" in known else set()
    known |= {"day"} if "mentioned_at" in known else set()
    return frozenset(known & set(MENTION_COLUMNS))
