"""The types of arrays that the models take and give."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Vector: TypeAlias = npt.NDArray[np.float64]
"""Real numbers; one dimension unless said otherwise."""
Counts: TypeAlias = npt.NDArray[np.int64]
"""Whole numbers."""
