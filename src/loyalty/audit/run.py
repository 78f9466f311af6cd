"""The audit of a set of exports: recognise each file, ask all questions in one pass, put the answers together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from loyalty.audit import calendar, contents, money, overlap, people
from loyalty.audit.group import Group, grouped
from loyalty.audit.measured import Measured, measured
from loyalty.audit.question import Finding, Question, Severity, findings_table, having, telling
from loyalty.engine import budget, collect_all
from loyalty.errors import UsageError, near
from loyalty.ingest.broken import scan_error
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.points import CleanPoints
from loyalty.ingest.inspect import Checked, better_customer, described, fate, look, rows_of, together
from loyalty.ingest.read import read
from loyalty.ingest.recognise import NEVER_RETURN
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.places import in_file, names, told_apart
from loyalty.model.result import Column, Key, MetricResult, Note, ResultTable, Rows
from loyalty.model.tables import Holds, Orders
from loyalty.render.places import first_places

Answers = Mapping[object, pl.DataFrame]
"""Collected plans, by what was asked."""
Span = tuple[date | None, date | None]
TOLD_BY_FINDING = frozenset({"statuses_unknown"})
"""Notes of metrics that send their reader here, where a finding has it."""
SURE = 0.5
"""Below this share of the evidence, what a file is about was guessed."""


@dataclass(frozen=True)
class Audit:
    """What was found, and where they were asked for the rows left out: ``file``, ``row``, ``reason``, and the cells."""

    result: MetricResult
    left_out: pl.DataFrame | None = None

    @property
    def errors(self) -> tuple[str, ...]:
        """The codes of the findings that make figures wrong."""
        (table,) = (table for table in self.result.tables if table.name == "findings")
        return tuple(str(row[2]) for row in table.rows if row[0] == Severity.ERROR)


def audit(
    sources: Sequence[tuple[Kind | None, Source]], as_of: date | None = None, *, rejects: bool = False
) -> Audit:
    """Return what the files of the sources are, what they hold, and what does not fit together.

    Each source comes with the kind that its files are known to be of, if it is known; ``as_of`` is the first day that
    does not count. Orders add the figures ``customers``, ``orders`` and ``revenue`` that every metric would stand on.

    Raises:
        LoyaltyError: the files cannot be opened or read.
    """
    checked = [each for kind, source in sources for each in look(source, kind)]
    groups = grouped(checked)
    _refuse_unused(sources, groups)
    questions = list(_questions(groups))
    answers = _ask(groups, questions, checked, as_of)
    seen = {kind: measured(group, as_of, rejects=rejects) for kind, group in groups.items()}
    fates = {kind: _fate(group, seen[kind], answers, checked) for kind, group in groups.items()}
    spans = _spans(checked, groups, answers)
    found = described(checked, together(list(fates.values())), spans)
    findings = [
        *(each for question in questions for each in question.tell(answers[question])),
        *calendar.findings(answers["days"], as_of),
        *_of_files(checked, answers),
        *(each for kind in groups for each in seen[kind].findings),
    ]
    counted = (
        figure
        for kind in groups
        if ("counts", kind) in answers
        for figure in contents.figures(kind, answers["counts", kind])
    )
    result = replace(
        found,
        as_of=as_of,
        notes=(
            *(note for each in seen.values() for note in each.notes if note.code not in TOLD_BY_FINDING),
            *(() if findings else (Note("no_findings"),)),
        ),
        figures=(*found.figures, *(figure for each in seen.values() for figure in each.figures), *counted),
        tables=(
            _files(checked, spans, answers),
            *found.tables[:1],
            findings_table(findings),
            *_tables(groups, answers),
            _left_out(fates),
            *found.tables[1:],
        ),
    )
    left_out = [each.left_out for each in seen.values() if each.left_out is not None]
    return Audit(result, pl.concat(left_out, how="diagonal") if rejects else None)


def _questions(groups: Mapping[Kind, Group]) -> Iterator[Question]:
    rows = {kind: group.rows for kind, group in groups.items()}
    columns = {kind: group.columns for kind, group in groups.items()}
    yield from people.questions(rows)
    called = names([each.file.path for group in groups.values() for each in group.files])
    files = {kind: [called[each.file.path] for each in group.files] for kind, group in groups.items()}
    yield from overlap.questions(rows, columns, files)
    points = groups.get(Kind.POINTS)
    if points is not None and "points" in points.columns:
        yield Question(
            having(contents.overdrawn(points.rows), pl.col("left") < 0, "member_id"),
            telling("overdrawn", Severity.WARNING, Kind.POINTS),
        )


def _plans(
    groups: Mapping[Kind, Group], questions: Sequence[Question], as_of: date | None
) -> dict[object, pl.LazyFrame]:
    """Return all that is asked of the data, by what the answer is for."""
    plans: dict[object, pl.LazyFrame] = {question: question.plan for question in questions}
    plans["days"] = calendar.days({kind: group.rows for kind, group in groups.items()})
    for kind, group in groups.items():
        for each in group.files:
            plans["fate", each] = fate(each)
        if (counts := contents.counts(kind, group.rows, group.columns)) is not None:
            plans["counts", kind] = counts
    if Kind.ORDERS in groups:
        for each in groups[Kind.ORDERS].files:
            plans["sums", each] = money.sums(each)
        source = _orders(groups[Kind.ORDERS])
        if "value" in source.columns and source.rows <= budget.at_once():
            plans["steps"] = money.steps(source, as_of)
    for each in _ledgers(groups):
        plans["entries", each] = contents.entries(each)
    if Kind.SURVEYS in groups:
        group = groups[Kind.SURVEYS]
        if (scores := contents.scores(group.rows, group.columns)) is not None:
            plans["scores"] = scores
    if Kind.MENTIONS in groups:
        group = groups[Kind.MENTIONS]
        if (brands := contents.brands(group.rows, group.columns)) is not None:
            plans["brands"] = brands
    return plans


def _orders(group: Group) -> Orders:
    source = read(Kind.ORDERS, group.source)
    assert isinstance(source, Orders)
    return replace(source, frame=group.every_row)


def _refuse_unused(sources: Sequence[tuple[Kind | None, Source]], groups: Mapping[Kind, Group]) -> None:
    """Raise where the user names a column that no kind of file found here can have."""
    known = sorted({name for kind in groups for name in catalogue().names_to_map(kind)})
    kinds = " or ".join(groups)
    strange = [
        f"--map {name}={header}: {name} is no column of {kinds}, which is what was found{near(name, known)}"
        for _, source in sources
        for name, header in source.mapping.items()
        if name not in known
    ]
    if strange:
        ours = dict.fromkeys(name for kind in groups for name in catalogue().mappable[kind])
        raise UsageError(*strange, hint="The columns that can be mapped are: " + ", ".join(ours))


def _ask(
    groups: Mapping[Kind, Group],
    questions: Sequence[Question],
    checked: Sequence[Checked],
    as_of: date | None,
) -> Answers:
    try:
        answers = collect_all(_plans(groups, questions, as_of))
        if Kind.ORDERS in groups:
            source = _orders(groups[Kind.ORDERS])
            if "value" in source.columns and source.rows > budget.at_once():
                answers["steps"] = money.steps_in_parts(source, as_of)
        return answers
    except (pl.exceptions.ComputeError, OSError) as problem:
        # The scan of a damaged file only fails while it runs, long after it was opened.
        paths = [each.file.path for each in checked]
        raise scan_error(problem, ", ".join(paths), paths[0] if len(paths) == 1 else None) from problem


def _ledgers(groups: Mapping[Kind, Group]) -> list[Checked]:
    files = groups[Kind.POINTS].files if Kind.POINTS in groups else ()
    return [
        each
        for each in files
        if isinstance(each.cleaned, CleanPoints) and each.cleaned.holds is Holds.ENTRIES and each.told_by
    ]


def _lacks_types(checked: Checked) -> bool:
    """Return whether nothing says what the entries of a ledger do."""
    cleaned = checked.cleaned
    return (
        isinstance(cleaned, CleanPoints) and cleaned.holds is Holds.ENTRIES and "type" not in cleaned.columns
    )


def _fate(group: Group, seen: Measured, answers: Answers, checked: Sequence[Checked]) -> Rows:
    """Return the fate of the rows of a group; where several files are looked at, the first ones with their file."""
    if len(checked) == 1:
        return seen.rows or rows_of(answers["fate", group.files[0]])
    if seen.rows is None:
        rows = together([in_file(rows_of(answers["fate", each]), each.file.path) for each in group.files])
    elif len(group.files) == 1:
        rows = in_file(seen.rows, group.files[0].file.path)
    else:
        rows = seen.rows
    return told_apart(rows, [each.file.path for each in checked])


def _files(checked: Sequence[Checked], spans: Sequence[Span], answers: Answers) -> ResultTable:
    """Return the table of all files, which people see where there are several."""
    rows = []
    for each, (first, last) in zip(checked, spans, strict=True):
        platform = each.recognition.platform
        read = int(answers["fate", each]["rows"].sum())
        rows.append(
            (
                each.file.path,
                Key(each.kind),
                platform.name if platform else None,
                each.recognition.confidence,
                read,
                first,
                last,
            )
        )
    return ResultTable(
        "files",
        (
            Column("file", "text"),
            Column("kind", "text"),
            Column("platform", "text"),
            Column("confidence", "share"),
            Column("rows", "count"),
            Column("since", "date"),
            Column("until", "date"),
        ),
        tuple(rows),
        headline=len(rows) > 1,
    )


def _spans(checked: Sequence[Checked], groups: Mapping[Kind, Group], answers: Answers) -> list[Span]:
    """Return the first and last day of each file."""
    days = answers["days"].group_by("kind", "file").agg(first=pl.col("day").min(), last=pl.col("day").max())
    spans = {(kind, file): (first, last) for kind, file, first, last in days.iter_rows()}
    return [
        spans.get((str(each.kind), groups[each.kind].files.index(each)), (None, None)) for each in checked
    ]


def _of_files(checked: Sequence[Checked], answers: Answers) -> Iterator[Finding]:
    """Yield what recognition and the sums say of single files."""
    for each in checked:
        if each.recognition.confidence < SURE:
            yield Finding("uncertain_kind", Severity.WARNING, each.kind, examples=(each.file.path,))
        if NEVER_RETURN in each.recognition.reasons:
            better = better_customer(each, checked)
            yield Finding(NEVER_RETURN, Severity.WARNING, each.kind, examples=(better,) if better else ())
        if words := each.recognition.unknown_words:
            yield Finding("unknown_statuses", Severity.WARNING, each.kind, len(words), None, words[:3])
        if _lacks_types(each):
            yield Finding("no_types", Severity.WARNING, each.kind, examples=(each.file.path,))
        if ("entries", each) in answers:
            unknown = answers["entries", each].filter(pl.col("read_as").is_null())["written"]
            words = tuple(str(word) for word in unknown)
            if words:
                yield Finding("unknown_types", Severity.WARNING, each.kind, len(words), None, words[:3])
    yield from money.unread([(each, answers["sums", each]) for each in checked if ("sums", each) in answers])


def _tables(groups: Mapping[Kind, Group], answers: Answers) -> Iterator[ResultTable]:
    if Kind.ORDERS in groups:
        files = groups[Kind.ORDERS].files
        yield from money.tables([(each, answers["sums", each]) for each in files])
        if "steps" in answers:
            source = groups[Kind.ORDERS].source
            in_other_money = source.fx is not None or source.deflate is not None
            yield money.steps_table(answers["steps"], as_paid=in_other_money)
    if "scores" in answers:
        yield contents.scores_table(answers["scores"])
    if "brands" in answers:
        yield contents.brands_table(answers["brands"])
    if ledgers := _ledgers(groups):
        yield contents.entries_table([(each, answers["entries", each]) for each in ledgers])


def _left_out(fates: Mapping[Kind, Rows]) -> ResultTable:
    return ResultTable(
        "left_out",
        (
            Column("kind", "text"),
            Column("reason", "text"),
            Column("count", "count"),
            Column("first_rows", "text"),
        ),
        tuple(
            (Key(kind), left.reason, left.count, first_places(left))
            for kind, rows in fates.items()
            for left in rows.left_out
        ),
        word_columns=frozenset({"reason"}),
        once=("kind",),
        implied=("kind",),
    )
