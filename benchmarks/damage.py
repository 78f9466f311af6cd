"""Damaged exports: what can happen to a file on its way from a shop's panel through Excel to us."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

EXPORTS = Path(__file__).resolve().parents[1] / "tests" / "exports"
Table = list[list[str]]
Chance = random.Random


@dataclass(frozen=True)
class Case:
    """One damaged export: its bytes, what was done to it, and what the user says about it."""

    index: int
    file: str
    suffix: str
    data: bytes
    done: tuple[str, ...]
    said: dict[str, Any] = field(default_factory=dict)
    metric: str | None = None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


NUMBERS = _words(
    "1e308|1e-400|-1e999|0,0000000001|NaN|inf|∞|1.2.3,4|1.234|1,234|--5|5-|(5|(1.234,56)|₺|−5|٣|１２|$1,000|1/2|50%|"
    "0x1F|1_000|+|-|1e5|00012|'0012|999999999999999|9999999999999999999,999999999|1 234,56|1\u00a0234|2 (-2)"
)
DATES = _words(
    "0000-00-00|9999-12-31|31.02.2025|1900-01-00|45000|45000,5|-1|1e9|2025-13-45|24:00|99999999999999999|29.02.2023|"
    "2025-01-01T00:00:00+99:00|1/2/3|01/02/2025|13/14/2025|Ocak|20250101|1735689600|1735689600000|2025-W01|5.6.24|"
    "2025-01-01 25:61:61|32 Ocak 2025|1 Şubat 2025 10:00|Jan 5, 2025 1:00 PM|5.6.24 7:8 GMT+25"
)
TEXTS = (
    *_words(
        ' ||"|""|\'|="5"|=1+1|\0|a\0b|\n|a\r\nb|\r|\t|;|,|\\|#|TOPLAM|GENEL TOPLAM|İıŞğ|ẞ|👩‍👧|\u202eabc|\ufeff|'
        "\x1b[31m|null|None|NA|-|#REF!|a,b;c\td|10 - Extremely likely|Evet|İptal Edildi|{}|[1]|%s|{0}|ﬁ|e\u0301"
    ),
    "|",
    "x" * 70_000,
)
HEADERS = _words(
    "Order ID|Tutar|Tarih|Puan|Email|Date|Status|Currency|Score|Saat|Adet|Fiyat|row|file|fault|c0|ragged|day|value|"
    "count|NPS|Marka||#1|id|Id|nps"
)
ENCODINGS = _words("utf-8|utf-8-sig|utf-16|utf-16-le|utf-16-be|cp1254|cp1252|cp857|mac_roman|utf-32")


def cases(seed: int, indices: Sequence[int]) -> Iterator[Case]:
    """Yield the cases of these numbers."""
    files = sorted(path for path in EXPORTS.iterdir() if path.suffix in {".csv", ".txt"})
    for index in indices:
        yield make(seed, index, files)


def make(seed: int, index: int, files: Sequence[Path]) -> Case:
    """Return one case: an export with one to five things done to it."""
    chance = Chance(f"{seed}:{index}")
    path = chance.choice(files)
    data = path.read_bytes()
    done: list[str] = []
    suffix = path.suffix
    if chance.random() < 0.8:
        table, dialect = parse(data)
        for change in chance.choices(TABLE_CHANGES, k=chance.choice((0, 1, 1, 2, 3))):
            table = change(table, chance)
            done.append(change.__name__)
        if chance.random() < 0.08:
            suffix, data, name = chance.choice(CONTAINERS)(table, chance)
        else:
            data, name = written(table, dialect, chance)
        done.append(name)
    for damage in chance.choices(BYTE_CHANGES, k=chance.choice((0, 0, 0, 1, 1, 2))):
        data = damage(data, chance)
        done.append(damage.__name__)
    if chance.random() < 0.04:
        suffix, data = f"{suffix}.gz", gzip.compress(data, mtime=0)
        if chance.random() < 0.5:
            data = cut_end(data, chance)
        done.append("gzip")
    return Case(index, path.name, suffix, data, tuple(done), said(chance), any_metric(chance))


def said(chance: Chance) -> dict[str, Any]:
    """Return what the user says about the file, mostly nothing."""
    wishes: dict[str, Callable[[], Any]] = {
        "locale": lambda: chance.choice(("tr", "en-US", "en-GB", "de")),
        "encoding": lambda: chance.choice(ENCODINGS),
        "delimiter": lambda: chance.choice((",", ";", "tab", "|", "x")),
        "preset": lambda: chance.choice(
            ("shopify", "trendyol", "etsy", "qualtrics", "delighted", "judge-me", "zendesk")
        ),
        "timezone": lambda: chance.choice(("UTC", "America/New_York")),
        "mapping": lambda: {
            chance.choice(
                ("amount", "ordered_at", "customer_id", "nps", "text", "sentiment")
            ): f"#{chance.randint(1, 9)}"
        },
    }
    return {wish: value() for wish, value in wishes.items() if chance.random() < 0.02}


def any_metric(chance: Chance) -> str | None:
    """Return a metric to run whatever the file is of, mostly none: then it is one that fits the file."""
    return chance.choice(("nps", "cli", "repeat", "mentions")) if chance.random() < 0.05 else None


def parse(data: bytes) -> tuple[Table, tuple[str, str]]:
    """Return an export as rows of cells, with the delimiter and the encoding it had."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if wide else "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1254"
        text = data.decode(encoding, errors="replace")
    lines = text.splitlines()[:6]
    delimiter = max(",;\t", key=lambda sign: sum(line.count(sign) for line in lines))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), (delimiter, encoding)


