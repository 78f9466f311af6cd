"""Which encoding a text is taken for, and when the user is asked instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.errors import WrongEncoding
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.source import Source
from tests.cli.running import Run


def opened(tmp_path: Path, names: list[str], encoding: str, named: str | None = None) -> RawFile:
    """Open a table with these names in its last column."""
    lines = "".join(f"{number};01.02.2026;5,00;{name}\n" for number, name in enumerate(names))
    path = tmp_path / "export.csv"
    path.write_bytes(f"No;Tarih;Tutar;Ad\n{lines}".encode(encoding))
    [file] = open_files(Source((str(path),), encoding=named))
    return file


@pytest.mark.parametrize(
    ("encoding", "found", "names"),
    [
        ("cp1254", "windows-1254", ["Şişli"]),
        ("cp1254", "windows-1254", ["Ürün"]),
        ("iso8859-9", "windows-1254", ["Şişli", "Iğdır"]),
        ("cp857", "cp857", ["Çorum"]),
        ("cp857", "cp857", ["Muş", "İzmir", "Ağrı", "Gümüşhane"]),
        ("mac_roman", "mac_roman", ["Müller", "Élodie Lefèvre", "José"]),
        ("mac_turkish", "mac_turkish", ["Müşteri", "Iğdır"]),
        ("cp1252", "windows-1252", ["Zoë ±5"]),
        ("cp1252", "windows-1252", ["5 € – “x”"]),
        ("utf-16-le", "utf-16-le", ["Şişli"]),
        ("utf-16-be", "utf-16-be", ["Şişli"]),
    ],
)
def test_letters_tell_the_encoding(tmp_path: Path, encoding: str, found: str, names: list[str]) -> None:
    file = opened(tmp_path, names, encoding)

    assert file.encoding == found
    assert file.sample["c3"].to_list() == names


@pytest.mark.parametrize("encoding", ["cp857", "mac_roman"])
def test_two_readings_of_turkish_letters_are_asked_about(tmp_path: Path, encoding: str) -> None:
    """The same byte is ş on an old PC and ü on an old Mac."""
    name = b"M\x9fller".decode(encoding)

    with pytest.raises(WrongEncoding) as raised:
        opened(tmp_path, [name], encoding)

    assert "written in cp857 (Mşller) or in mac_roman (Müller), and nothing tells which" in str(raised.value)
    assert raised.value.hint == "Say which reads right: --encoding cp857 or --encoding mac_roman."
    assert opened(tmp_path, [name], encoding, named=encoding).sample["c3"].to_list() == [name]


def test_a_broken_letter_does_not_make_utf_8_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"No;Ad;Tutar\n" + "1;Ayşe Gül;5,00\n".encode() * 20 + b"21;Ay\xfee;5,00\n")

    with pytest.raises(
        WrongEncoding, match=r"line 22 has bytes \(0xFE\) that are no text in utf-8"
    ) as raised:
        open_files(Source((str(path),)))

    assert "mend that line" in str(raised.value.hint)


LATER = "".join(f"{number};01.02.2026;5,00;Ali\n" for number in range(4, 20_000)).encode()


@pytest.mark.parametrize("between", [b"", LATER], ids=["near", "far"])
@pytest.mark.parametrize("swapped", [False, True])
def test_two_encodings_in_one_file_are_asked_about(tmp_path: Path, swapped: bool, between: bytes) -> None:
    """Two exports put one below the other: read as either, half of the names would be wrong."""
    path = tmp_path / "export.csv"
    above, below = ("cp1254", "utf-8") if swapped else ("utf-8", "cp1254")
    path.write_bytes(
        "No;Tarih;Tutar;customer_id\n1;01.02.2026;5,00;Ali\n2;01.02.2026;5,00;Çağrı\n".encode(above)
        + between
        + "3;01.02.2026;5,00;Ayşe\n".encode(below)
    )
    last = 4 + between.count(b"\n")

    run = Run("check", path)

    assert run.code == 3
    if swapped:
        assert f"in two encodings: line {last} in utf-8, line 3 in windows-1254" in run.err
        assert "--encoding windows-1254" in run.err
        assert Run("check", path, "--encoding", "windows-1254").code == 0
    else:
        assert f"line {last} has bytes (0xFE) that are no text in utf-8" in run.err


def test_the_rows_of_another_encoding_may_be_many(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = "2;5,00;Ayşe\n3;5,00;Işıl\n".encode() + "4;5,00;Ayşe\n5;5,00;Güneş Çağ\n".encode("cp1254") * 9
    path.write_bytes(b"No;Tutar;Ad\n" + rows)

    with pytest.raises(WrongEncoding, match="in two encodings: line 2 in utf-8, line 4 in windows-1254"):
        open_files(Source((str(path),)))


def test_words_in_other_letters_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoding, match="letters of no Turkish or Western encoding") as raised:
        opened(tmp_path, ["Иван", "Мария"], "cp1251")

    assert "--encoding windows-1251" in str(raised.value.hint)
    assert opened(tmp_path, ["Иван"], "cp1251", named="windows-1251").sample["c3"].to_list() == ["Иван"]
