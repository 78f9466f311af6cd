"""What numpy and Polars read once, when they are imported, is set before: one thread for BLAS, few arenas of memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from loyalty.cli import ONE_THREAD, hold_little, one_thread

LATE = """
import sys, loyalty.cli
assert "numpy" not in sys.modules
loyalty.cli.one_thread()
import loyalty.stats.btyd.estimation
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("Threads:")))
"""


def test_one_thread_unless_the_user_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, *others = ONE_THREAD
    monkeypatch.setenv(chosen, "3")
    for name in others:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    one_thread()
    assert [os.environ[name] for name in ONE_THREAD] == ["3", *["1"] * len(others)]


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted where Linux tells them")
def test_numpy_and_scipy_come_with_no_threads_of_their_own() -> None:
    environment = {"PATH": "", "OMP_NUM_THREADS": "2"}
    found = subprocess.run(
        [sys.executable, "-c", LATE], check=True, capture_output=True, text=True, env=environment
    )
    assert found.stdout == "1\n"


def test_polars_holds_little_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_RJEM_MALLOC_CONF", "POLARS_CSV_CHUNK_SIZE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    hold_little()
    assert f"narenas:{os.cpu_count()}," in os.environ["_RJEM_MALLOC_CONF"]
    assert os.environ["POLARS_CSV_CHUNK_SIZE"] == "4194304"
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "narenas:7")
    hold_little()
    assert os.environ["_RJEM_MALLOC_CONF"] == "narenas:7"
