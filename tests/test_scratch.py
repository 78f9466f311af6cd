"""The scratch folder: made where TMPDIR says, refused where there is no room, cleared of what killed runs left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from loyalty.engine import parts
from loyalty.engine import scratch as module
from loyalty.engine.scratch import LOCK, YOUNG, scratch
from loyalty.errors import CannotWrite

HOLD = """
import os, sys
from loyalty.engine.scratch import scratch
print(scratch(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of its own, and no scratch folder yet."""
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    before = module.scratch
    monkeypatch.setattr(module, "scratch", module.functools.cache(before.__wrapped__))
    return tmp_path


def aged(folder: Path) -> Path:
    then = folder.stat().st_mtime - YOUNG - 1
    os.utime(folder, (then, then))
    return folder


def test_what_a_killed_run_left_is_removed_by_the_next(place: Path) -> None:
    left = place / "loyalty-left"
    left.mkdir()
    (left / LOCK).touch()
    (left / "part.parquet").write_bytes(b"x" * 1000)
    aged(left)
    made = module.scratch()
    assert made.parent == place
    assert not left.exists()


def test_what_a_living_run_needs_stays(place: Path) -> None:
    environment = os.environ | {"TMPDIR": str(place), "TEMP": str(place)}
    running = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert running.stdout is not None
    theirs = aged(Path(running.stdout.readline().strip()))
    try:
        module.scratch()
        assert theirs.is_dir()
    finally:
        running.communicate("")
    assert not theirs.exists()  # it removed its own


def test_folders_that_are_not_ours_or_new_stay(place: Path) -> None:
    other, new = place / "loyalty-notes", place / "loyalty-new"
    for folder in (other, new):
        folder.mkdir()
    (new / LOCK).touch()  # its owner is about to lock it
    aged(other)  # a user's own folder of that name holds no lock
    module.scratch()
    assert other.is_dir()
    assert new.is_dir()


def test_too_little_room_is_told_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: SimpleNamespace(free=300_000_000))
    with (
        pytest.raises(CannotWrite, match=r"about 5\.0 GB are needed, 0\.3 GB are free") as told,
        parts.cut(pl.LazyFrame({"order_id": ["O1"]}), "order_id", 100_000_000),
    ):
        pass
    assert "TMPDIR" in (told.value.hint or "")
    assert not list(scratch().rglob("*.parquet"))
