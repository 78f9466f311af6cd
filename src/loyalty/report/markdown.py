"""The report as Markdown for wikis, merge requests and mail: tiles as a table, then every section."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.render.grid import Grid, Header
from loyalty.render.markdown import escape, grid_markdown
from loyalty.report.build import Report
from loyalty.report.content import Content, tell
from loyalty.report.evidence import Fate
from loyalty.report.sections import ShownSection, ShownTable, compact, figures_grid


def render(report: Report, lang: str) -> str:
    """Return the report as Markdown."""
    return "\n\n".join(_blocks(tell(report, lang))) + "\n"


def summary(content: Content) -> str:
    """Return the report in plain text as far as it fits into a message: what it is about, findings and headlines."""
    head = (
        f"{content.title} · {content.period}",
        " · ".join((content.kind, content.compared, content.as_of)),
    )
    tiles = ("\n  ".join(_lines(section, content)) for section in content.sections)
    return "\n\n".join(("\n".join(head), *content.findings, "\n".join(tiles), content.made_by)) + "\n"


def _lines(section: ShownSection, content: Content) -> Iterator[str]:
    """Yield the headline of a section, what it stands on, and what it was before, each figure with its name."""
    words, headline = content.voice.words, section.headline
    if headline is None:
        yield f"{section.title}: {words('report.no_answer')}"
        return
    yield f"{headline.label}: {headline.value}" + (f" ({headline.reason})" if headline.reason else "")
    interval = f"{section.level} {headline.interval}" if headline.interval else ""
    cases = words("units.n", n=headline.cases) if headline.cases else ""
    if interval or cases:
        yield " · ".join(part for part in (interval, cases) if part)
    if headline.before:
        beside = str(headline.change or (headline.before_reason and f"({headline.before_reason})"))
        yield f"{content.previous}: {headline.before} {beside}".rstrip()
    if section.year_ago:
        yield str(section.year_ago)


def _blocks(content: Content) -> Iterator[str]:
    words = content.voice.words
    yield f"# {escape(content.title)} · {escape(content.period)}"
    yield f"*{escape(' · '.join((content.kind, content.compared, content.as_of)))}*"
    yield f"## {escape(words('report.summary'))}"
    if content.findings:
        yield "\n".join(f"- {escape(finding)}" for finding in content.findings)
    yield grid_markdown(_summary(content))
    if content.playbooks:
        yield f"## {escape(words('report.actions'))}"
        yield from (grid_markdown(playbook.grid(content.voice)) for playbook in content.playbooks)
    for group in content.groups:
        yield f"## {escape(group.title)}"
        for section in group.sections:
            yield from _section(section, content)
    yield f"## {escape(words('report.data_quality'))}"
    yield grid_markdown(fates_grid(content))
    yield from (escape(text) for text in content.remarks)
    yield f"## {escape(words('report.definitions'))}"
    for method in content.methods:
        options = f" ({escape(', '.join(method.options))})" if method.options else ""
        yield f"**{escape(method.title)}.** {escape(method.definition)}{options}"
    yield from map(escape, content.reading)
    yield "---"
    yield "\n\n".join(f"*{escape(text)}*" for text in (*content.trademarks, content.made_by))


def _summary(content: Content) -> Grid:
    words = content.voice.words
    headers = (
        Header(words("report.figure"), is_number=False),
        Header(words("report.value"), is_number=True),
        Header(words("columns.interval"), is_number=True),
        Header(words("columns.n"), is_number=True),
        Header(words("report.change_heading"), is_number=False),
        Header(words("report.year_ago_heading"), is_number=False),
    )
    return compact(Grid(headers, tuple(_tile(section, content) for section in content.sections)))


def _tile(section: ShownSection, content: Content) -> tuple[str, ...]:
    headline = section.headline
    if headline is None:
        return (section.title, content.voice.words("report.no_answer"), "", "", "", "")
    value = f"{headline.value} ({headline.reason})" if headline.reason else headline.value
    then = section.year_ago
    return (
        headline.label,
        value,
        headline.interval,
        headline.cases,
        str(headline.change or ""),
        str((then and (then.change or then.value)) or ""),
    )


def _section(section: ShownSection, content: Content) -> Iterator[str]:
    yield f"### {escape(section.title)}"
    if section.problem:
        lines = [*section.problem, *([section.hint] if section.hint else [])]
        yield escape(content.voice.words("report.no_answer"))
        yield "\n>\n".join(f"> {escape(line)}" for text in lines for line in text.splitlines())
        return
    yield grid_markdown(figures_grid(section, content.previous, content.voice))
    if section.base:
        yield escape(" · ".join(f"{label}: {value}" for label, value in section.base))
    for table in section.tables:
        yield from _table(table, content)
    if remarks := (*section.notes, *section.elsewhere):
        yield "\n".join(f"- {escape(remark)}" for remark in remarks)


def _table(shown: ShownTable, content: Content) -> Iterator[str]:
    yield f"#### {escape(shown.heading)}"
    if shown.captions:
        yield f"*{escape(' · '.join(shown.captions))}*"
    yield grid_markdown(shown.grid)
    if shown.grid.hidden:
        count = content.voice.numbers.value(shown.grid.hidden, "count")
        yield escape(content.voice.words("report.rows_not_shown", count=count, table=shown.table.name))


def fates_grid(content: Content) -> Grid:
    """Return the fate of the rows of every source."""
    words = content.voice.words
    headers = (
        Header(words("figures.rows"), is_number=False),
        Header(words("report.sections"), is_number=False),
        Header(words("report.rows_read"), is_number=True),
        Header(words("report.rows_used"), is_number=True),
        Header(words("report.rows_lost"), is_number=False),
    )
    return Grid(headers, tuple(_fate(fate, content) for fate in content.fates))


def _fate(fate: Fate, content: Content) -> tuple[str, ...]:
    losses = (f"{loss.count} {loss.reason}{f' ({loss.rows})' if loss.rows else ''}" for loss in fate.losses)
    lost = "; ".join(losses) or content.voice.words("report.rows_none_lost")
    return (fate.source, fate.sections, fate.read, fate.used, lost)
