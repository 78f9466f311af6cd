"""Files as people have them, opened: what the columns, the header and the row numbers come out as."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from loyalty.errors import (
    DamagedFile,
    EmptyFile,
    FileMissing,
    InputError,
    LoyaltyError,
    NotAFile,
    NotATable,
    UsageError,
    WrongEncoding,
)
from loyalty.ingest.broken import scan_error
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.source import Source

EXPORTS = Path(__file__).resolve().parents[1] / "exports"
SHARED = Path(__file__).resolve().parents[3] / "shared"
ORDERS = "id,date,amount\n1,2024-01-01,5\n2,2024-01-02,6\n"
TURKISH = "Müşteri No;Şehir;Tutar\n001;İstanbul;1.249,90\n002;Iğdır;5,00\n"

Opens = Callable[..., RawFile]


@pytest.fixture
def opens(tmp_path: Path) -> Opens:
    """Write a file and open it; the options are those of Source."""

    def write_and_open(content: str | bytes, name: str = "export.csv", **options: Any) -> RawFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (file,) = open_files(Source((str(path),), **options))
        return file

    return write_and_open


def rows(file: RawFile) -> list[tuple[Any, ...]]:
    """Return the row number and the cells of every row."""
    return file.frame.drop("ragged").collect().rows()


# Row numbers, as a spreadsheet shows them


@pytest.mark.parametrize(
    ("content", "header_row", "numbers"),
    [
        (ORDERS, 1, [2, 3]),
        ("\n\n" + ORDERS, 3, [4, 5]),  # blank lines on top
        (",,\n" + ORDERS, 2, [3, 4]),  # a row of delimiters on top
        ("Sales of 2024\n\n" + ORDERS, 3, [4, 5]),  # a title
        ("Sales of 2024,,\nFrom:,2024-01-01,\n,,\n" + ORDERS, 4, [5, 6]),  # titles padded as Excel does
        ("id,date,amount\n\n1,2024-01-01,5\n,,\n\n2,2024-01-02,6\n\n", 1, [3, 6]),  # blank rows between
        ("id,date,amount\n1,2024-01-01,5\n  \n2,2024-01-02,6\n", 1, [2, 4]),  # a line of blanks
        ('id,date,amount\n1,"2024\n\n01",5\n2,"2024\n02",6\n', 1, [2, 3]),  # line ends inside cells
        (ORDERS.replace("\n", "\r\n"), 1, [2, 3]),  # Windows
        (ORDERS.replace("\n", "\r"), 1, [2, 3]),  # old Mac
        ("\ufeff" + ORDERS, 1, [2, 3]),  # byte order mark
        ("sep=;\r\n" + ORDERS.replace(",", ";"), 1, [2, 3]),  # Excel does not show this line
        (ORDERS.removesuffix("\n"), 1, [2, 3]),  # no line end at the end
    ],
)
def test_rows_are_numbered_as_a_spreadsheet_does(
    opens: Opens, content: str, header_row: int, numbers: list[int]
) -> None:
    file = opens(content)
    assert file.headers == ("id", "date", "amount")
    assert file.header_row == header_row
    assert file.frame.collect()["row"].to_list() == numbers
    assert file.sample["row"].to_list() == numbers
    assert file.frame.collect_schema()["row"] == pl.UInt32


def test_numbers_are_right_far_into_a_long_file(opens: Opens) -> None:
    """Every seventh row is blank, every eleventh has two line ends in a cell; each row holds its own number."""

    def line(number: int) -> str:
        if number % 7 == 0:
            return ""
        return f'{number},"a\n\nb"' if number % 11 == 0 else f"{number},plain"

    file = opens("number,note\n" + "\n".join(line(number) for number in range(2, 200_001)) + "\n")
    seen = file.frame.select("row", number=pl.col("c0").cast(pl.UInt32)).collect()
    assert seen.filter(pl.col("row") != pl.col("number")).is_empty()
    assert seen.height == sum(1 for number in range(2, 200_001) if number % 7)


# Cells


def test_cells_are_text_and_empty_ones_are_null(opens: Opens) -> None:
    file = opens('id,name,note\n007,"","a ""b"", c"\n,  x ,\n')
    assert rows(file) == [(2, "007", None, 'a "b", c'), (3, None, "  x ", None)]


def test_short_rows_are_filled_and_long_ones_flagged(opens: Opens) -> None:
    file = opens("id,date,amount\n1,2024-01-01\n2,2024-01-02,1,50\n3,2024-01-03,7,\n4,2024-01-04,8\n")
    assert file.frame.select("row", "c2", "ragged").collect().rows() == [
        (2, None, False),
        (3, "1", True),  # the comma of 1,50 is not quoted
        (4, "7", False),  # an empty cell too many is no cell
        (5, "8", False),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('1,5" disk,3\n2,"a, b",4\n', [("1", '5" disk', "3"), ("2", "a, b", "4")]),  # inches
        ('1,"disk,3\n2,b,4\n', [("1", '"disk', "3"), ("2", "b", "4")]),  # nothing is enclosed
        ('1,"a \\"b\\", c",3\n2,"b",4\n', [("1", 'a "b", c', "3"), ("2", "b", "4")]),  # backslashes
    ],
)
def test_quotation_marks_that_are_not_csv(
    opens: Opens, content: str, expected: list[tuple[str, ...]]
) -> None:
    assert [row[1:] for row in rows(opens("id,item,price\n" + content))] == expected


# Delimiters


@pytest.mark.parametrize(
    ("content", "delimiter", "width"),
    [
        (ORDERS, ",", 3),
        (ORDERS.replace(",", ";"), ";", 3),
        (ORDERS.replace(",", "\t"), "\t", 3),
        (ORDERS.replace(",", "|"), "|", 3),
        (ORDERS.replace(",", "   "), " ", 3),
        ("id;amount\n1;1,50\n2;2,50\n3;1,70\n", ";", 2),  # decimal commas
        ('id,street\n1,"Oak; 2"\n2,"Elm; 3"\n', ",", 2),  # semicolons inside quotation marks
        ("comment\nfine, thanks\nslow\n", "\t", 1),  # a single column is cut by nothing
        ("Ad Soyad\nAyşe Yılmaz\nAli Can\n", "\t", 1),  # names have blanks, too
    ],
)
def test_delimiter_is_found(opens: Opens, content: str, delimiter: str, width: int) -> None:
    file = opens(content)
    assert (file.delimiter, len(file.headers)) == (delimiter, width)


def test_named_delimiter_is_taken(opens: Opens) -> None:
    assert opens("a;b,c;d\n1;2,3;4\n", delimiter=",").headers == ("a;b", "c;d")
    assert opens("a\tb\n1\t2\n", delimiter="tab").headers == ("a", "b")
    with pytest.raises(UsageError, match="expected one character"):
        opens(ORDERS, delimiter="::")


# Headers


@pytest.mark.parametrize(
    "content",
    [
        "C0001,2024-01-01,5.5\nC0002,2024-01-02,6\n",
        "1,31.12.2024,5\n",  # a single record
        "Ayşe Yılmaz,İzmir,129.90\nAli Can,Ankara,9.90\nVeli,Ankara,\nEce,Bursa,1\n",  # words and one number
        "0001 19970101  2   29.33\n0002 19970118  10   29.73\n",
    ],
)
def test_without_a_header_no_record_is_lost(opens: Opens, content: str) -> None:
    file = opens(content)
    assert file.header_row is None
    assert file.headers == tuple(f"#{number}" for number in range(1, len(file.headers) + 1))
    assert file.frame.collect().height == content.count("\n")
    assert rows(file)[0][0] == 1


@pytest.mark.parametrize(
    ("content", "headers", "header_row"),
    [
        ("text,label\ngood,positive\nbad,negative\n", ("text", "label"), 1),  # words all over
        (
            "Müşteri;Tutar;Tutar;2023\nAyşe;1;2;3\n",
            ("Müşteri", "Tutar", "Tutar", "2023"),
            1,
        ),  # twice, and a year
        (",name,v\n0,Ann,1.5\n1,Bob,2\n", ("", "name", "v"), 1),  # no name for the first
        (" id ,\u00a0b\n1,2\n", ("id", "b"), 1),
        (
            "Customer,,Order\nName,Email,No\nAnn,a@b.example,C0001\n",
            ("Customer Name", "Email", "Order No"),
            2,
        ),  # groups above
    ],
)
def test_header_is_found(opens: Opens, content: str, headers: tuple[str, ...], header_row: int) -> None:
    file = opens(content)
    assert (file.headers, file.header_row) == (headers, header_row)


@pytest.mark.parametrize(
    ("above", "headers"),
    [
        (";;Müşteri;;Ürün;;", ("Fiş No", "Tarih", "Müşteri No", "Müşteri ADI", "Ürün Kodu", "Adet", "Tutar")),
        (";;;;Ürün;;", ("Fiş No", "Tarih", "No", "ADI", "Kodu", "Adet", "Tutar")),  # one name may be a title
        (
            "Rapor;02.02.2026;;;;;",
            ("Fiş No", "Tarih", "No", "ADI", "Kodu", "Adet", "Tutar"),
        ),  # a date is no group
    ],
)
def test_headers_that_say_only_no_have_the_name_of_their_group(
    opens: Opens, above: str, headers: tuple[str, ...]
) -> None:
    file = opens(
        f"{above}\nFiş No;Tarih;No;ADI;Kodu;Adet;Tutar\n1;02.02.2026;7;Ali;K;2;5,00\n2;03.02.2026;8;Ay;L;1;6,00\n"
    )

    assert file.headers == headers
    assert file.header_row == 2


def test_further_header_rows_are_kept_apart(opens: Opens) -> None:
    survey_monkey = opens("ID,Score,Which?,,Why?\n,Response,Tea,Mugs,Open-Ended Response\n118,9,Tea,,good\n")
    assert survey_monkey.subheaders == (("", "Response", "Tea", "Mugs", "Open-Ended Response"),)
    assert rows(survey_monkey) == [(3, "118", "9", "Tea", None, "good")]

    qualtrics = opens(
        'End,Q1\nEnd Date,How likely?\n"{""ImportId"":""end""}","{""ImportId"":""q1""}"\n2024-01-01,9\n'
    )
    assert qualtrics.headers == ("End", "Q1")
    assert qualtrics.subheaders[0] == ("End Date", "How likely?")
    assert rows(qualtrics) == [(4, "2024-01-01", "9")]


# Encodings


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1254", "windows-1254"),
        ("iso8859-9", "windows-1254"),  # the same letters
        ("cp857", "cp857"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),  # without a mark
    ],
)
def test_turkish_is_read_in_every_encoding(opens: Opens, encoding: str, found: str) -> None:
    file = opens(TURKISH.encode(encoding))
    assert file.encoding == found
    assert file.headers == ("Müşteri No", "Şehir", "Tutar")
    assert rows(file) == [(2, "001", "İstanbul", "1.249,90"), (3, "002", "Iğdır", "5,00")]


@pytest.mark.parametrize(("encoding", "found"), [("cp1252", "windows-1252"), ("mac_roman", "mac_roman")])
def test_western_is_read_too(opens: Opens, encoding: str, found: str) -> None:
    text = "name;note\nÉlodie Lefèvre;très bien, à côté\nJürgen Müßig;“schön” – it’s 5 €\n"
    file = opens(text.encode(encoding))
    assert file.encoding == found
    assert rows(file)[1] == (3, "Jürgen Müßig", "“schön” – it’s 5 €")


def test_turkish_letters_may_come_late(opens: Opens) -> None:
    """The first 300 KB are plain ASCII; the rest is not UTF-8."""
    file = opens(b"id;name\n" + b"1;Ali\n" * 50_000 + "2;Ayşe\n".encode("cp1254") * 50_000)
    assert file.encoding == "windows-1254"
    assert file.frame.select(pl.col("c1").last()).collect().item() == "Ayşe"


def test_named_encoding_is_taken_or_refused(opens: Opens) -> None:
    assert opens(TURKISH.encode("cp1254"), encoding="latin5").encoding == "iso8859-9"
    with pytest.raises(WrongEncoding, match=r"byte 0xFC in line 1.*looks like windows-1254"):
        opens(TURKISH.encode("cp1254"), encoding="utf-8")
    with pytest.raises(WrongEncoding, match="looks like utf-16-le"):
        opens(TURKISH.encode("utf-16"), encoding="windows-1254")
    with pytest.raises(WrongEncoding, match="looks like utf-8"):
        opens(TURKISH, encoding="utf-16")
    with pytest.raises(UsageError, match='did you mean "windows-1254"'):
        opens(TURKISH, encoding="windos-1254")


# Other formats


def test_compressed_text(opens: Opens, tmp_path: Path) -> None:
    assert rows(opens(gzip.compress(ORDERS.encode()), "orders.csv.gz"))[1] == (3, "2", "2024-01-02", "6")
    turkish = opens(gzip.compress(TURKISH.encode("cp1254")), "tr.csv.gz")
    assert (turkish.encoding, rows(turkish)[0][2]) == ("windows-1254", "İstanbul")
    pl.DataFrame({"id": ["1"], "amount": ["5"]}).lazy().sink_csv(tmp_path / "o.csv.zst", compression="zstd")
    (packed,) = open_files(Source((str(tmp_path / "o.csv.zst"),)))
    assert (packed.headers, rows(packed)) == (("id", "amount"), [(2, "1", "5")])


def workbook(cells: dict[tuple[int, int], object]) -> bytes:
    """Return a workbook with these cells, by row and column from 0."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        for (row, column), value in cells.items():
            sheet.write(row, column, value)
    return memory.getvalue()


