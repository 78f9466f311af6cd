"""Why a total changed: other people (mix), or the same kinds of people thinking otherwise (within)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One segment in two periods: its cases and its score in each; None where it has no cases."""

    n_before: float
    before: float | None
    n_after: float
    after: float | None


@dataclass(frozen=True)
class Decomposition:
    """A change of a total, taken apart: ``change = mix + within``.

    ``standardised`` is the later total as it would be with the earlier shares of the segments; it and the two effects
    are None where a segment of the earlier period has nobody in the later one. ``effects`` are ``(mix, within)`` of
    each segment, in the order given.
    """

    before: float
    after: float
    standardised: float | None
    effects: tuple[tuple[float | None, float | None], ...]

    @property
    def change(self) -> float:
        """Later total less earlier total."""
        return self.after - self.before

    @property
    def within(self) -> float | None:
        """What the change would be had the shares of the segments stayed."""
        return None if self.standardised is None else self.standardised - self.before

    @property
    def mix(self) -> float | None:
        """What the shifted shares of the segments did."""
        return None if self.standardised is None else self.after - self.standardised

    @property
    def opposed(self) -> bool:
        """Whether the total moved one way and the segments, on balance, the other (Simpson's paradox)."""
        return self.within is not None and self.change * self.within < 0


def decompose(parts: Sequence[Part]) -> Decomposition | None:
    """Return the change of a total taken apart by segments; None where either period has no cases.

    Direct standardisation to the earlier period (Kitagawa 1955, JASA 50): within = sum of w1 (s2 - s1), mix = sum of
    (w2 - w1) s2, with shares w and scores s of the segments. A segment's part of the mix is counted from the later
    total, which changes no sum: a growing segment pulls up when it is better than the whole.
    """
    cases_before, cases_after = sum(part.n_before for part in parts), sum(part.n_after for part in parts)
    if not cases_before or not cases_after:
        return None
    before = sum(part.n_before * (part.before or 0) for part in parts) / cases_before
    after = sum(part.n_after * (part.after or 0) for part in parts) / cases_after
    effects: list[tuple[float | None, float | None]] = []
    for part in parts:
        share_before, share_after = part.n_before / cases_before, part.n_after / cases_after
        if part.after is None and part.n_before:
            effects.append((None, None))
            continue
        score = part.after or 0
        within = share_before * (score - part.before) if part.before is not None else 0.0
        effects.append(((share_after - share_before) * (score - after), within))
    withins = [within for _, within in effects]
    known = [within for within in withins if within is not None]
    standardised = before + sum(known) if len(known) == len(withins) else None
    return Decomposition(before, after, standardised, tuple(effects))
