"""``loyalty init``: a commented configuration for the exports named, with every question it leaves open."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from loyalty.cli.boundary import say
from loyalty.cli.settings import check
from loyalty.cli.shared import Shared
from loyalty.config.draft import draft
from loyalty.config.readings import Reading, understand, usable
from loyalty.errors import CannotWrite, InputError, UsageError
from loyalty.output import STDOUT, deliver


def run(shared: Shared) -> None:
    """Write the configuration, and tell which of its lines need an answer.

    Raises:
        InputError: a report can be made from none of the files.
        CannotWrite: another configuration stands where this one should go.
    """
    source = check(shared).source()
    if "-" in source.paths:
        raise UsageError(
            "init writes down where the exports are, and standard input is nowhere", hint="Name a file."
        )
    found = [reading for path in source.paths for reading in understand(path, source)]
    if not usable(found):
        raise _nothing(found)
    folder = Path() if shared.output is None or shared.output == STDOUT else shared.output.parent
    placed = [replace(each, path=_from(each.path, folder)) for each in found]
    written = draft(placed, source, shared.lang or "en")
    _spare(shared.output, written.text)
    deliver(written.text, shared.output)
    _tell(shared, written.questions)


def _nothing(found: list[Reading]) -> InputError:
    problems = [problem for each in found if each.problem for problem in each.problem.problems]
    problems += [
        f"{each.path}: {each.called}; no metric is made from it yet" for each in found if not each.problem
    ]
    hints = [each.problem.hint for each in found if each.problem and each.problem.hint]
    return InputError(
        *problems, hint=hints[0] if hints else "Name a file of orders, survey answers or mentions."
    )


def _from(path: str, folder: Path) -> str:
    """Return a path as it has to be written in a configuration in ``folder``."""
    if "://" in path or Path(path).expanduser().is_absolute():
        return path
    return Path(os.path.relpath(path, folder)).as_posix()


def _spare(target: Path | None, text: str) -> None:
    """Refuse to write over another configuration: somebody may have worked on it."""
    if target is None or target == STDOUT or not target.is_file() or target.read_bytes() == text.encode():
        return
    raise CannotWrite(
        f"{target}: a file of that name is there already, and is not written over",
        hint=f"Name another with -o, or move the old one away first: mv {target} {target}.old",
    )


def _tell(shared: Shared, questions: tuple[tuple[int, str], ...]) -> None:
    if shared.quiet:
        return
    name = None if shared.output in (None, STDOUT) else shared.output
    if name is not None:
        say(f"loyalty: wrote {name}")
    for line, question in questions:
        say(f"loyalty: {name or 'line'}{':' if name else ' '}{line}: {question}")
