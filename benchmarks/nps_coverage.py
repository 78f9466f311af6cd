"""How often the interval of the Net Promoter Score holds the true score, beside the plain Wald interval.

    python benchmarks/nps_coverage.py --draws 20000 --seed 20240701

Draws surveys of 10, 30 and 100 answers from populations whose score is known, and counts. An interval of 95 % should
hold it 95 times in 100; 0.93 to 0.98 is allowed, on the average of the populations, and no population below 0.925: of
ten answers from a divided public (45 % promoters, 45 % detractors) there are so few outcomes that 0.930 is reached and
no more. Plain Wald (score plus and minus 1.96 standard errors, nothing added) is shown for comparison: it falls short
where answers are few.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from math import sqrt

import numpy as np

from loyalty.stats.net_promoter import Recommendations, interval
from loyalty.stats.proportions import Interval, z_value

SIZES = (10, 30, 100)
POPULATIONS = {
    "usual shop": (0.50, 0.30, 0.20),
    "liked shop": (0.70, 0.20, 0.10),
    "divided": (0.45, 0.10, 0.45),
    "lukewarm": (0.25, 0.50, 0.25),
    "disliked": (0.20, 0.30, 0.50),
}
ALLOWED = (0.93, 0.98)
LOWEST = 0.925


def plain_wald(counts: Recommendations) -> Interval | None:
    """Return the interval that nothing is added to."""
    if counts.score is None or counts.variance is None:
        return None
    half = 100 * z_value(0.95) * sqrt(counts.variance / counts.answers)
    return Interval(counts.score - half, counts.score + half)


def coverage(
    method: Callable[[Recommendations], Interval | None],
    shares: tuple[float, float, float],
    n: int,
    draws: int,
    seed: int,
) -> float:
    """Return the share of drawn surveys whose interval holds the true score."""
    true = 100 * (shares[0] - shares[2])
    surveys = np.random.default_rng(seed).multinomial(n, shares, size=draws)
    outcomes, times = np.unique(surveys, axis=0, return_counts=True)
    held = 0
    for (promoters, passives, detractors), count in zip(outcomes.tolist(), times.tolist(), strict=True):
        found = method(Recommendations(promoters, passives, detractors))
        # The end of an interval that is clipped to +100 or -100 holds what lies there.
        held += count * (found is not None and found.low - 1e-9 <= true <= found.high + 1e-9)
    return held / draws


def main() -> int:
    """Print the coverage of both intervals; fail when ours is outside what is allowed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20240701)
    chosen = parser.parse_args()
    print(f"{chosen.draws} draws, seed {chosen.seed}")
    print(f"{'population':<12}{'n':>5}{'adjusted':>10}{'plain':>8}")
    failed = False
    for n in SIZES:
        found = {
            name: [
                coverage(method, shares, n, chosen.draws, chosen.seed) for method in (interval, plain_wald)
            ]
            for name, shares in POPULATIONS.items()
        }
        ours, plain = (sum(pair[side] for pair in found.values()) / len(found) for side in (0, 1))
        for name, pair in (found | {"average": [ours, plain]}).items():
            print(f"{name:<12}{n:>5}{pair[0]:>10.4f}{pair[1]:>8.4f}")
        lowest = min(pair[0] for pair in found.values())
        failed |= not (ALLOWED[0] <= ours <= ALLOWED[1] and lowest >= LOWEST and plain < ours)
    print("beyond what is allowed" if failed else "within what is allowed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
