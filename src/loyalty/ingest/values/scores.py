"""Answers to "how likely, from 0 to 10": the number a cell starts with, or the place of its words on a scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

import polars as pl

from loyalty.ingest.values.cells import read_cells, read_distinct
from loyalty.ingest.values.digits import western
from loyalty.ingest.values.likert import FACES, FAMILIES, HEARD_ANYWHERE, Family
from loyalty.ingest.values.words import fold, fold_expr, is_blank
from loyalty.model.tables import Scale

# Behind the number may stand "/10" or words, but no more digits: 7,5 and 9-10 and 12:30 are no answers.
WHOLE = r"^([+-]?\d+)(?:[.,]0+)?(?: ?/ ?\d{1,3})?\s*(?:[.,:;)]?$|[.,:;)]?\s*(?:[-–—]\s*)?[^\d\s.,:;)/½¼¾–—-])"
BEHIND = r"^[^\d(]+\((\d{1,3})\)$"
"""The number behind the words: ``Very satisfied (5)``."""
DRAWN = r"^(?:[★⭐☆✩✭]\x{FE0F}?\s*){5}$"
"""Five stars, filled and empty: ``★★★★☆`` is 4."""
SPELLED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
"""As Google writes stars: ``FOUR``."""
COLOURS = r"[\x{FE0E}\x{FE0F}\x{1F3FB}-\x{1F3FF}]"
"""What says of an emoji how it is drawn, and of which skin it is."""
PER_CENT = r"^%\s*(\d)"
"""As Turkish writes it: ``%80``."""
OUT_OF = r"^\d+(?:[.,]0)?\s*(?:/|out of)\s*(\d{1,2})(?:\D|$)"
NON_INTEGER = r"^[+-]?(?:\d*[.,]\d*[1-9]|\d+ ?[½¼¾])"


STARS = 5


@dataclass(frozen=True)
class LabelScale:
    """A scale whose answers are words.

    ``mapping`` gives the number of each :func:`label` (``{"cok memnunum": 5, …}``), from ``lowest`` to ``highest``;
    ``best`` says which end is the good one.
    """

    mapping: Mapping[str, int]
    lowest: int
    highest: int
    best: Scale


def parse_score(column: pl.Expr) -> pl.Expr:
    """Return the whole number a cell starts with, has in parentheses behind its words, or spells (Int64).

    Null where there is none.
    """
    return read_cells(column.cast(pl.String), _read_scores, pl.Int64)


def score_issue(column: pl.Expr) -> pl.Expr:
    """Return why a cell is no score: ``missing``, ``non_integer`` or ``unparseable``; null where it is one."""
    issue = read_cells(column.cast(pl.String), _find_issues, pl.String)
    return pl.when(column.is_null()).then(pl.lit("missing")).otherwise(issue)


def half_point(column: pl.Expr) -> pl.Expr:
    """Return the whole number below a cell that is a number between two (``7,5`` is 7); null for every other cell."""
    return read_cells(column.cast(pl.String), partial(read_distinct, reading=_floors), pl.Int64)


def label(column: pl.Expr) -> pl.Expr:
    """Return the folded words of a cell; of one without any letter or digit the signs that stand there."""
    words = fold_expr(column)
    signs = column.str.strip_chars().str.replace_all(COLOURS, "")
    return pl.when(words == "").then(signs).otherwise(words)


def highest_said(sample: pl.Series) -> int | None:
    """Return the best answer where most cells name it (``4/5``, ``4.0 out of 5 stars``) or draw five stars."""
    cell = _trimmed()
    seen = (
        sample.cast(pl.String)
        .to_frame("cell")
        .filter(~is_blank(pl.col("cell")))
        .select(
            given=pl.len(),
            drawn=cell.str.contains(DRAWN).sum(),
            named=cell.str.extract(OUT_OF, 1).count(),
            highest=cell.str.extract(OUT_OF, 1).cast(pl.Int64).max(),
            lowest=cell.str.extract(OUT_OF, 1).cast(pl.Int64).min(),
        )
        .row(0, named=True)
    )
    if 2 * seen["drawn"] > seen["given"]:
        return STARS
    agree = 2 * seen["named"] > seen["given"] and seen["lowest"] == seen["highest"]
    return int(seen["highest"]) if agree else None


def label_scale(sample: pl.Series) -> LabelScale | None:
    """Return the scale of words that most non-blank cells are on, or None when they are no such words.

    Labels with a number in front ("1 - Definitely yes" to "6 - Definitely not") keep their numbers, which tell the
    good end; bare numbers between two labelled ends are on the scale too.
    """
    counts = _label_counts(sample)
    if 2 * sum(count for label, count in counts.items() if label in _known()) <= sum(counts.values()):
        return None
    fitting = [scale for scale in _scales() if _fits(scale, counts)]
    return max(fitting, key=lambda scale: _closeness(scale, counts), default=None)


def _read_scores(cells: pl.Series) -> pl.Series:
    plain = cells.cast(pl.Int64, strict=False)
    return plain if plain.null_count() == cells.null_count() else read_distinct(cells, _scores)


def _find_issues(cells: pl.Series) -> pl.Series:
    if cells.cast(pl.Int64, strict=False).null_count() == cells.null_count():
        return pl.Series([None], dtype=pl.String).new_from_index(0, cells.len())
    return read_distinct(cells, _issues)


def _scores(cells: pl.Series) -> pl.Series:
    cell = _trimmed()
    drawn = pl.when(cell.str.contains(DRAWN)).then(cell.str.count_matches("[★⭐]")).cast(pl.Int64)
    told = pl.coalesce(cell.str.extract(WHOLE, 1), cell.str.extract(BEHIND, 1)).cast(pl.Int64, strict=False)
    spelled = cell.str.to_lowercase().replace_strict(SPELLED, default=None, return_dtype=pl.Int64)
    score = pl.coalesce(told, drawn, spelled)
    return cells.to_frame("cell").select(score).to_series()


def _issues(cells: pl.Series) -> pl.Series:
    cell = pl.col("cell")
    issue = (
        pl.when(pl.col("score").is_not_null())
        .then(None)
        .when(is_blank(cell))
        .then(pl.lit("missing"))
        .when(_trimmed().str.contains(NON_INTEGER))
        .then(pl.lit("non_integer"))
        .otherwise(pl.lit("unparseable"))
    )
    return cells.to_frame("cell").with_columns(score=_scores(cells)).select(issue.cast(pl.String)).to_series()


def _floors(cells: pl.Series) -> pl.Series:
    cell = _trimmed()
    whole = cell.str.extract(r"^([+-]?\d*)", 1).str.replace(r"^[+-]?$", "0").cast(pl.Int64, strict=False)
    below = pl.when(cell.str.starts_with("-")).then(whole - 1).otherwise(whole)
    return (
        cells.to_frame("cell")
        .select(pl.when(cell.str.contains(NON_INTEGER)).then(below).cast(pl.Int64))
        .to_series()
    )


def _trimmed() -> pl.Expr:
    cell = western(pl.col("cell")).str.strip_chars().str.replace_all("−", "-", literal=True)
    return cell.str.replace(PER_CENT, "$1")


def _label_counts(sample: pl.Series) -> dict[str, int]:
    """Return how often each folded answer stands in the sample, blanks left out."""
    answers = sample.cast(pl.String).to_frame("cell").filter(~is_blank(pl.col("cell")))
    counts = answers.group_by(label=label(pl.col("cell"))).len().sort("label")
    return dict(counts.iter_rows())


@cache
def _scales() -> tuple[LabelScale, ...]:
    return tuple(scale for family in (*FAMILIES, *FACES) for scale in _readings(family))


@cache
def _known() -> frozenset[str]:
    return frozenset(label for scale in _scales() for label in scale.mapping)


def _readings(family: Family) -> Iterator[LabelScale]:
    """Yield the scale of the bare words, and of the words numbered upwards and downwards."""
    highest = len(family)
    places = {fold(said) or said: place for place, step in enumerate(family, start=1) for said in step}
    bare = {str(number): number for number in range(1, highest + 1)}
    down = {label: highest + 1 - place for label, place in places.items()}
    upwards, downwards = (
        {
            numbered: number
            for label, number in numbers.items()
            for numbered in (f"{number} {label}", f"{label} {number}")
        }
        for numbers in (places, down)
    )
    yield LabelScale(places, 1, highest, Scale.HIGH)
    yield LabelScale(upwards | bare, 1, highest, Scale.HIGH)
    yield LabelScale(downwards | bare, 1, highest, Scale.LOW)


def _fits(scale: LabelScale, counts: Mapping[str, int]) -> bool:
    """Return whether most answers are on the scale, one in words of its own, and no numbered label is off it."""
    telling = any(label in scale.mapping and not _tells_nothing(label) for label in counts)
    off = any(label not in scale.mapping and label[:1].isdigit() and not label.isdigit() for label in counts)
    return telling and not off and 2 * _covered(scale, counts) > sum(counts.values())


def _closeness(scale: LabelScale, counts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return a key that is greatest for the scale to take.

    It has most of the answers, no two labels on one step where another scale can tell them apart, and few points.
    """
    seen = [scale.mapping[label] for label in counts if label in scale.mapping and not label.isdigit()]
    return _covered(scale, counts), len(set(seen)) - len(seen), -scale.highest


def _covered(scale: LabelScale, counts: Mapping[str, int]) -> int:
    return sum(count for label, count in counts.items() if label in scale.mapping)


def _tells_nothing(label: str) -> bool:
    return label.isdigit() or label in _anywhere()


@cache
def _anywhere() -> frozenset[str]:
    return frozenset(fold(word) for word in HEARD_ANYWHERE)
