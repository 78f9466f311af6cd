"""What can go wrong for a user, and the exit code that says so to a script.

Every error is told in one message: what was found and where, what was expected, what to type next. A bug is not
a :class:`LoyaltyError`; it keeps its traceback and exits with 1.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How a run ended, as scripts and cron see it."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    ALERT = 4
    LOCKED = 5
    INTERRUPTED = 130


class LoyaltyError(Exception):
    """A mistake or an obstacle that the user can mend.

    Attributes:
        slug: stable key of the cause; ``docs/messages.md`` has an entry under it.
        exit_code: what the process ends with.
        problems: one line per problem found; all problems of a file are told at once.
        hint: what to type or change next.
    """

    slug: ClassVar[str] = "error"
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, *problems: str, hint: str | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.hint = hint

    def __str__(self) -> str:
        lines = list(self.problems)
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)


class UsageError(LoyaltyError):
    """An option or argument that cannot be meant."""

    slug = "usage"
    exit_code = ExitCode.USAGE


class ConfigError(LoyaltyError):
    """The configuration file has mistakes; each line names file and line."""

    slug = "config"
    exit_code = ExitCode.USAGE


class NoPartition(UsageError):
    """A file of segments that leaves a cell of recency and frequency out, or puts it into two segments."""

    slug = "segments"


class UnusableFit(UsageError):
    """A file of a fitted model that cannot be read, or was fitted to something else than these orders."""

    slug = "fit"


class RuleError(UsageError):
    """A rule of ``--fail-if`` or ``alerts:`` that cannot be read, or names no figure of this run."""

    slug = "fail-if"


class ExtraMissing(UsageError):
    """What was asked for needs a package that is not installed."""

    slug = "extra"


class InputError(LoyaltyError):
    """The input cannot be used."""

    slug = "input"


class FileMissing(InputError):
    """No file there, or nothing matches the pattern."""

    slug = "file-missing"


class NotAFile(InputError):
    """A directory or a device where a file was expected."""

    slug = "not-a-file"


class EmptyFile(InputError):
    """The file holds no bytes, or a header and no rows."""

    slug = "empty-file"


class NotATable(InputError):
    """Binary or otherwise unreadable as a table."""

    slug = "not-a-table"


class DamagedFile(InputError):
    """The file breaks off or is malformed part of the way through."""

    slug = "damaged-file"


class WrongEncoding(InputError):
    """The bytes are not text in the encoding that was named or found."""

    slug = "wrong-encoding"


class Outdated(InputError):
    """The data of a source end before the period begins that is asked about."""

    slug = "outdated"


class KindMismatch(InputError):
    """The file is of another kind than the command needs (a survey given to ``retention``)."""

    slug = "kind-mismatch"


class ColumnMissing(InputError):
    """A column that the command needs was not recognised in the file."""

    slug = "column-missing"


class AmbiguousQuestion(InputError):
    """Several columns of a survey could be the question that is asked for."""

    slug = "ambiguous-question"


class UnreadableDates(InputError):
    """No date of the column can be read, or day and month cannot be told apart."""

    slug = "unreadable-dates"


class UnreadableNumbers(InputError):
    """Numbers that could mean two things, or none that can be read."""

    slug = "unreadable-numbers"


class ConflictingOrders(InputError):
    """One order number with different content on several rows."""

    slug = "conflicting-orders"


class ContradictoryAliases(InputError):
    """A file of aliases that does not lead every alias to one customer."""

    slug = "aliases"


class UnusableRates(InputError):
    """A file of exchange rates or of a price index that cannot be read, or lacks what the orders need."""

    slug = "rates"


class HistoryDamaged(InputError):
    """A file of the history cannot be read; it is left as it is."""

    slug = "history"


class NotExpressible(InputError):
    """An export, or a way of reading it, that another engine cannot be told."""

    slug = "not-expressible"


class NoRows(InputError):
    """A ledger that another engine made keeps no rows, and what was asked for needs them."""

    slug = "no-rows"


class EngineFailed(LoyaltyError):
    """Another engine cannot be reached, or gave up."""

    slug = "engine"


class CannotWrite(LoyaltyError):
    """The output cannot be written where it was asked for."""

    slug = "cannot-write"


class Locked(LoyaltyError):
    """Another run holds the lock."""

    slug = "locked"
    exit_code = ExitCode.LOCKED


class ProgramError(LoyaltyError):
    """A bug that lost one section of a report; the traceback is that of its cause."""

    slug = "program"

    def __init__(self, cause: BaseException) -> None:
        super().__init__(
            f"an error of this program: {type(cause).__name__}: {' '.join(str(cause).split())}",
            hint="Please report it, with the traceback that the run left on standard error.",
        )
        self.__cause__ = cause


def together(problems: Sequence[LoyaltyError]) -> LoyaltyError:
    """Return several mistakes as one, of the class of the first: all of them are told at once."""
    first = problems[0]
    if len(problems) == 1:
        return first
    lines = dict.fromkeys(line for problem in problems for line in problem.problems)
    hints = dict.fromkeys(problem.hint for problem in problems if problem.hint)
    return type(first)(*lines, hint="\n".join(hints) or None)


OTHER_NAMES = {"excel": "xlsx", "md": "markdown", "htm": "html", "mail": "email"}
"""What people call a name of ours that does not look like it."""


def near(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "x"?`` for the known name nearest to a mistyped one, or an empty string.

    Capital letters make no difference, and what others call the thing (``excel``) counts as its name.
    """
    spelled = {each.casefold(): each for each in known}
    others = {other: spelled[ours] for other, ours in OTHER_NAMES.items() if ours in spelled}
    meant = {**others, **spelled}
    matches = difflib.get_close_matches(name.casefold(), meant, n=1, cutoff=0.6)
    return f'; did you mean "{meant[matches[0]]}"?' if matches else ""
