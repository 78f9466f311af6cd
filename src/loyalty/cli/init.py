"""``loyalty init``: a commented configuration for the exports named, with every question it leaves open."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

from loyalty.cli.boundary import say
from loyalty.cli.settings import check
from loyalty.cli.shared import Shared
from loyalty.config.draft import draft
from loyalty.config.readings import Reading, understand, usable
from loyalty.errors import CannotWrite, InputError, LoyaltyError, UsageError
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.output import STDOUT, deliver
from loyalty.pipeline import days


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
    name = None if shared.output in (None, STDOUT) else str(shared.output)
    written = draft(
        placed, source, shared.lang or "en", name=name or "config.yaml", days=_days(found, source)
    )
    _spare(shared.output, written.text)
    deliver(written.text, shared.output)
    _tell(name, written.questions, quiet=shared.quiet)


def _nothing(found: list[Reading]) -> InputError:
    problems = [problem for each in found if each.problem for problem in each.problem.problems]
    problems += [
        f"{each.path}: {each.called} without a column that says who bought; no metric is made from it"
        if each.kind is Kind.ORDERS
        else f"{each.path}: {each.called} without dates; no report of a period is made from it alone"
        if not each.has_period
        else f"{each.path}: {each.called}, which other exports are joined with; no report is made from it alone"
        for each in found
        if not each.problem
    ]
    hints = [each.problem.hint for each in found if each.problem and each.problem.hint]
    if any(each.kind is Kind.ORDERS for each in found):
        hints.append("If a column does say who bought, name it: --map customer_id=COLUMN.")
    others = "Name a file of orders, survey answers, points, mentions or tickets."
    members = next((each.path for each in found if "enrolled_at" in each.columns), None)
    if members is not None:
        others += f" Whether members stay is told without: loyalty retention {shlex.quote(members)} --basis membership"
    return InputError(*problems, hint=hints[0] if hints else others)


def _days(found: list[Reading], said: Source) -> list[tuple[date, date]]:
    """Return the first and last day of each source; nothing where one of them cannot be read before more is said."""
    fed = [each for each in found if each.feeds]
    if any(each.problem for each in fed):
        return []
    paths = {each.kind: [other.path for other in fed if other.kind is each.kind] for each in fed if each.kind}
    try:
        return days({kind: replace(said, paths=tuple(each)) for kind, each in paths.items()})
    except LoyaltyError:
        return []


def _from(path: str, folder: Path) -> str:
    """Return a path as it has to be written in a configuration in ``folder``."""
    if "://" in path or Path(path).expanduser().is_absolute():
        return path
    return Path(os.path.relpath(path, folder)).as_posix()


def _spare(target: Path | None, text: str) -> None:
    """Refuse to write over another configuration: somebody may have worked on it."""
    if target is None or target == STDOUT or not target.is_file() or target.read_bytes() == text.encode():
        return
    old = shlex.quote(f"{target}.old")
    raise CannotWrite(
        f"{target}: a file of that name is there already, and is not written over",
        hint=f"Name another with -o, or move the old one away first: mv {shlex.quote(str(target))} {old}",
    )


def _tell(name: str | None, questions: tuple[tuple[int, str], ...], *, quiet: bool) -> None:
    if quiet:
        return
    if name is not None:
        say(f"loyalty: wrote {name}")
    for line, question in questions:
        say(f"loyalty: {name or 'line'}{':' if name else ' '}{line}: {question}")
    if name is not None:
        say(f"loyalty: next: loyalty report -c {shlex.quote(name)}")
