"""How the reader wants to see results: language, colour, width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Color = Literal["auto", "always", "never"]
CurrencyPosition = Literal["before", "after"]


@dataclass(frozen=True)
class Look:
    """The reader's wishes; machine formats take only ``safe`` from it.

    Attributes:
        lang: language of titles, labels, notes, numbers and dates.
        color: ``auto`` colours a terminal, unless ``NO_COLOR`` or ``FORCE_COLOR`` say otherwise.
        width: columns to fit into; None is the terminal's width, or no limit when there is no terminal.
        is_terminal: whether the text goes to a terminal.
        safe: guard CSV cells that a spreadsheet would run as a formula.
        currency_position: on which side of an amount the currency stands.
    """

    lang: str = "en"
    color: Color = "auto"
    width: int | None = None
    is_terminal: bool = False
    safe: bool = False
    currency_position: CurrencyPosition = "before"
