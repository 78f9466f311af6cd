"""Delivering: the same bytes on the screen and in a file, and never half a file."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.errors import CannotWrite, ExitCode, Locked
from loyalty.output import deliver, deliver_all, lock

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def run(code: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a line of Python that delivers something."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("target", [None, Path("-")])
def test_stdout_gets_the_bytes_and_no_more(target: Path | None, capfdbinary: Any) -> None:
    deliver("₺ ş, no line end", target)
    deliver(b"\x00\xff", target)
    assert capfdbinary.readouterr().out == "₺ ş, no line end".encode() + b"\x00\xff"


def test_stdout_is_utf_8_whatever_the_terminal_says() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    assert run("from loyalty.output import deliver; deliver('▼ ş\\n', None)", env=environment).stdout == (
        "▼ ş\n".encode()
    )


def test_what_was_printed_before_comes_before() -> None:
    assert run("from loyalty.output import deliver; print('a'); deliver('b\\n', None)").stdout.split() == [
        b"a",
        b"b",
    ]


def test_a_reader_that_stops_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        code = "from loyalty.output import deliver; deliver(b'x' * 1_000_000, None); deliver('y', None)"
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_behind_stdout_is_told_once() -> None:
    code = (
        "from loyalty.output import deliver\nfrom loyalty.errors import CannotWrite\nimport sys\n"
        "try: deliver('x', None)\nexcept CannotWrite as error: print(error, file=sys.stderr)"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.stderr.decode().splitlines() == [
        "standard output: cannot be written: the disk is full",
        "Free some space, or name another disk with --output.",
    ]
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_closed_stdout_is_a_message() -> None:
    code = "from loyalty.output import deliver; deliver('x', None)"
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" >&-', sys.executable, code], stderr=subprocess.PIPE, check=False
    )
    assert b"CannotWrite: standard output: is closed" in done.stderr


def test_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    target = tmp_path / "reports" / "2026-10" / "loyalty.md"
    deliver("Müşteri\n", target)
    assert target.read_bytes() == "Müşteri\n".encode()
    assert names(target.parent) == ["loyalty.md"]


@pytest.mark.usefixtures("umask")
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_new_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    deliver("x", tmp_path / "new.csv")
    assert stat.S_IMODE((tmp_path / "new.csv").stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "people.csv"
    target.write_text("old")
    target.chmod(0o600)
    deliver("new", target)
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_same_content_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    deliver("same", target)
    os.utime(target, ns=(1_000_000_000, 1_000_000_000))
    before = target.stat()
    deliver("same", target)
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    deliver(iter(("sa", "me")), target)
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    deliver(iter(("di", "ff")), target)
    assert target.read_text() == "diff"
    assert target.stat().st_mtime_ns != before.st_mtime_ns


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    real, link = tmp_path / "archive" / "october.html", tmp_path / "latest.html"
    real.write_text("old")
    link.symlink_to(real)
    deliver("new", link)
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert names(tmp_path) == ["archive", "latest.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_pipe_is_written_to_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        deliver("through", pipe)
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


FAILURES = [
    (errno.ENOSPC, "the disk is full", "Free some space, or name another disk with --output."),
    (
        errno.EACCES,
        "no permission to write there",
        "Name another place with --output, or in the configuration.",
    ),
    (errno.EROFS, "the disk is read-only", "Name another place with --output, or in the configuration."),
    (errno.EIO, os.strerror(errno.EIO), "Name another place with --output, or in the configuration."),
]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("failure", FAILURES)
def test_failure_leaves_the_old_file_and_nothing_else(
    step: str, failure: tuple[int, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, reason, hint = failure
    target = tmp_path / "report.html"
    target.write_text("last month")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(CannotWrite) as caught:
        deliver("this month", target)
    assert str(caught.value) == f"{target}: cannot be written: {reason}\n{hint}"
    assert caught.value.exit_code is ExitCode.INPUT
    assert target.read_text() == "last month"
    assert names(tmp_path) == ["report.html"]


def test_interrupt_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        deliver("half", tmp_path / "report.html")
    assert names(tmp_path) == []


def test_folder_as_target_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite) as caught:
        deliver("x", tmp_path)
    assert str(caught.value) == f"{tmp_path}: is a folder\nName a file in it: --output {tmp_path / 'NAME'}"


def test_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    target = tmp_path / "reports" / "2026-10" / "x.html"
    with pytest.raises(CannotWrite) as caught:
        deliver("x", target)
    assert caught.value.problems == (
        f"{target}: cannot be written: a part of the path is a file, not a folder",
    )


@pytest.mark.skipif(IS_ROOT or sys.platform == "win32", reason="root may write anywhere")
def test_protected_folder_and_protected_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.html"
    kept.write_text("kept")
    kept.chmod(0o444)
    with pytest.raises(CannotWrite, match="is write-protected"):
        deliver("new", kept)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    with pytest.raises(CannotWrite, match="no permission to write there"):
        deliver("new", closed / "x.html")


def test_write_protection_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "kept.html"
    target.write_text("kept")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(CannotWrite, match=r"kept\.html: is write-protected"):
        deliver("new", target)
    assert target.read_text() == "kept"


def test_name_longer_than_the_disk_allows(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="the name is too long"):
        deliver("x", tmp_path / ("n" * 300))
    assert names(tmp_path) == []


def test_files_that_belong_together(tmp_path: Path) -> None:
    folder = tmp_path / "2026-10"
    deliver_all({folder / "loyalty.html": b"<p>", folder / "loyalty.json": b"{}"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "loyalty.html": b"<p>",
        "loyalty.json": b"{}",
    }


def test_when_the_second_file_does_not_fit_the_first_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.html").write_text("old")
    calls = iter([None, OSError(errno.ENOSPC, "full")])

    def fsync(_: int) -> None:
        if error := next(calls):
            raise error

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(CannotWrite, match=r"b\.json: cannot be written: the disk is full"):
        deliver_all({tmp_path / "a.html": b"new", tmp_path / "b.json": b"{}"})
    assert names(tmp_path) == ["a.html"]
    assert (tmp_path / "a.html").read_text() == "old"


def test_second_run_is_refused_at_once_and_may_come_later(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    with lock(folder), pytest.raises(Locked) as caught, lock(folder):
        pass
    assert str(caught.value) == (
        f"{folder}: another run is writing here\nWait until it has finished, then run this command again."
    )
    assert caught.value.exit_code is ExitCode.LOCKED
    with lock(folder):
        pass


def test_lock_of_another_process_is_freed_when_it_dies(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from loyalty.output import lock\n"
        f"with lock(pathlib.Path({str(tmp_path)!r})): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(Locked), lock(tmp_path):
            pass
        other.kill()
    with lock(tmp_path):
        pass


def test_lock_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(CannotWrite, match="a part of the path is a file"), lock(tmp_path / "reports"):
        pass
