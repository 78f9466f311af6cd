"""The formula variants of customer lifetime value; each name says what the formula takes in."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.stats.ratio import ratio

MONTHS = 12


@dataclass(frozen=True)
class Drivers:
    """What the formulas multiply: order value, orders per customer and year, lifespan in years, gross margin."""

    order_value: float
    orders_per_year: float
    lifespan_years: float
    margin: float | None = None

    @property
    def aov_lifespan(self) -> float:
        """Order value x lifespan: the guide's formula. It ignores how often customers buy, and cost."""
        return self.order_value * self.lifespan_years

    @property
    def revenue(self) -> float:
        """Order value x frequency x lifespan. It ignores cost: revenue, not profit."""
        return self.order_value * self.orders_per_year * self.lifespan_years

    @property
    def gross_margin(self) -> float | None:
        """Revenue x margin; None without a margin. It ignores that money later is worth less."""
        return None if self.margin is None else self.revenue * self.margin


def discounted(yearly_margin: float, retention: float, discount_rate: float, *, first_year: bool) -> float:
    """Return the sum over years t of m r^t / (1 + d)^t, from t = 0, or from t = 1 without the first year.

    ``retention`` is yearly, 0..1; ``discount_rate`` must keep ``1 + d > r``.
    """
    start = 1 + discount_rate if first_year else retention
    return yearly_margin * start / (1 + discount_rate - retention)


def acquisition(
    margin: float | None, yearly_margin: float | None, cost: float
) -> tuple[float | None, float | None]:
    """Return lifetime margin / cost of acquisition, and the months of margin that pay the cost back.

    None where there is no margin, and for the first where the cost is zero, for the second where the margin is.
    """
    if margin is None or yearly_margin is None:
        return None, None
    return ratio(margin, cost), ratio(cost * MONTHS, yearly_margin)
