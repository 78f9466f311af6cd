"""A heat map in the terminal: coloured cells side by side; without colours the same numbers in the same places."""

from __future__ import annotations

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from loyalty.model.result import Key, ResultTable, Value
from loyalty.render.fit import NARROWEST
from loyalty.render.grid import shown_rows
from loyalty.render.heat import Heat
from loyalty.render.palette import DARK_STEPS, ON_DARK, ON_LIGHT, STEPS
from loyalty.render.voice import Voice


def heat_table(table: ResultTable, cells: Heat, voice: Voice, room: int) -> tuple[Table, str]:
    """Return the first columns of a heat map that fit into ``room``, and which were left out (``22–60``).

    What stands before the cells never leaves; names wrap, numbers keep every digit.
    """
    rows = shown_rows(table)
    names = [voice.cell(table, table.columns[0], row[0]) for row in rows]
    headers = [voice.column(column) for column in table.columns]
    label = min(max(map(cell_len, (headers[0], *names))), max(NARROWEST, room // 3))
    written = {
        place: [voice.cell(table, table.columns[place], row[place]) for row in rows]
        for place in range(1, cells.columns[0])
    }
    widths = {place: max(map(cell_len, (headers[place], *texts))) + 1 for place, texts in written.items()}
    shares = {place: [_brief(table, row, place, voice) for row in rows] for place in cells.columns}
    headed = ([headers[place], *shares[place]] for place in cells.columns)
    wide = max(cell_len(text) for texts in headed for text in texts) + 1
    spare = (room - label - sum(widths.values()) - 1) // wide
    kept, left = cells.columns[: max(1, spare)], cells.columns[max(1, spare) :]

    made = Table(box=None, pad_edge=False, padding=0, header_style="dim")
    made.add_column(Text(headers[0]), width=label, overflow="fold")
    for place in written:
        made.add_column(Text(headers[place]), justify="right", width=widths[place], no_wrap=True)
    made.add_column("", width=1)
    for place in kept:
        made.add_column(Text(headers[place]), justify="right", width=wide, no_wrap=True)
    for at, row in enumerate(rows):
        coloured = (Text(shares[place][at].rjust(wide), _style(cells.step(row, place))) for place in kept)
        counts = (Text(texts[at]) for texts in written.values())
        made.add_row(Text(names[at]), *counts, "", *coloured, style="bold" if isinstance(row[0], Key) else "")
    return made, "–".join(dict.fromkeys(headers[place] for place in (*left[:1], *left[-1:])))


def _brief(table: ResultTable, row: tuple[Value, ...], place: int, voice: Voice) -> str:
    value = row[place]
    if value is None:
        return voice.cell(table, table.columns[place], None)
    return voice.numbers.brief(value, table.columns[place].unit)


def _style(step: int | None) -> str:
    if step is None:
        return ""
    return f"{ON_DARK if step >= len(STEPS) - DARK_STEPS else ON_LIGHT} on {STEPS[step]}"
