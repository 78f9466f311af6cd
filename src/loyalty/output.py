"""Delivers what was made, to the screen or into files: a file appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from filecmp import cmp
from pathlib import Path
from shlex import quote

from loyalty.errors import CannotWrite, Locked
from loyalty.locking import taken

Content = str | bytes | Iterable[str]
"""What a file holds; in pieces where nobody should have to hold all of it."""
STDOUT = Path("-")
ELSEWHERE = "Name another place with --output, or in the configuration."
REASONS = {
    errno.EACCES: ("no permission to write there", ELSEWHERE),
    errno.EPERM: ("no permission to write there", ELSEWHERE),
    errno.EROFS: ("the disk is read-only", ELSEWHERE),
    errno.ENOSPC: ("the disk is full", "Free some space, or name another disk with --output."),
    errno.EDQUOT: (
        "your share of the disk is used up",
        "Delete something, or name another disk with --output.",
    ),
    errno.EFBIG: ("the file is too large for this disk", ELSEWHERE),
    errno.ENAMETOOLONG: ("the name is too long", "Name a shorter one with --output."),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", ELSEWHERE),
    errno.EEXIST: ("a part of the path is a file, not a folder", ELSEWHERE),
}


def deliver(content: Content, target: Path | None) -> None:
    """Write ``content`` to standard output (``None`` or ``-``) or into the file ``target``.

    Text becomes UTF-8; nothing is added at its end. A reader that stops early (``| head``) is no error.

    Raises:
        CannotWrite: the message names path and reason; a file that stood there is as it was.
    """
    if target is None or target == STDOUT:
        _to_stdout(content)
    else:
        deliver_all({target: content})


def deliver_all(files: Mapping[Path, Content]) -> None:
    """Write several files that belong together; none appears before all of them are safely on the disk.

    Missing folders are made. A file that already has the content keeps its time stamp; one that is replaced
    keeps its permissions.

    Raises:
        CannotWrite: as :func:`deliver`.
    """
    staged: list[tuple[Path, Path, Path]] = []
    try:
        for target, content in files.items():
            with _told(target):
                real = _destination(target)
                if _is_stream(real):
                    with real.open("wb") as stream:
                        stream.writelines(_pieces(content))
                else:
                    temporary = real.parent / f".loyalty-{os.getpid()}-{secrets.token_hex(6)}.tmp"
                    staged.append((temporary, real, target))
                    _fill(temporary, real, content)
        for temporary, real, target in staged:
            with _told(target):
                if not _is_equal(real, temporary):
                    temporary.replace(real)
    finally:
        for temporary, _, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the lock of ``folder`` so that no second run writes there; it is freed however the process ends.

    What a run that was killed left half-written in the folder is removed.

    Raises:
        Locked: another run holds it; told at once, without waiting.
        CannotWrite: the lock file ``.lock`` cannot be made.
    """
    path = folder / ".lock"
    with contextlib.ExitStack() as stack:
        with _told(path):
            folder.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(path.open("ab"))
            if not taken(file):
                raise Locked(
                    f"{folder}: another run is writing here",
                    hint="Wait until it has finished, then run this command again.",
                )
            _sweep(folder)
        yield


def _sweep(folder: Path) -> None:
    for path in folder.glob(".loyalty-*-*.tmp"):
        writer = path.name.split("-")[1]
        if writer.isdecimal() and not _is_running(int(writer)):
            path.unlink(missing_ok=True)


if sys.platform == "win32":

    def _is_running(process: int) -> bool:
        # There is no harmless way to ask here.
        return True

else:

    def _is_running(process: int) -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True


def _to_stdout(content: Content) -> None:
    if sys.stdout is None:
        raise CannotWrite("standard output: is closed", hint="Name a file with --output.")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(_pieces(content))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _silence_stdout()
    except OSError as error:
        _silence_stdout()
        raise _cannot_write("standard output", error) from error


def _silence_stdout() -> None:
    # Python flushes what is left once more when it ends, and would complain where nobody asked.
    with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


def _destination(target: Path) -> Path:
    """Return the file to replace: a link stays a link and what it points to gets the content."""
    real = target if _is_stream(target) else Path(os.path.realpath(target))
    if real.is_dir():
        raise CannotWrite(
            f"{target}: is a folder", hint=f"Name a file in it: --output {quote(str(target / 'NAME'))}"
        )
    # Replacing needs no permission on the file itself, but whoever protected it meant it.
    if real.is_file() and not os.access(real, os.W_OK):
        raise CannotWrite(f"{target}: is write-protected", hint=ELSEWHERE)
    return real


def _is_stream(path: Path) -> bool:
    """Return whether ``path`` is a pipe or a device (``/dev/null``), which is written to, not replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _is_equal(path: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return cmp(path, other, shallow=False)
    return False


def _pieces(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        yield from (piece.encode() for piece in ((content,) if isinstance(content, str) else content))


def _fill(temporary: Path, target: Path, content: Content) -> None:
    """Write ``content`` so that it survives a power cut; a new file gets the permissions the umask leaves."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary.open("xb") as file:
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        file.writelines(_pieces(content))
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _cannot_write(str(target), error) from error


def _cannot_write(name: str, error: OSError) -> CannotWrite:
    reason, hint = REASONS.get(error.errno or 0, (error.strerror or str(error), ELSEWHERE))
    return CannotWrite(f"{name}: cannot be written: {reason}", hint=hint)
