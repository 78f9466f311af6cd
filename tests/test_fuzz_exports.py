"""Many damaged exports: each is read with every row accounted for, or refused with a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.damage import cases
from benchmarks.fuzz_exports import BUGS, run
from tests.seeds import seeds

SHARES = 4
CASES = len(seeds(80, 200))


@pytest.mark.parametrize("share", range(SHARES))
def test_damaged_exports(share: int, tmp_path: Path) -> None:
    outcomes = [run(case, tmp_path) for case in cases(seed=3, indices=range(share, CASES, SHARES))]
    bugs = [f"{each.index}: {each.title}\n{each.detail}" for each in outcomes if each.verdict in BUGS]
    assert not bugs, "\n\n".join(bugs)
    assert sum(each.verdict == "ok" for each in outcomes) > len(outcomes) / 4
