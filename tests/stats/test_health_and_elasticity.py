"""The worked examples of the health score and of the arc elasticity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loyalty.stats.elasticity import arc
from loyalty.stats.health import weighted_available

Examples = dict[str, dict[str, Any]]


def test_health_score(examples: Examples) -> None:
    example = examples["health.score"]
    weights = example["inputs"]["weights"]
    components = [example["inputs"]["components"][name] for name in weights]
    row = np.array([[np.nan if value is None else value for value in components]], dtype=float)
    score, coverage = weighted_available(row, np.array(list(weights.values())))
    assert score[0] == pytest.approx(example["expected"]["score"], abs=example["tolerance_abs"])
    assert coverage[0] == pytest.approx(example["expected"]["coverage"], abs=example["tolerance_abs"])
    # The limit of the band is met, not missed by the last bit.
    assert score[0] >= example["params"]["bands"][1]


def test_a_score_of_nothing_is_unknown() -> None:
    score, coverage = weighted_available(np.array([[np.nan, np.nan]]), np.array([0.5, 0.5]))
    assert np.isnan(score[0])
    assert coverage[0] == 0


def test_price_arc_elasticity(examples: Examples) -> None:
    example = examples["price.arc_elasticity"]
    found = arc(*(np.array([example["inputs"][name]], dtype=float) for name in ("price", "units")))
    assert found[0] == pytest.approx(example["expected"]["elasticity"], abs=1e-9)


def test_an_unchanged_price_has_no_elasticity() -> None:
    assert np.isnan(arc(np.array([[10.0, 10.0]]), np.array([[5.0, 6.0]]))[0])
