"""A figure and its change in words: what is shown, what it stands on, and whether it got better or worse."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.model.result import Figure
from loyalty.pipeline.change import FigureChange
from loyalty.render.voice import Voice
from loyalty.report.arrangement import HIGHER_IS_BETTER, LOWER_IS_BETTER

UP, DOWN, STILL = "▲", "▼", "●"


@dataclass(frozen=True)
class ToldChange:
    """A change in words: ``▼``, ``-4.1 points``, ``worse``; ``tone`` is ``better``, ``worse`` or ``plain``.

    Without a ``word`` nothing is claimed: no test applies.
    """

    sign: str
    amount: str
    word: str
    tone: str

    def __str__(self) -> str:
        return f"{self.sign} {self.amount} ({self.word})" if self.word else f"{self.sign} {self.amount}"

    @property
    def is_still(self) -> bool:
        """Whether no change is claimed, which the sign says too: paper leaves the words out where room is short."""
        return self.sign == STILL


@dataclass(frozen=True)
class ToldFigure:
    """A figure in words; ``change`` is None where nothing can be compared.

    ``reason`` says why a figure is not shown, ``before_reason`` why there is none of the period before.
    """

    name: str
    label: str
    value: str
    interval: str
    cases: str
    reason: str
    before: str
    before_reason: str
    change: ToldChange | None


def tell_figure(
    figure: Figure, before: Figure | None, change: FigureChange | None, voice: Voice
) -> ToldFigure:
    """Return a figure, the same one of the period before and the change between them in words."""
    numbers = voice.numbers
    return ToldFigure(
        name=figure.name,
        label=voice.label(figure.name),
        value=numbers.amount(figure),
        interval=voice.interval(figure),
        cases=voice.cases(figure),
        reason=numbers.remark(figure),
        before=numbers.amount(before) if before else "",
        before_reason=numbers.remark(before) if before else "",
        change=tell_change(change, voice) if change else None,
    )


def tell_change(change: FigureChange, voice: Voice) -> ToldChange:
    """Return a change in words: only one that a test can tell from chance is called better or worse."""
    amount = voice.numbers.change(change.difference, change.figure.unit)
    if change.difference == 0:
        return ToldChange(STILL, amount, voice.words("report.same"), "plain")
    if change.detectable is False:
        return ToldChange(STILL, amount, voice.words("report.unchanged"), "plain")
    sign = UP if change.difference > 0 else DOWN
    if change.detectable is None:
        return ToldChange(sign if _shows(amount) else STILL, amount, "", "plain")
    tone = _tone(change)
    word = "report.changed" if tone == "plain" else f"report.{tone}"
    return ToldChange(sign, amount, voice.words(word), tone)


def _tone(change: FigureChange) -> str:
    name = change.figure.name
    if name not in HIGHER_IS_BETTER | LOWER_IS_BETTER:
        return "plain"
    return "better" if (change.difference > 0) == (name in HIGHER_IS_BETTER) else "worse"


def _shows(amount: str) -> bool:
    """Return whether anything is left of an amount once it is rounded."""
    return any(digit in amount for digit in "123456789")
