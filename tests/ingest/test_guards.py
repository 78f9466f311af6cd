"""Cells in guards against spreadsheets: the guard goes, the cell stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.ingest.guards import bare
from loyalty.ingest.opening import open_files
from loyalty.ingest.source import Source


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('="00123"', "00123"),
        ('="a ""b"""', 'a "b"'),
        ("'00123", "00123"),
        ("'+90 555", "+90 555"),
        ("'=1+1", "=1+1"),
        ("'t Hooft", "'t Hooft"),  # a name
        ("00123", "00123"),
        ("", ""),
    ],
)
def test_a_guard_is_taken_off(cell: str, expected: str) -> None:
    assert bare(cell) == expected


@pytest.mark.parametrize(
    "text",
    [
        'No;Tarih;Tutar;Ad\n="00123";="01.02.2026";="5,00";Ece\n\'00124;\'02.02.2026;\'6,50;\'t Hooft\n',
        # Enclosed as CSV wants it, header and all.
        '"=""No""";Tarih;Tutar;Ad\n"=""00123""";01.02.2026;5,00;Ece\n"=""00124""";02.02.2026;6,50;\'t Hooft\n',
    ],
)
def test_guarded_cells_are_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")

    [file] = open_files(Source((str(path),)))

    assert file.headers == ("No", "Tarih", "Tutar", "Ad")
    assert file.frame.drop("ragged").collect().rows() == [
        (2, "00123", "01.02.2026", "5,00", "Ece"),
        (3, "00124", "02.02.2026", "6,50", "'t Hooft"),
    ]
    assert file.sample["c0"].to_list() == ["00123", "00124"]