def written(table: Table, dialect: tuple[str, str], chance: Chance) -> tuple[bytes, str]:
    """Return rows as text, mostly in the way they came."""
    delimiter, encoding = dialect
    if chance.random() < 0.2:
        delimiter = chance.choice(",;\t|")
    if chance.random() < 0.2:
        encoding = chance.choice(ENCODINGS)
    end = chance.choice(("\r\n", "\n", "\n", "\r")) if chance.random() < 0.3 else "\r\n"
    every = chance.random() < 0.1
    text = io.StringIO(newline="")
    csv.writer(
        text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    ).writerows(table)
    data = text.getvalue().encode(encoding, errors="replace")
    return data, f"written({delimiter!r}, {encoding}, {end!r}{', all quoted' if every else ''})"


# --- what can happen to rows and columns


def drop_rows(table: Table, chance: Chance) -> Table:
    """Lose some rows, now and then the header or all but the header."""
    if chance.random() < 0.1:
        return table[1:]
    kept = chance.choice((0.0, 0.1, 0.5, 0.9))
    return [row for index, row in enumerate(table) if index == 0 or chance.random() < kept]


def duplicate_rows(table: Table, chance: Chance) -> Table:
    return [row for row in table for _ in range(chance.choice((1, 1, 2)))]


def shuffle_rows(table: Table, chance: Chance) -> Table:
    return [*table[:1], *chance.sample(table[1:], len(table[1:]))]


def header_again(table: Table, chance: Chance) -> Table:
    place = chance.randint(0, len(table))
    return [*table[:place], *table[:1], *table[place:]]


def title_rows(table: Table, chance: Chance) -> Table:
    return [[chance.choice(TEXTS)] for _ in range(chance.randint(1, 4))] + table


def blank_rows(table: Table, chance: Chance) -> Table:
    return [line for row in table for line in ([row, []] if chance.random() < 0.2 else [row])]


def footer_rows(table: Table, chance: Chance) -> Table:
    width = max(map(len, table), default=1)
    return [
        *table,
        *([chance.choice((*TEXTS, *NUMBERS)) for _ in range(width)] for _ in range(chance.randint(1, 3))),
    ]