def test_workbook_keeps_types_and_row_numbers(opens: Opens) -> None:
    """A blank row, a title, a blank row, the header in row 4, and a blank row between the records."""
    head = {(1, 0): "Sales", (3, 0): "No", (3, 1): "Date", (3, 2): "Amount", (3, 3): "Mixed"}
    first = {(4, 0): "007", (4, 1): dt.date(2024, 1, 31), (4, 2): 5.25, (4, 3): 1}
    last = {(6, 0): "008", (6, 1): dt.date(2024, 2, 1), (6, 2): 6, (6, 3): "x"}
    file = opens(workbook({**head, **first, **last}), "sales.xlsx")
    assert (file.format, file.headers, file.header_row) == ("xlsx", ("No", "Date", "Amount", "Mixed"), 4)
    assert rows(file) == [
        (5, "007", dt.datetime(2024, 1, 31), 5.25, "1"),  # noqa: DTZ001 - a sheet has no time zone
        (7, "008", dt.datetime(2024, 2, 1), 6.0, "x"),  # noqa: DTZ001
    ]
    assert file.frame.collect_schema()["row"] == pl.UInt32


def test_parquet_is_typed_and_starts_in_row_2(opens: Opens) -> None:
    memory = io.BytesIO()
    pl.DataFrame({"row": [1, 2], "c0": [dt.date(2024, 1, 1), None]}).write_parquet(memory)
    file = opens(memory.getvalue(), "orders.csv")  # the content decides, not the suffix
    assert (file.format, file.headers) == ("parquet", ("row", "c0"))
    assert rows(file) == [(2, 1, dt.date(2024, 1, 1)), (3, 2, None)]
    assert file.frame.collect_schema().names() == ["row", "c0", "c1", "ragged"]


