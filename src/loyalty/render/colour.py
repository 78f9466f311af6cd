"""Whether text for the terminal is styled and coloured, as the user, NO_COLOR and FORCE_COLOR say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty.render.look import Look


@dataclass(frozen=True)
class Ink:
    """``styled`` text may carry escape codes (bold); ``coloured`` text also colours."""

    styled: bool
    coloured: bool


def ink(look: Look, environment: Mapping[str, str]) -> Ink:
    """Return what the wishes and the environment come to.

    ``--color always|never`` outranks the environment; ``NO_COLOR`` takes the colours and leaves bold.
    """
    match look.color:
        case "always":
            return Ink(styled=True, coloured=True)
        case "never":
            return Ink(styled=False, coloured=False)
        case _:
            forced = environment.get("FORCE_COLOR", "") not in {"", "0"}
            capable = look.is_terminal and environment.get("TERM") != "dumb"
            styled = forced or capable
            return Ink(styled, styled and not environment.get("NO_COLOR"))