def ragged_rows(table: Table, chance: Chance) -> Table:
    def bent(row: list[str]) -> list[str]:
        return row[: chance.randint(0, len(row))] if chance.random() < 0.5 else [*row, "more", ""]

    return [bent(row) if chance.random() < 0.2 else row for row in table]


def drop_columns(table: Table, chance: Chance) -> Table:
    kept = [chance.random() < 0.8 for _ in range(_width(table))]
    return [list(itertools.compress(row, kept)) for row in table]


def duplicate_column(table: Table, chance: Chance) -> Table:
    place, to = chance.randrange(_width(table)), chance.randrange(_width(table))
    return [[*row[:to], *row[place : place + 1], *row[to:]] for row in table]


def shuffle_columns(table: Table, chance: Chance) -> Table:
    order = chance.sample(range(_width(table)), _width(table))
    return [[row[place] for place in order if place < len(row)] for row in table]


def many_columns(table: Table, chance: Chance) -> Table:
    more = chance.choice((3, 40, 200))
    return [
        [*row, *(f"x{index}" if chance.random() < 0.5 else "" for index in range(more))] for row in table[:20]
    ]


def blank_headers(table: Table, chance: Chance) -> Table:
    return [["" if chance.random() < 0.3 else header for header in table[0]] if table else [], *table[1:]]


def header_case(table: Table, chance: Chance) -> Table:
    change = chance.choice((str.upper, str.lower, str.title, str.swapcase, lambda text: f"  {text} \u00a0"))
    return [[change(header) for header in row] if index == 0 else row for index, row in enumerate(table)]


def other_headers(table: Table, chance: Chance) -> Table:
    first = [chance.choice(HEADERS) if chance.random() < 0.2 else header for header in (table or [[]])[0]]
    return [first, *table[1:]]


def odd_cells(table: Table, chance: Chance) -> Table:
    share, odd = chance.choice((0.01, 0.1, 0.5)), (*NUMBERS, *DATES, *TEXTS)
    rest = [[chance.choice(odd) if chance.random() < share else cell for cell in row] for row in table[1:]]
    return [*table[:1], *rest]


def odd_column(table: Table, chance: Chance) -> Table:
    """Fill a column with odd values of one sort, or with one value."""
    odd, place = (
        chance.choice((NUMBERS, DATES, TEXTS, (chance.choice(TEXTS),))),
        chance.randrange(_width(table)),
    )
    return [
        row if index == 0 or place >= len(row) else [*row[:place], chance.choice(odd), *row[place + 1 :]]
        for index, row in enumerate(table)
    ]


def blank_cells(table: Table, chance: Chance) -> Table:
    share = chance.choice((0.1, 0.9, 1.0))
    return [*table[:1], *([cell if chance.random() > share else "" for cell in row] for row in table[1:])]


def swap_cells(table: Table, chance: Chance) -> Table:
    """Move each of some columns' values by some rows."""
    columns = list(itertools.zip_longest(*table[1:], fillvalue=""))
    moved = [chance.sample(cells, len(cells)) if chance.random() < 0.2 else cells for cells in columns]
    return [*table[:1], *(list(row) for row in zip(*moved, strict=True))]


def other_file(table: Table, chance: Chance) -> Table:
    """Append the rows of another export."""
    path = chance.choice(sorted(path for path in EXPORTS.iterdir() if path.suffix in {".csv", ".txt"}))
    return [*table, *parse(path.read_bytes())[0][:30]]


TABLE_CHANGES: tuple[Callable[[Table, Chance], Table], ...] = (
    *(
        drop_rows,
        duplicate_rows,
        shuffle_rows,
        header_again,
        title_rows,
        blank_rows,
        footer_rows,
        ragged_rows,
    ),
    *(
        drop_columns,
        duplicate_column,
        shuffle_columns,
        many_columns,
        blank_headers,
        header_case,
        other_headers,
    ),
    *(odd_cells, odd_column, odd_cells, odd_column, blank_cells, swap_cells, other_file),
)