def test_ndjson_is_typed_and_starts_in_row_2(opens: Opens) -> None:
    file = opens('{"id":"01","v":1.5}\n{"id":"02","v":2,"x":"y"}\n', "orders.jsonl")
    assert (file.format, file.headers, file.encoding) == ("ndjson", ("id", "v", "x"), "utf-8")
    assert rows(file) == [(2, "01", 1.5, None), (3, "02", 2.0, "y")]
    marked = opens(b'\xef\xbb\xbf{"id":"01"}\n', "marked.ndjson")
    assert rows(marked) == [(2, "01")]


# Which files


def test_pattern_gives_sorted_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c[1].csv"):
        (tmp_path / name).write_text(ORDERS)
    found = open_files(Source((str(tmp_path / "*.csv"),)))
    assert [Path(file.path).name for file in found] == ["a.csv", "b.csv", "c[1].csv"]
    (brackets,) = open_files(Source((str(tmp_path / "c[1].csv"),)))  # a name, not a pattern
    assert brackets.frame.collect().height == 2


def test_standard_input_is_read_and_its_copy_removed() -> None:
    """A program reads a table from its standard input and prints the rows and where the copy was."""
    program = (
        "from loyalty.ingest.opening import open_files\n"
        "from loyalty.ingest.source import Source\n"
        "from loyalty.ingest.spool import new_path\n"
        "(file,) = open_files(Source(('-',)))\n"
        "print(file.path, file.frame.collect().height, new_path().parent)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=ORDERS, capture_output=True, text=True, check=True
    )
    shown, height, folder = done.stdout.split()
    assert (shown, height) == ("-", "2")
    assert not Path(folder).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([sys.executable, "-c", f"open({str(pipe)!r}, 'w').write({ORDERS!r})"]):
        (file,) = open_files(Source((str(pipe),)))
    assert file.frame.collect().height == 2


