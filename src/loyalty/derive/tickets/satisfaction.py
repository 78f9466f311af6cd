"""What customers said of how their ticket was handled: good or bad, or a number on a scale that has to be known."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.few import withheld_below_minimum
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.scales import BOXES, Ends, is_another_scale
from loyalty.model.result import Figure


@dataclass(frozen=True)
class Verdicts:
    """What customers said of their tickets.

    Attributes:
        found: the tickets with ``is_good`` (null: not answered).
        refusal: why there is no share of good answers.
        beyond: how many numbers are not on the scale.
        ends, satisfied: of the scale of numbers, and which of them mean good, where there are numbers on a known one.
    """

    found: pl.DataFrame
    refusal: str | None
    beyond: int = 0
    ends: Ends | None = None
    satisfied: frozenset[int] = frozenset()

    def figure(self, confidence: float) -> Figure:
        """Return the share of answers that are good; of few the number only."""
        answered = self.found["is_good"].drop_nulls()
        if self.refusal is not None:
            return Figure.refused("ticket_csat", "share", self.refusal, n=self.found["csat"].count())
        if answered.is_empty():
            return Figure.undefined("ticket_csat", "share", "no_valid_responses", n=0)
        share = share_figure("ticket_csat", int(answered.sum()), answered.len(), confidence)
        return withheld_below_minimum([share], answered.len())[0]


def verdicts(found: pl.DataFrame, ends: Ends | None) -> Verdicts:
    """Return what each ticket's answer says; ``ends`` are those of the scale of numbers, where it is known."""
    said = pl.col("satisfaction").eq("good")
    numbers = found["csat"].drop_nulls()
    if numbers.is_empty():
        return Verdicts(found.with_columns(is_good=said), None)
    boxes = BOXES.get((ends.lowest, ends.highest)) if ends else None
    if ends is None or boxes is None:
        return _refused(found, "scale_unknown" if ends is None else "no_top_boxes")
    satisfied = ends.top(boxes)
    on_scale = pl.col("csat").is_between(ends.lowest, ends.highest)
    standing = found.filter(on_scale).height
    beyond = numbers.len() - standing
    if is_another_scale(beyond, standing):
        return _refused(found, "beyond_scale")
    is_good = pl.coalesce(said, pl.when(on_scale).then(pl.col("csat").is_in(sorted(satisfied))))
    return Verdicts(found.with_columns(is_good=is_good), None, beyond, ends, satisfied)


def _refused(found: pl.DataFrame, refusal: str) -> Verdicts:
    return Verdicts(found.with_columns(is_good=pl.lit(None, pl.Boolean)), refusal)
