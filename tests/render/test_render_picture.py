"""``--chart``: a result as SVG, PNG or a page, the same bytes each time, and in words when there is nothing to draw."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app

SURVEYS = "score,date\n" + "".join(f"{score},2026-10-{1 + score:02}\n" for score in (10, 9, 9, 7, 3) * 3)


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    path = tmp_path / "surveys.csv"
    path.write_text(SURVEYS.replace("score", "nps"), encoding="utf-8")
    return path


def draw(surveys: Path, target: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["nps", str(surveys), "--chart", str(target), *more])
    return done.exit_code, done.stderr


def test_svg_is_one_drawing_with_title_and_notice(surveys: Path, tmp_path: Path) -> None:
    target = tmp_path / "nps.svg"
    assert draw(surveys, target) == (0, f"loyalty: wrote {target}\n")
    texts = "".join(ElementTree.fromstring(target.read_text(encoding="utf-8")).itertext())
    assert "Net Promoter Score® (NPS®)" in texts
    assert "Answers by score" in texts
    assert "registered trademarks" in texts


def test_the_notice_does_not_stand_in_for_the_time_of_undated_answers(tmp_path: Path) -> None:
    undated = tmp_path / "undated.csv"
    undated.write_text("nps\n" + "10\n9\n3\n" * 4, encoding="utf-8")
    for target in (tmp_path / "nps.svg", tmp_path / "nps.html"):
        assert draw(undated, target)[0] == 0
        text = target.read_text(encoding="utf-8")
        assert "<title>Net Promoter Score® (NPS®)</title>" in text
        assert text.count("registered trademarks") == 1


def test_png_is_the_same_each_time(surveys: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    assert draw(surveys, one)[0] == draw(surveys, two)[0] == 0
    assert one.read_bytes().startswith(b"\x89PNG")
    assert one.read_bytes() == two.read_bytes()


def test_page_speaks_turkish_and_has_the_values(surveys: Path, tmp_path: Path) -> None:
    target = tmp_path / "nps.html"
    assert draw(surveys, target, "--lang", "tr", "-q") == (0, "")
    page = target.read_text(encoding="utf-8")
    assert '<html lang="tr">' in page
    assert "Puana göre yanıtlar" in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "<td>9</td><td>6</td>" in page  # six answers of nine


def test_another_suffix_is_a_mistake(surveys: Path, tmp_path: Path) -> None:
    code, said = draw(surveys, tmp_path / "nps.gif")
    assert (code, "let the name end in .svg, .png, .html" in said) == (2, True)


def test_nothing_to_draw_is_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,customer_id,date,amount\n1,a,2026-01-01,5\n", encoding="utf-8")
    target = tmp_path / "upsell.svg"
    done = CliRunner().invoke(app, ["upsell", str(path), "--chart", str(target)])
    assert (done.exit_code, target.exists()) == (3, False)
    assert "nothing to draw" in done.stderr
    assert done.stdout  # the result is there all the same