# What cannot be used


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.csv", "", EmptyFile, r"empty \(0 bytes\)"),
        ("a.csv", "\n \r\n\n", EmptyFile, "nothing but blank rows"),
        ("a.csv", ";;\n;;\n", EmptyFile, "nothing but blank rows"),
        ("a.csv", "\ufeff", EmptyFile, "nothing but blank rows"),
        ("a.csv", "Sales\n\nid,date,amount\n\n", EmptyFile, "a header in row 3 and no rows"),
        ("a.parquet", b"\x89PNG\r\n\x1a\n....", NotATable, "a PNG picture"),
        ("a.csv", ORDERS.encode() + b"\0\0", DamagedFile, "zero byte"),
        ("a.csv", "<!DOCTYPE html><table>", NotATable, "a web page"),
        ("a.json", '[{"id": 1},\n {"id": 2}]', NotATable, "a JSON list"),
        ("a.json", '{"count": 2, "results": [{"id": 1}, {"id": 2}]}', NotATable, "a list under 'results'"),
        ("a.csv", "a" * 300_000, NotATable, "line 1 is longer than 128 KiB"),
        ("a.csv", "id,x\n" + "a" * 300_000, NotATable, "line 2 is longer than 128 KiB"),
        ("a.csv.gz", gzip.compress(ORDERS.encode(), mtime=0)[:-9], DamagedFile, "breaks off"),
        ("a.csv.gz", gzip.compress(b"PAR1....", mtime=0), NotATable, "inside gzip"),
        ("a.parquet", b"PAR1" + bytes(100), DamagedFile, "damaged Parquet"),
        ("a.parquet", bytes(range(256)), DamagedFile, "the content is not parquet"),
        ("a.xlsx", workbook({(0, 0): "id", (1, 0): 1})[:900], DamagedFile, "workbook cannot be read"),
        ("a.xlsx", workbook({}), EmptyFile, "first sheet is empty"),
        ("a.xlsx", workbook({(1, 0): "id", (1, 1): "x"}), EmptyFile, "a header in row 2 and no rows"),
        ("a.csv", TURKISH.encode("utf-16")[:-1], DamagedFile, "in the middle of a character"),
        ("a.csv", "a\n".encode("utf-16") + b"\x3d\xd8", DamagedFile, "in the middle of a character"),
        ("a.csv", "a\n".encode("utf-16") + b"\x3d\xd8a\0", DamagedFile, "line 2 has bytes"),
        ("a.csv", 'id,x\n1,"a"b\n2,"c"\n3,"d"\n', DamagedFile, "line 2 has a quotation mark"),
        ("a.ndjson", '{"id": 1}\n{"id":\n', DamagedFile, "line 2 is not a JSON object"),
    ],
)
def test_unusable_files_say_why(
    opens: Opens, name: str, content: str | bytes, error: type[LoyaltyError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        opens(content, name)
    assert type(caught.value) is error
    assert name in caught.value.problems[0]


def test_an_archive_names_what_is_in_it(opens: Opens) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("orders.csv", ORDERS)
    with pytest.raises(NotATable, match=r"a zip archive \(orders.csv\)"):
        opens(memory.getvalue(), "orders.xlsx")


def test_missing_files_are_told_at_once_with_near_names(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    names = ("order.csv", "*.cvs", ".", "nowhere/a.csv")
    with pytest.raises(FileMissing) as caught:
        open_files(Source(tuple(str(tmp_path / name) for name in names)))
    first, second, third, fourth = caught.value.problems
    assert first.endswith('order.csv: no such file; did you mean "orders.csv"?')
    assert second.startswith("no file matches")
    assert third.endswith("a folder, not a file")
    assert "there is no folder" in fourth


def test_folder_and_device_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(NotAFile, match="a folder") as caught:
        open_files(Source((str(tmp_path),)))
    assert caught.value.hint == f"Type {tmp_path}/*.csv to read the files in it."
    with pytest.raises(NotAFile, match="a device"):
        open_files(Source((os.devnull,)))


def test_an_address_that_answers_nothing_is_an_input_error() -> None:
    with pytest.raises(InputError, match="cannot be fetched"):
        open_files(Source(("file-store://nowhere/orders.parquet",)))


# What shows only when the whole file is read


def late_error(file: RawFile) -> LoyaltyError:
    """Read a file to its end and return the error to raise for what Polars raises."""
    with pytest.raises((pl.exceptions.PolarsError, OSError)) as caught:
        file.frame.collect()
    return scan_error(caught.value, file.path, delimiter=file.delimiter)


def test_late_damage_is_told_with_its_line(opens: Opens) -> None:
    long = b"id,name\n" + b"1,Ali\n" * 200_000
    quote = late_error(opens(long + b'2,5" disk\n' + b"1,Ali\n" * 9))
    assert isinstance(quote, DamagedFile)
    assert "line 200002 has a quotation mark" in str(quote)
    letter = late_error(opens(long + "2,Ayşe\n".encode("cp1254") + b"1,Ali\n" * 4_000))
    assert isinstance(letter, WrongEncoding)
    assert "line 200002 has bytes (0xFE)" in str(letter)
    noise = b"".join(b"%d,%d\n" % (number, number**3 % 1_000_003) for number in range(200_000))
    packed = late_error(opens(gzip.compress(b"id,name\n" + noise, mtime=0)[:-2_000], "long.csv.gz"))
    assert isinstance(packed, DamagedFile)
    assert "compressed file breaks off" in str(packed)


def test_only_the_beginning_of_a_large_file_is_read(tmp_path: Path) -> None:
    """A hundred megabytes on one line: refused, with little memory."""
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
        file.write(b"a" * 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(NotATable, match="longer than 128 KiB"):
            open_files(Source((str(path),)))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


# Real layouts and real data


def test_every_export_is_opened_with_the_rows_it_has() -> None:
    expected = json.loads((EXPORTS / "EXPECTED.json").read_text(encoding="utf-8"))
    totals = {"tr_excel_orders_cp1254.csv": 1, "trendyol_finans.csv": 1}  # a row of totals is a row here
    for name, facts in expected.items():
        (file,) = open_files(Source((str(EXPORTS / name),)))
        facts_found = file.frame.select(pl.len(), pl.col("ragged").any()).collect().row(0)
        assert facts_found == (facts["rows"] + totals.get(name, 0), False), name
        assert file.header_row == facts.get("header_line", 1), name
        assert 1 + len(file.subheaders) == facts.get("header_rows", 1), name
        assert file.encoding == facts.get("encoding", file.encoding), name
        assert file.delimiter == facts.get("sep", file.delimiter), name


def test_records_inside_records_are_columns_of_their_own(tmp_path: Path) -> None:
    """A shop's API writes customers and lines inside an order; lists are kept as their JSON."""
    customer = '{"email": "a@x.y", "name": {"first": "Ada"}}'
    record = f'{{"id": "1", "customer": {customer}, "lines": [{{"sku": "K"}}], "tags": null}}'
    other = '{"id": "2", "customer": null, "lines": null, "tags": ["new"]}'
    (tmp_path / "a.ndjson").write_text(f"{record}\n{other}\n", encoding="utf-8")
    pl.read_ndjson(tmp_path / "a.ndjson").write_parquet(tmp_path / "a.parquet")

    for name in ("a.ndjson", "a.parquet"):
        [file] = open_files(Source((str(tmp_path / name),)))
        assert file.headers == ("id", "customer.email", "customer.name.first", "lines", "tags")
        assert file.frame.select("c0", "c1", "c2", "c3", "c4").collect().rows() == [
            ("1", "a@x.y", "Ada", '{"list":[{"sku":"K"}]}', None),
            ("2", None, None, None, '{"list":["new"]}'),
        ]


def test_a_record_called_row_is_no_number_of_a_row(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"row": {"id": "7"}}\n{"row": {"id": "8"}}\n', encoding="utf-8")
    pl.read_ndjson(tmp_path / "a.ndjson").write_parquet(tmp_path / "a.parquet")

    for name in ("a.ndjson", "a.parquet"):
        [file] = open_files(Source((str(tmp_path / name),)))
        assert file.headers == ("row.id",)
        assert rows(file) == [(2, "7"), (3, "8")]


@pytest.mark.parametrize(
    ("inside", "said"),
    [("Index/Document.iwa", "an Apple Numbers document"), ("word/document.xml", "a Word document")],
)
def test_documents_of_other_programmes_are_named(tmp_path: Path, inside: str, said: str) -> None:
    path = tmp_path / "orders.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(inside, "x")

    with pytest.raises(NotATable, match=said):
        open_files(Source((str(path),)))


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the shared data is not here")
def test_cdnow_has_no_header_and_runs_of_blanks() -> None:
    (file,) = open_files(Source((str(SHARED / "data/cdnow/CDNOW_sample.txt"),)))
    assert (file.header_row, file.delimiter, file.headers) == (None, " ", ("#1", "#2", "#3", "#4", "#5"))
    assert rows(file)[0] == (1, "00004", "0001", "19970101", "2", "29.33")
    assert file.frame.collect().height == 6_919
