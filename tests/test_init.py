"""``loyalty init``: the configuration it drafts loads, runs the report, and gives the figures of the files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.cli.settings import options_by_metric
from loyalty.config import load_config
from loyalty.config.draft_yaml import comment, yaml_value
from loyalty.config.yaml_nodes import read_yaml
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from tests.cli.running import Run
from tests.ingest.layouts import LAYOUTS, Layout
from tests.ingest.test_every_layout import as_text, lines

HERE = Path(__file__).parent
EXPORTS, SAMPLE = HERE / "exports", HERE.parent / "sample_data"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drafted(*files: Path | str, **said: str) -> Run:
    options = [item for name, value in said.items() for item in (f"--{name}", value)]
    return Run("init", *files, *options, "-o", "config.yaml")


def loaded() -> Any:
    return load_config(Path("config.yaml"), options_by_metric())


def test_sample_data_make_a_report() -> None:
    run = drafted(*sorted(SAMPLE.glob("*.csv")))
    assert run.code == 0
    assert set(loaded().sources) == set(Kind)
    assert (report := Run("report", "-c", "config.yaml", "-o", "out")).code == 0, report.err


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("shopify_orders.csv", "retention"),
        ("trendyol_siparisler.csv", "repeat"),
        ("woocommerce_orders_advanced_export.csv", "repeat"),
        ("surveymonkey_condensed.csv", "nps"),
        ("qualtrics_nps_cli.csv", "cli"),
        ("tr_marka_bahisleri.csv", "mentions"),
        ("zendesk_tickets.csv", "service"),
    ],
)
def test_figures_are_those_of_the_file(name: str, metric: str) -> None:
    assert drafted(EXPORTS / name).code == 0
    by_config = Run(metric, "-c", "config.yaml", "-f", "json")
    direct = Run(metric, EXPORTS / name, "-f", "json")
    assert by_config.json["results"][0]["figures"] == direct.json["results"][0]["figures"]
    # Some of these exports are shorter than a month.
    report = Run("report", "-c", "config.yaml", "-o", "out", "--period", "2020-01-01..2030-01-01")
    assert report.code == 0, report.err


@pytest.mark.parametrize("path", sorted(EXPORTS.glob("*.[ct][sx][vt]")), ids=lambda path: path.stem)
def test_what_is_written_runs(path: Path) -> None:
    run = Run("init", path, "-o", "c.yaml")
    if run.code == 3:
        assert re.search("no (metric|report|report of a period) is made from it", run.err), run.err
        return
    assert (run.code, run.err.splitlines()[-1]) == (0, "loyalty: next: loyalty report -c c.yaml")
    text = Path("c.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=./loyalty.schema.json\n")
    assert "#     loyalty report --config c.yaml" in text
    assert (report := Run("report", "-c", "c.yaml", "-o", "out")).code == 0, report.err


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        ("2026-09-30", "2026-10-12", "last-month"),
        ("2026-10-01", "2026-10-31", "last-month"),
        ("2026-10-01", "2026-10-30", "2026-10"),
    ],
)
def test_the_period_holds_data(first: str, last: str, period: str) -> None:
    Path("o.csv").write_text(
        f"order_id,customer_id,ordered_at,amount\n1,a,{first},5\n2,b,{last},6\n", encoding="utf-8"
    )
    assert drafted("o.csv").code == 0
    assert loaded().period == period
    told = "When 2026-10 is over, write last-month here" in Path("config.yaml").read_text(encoding="utf-8")
    assert told == (period == "2026-10")


def test_balances_are_part_of_a_report_of_other_files() -> None:
    Path("p.csv").write_text("email,points\na@b.example,5\n", encoding="utf-8")
    assert drafted(SAMPLE / "orders.csv", "p.csv").code == 0
    assert set(loaded().sources) == {Kind.ORDERS, Kind.POINTS}
    assert (report := Run("report", "-c", "config.yaml", "-o", "out")).code == 0, report.err


FED = [
    layout
    for layout in LAYOUTS
    if layout.kind is not Kind.CUSTOMERS
    and layout.name not in ("amazon", "smile.io points import", "talon.one balances", "talon.one cards")
]
"""What a report can be made from; Amazon does not tell who bought, and balances not when."""


@pytest.mark.parametrize("layout", FED, ids=lambda layout: layout.name)
def test_what_is_written_down_reads_the_file_as_before(layout: Layout) -> None:
    path = Path("export.csv")
    path.write_bytes(as_text(lines(layout.text), layout.delimiter, layout.encoding))
    assert drafted(path, **({"preset": layout.named} if layout.named else {})).code == 0

    by_config = read(layout.kind, loaded().sources[layout.kind]).frame.collect()

    assert by_config.equals(read(layout.kind, Source(("export.csv",), preset=layout.named)).frame.collect())


def test_an_amount_found_by_its_values_is_written_down() -> None:
    """Two pieces of K cost twice as much as one: what is called a price is the amount of the line."""
    Path("o.csv").write_text(
        "Sipariş No;Müşteri;Tarih;Ürün Kodu;Adet;Satış Fiyatı\n1;A;01.02.2026;K;2;100,00\n2;B;02.02.2026;K;1;50,00\n",
        encoding="utf-8",
    )
    assert drafted("o.csv").code == 0
    assert loaded().sources[Kind.ORDERS].mapping == {"amount": "Satış Fiyatı"}


def test_columns_that_several_make_are_told_as_they_are_made() -> None:
    Path("etsy.csv").write_text(
        "Sale Date,Order ID,Buyer User ID,Order Value,Discount Amount,Order Total,Order Net,Adjusted Order Total\n"
        "01/02/26,1,a,10,1,9,8,0\n",
        encoding="utf-8",
    )
    assert drafted("etsy.csv").code == 0
    written = Path("config.yaml").read_text(encoding="utf-8")
    assert "amount: Order Value less Discount Amount (known of this platform)" in written
    assert "refund: Order Total less Adjusted Order Total (known of this platform)" in written


@pytest.mark.parametrize(
    ("header", "question", "out"),
    [
        ("Satisfaction", "On which scale was satisfaction asked?", "csat"),
        ("Satisfaction (1-5)", None, None),
        ("Effort score", "On which scale was effort asked", "ces"),
        ("Effort score (1-5)", "On which scale was effort asked", "ces"),
        ("Effort score (1-7)", None, None),
    ],
)
def test_a_scale_that_nothing_tells_is_asked_for(header: str, question: str | None, out: str | None) -> None:
    """Until it is told, the metric is left out, so that the report does not fail for it."""
    rows = "".join(f"2026-10-{day:02d},4\n" for day in range(1, 29))
    Path("s.csv").write_text(f"Answered at,{header}\n{rows}", encoding="utf-8")
    run = drafted("s.csv")
    assert (run.code, question is None or question in run.err) == (0, True)
    assert {"csat", "ces"} - set(loaded().metrics) == ({out} if out else set())
    assert (
        Run("report", "-c", "config.yaml", "-o", "out", "--period", "2026-10", "--as-of", "2026-11-01").code
        == 0
    )


def test_questions_are_told_with_their_line() -> None:
    run = drafted(SAMPLE / "surveys.csv")
    lines = Path("config.yaml").read_text(encoding="utf-8").split("\n")
    told = re.search(r"config\.yaml:(\d+): Which answer of the three loyalty questions", run.err)
    assert told
    assert lines[int(told[1]) - 1].startswith("  # ? Which answer")


def test_what_was_found_by_content_is_written_down() -> None:
    """The header says nothing; the values are 0 to 10: next month one of them might be 11."""
    Path("answers.csv").write_text("who,xyz\na,10\nb,9\nc,3\n", encoding="utf-8")
    run = drafted("answers.csv")
    assert "is it the recommendation question" in run.err
    assert loaded().sources[Kind.SURVEYS].mapping == {"nps": "xyz"}


def test_what_the_user_says_is_kept() -> None:
    Path("o.csv").write_text("a;b;c\nX;03.04.2025;1,5\nY;04.04.2025;2,5\n", encoding="utf-8")
    run = Run(
        *("init", "o.csv", "-o", "config.yaml", "--map", "customer_id=a", "--map", "ordered_at=b"),
        *("--map", "amount=#3", "--delimiter", ";", "--currency", "EUR", "--tz", "UTC", "--locale", "de"),
    )
    assert run.code == 0, run.err
    source = loaded().sources[Kind.ORDERS]
    assert source.mapping == {"customer_id": "a", "ordered_at": "b", "amount": "c"}
    assert (source.delimiter, source.currency, source.timezone, source.locale) == (";", "EUR", "UTC", "de")


def test_an_ambiguous_date_becomes_a_question() -> None:
    Path("o.csv").write_text(
        "order_id,customer_id,ordered_at,amount\n1,a,03/04/2025,5\n2,b,04/05/2025,6\n", encoding="utf-8"
    )
    run = drafted("o.csv")
    assert run.code == 0
    assert "ordered_at" in run.err
    assert loaded().sources[Kind.ORDERS].locale is None
    assert "    # locale: tr" in Path("config.yaml").read_text(encoding="utf-8")


def test_paths_start_from_the_folder_of_the_configuration() -> None:
    shutil.copy(SAMPLE / "orders.csv", "orders.csv")
    Run("init", "orders.csv", "-o", "settings/config.yaml")
    (path,) = load_config(Path("settings/config.yaml"), options_by_metric()).sources[Kind.ORDERS].paths
    assert Path(path).resolve() == Path("orders.csv").resolve()


def test_a_pattern_stays_one() -> None:
    for month in ("01", "02"):
        shutil.copy(SAMPLE / "orders.csv", f"orders-{month}.csv")
    drafted("orders-*.csv")
    assert loaded().sources[Kind.ORDERS].paths == ("orders-*.csv",)


def test_never_writes_over_a_configuration() -> None:
    drafted(SAMPLE / "orders.csv")
    assert drafted(SAMPLE / "orders.csv").code == 0, "the same again is no loss"
    Path("config.yaml").write_text("sources: {orders: mine.csv}\n", encoding="utf-8")
    run = drafted(SAMPLE / "orders.csv")
    assert (run.code, "mv config.yaml" in run.err) == (3, True)
    assert "mine.csv" in Path("config.yaml").read_text(encoding="utf-8")


def test_standard_output_by_default() -> None:
    run = Run("init", SAMPLE / "orders.csv")
    assert run.code == 0
    assert read_yaml(run.out, "out").content["period"] == "last-month"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("order_id,ordered_at,amount\n1,2026-10-01,5\n", "--map customer_id="),
        ("colour,shape\nred,round\n", "--map"),
        ("customer_id,email,consent_email\n1,a@b.example,yes\n", "no report is made from it alone"),
        (
            "customer_id,email,enrolled_at\n1,a@b.example,2026-01-02\n",
            "loyalty retention x.csv --basis membership",
        ),
        ("email,points\na@b.example,5\n", "without dates"),
        ("", "empty"),
    ],
)
def test_nothing_to_draft_from(content: str, says: str) -> None:
    Path("x.csv").write_text(content, encoding="utf-8")
    run = drafted("x.csv")
    assert (run.code, run.out, Path("config.yaml").exists()) == (3, "", False)
    assert says in run.err


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_header_survives(header: str) -> None:
    content = read_yaml(f"map:\n  amount: {yaml_value(header)} # note\n", "x").content
    assert content == {"map": {"amount": header}}, json.dumps(header)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_nothing_ends_a_comment(text: str) -> None:
    lines = "\n".join(comment(text))
    assert read_yaml(f"{lines}\na: 1\n", "x").content == {"a": 1}


def test_ratings_in_numbers_ask_for_their_scale(folder: Path) -> None:
    """Good and Bad say what they mean; from 1 to something they do not."""
    text = "ticket_id,created_at,resolved_at,agent,csat_score\nt1,2026-10-05 10:00,2026-10-06 10:00,a,{}\n"
    question = "On which scale did customers rate their tickets?"
    for answer, asked in (("4", True), ("Good", False)):
        (folder / "tickets.csv").write_text(text.format(answer), encoding="utf-8")
        assert (question in drafted("tickets.csv").err) is asked
        Path("config.yaml").unlink()


def test_the_help_says_what_is_written_to_the_file() -> None:
    """It is a configuration, whatever the file is called: no suffix chooses a format."""
    run = Run("init", "--help")
    told = " ".join(run.out.split())
    assert (run.code, "File to write the configuration to" in told, "suffix" in told) == (0, True, False)
