"""The counting formulas for retention and churn: what three counts say, and when they cannot say it."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.model.result import Figure, Status
from loyalty.stats.ratio import ratio

INCONSISTENT = "end_exceeds_start_plus_acquired"


@dataclass(frozen=True)
class CustomerCounts:
    """Customers at the start of a period, acquired during it, and there at its end."""

    start: int
    acquired: int
    end: int

    @property
    def lost(self) -> int:
        """start + acquired - end."""
        return self.start + self.acquired - self.end

    @property
    def retained(self) -> int:
        """end - acquired."""
        return self.end - self.acquired

    @property
    def reason(self) -> str | None:
        """Why no rate can be given: more customers at the end than there can be (some came back uncounted)."""
        if self.lost < 0 or self.retained < 0:
            return INCONSISTENT
        return None

    def figures(self) -> dict[str, Figure]:
        """Return the counts and rates by figure name.

        ``crr_count`` = (end - acquired) / start; ``ccr_opening`` = lost / start, which complements it;
        ``ccr_served`` = lost / (start + acquired), the guide's denominator; ``ccr_average`` = lost / mean(start, end).
        """
        rates = {
            "crr_count": (self.retained, self.start),
            "ccr_opening": (self.lost, self.start),
            "ccr_served": (self.lost, self.start + self.acquired),
            "ccr_average": (2 * self.lost, self.start + self.end),
        }
        figures = {name: self._rate(name, *parts) for name, parts in rates.items()}
        for name in ("start", "acquired", "end"):
            figures[name] = Figure(name, getattr(self, name), "count")
        for name in ("lost", "retained"):
            figures[name] = (
                Figure.refused(name, "count", INCONSISTENT)
                if self.reason
                else Figure(name, getattr(self, name), "count")
            )
        return figures

    def _rate(self, name: str, numerator: int, denominator: int) -> Figure:
        if self.reason and self.start:
            return Figure.refused(name, "share", INCONSISTENT, n=self.start)
        value = ratio(numerator, denominator)
        if value is None or self.start == 0:
            return Figure.undefined(name, "share", "denominator_zero", n=self.start)
        if name == "ccr_average":
            return Figure(name, value, "share", numerator=self.lost, denominator=(self.start + self.end) / 2)
        return Figure(name, value, "share", n=denominator, numerator=numerator, denominator=denominator)


def unobserved(name: str, unit: str = "share") -> Figure:
    """Return a rate that cannot be known because the data begin in its period."""
    return Figure(name, None, unit, status=Status.UNDEFINED, reason="no_period_before")
