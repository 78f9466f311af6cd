"""What the answers that carry a tag do to a survey score."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.few import MIN_INTERPRET, MIN_SHOW
from loyalty.derive.surveys.measure import Measure, Score, difference_unit
from loyalty.derive.surveys.tally import Tally, tally
from loyalty.model.result import Column, Draw, ResultTable
from loyalty.stats.proportions import holm

SEPARATORS = r"\s*[,;|]\s*"


@dataclass(frozen=True)
class Driver:
    """One tag: the score of the answers that carry it, of those that do not, and the difference between."""

    tag: str
    having: Score
    impact: float | None
    p_value: float | None

    @property
    def ranked(self) -> bool:
        """Whether enough answers carry the tag to put it in an order."""
        return self.having.n >= MIN_INTERPRET and self.impact is not None


def drivers_table(standing: pl.DataFrame, measure: Measure) -> ResultTable:
    """Return each tag's impact: the score less what it would be without the answers that carry the tag.

    For a mean of answers, as the Net Promoter Score is one, that is ``n_T (score_T - score) / (n - n_T)``: negative for
    a tag that pulls the score down. The largest impact comes first; tags of fewer than 30 answers follow by name,
    without a rank. P-values (answers with the tag against those without) are Holm's.
    """
    unit = measure.unit
    columns = (
        Column("tag", "text"),
        Column("value", unit),
        Column("low", unit),
        Column("high", unit),
        Column("n", "count"),
        Column("impact", difference_unit(unit)),
        Column("p_holm", "p_value"),
        Column("rank", "count"),
    )
    found = _drivers(standing, measure)
    ranked = sorted(
        (driver for driver in found if driver.ranked),
        key=lambda driver: (-abs(driver.impact or 0), driver.tag),
    )
    rest = sorted((driver for driver in found if not driver.ranked), key=lambda driver: driver.tag)
    known = [driver.p_value for driver in ranked if driver.p_value is not None]
    adjusted = iter(holm(known))
    rows = [
        (*_row(driver), next(adjusted) if driver.p_value is not None else None, rank)
        for rank, driver in enumerate(ranked, start=1)
    ] + [(*_row(driver), None, None) for driver in rest]
    return ResultTable("drivers", columns, tuple(rows), draw=Draw.DOTS)


def _row(driver: Driver) -> tuple[str | float | None, ...]:
    shown = driver.having.shown
    impact = driver.impact if driver.having.n >= MIN_SHOW else None
    return driver.tag, shown.value, shown.low, shown.high, shown.n, impact


def _drivers(standing: pl.DataFrame, measure: Measure) -> list[Driver]:
    everybody = tally(standing)
    whole = measure.score(everybody).value
    tags = (
        standing.with_row_index("answer")
        .with_columns(tag=pl.col("tags").str.replace_all(SEPARATORS, "|").str.split("|"))
        .explode("tag")
        .with_columns(tag=pl.col("tag").str.strip_chars())
        .filter(pl.col("tag").is_not_null() & (pl.col("tag") != ""))
        .unique(["answer", "tag"])
    )
    return [
        _driver(str(tag), tally(part), everybody, whole, measure)
        for (tag,), part in sorted(tags.partition_by("tag", as_dict=True).items())
    ]


def _driver(tag: str, having: Tally, everybody: Tally, whole: float | None, measure: Measure) -> Driver:
    score = measure.score(having)
    without = everybody - having
    rest = measure.score(without).value
    impact = whole - rest if whole is not None and rest is not None else None
    change = measure.change(without, having) if min(having.n, without.n) >= MIN_INTERPRET else None
    return Driver(tag, score, impact, change.p_value if change else None)
