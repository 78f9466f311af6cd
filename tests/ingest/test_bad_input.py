"""Files nobody should have to read, through the command: a clear message, exit 3, no traceback."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app

HEADER = "Order ID,Customer ID,Date,Amount\n"
ROWS = "".join(
    f"{place},C{place % 50},2026-01-{1 + place % 28:02},{place % 90}.50\n" for place in range(3_000)
)
NOISE = "".join(f"{place},C{place**3 % 99_991},2026-01-02,{place**2 % 9_973}.50\n" for place in range(60_000))
WIDE = ",".join(f"col{place}" for place in range(5_000))


def ended(command: str, *paths: Path, options: tuple[str, ...] = ()) -> tuple[int, str]:
    """Return exit code and stderr."""
    result = CliRunner().invoke(app, [command, *map(str, paths), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr


@pytest.mark.parametrize("command", ["check", "repeat"])
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv.gz", gzip.compress((HEADER + ROWS).encode(), mtime=0)[:-200], "breaks off"),
        ("late.csv.gz", gzip.compress((HEADER + NOISE).encode(), mtime=0)[:-2_000], "breaks off"),
        (
            "half.csv",
            b"\xff\xfe" + (HEADER + ROWS).encode("utf-16-le") + b"\x3d\xd8",
            "breaks off in line 3002",
        ),
        ("odd.csv", b"\xff\xfe" + (HEADER + ROWS).encode("utf-16-le")[:-1], "in the middle of a character"),
        (
            "pair.csv",
            b"\xff\xfe" + HEADER.encode("utf-16-le") + b"\x3d\xd8\x41\x00\n\x00",
            "line 2 has bytes",
        ),
        ("line.csv", b"a," * 2_000_000, "line 1 is longer than 128 KiB"),
        ("later.csv", (HEADER + ROWS[:200]).encode() + b"7" * 2_000_000, "is longer than 128 KiB"),
        ("nul.csv", (HEADER + ROWS[:2_000]).encode() + b"\n5,A\0B,2026-01-02,5\n", "has a zero byte (NUL)"),
        ("nuls.csv", bytes(5_000), "a binary file, not a table"),
        ("header.csv", HEADER.encode(), "a header in row 1 and no rows below it"),
        (
            "quote.csv",
            f'{HEADER}y,"A, b",2026-01-02,5\n{ROWS}z,"A,2026-01-02,5\n'.encode(),
            "line 3003 has a quotation",
        ),
        ("wide.csv", f"{WIDE}\n{',1' * 4_999}\n".encode(), "the headers are col0, col1"),
    ],
)
def test_a_file_that_cannot_be_used(
    tmp_path: Path, command: str, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    code, message = ended(command, path)

    assert (code, "Traceback" in message) == (3, False)
    assert said in message
    assert name in message


def test_thousands_of_columns_beside_those_that_count(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(
        HEADER.strip() + f",{WIDE}\n" + ("1,A,2026-01-02,5" + ",1" * 5_000 + "\n") * 20, encoding="utf-8"
    )

    assert ended("repeat", path)[0] == 0


def test_one_cell_of_megabytes_far_into_a_file(tmp_path: Path) -> None:
    """It is no amount; the rows around it are read."""
    path = tmp_path / "long.csv"
    path.write_text(HEADER + NOISE + "x,A,2026-01-02," + "7" * 20_000_000 + "\n", encoding="utf-8")

    code, message = ended("repeat", path, options=("--strict",))

    assert code == 3
    assert "unreadable_amount" in message


def test_rows_with_too_many_cells_are_told_with_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text(f"{HEADER}1,A,2026-01-02,10\n2,A,2026-01-03,10,50\n3,A,2026-01-04,5\n", encoding="utf-8")

    assert ended("check", path)[0] == 0
    code, message = ended("check", path, options=("--strict",))
    assert code == 3
    assert "1 row left out as ragged (row 3)" in message


def test_a_file_in_which_no_row_fits_the_header_is_no_table(tmp_path: Path) -> None:
    """With nothing left over there would be an empty result, and no word about why."""
    path = tmp_path / "ragged.csv"
    path.write_text(f"{HEADER}1,A,2026-01-02,10,50\n2,A,2026-01-03,10,50\n", encoding="utf-8")

    code, message = ended("repeat", path)
    assert code == 3
    assert "every row has more cells than the header has names, first row 2" in message


def test_two_files_that_contradict_each_other(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(f"{HEADER}1,A,2026-01-02,10\n", encoding="utf-8")
    second.write_text(f"{HEADER}1,A,2026-01-02,12\n", encoding="utf-8")

    code, message = ended("repeat", first, second)

    assert code == 3
    assert "order 1 stands on 2 rows that differ" in message


def test_dates_of_a_number_type_that_the_sample_shows_blank(tmp_path: Path) -> None:
    """A Parquet date column of whole numbers, blank in the first rows: those rows are left out by name."""
    import polars as pl

    path = tmp_path / "orders.parquet"
    count = 2_500
    pl.DataFrame(
        {
            "order_id": [str(place) for place in range(count)],
            "customer_id": ["A"] * count,
            "ordered_at": [None] * (count - 1) + [7],
            "amount": [1.5] * count,
        },
        schema_overrides={"ordered_at": pl.Int64},
    ).write_parquet(path)
    run = CliRunner().invoke(app, ["repeat", str(path), "-f", "json"])
    rows = json.loads(run.stdout)["results"][0]["rows"]
    assert (run.exit_code, rows["read"], rows["used"]) == (0, count, 0)
    assert {item["reason"]: item["count"] for item in rows["left_out"]} == {
        "missing_date": count - 1,
        "unreadable_date": 1,
    }


def test_utf_16_named_for_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes((HEADER + ROWS).encode())
    code, said = ended("repeat", path, options=("--encoding", "utf-16"))
    assert code == 3
    assert "--encoding" in said


def test_utf_16_named_for_a_file_of_which_nothing_tells_the_encoding(tmp_path: Path) -> None:
    """Turkish letters in UTF-8 and in windows-1254: what the user says is tried, and does not fit."""
    path = tmp_path / "orders.csv"
    rows = "3,Şişli,2026-01-03,5\n4,Çiğdem,2026-01-04,6\n"
    path.write_bytes((HEADER + ROWS).encode() + rows.encode() + rows.encode("cp1254"))
    code, said = ended("repeat", path, options=("--encoding", "utf-16"))
    assert code == 3
    assert "--encoding utf-16-le or --encoding utf-16-be" in " ".join(said.split())


def test_a_damaged_parquet_file_at_which_the_reader_panics(tmp_path: Path) -> None:
    import polars as pl

    path = tmp_path / "orders.parquet"
    pl.DataFrame(
        {"Order ID": ["1", "2"], "Customer ID": ["A", "B"], "Date": ["2026-01-01"] * 2, "Amount": [1.5, 2.5]}
    ).write_parquet(path)
    whole = path.read_bytes()
    for place in (76, 78):  # in the statistics of the first page
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        code, message = ended("repeat", path)
        assert code == 3
        assert "a damaged Parquet file" in message


def test_a_workbook_whose_archive_has_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/ş.xml", "<a/>")
    path.write_bytes(path.read_bytes().replace("ş".encode(), b"\xc5\xff"))

    code, message = ended("repeat", path)

    assert code == 3
    assert "orders.xlsx" in message


def test_a_number_too_large_for_an_amount_in_a_typed_column(tmp_path: Path) -> None:
    import polars as pl

    path = tmp_path / "orders.parquet"
    pl.DataFrame(
        {
            "order_id": ["1", "2"],
            "customer_id": ["A", "B"],
            "ordered_at": ["2026-01-01"] * 2,
            "amount": [5.0, 1e15],
        }
    ).write_parquet(path)
    run = CliRunner().invoke(app, ["repeat", str(path), "-f", "json"])
    rows = json.loads(run.stdout)["results"][0]["rows"]
    assert (run.exit_code, rows["read"], rows["used"]) == (0, 2, 1)
    assert [(item["reason"], item["first_rows"]) for item in rows["left_out"]] == [("unreadable_amount", [3])]
