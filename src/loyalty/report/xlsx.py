"""The report as a workbook: one sheet a section, real numbers with formats, charts where Excel has them."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.model.result import Column, Draw, Figure, ResultTable, Status, Value
from loyalty.pipeline.change import FigureChange
from loyalty.render.numbers import SPANS
from loyalty.render.palette import BLUE, GREY
from loyalty.render.shape import is_number, number, shape
from loyalty.render.voice import Voice
from loyalty.report.build import Report, Section
from loyalty.report.content import Content, tell
from loyalty.report.sections import ShownSection, ShownTable
from loyalty.report.workbook import Book, Sheet

CHARTS = {Draw.TREND: "line", Draw.DISTRIBUTION: "column", Draw.BARS: "bar"}
"""How Excel draws what wants to be drawn; a heat map is shaded cells, and dots with intervals it has not."""

Cell = tuple[Value, str]


def render(report: Report, lang: str) -> bytes:
    """Return the workbook."""
    content = tell(report, lang)
    book = Book(content.voice.numbers, report.as_of)
    sections = {section.metric: section for section in report.sections}
    _summary(book, content, sections)
    _actions(book, content)
    for shown in content.sections:
        _section(book.sheet(shown.title), book, content, shown, sections[shown.metric])
    _data_quality(book, content)
    _definitions(book, content)
    return book.content()


def _summary(book: Book, content: Content, sections: dict[str, Section]) -> None:
    words = content.voice.words
    sheet = book.sheet(words("report.summary"))
    sheet.title(f"{content.title} · {content.period}")
    sheet.text(" · ".join((content.kind, content.compared, content.as_of)))
    for line in content.findings:
        sheet.text(line)
    sheet.row += 1
    then = next((shown.year_ago.period for shown in content.sections if shown.year_ago), None)
    year_ago = (
        [(then, True), (words("report.change_heading"), True), (words("report.verdict"), False)]
        if then
        else []
    )
    sheet.headers([*_figure_headers(content), *year_ago])
    sheet.freeze()
    for shown in content.sections:
        result = sections[shown.metric].result
        if result is None:
            sheet.cells([(shown.title, "text"), (words("report.no_answer"), "text")])
        else:
            cells = _figure(result.headline, sections[shown.metric], shown, content.voice)
            sheet.cells([*cells, *_year_ago(sections[shown.metric], result.headline, shown)])
    sheet.fit()


def _actions(book: Book, content: Content) -> None:
    words = content.voice.words
    if not content.playbooks:
        return
    sheet = book.sheet(words("report.actions"))
    sheet.title(words("report.actions"))
    for playbook in content.playbooks:
        sheet.row += 1
        sheet.headers([(header.label, header.is_number) for header in playbook.grid(content.voice).headers])
        for action in playbook.actions:
            sheet.cells(
                [
                    (action.who, "text"),
                    (action.customers, "count"),
                    (action.more, "change_count"),
                    (action.money, action.unit),
                    (action.what, "text"),
                ]
            )
    sheet.fit()


def _section(sheet: Sheet, book: Book, content: Content, shown: ShownSection, section: Section) -> None:
    sheet.title(shown.title)
    for line in (shown.definition, shown.withheld, *shown.problem, shown.hint):
        if line:
            sheet.text(line)
    if section.result is not None:
        sheet.row += 1
        sheet.headers(_figure_headers(content))
        for figure in section.result.figures:
            sheet.cells(_figure(figure, section, shown, content.voice))
    for table in shown.tables:
        _table(sheet, book, content.voice, table)
    if shown.notes:
        sheet.heading(content.voice.words("report.notes"))
        for note in shown.notes:
            sheet.text(note)
    sheet.fit()


def _figure_headers(content: Content) -> list[tuple[str, bool]]:
    words = content.voice.words
    return [
        (words("report.figure"), False),
        (words("report.value"), True),
        (words("columns.low"), True),
        (words("columns.high"), True),
        (words("columns.n"), True),
        (content.previous, True),
        (words("report.change_heading"), True),
        (words("report.verdict"), False),
    ]


def _figure(figure: Figure, section: Section, shown: ShownSection, voice: Voice) -> list[Cell]:
    """Return the cells of a figure; one that is not shown, now or before, has its reason in the last."""
    is_ok = figure.status is Status.OK
    change = section.changes.get(figure.name)
    before = section.earlier.figure(figure.name) if section.earlier and section.before.changes else None
    told = next((each for each in shown.figures if each.name == figure.name), None)
    verdict = told.change.word if told and told.change else ""
    reason = voice.numbers.remark(figure) or (voice.numbers.remark(before) if before else "")
    unit = f"span:{figure.unit}" if figure.unit in SPANS else figure.unit
    return [
        (voice.label(figure.name), "text"),
        (_value(figure.value, figure.unit) if is_ok else None, unit),
        (figure.low if is_ok else None, unit),
        (figure.high if is_ok else None, unit),
        (figure.n, "count"),
        (_value(before.value, before.unit) if before and before.status is Status.OK else None, unit),
        _difference(change),
        (verdict or reason, "text"),
    ]


def _year_ago(section: Section, headline: Figure, shown: ShownSection) -> list[Cell]:
    """Return the headline in the same period of the year before, what changed since, and the verdict."""
    figure = section.year_ago.result.figure(headline.name) if section.year_ago.result else None
    if figure is None or figure.status is not Status.OK:
        return []
    told = shown.year_ago.change if shown.year_ago else None
    difference = _difference(section.year_ago.changes.get(headline.name))
    return [
        (_value(figure.value, figure.unit), figure.unit),
        difference,
        (told.word if told else None, "text"),
    ]


def _difference(change: FigureChange | None) -> Cell:
    """Return a change; of shares in percentage points, which are no per cent."""
    if change is None:
        return None, "text"
    unit = change.figure.unit
    if unit == "share":
        return 100 * change.difference, "percentage_points"
    return change.difference, f"change_{unit}"


def _value(value: Value, unit: str) -> Value:
    """Return a value that a cell can hold: only what is no number and no day is text."""
    return value if unit == "date" or number(value) is not None or value is None else str(value)


def _table(sheet: Sheet, book: Book, voice: Voice, shown: ShownTable) -> None:
    table = shown.table
    sheet.heading(shown.heading)
    for caption in shown.captions:
        sheet.text(caption)
    sheet.headers([(voice.column(column), is_number(column.unit)) for column in table.columns])
    first = sheet.row
    for row in table.rows:
        sheet.cells(
            [_cell(table, column, value, voice) for column, value in zip(table.columns, row, strict=True)]
        )
    _draw(sheet, book, voice, shown, first)


def _cell(table: ResultTable, column: Column, value: Value, voice: Voice) -> Cell:
    if value is None or (is_number(column.unit) and number(value) is not None) or column.unit == "date":
        return value, column.unit
    return voice.cell(table, column, value), "text"


def _draw(sheet: Sheet, book: Book, voice: Voice, shown: ShownTable, first: int) -> None:
    table, parts = shown.table, shape(shown.table)
    if table.draw is None or parts is None or len(table.rows) < 2:
        return
    unit = table.columns[parts.value].unit
    if table.draw is Draw.HEATMAP:
        sheet.shade(first, (min(parts.measures), max(parts.measures)))
    elif table.draw in CHARTS:
        main = (parts.value, shown.measure or voice.column(table.columns[parts.value]), BLUE)
        ends: Sequence[int | None] = (parts.low, parts.high) if table.draw is Draw.TREND else ()
        band = [(place, voice.column(table.columns[place]), GREY) for place in ends if place is not None]
        sheet.chart(CHARTS[table.draw], shown.heading, first, [main, *band], book.number_format(unit))


def _data_quality(book: Book, content: Content) -> None:
    words = content.voice.words
    sheet = book.sheet(words("report.data_quality"))
    sheet.title(words("report.data_quality"))
    for text in content.remarks:
        sheet.text(text)
    for fate in content.fates:
        sheet.heading(f"{fate.source} · {fate.sections}")
        sheet.text(f"{words('report.rows_read')}: {fate.read} · {words('report.rows_used')}: {fate.used}")
        if fate.losses:
            sheet.headers(
                [
                    (words("report.rows_lost"), True),
                    (words("columns.reason"), False),
                    (words("columns.first_rows"), False),
                ]
            )
        for loss in fate.losses:
            sheet.cells([(loss.number, "count"), (loss.reason, "text"), (loss.rows, "text")])
    sheet.fit()


def _definitions(book: Book, content: Content) -> None:
    words = content.voice.words
    sheet = book.sheet(words("report.definitions"))
    sheet.title(words("report.definitions"))
    for method in content.methods:
        sheet.heading(method.title)
        sheet.text(method.definition)
        if method.options:
            sheet.text(" · ".join(method.options))
    sheet.row += 1
    for text in (*content.reading, *content.trademarks, content.made_by):
        sheet.text(text)
    sheet.fit()