def _width(table: Table) -> int:
    return max((len(row) for row in table), default=0) or 1


# --- what can happen to bytes


def cut_end(data: bytes, chance: Chance) -> bytes:
    return data[: chance.randint(0, len(data))]


def cut_out(data: bytes, chance: Chance) -> bytes:
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.choice((1, 3, 50, 1000)) :]


def flip_bytes(data: bytes, chance: Chance) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 10, 200)) if data else 0):
        changed[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed)


def insert(data: bytes, chance: Chance) -> bytes:
    pieces = (
        b"\0",
        b'"',
        b"\n",
        b"\r",
        b'"\n"',
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\x1a",
        b"\xfe\xff",
        b"\x80" * 9,
        b",,",
    )
    for _ in range(chance.choice((1, 1, 5))):
        place = chance.choice((0, chance.randint(0, len(data)), len(data)))
        data = data[:place] + chance.choice(pieces) + data[place:]
    return data


def swap_delimiters(data: bytes, chance: Chance) -> bytes:
    old, new = chance.sample((b",", b";", b"\t", b"|", b"."), 2)
    return data.replace(old, new)


def swap_halves(data: bytes, chance: Chance) -> bytes:
    middle = chance.randint(0, len(data))
    return data[middle:] + data[:middle]


def no_quotes(data: bytes, chance: Chance) -> bytes:
    return data.replace(b'"', chance.choice((b"", b"'")))


def sep_line(data: bytes, chance: Chance) -> bytes:
    return chance.choice((b"sep=;\n", b"sep=,\r\n", b"sep=\t\n", b"sep=\n")) + data


def line_ends(data: bytes, chance: Chance) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(
        b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\r\r\n", b"\n\r", b" \n"))
    )


def one_line(data: bytes, chance: Chance) -> bytes:
    return data.replace(b"\n", chance.choice((b"", b",", b" ")))


def twice(data: bytes, chance: Chance) -> bytes:
    return data + chance.choice((b"", b"\n")) + data


BYTE_CHANGES: tuple[Callable[[bytes, Chance], bytes], ...] = (
    *(cut_end, cut_out, flip_bytes, insert, insert, swap_delimiters, swap_halves, no_quotes, sep_line),
    *(line_ends, one_line, twice),
)


# --- other containers


def as_workbook(table: Table, chance: Chance) -> tuple[str, bytes, str]:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_numbers": chance.random() < 0.5}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, [cell[:30_000] for cell in row])
    return ".xlsx", file.getvalue(), "as_workbook"


def as_ndjson(table: Table, chance: Chance) -> tuple[str, bytes, str]:
    header = table[0] if table else []
    odd = (None, True, 1.5, [1], {"a": 1}, 10**25)
    lines = [
        json.dumps(
            {
                name: chance.choice(odd) if chance.random() < 0.02 else cell
                for name, cell in zip(header, row, strict=False)
            }
        )
        for row in table[1:]
    ]
    return ".ndjson", "\n".join(lines).encode(), "as_ndjson"


def as_parquet(table: Table, chance: Chance) -> tuple[str, bytes, str]:
    header = dict.fromkeys(table[0] if table else [])
    columns = dict(zip(header, itertools.zip_longest(*table[1:], fillvalue=""), strict=False))
    frame = pl.DataFrame({name: list(cells) for name, cells in columns.items()})
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String and chance.random() < 0.2]
    types = (pl.Float64, pl.Int64, pl.Categorical, pl.Binary, pl.Decimal(20, 4))
    frame = frame.with_columns(pl.col(name).cast(chance.choice(types), strict=False) for name in text)
    file = io.BytesIO()
    frame.write_parquet(file)
    return ".parquet", file.getvalue(), "as_parquet"


CONTAINERS = (as_workbook, as_ndjson, as_parquet)
