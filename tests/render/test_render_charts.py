"""Charts: the same bytes each time, one kind of drawing for each kind of table, words in the reader's language."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal

import pytest

from loyalty.model.result import Column, Draw, Key, ResultTable
from loyalty.render.charts import svg
from loyalty.render.look import Look
from loyalty.render.palette import BLUE, GREY, ORANGE, PAPER, STEPS
from loyalty.render.sketch import sketch_of
from loyalty.render.ticks import ticks
from loyalty.render.voice import Voice

NS = "{http://www.w3.org/2000/svg}"
TREND = ResultTable(
    "trend",
    (
        Column("period", "text"),
        Column("nps", "points"),
        Column("low", "points"),
        Column("high", "points"),
        Column("n", "count"),
        Column("partial", "flag"),
    ),
    (
        ("2026-08", 30.0, 20.5, 39.5, 400, False),
        ("2026-09", None, None, None, 0, False),
        ("2026-10", 41.0, 10.0, 68.0, 12, False),
        ("2026-11", -80.0, -90.0, 0.0, 3, True),
    ),
    draw=Draw.TREND,
)
SEGMENTS = ResultTable(
    "segments",
    (Column("segment", "text"), Column("revenue", "money:TRY"), Column("n", "count")),
    (("new", Decimal("318450.00"), 412), ("lapsed", Decimal("0"), 2044)),
    draw=Draw.BARS,
    word_columns=frozenset({"segment"}),
)
DOTS = ResultTable(
    "groups", (Column("group", "text"), Column("crr", "share")), (("a <b>", 0.5), ("b", None)), draw=Draw.DOTS
)
HEAT = ResultTable(
    "cohorts",
    (Column("period", "text"), Column("customers", "count"), Column("0", "share"), Column("1", "share")),
    (("2026-08", 500, 1.0, 0.625), ("2026-09", 400, 1.0, None)),
    draw=Draw.HEATMAP,
)


def drawn(table: ResultTable, lang: str = "en", ident: str = "chart") -> str:
    text = svg(table, Voice(Look(lang=lang)), ident=ident)
    assert text is not None
    return text


def texts(text: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(text).iter(f"{NS}text")]


def test_distribution_counts_and_colours_its_classes(nps):
    text = drawn(nps.tables[0], "tr")
    assert {ORANGE, GREY, BLUE} <= {node.get("fill") for node in ET.fromstring(text).iter(f"{NS}path")}
    assert {"kötüleyen %30,0", "pasif %20,0", "destekleyici %50,0"} <= set(texts(text))
    assert [str(score) for score in range(11)] == texts(text)[:11]


def test_trend_shows_the_last_finished_value_and_hollow_points():
    text = drawn(TREND, "tr")
    assert "+41,0" in texts(text)
    assert "-80,0" not in texts(text)  # November is not over: no fall is drawn
    assert text.count(f'fill="{PAPER}"') == 1
    assert {"0", "+80", "Ağu2026", "Eyl"} <= set(texts(text))


def test_bars_are_labelled_with_money_and_cases():
    assert texts(drawn(SEGMENTS, "tr")) == ["Yenin = 412", "Kaybedilmişn = 2.044", "₺318.450,00", "₺0,00"]


def test_bars_are_labelled_with_the_currency_where_the_shop_writes_it():
    text = svg(SEGMENTS, Voice(Look(lang="tr", currency_position="after")), ident="chart")
    assert text is not None
    assert texts(text)[2:] == ["318.450,00\N{NO-BREAK SPACE}₺", "0,00\N{NO-BREAK SPACE}₺"]


def test_a_total_is_no_bar():
    """Beside the whole, its parts would all be small: it is not drawn, here and in the terminal."""
    rows = (*SEGMENTS.rows, (Key("total", "words"), Decimal("318450.00"), 2456))
    with_total = replace(SEGMENTS, rows=rows)
    assert texts(drawn(with_total)) == texts(drawn(SEGMENTS))
    sketched = sketch_of(with_total)
    assert sketched is not None
    assert [str(cell) for cell in sketched.cells(4, {"plain": ""})] == ["████", "", ""]


def test_heat_map_leaves_unobserved_cells_empty():
    shown = texts(drawn(HEAT))
    assert shown.count("100%") == 2
    assert "63%" in shown
    assert not {"–", "·", "0%"} & set(shown)
    root = ET.fromstring(drawn(HEAT))
    assert root.findtext(f"{NS}desc") == (
        "Bought again, by periods after the first purchase. Aug 2026: 100%, 62.5%; Sep 2026: 100%"
    )


def test_heat_map_colours_no_small_cohorts_and_draws_what_can_be_read():
    """Of 60 columns and 50 rows as many as fit; a row of 29 customers and one that nobody watched have no boxes."""
    columns = (Column("period", "text"), Column("n", "count"), *(Column(str(k), "share") for k in range(60)))
    rows = [(f"{2000 + at // 12}-{1 + at % 12:02d}", 40, *[0.5 + at / 100] * 60) for at in range(50)]
    rows[48], rows[49] = (rows[48][0], 29, *rows[48][2:]), (rows[49][0], 40, *[None] * 60)
    text = drawn(ResultTable("cohorts", columns, tuple(rows), draw=Draw.HEATMAP))
    assert "21 of 60 columns, 40 of 50 rows; the table has them all" in texts(text)
    boxes = [node for node in ET.fromstring(text).iter(f"{NS}path") if node.get("fill") in STEPS]
    assert len(boxes) == 21 * 38
    assert texts(text).count("98%") == 21


def test_dots_escape_data():
    text = drawn(DOTS)
    assert "a <b>" in texts(text)
    assert "<b>" not in text


def test_title_and_description_are_in_the_readers_language():
    root = ET.fromstring(drawn(SEGMENTS, "tr"))
    assert root.get("role") == "img"
    assert root.findtext(f"{NS}title") == "Segmentler"
    assert root.findtext(f"{NS}desc") == "Segmentler. Yeni: ₺318.450,00; Kaybedilmiş: ₺0,00"


def test_nothing_is_drawn_of_tables_that_do_not_want_it_or_have_no_values():
    voice = Voice(Look())
    plain = ResultTable("segments", SEGMENTS.columns, SEGMENTS.rows)
    empty = ResultTable("groups", DOTS.columns, (("b", None),), draw=Draw.DOTS)
    assert svg(plain, voice, ident="a") is None
    assert svg(empty, voice, ident="a") is None


@pytest.mark.parametrize("table", [TREND, SEGMENTS, DOTS, HEAT], ids=lambda table: str(table.draw))
def test_nothing_is_in_a_chart_that_nobody_sees(table):
    """Vega wraps each mark in groups with a background and a foreground; two thirds of the bytes were these."""
    parts = list(ET.fromstring(drawn(table)).iter())[1:]
    assert all(part.get("d") for part in parts if part.tag == f"{NS}path")
    assert all(part.attrib and len(part) for part in parts if part.tag == f"{NS}g")
    assert not [part for part in parts if "class" in part.attrib or part.tag == f"{NS}clipPath"]


def test_an_amount_below_a_bar_has_no_cents():
    columns = (Column("brought_from", "money:TRY"), Column("customers", "count"))
    table = ResultTable("bands", columns, ((Decimal(0), 7), (Decimal("2000.00"), 3)), draw=Draw.DISTRIBUTION)
    assert texts(drawn(table, "tr"))[:2] == ["₺0", "₺2.000"]


def test_a_band_without_an_end_does_not_look_like_the_others():
    columns = (
        Column("brought_from", "money:TRY"),
        Column("customers", "count"),
        Column("brought_below", "money:TRY"),
    )
    rows = ((Decimal(0), 7, Decimal(2000)), (Decimal(2000), 3, None))
    table = ResultTable("clv_distribution", columns, rows, draw=Draw.DISTRIBUTION)
    assert texts(drawn(table, "en"))[:2] == ["₺0", "₺2,000+"]


@pytest.mark.parametrize("table", [TREND, SEGMENTS, DOTS, HEAT], ids=lambda table: str(table.draw))
def test_same_chart_same_bytes_and_ids_of_its_own(table):
    first, again = drawn(table, ident="one"), drawn(table, ident="one")
    assert first == again
    ids = [node.get("id") for node in ET.fromstring(first).iter() if node.get("id")]
    assert ids[:2] == ["one-title", "one-desc"]
    assert all(name.startswith("one-") for name in ids)
    assert "http" not in first.replace("http://www.w3.org/", "")


def test_another_process_draws_the_same_bytes():
    code = (
        "from decimal import Decimal; from loyalty.model.result import *; from loyalty.render.charts import svg;"
        "from loyalty.render.look import Look; from loyalty.render.voice import Voice;"
        "t = ResultTable('segments', (Column('segment', 'text'), Column('revenue', 'money:TRY'), Column('n', 'count')),"
        "(('new', Decimal('318450.00'), 412), ('lapsed', Decimal('0'), 2044)), Draw.BARS,"
        "word_columns=frozenset({'segment'})); import sys; sys.stdout.write(svg(t, Voice(Look()), ident='chart'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout == drawn(SEGMENTS)


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (20.5, 68, ["20", "30", "40", "50", "60", "70"]),
        (0.05, 0.4, ["0.0", "0.1", "0.2", "0.3", "0.4"]),
        (-30.3, 61.1, ["-40", "-20", "0", "20", "40", "60", "80"]),
        (5, 5, ["4", "5", "6"]),
    ],
)
def test_ticks_enclose_everything(low, high, marks):
    assert [f"{float(mark):g}" for mark in ticks(low, high)] == [f"{float(mark):g}" for mark in marks]
