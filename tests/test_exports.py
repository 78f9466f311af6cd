"""Real platforms' exports through the commands, against the counts and sums in ``exports/EXPECTED.json``."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty import pipeline
from loyalty.derive.answers import Dedupe
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.result import MetricResult
from tests.conftest import SHARED

EXPORTS = Path(__file__).parent / "exports"
EXPECTED = json.loads((EXPORTS / "EXPECTED.json").read_text(encoding="utf-8"))


def measured(
    metric: str, path: Path, *, mapping: dict[str, str] | None = None, **options: Any
) -> MetricResult:
    entry = METRICS[metric]
    chosen = entry.options(**options)
    source = Source((str(path),), mapping=mapping or {})
    gathered = pipeline.gather([(entry, chosen)], {entry.source: source}, pipeline.Selection())
    return pipeline.measure(gathered, entry, chosen)[0]


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None
    return figure.value


@pytest.mark.parametrize(
    "name",
    [
        "delighted_responses.csv",
        "surveymonkey_condensed.csv",
        "google_forms_nps.csv",
        "google_forms_tr.csv",
        "qualtrics_nps_cli.csv",
    ],
)
def test_nps(name: str) -> None:
    expected = EXPECTED[name]
    result = measured("nps", EXPORTS / name, dedupe=Dedupe.NONE)
    counts = {key: value(result, key) for key in ("promoters", "passives", "detractors", "answers")}
    assert counts == {
        **{key: expected[key] for key in ("promoters", "passives", "detractors")},
        "answers": expected["n"],
    }
    assert value(result, "nps") == pytest.approx(expected["nps"], abs=1e-4)
    assert result.rows.read == expected["rows"]


def test_last_answers_supersede() -> None:
    """Ten people answered Delighted's 24 times: ten stand, fourteen are superseded."""
    result = measured("nps", EXPORTS / "delighted_responses.csv")
    left_out = {item.reason: item.count for item in result.rows.left_out}
    assert value(result, "answers") + left_out["superseded"] == 24
    assert result.notes[-1].values == {"count": left_out["superseded"]}


def test_qualtrics_leaves_out_previews_and_the_unfinished() -> None:
    expected = EXPECTED["qualtrics_nps_cli.csv"]
    result = measured("cli", EXPORTS / "qualtrics_nps_cli.csv", dedupe=Dedupe.NONE)
    left_out = {item.reason: item.count for item in result.rows.left_out}
    assert left_out == {"preview": expected["previews"], "unfinished": expected["unfinished"]}
    assert value(result, "cli_0_100") == pytest.approx(expected["cli_mean_0_100"], abs=1e-4)
    assert value(result, "cli_1_6") is None


@pytest.mark.parametrize(
    ("name", "orders", "customers", "revenue"),
    [
        # 18 less one voided, one pending, and two whose refund reaches their merchandise value.
        ("shopify_orders.csv", 14, 6, "639.49"),
        (
            "trendyol_siparisler.csv",
            17,
            9,
            EXPECTED["trendyol_siparisler.csv"]["faturalanacak_net_delivered_in_transit"],
        ),
        # One of the 22 orders is all returns: no order, but its money is netted.
        ("tr_excel_orders_cp1254.csv", 21, 9, EXPECTED["tr_excel_orders_cp1254.csv"]["total"]),
        ("tr_excel_unicode_text.txt", 22, 9, EXPECTED["tr_excel_unicode_text.txt"]["total"]),
        ("tr_excel_serial_dates.csv", 15, 9, EXPECTED["tr_excel_serial_dates.csv"]["total_first_Tutar"]),
        ("ikas_siparisler.csv", 9, 7, EXPECTED["ikas_siparisler.csv"]["paid_total"]),
        # 603.95 less 5 x 4.90 postage: metrics stand on merchandise.
        ("woocommerce_orders_advanced_export.csv", 10, 6, "579.45"),
        ("trendyol_finans.csv", 12, 8, EXPECTED["trendyol_finans.csv"]["siparis_tutari"]),
    ],
)
def test_orders(name: str, orders: int, customers: int, revenue: str) -> None:
    result = measured("repeat", EXPORTS / name)
    assert (value(result, "orders"), value(result, "customers")) == (orders, customers)
    assert value(result, "revenue") == Decimal(revenue)
    assert result.rows.read - EXPECTED[name]["rows"] in (
        0,
        1,
    )  # a footer row is read, and counted as left out


def test_trendyol_without_the_platforms_column_for_money() -> None:
    """The platform's own gross column ties with the panel's sum over all 20 orders."""
    from loyalty.ingest.read import read
    from loyalty.model.kind import Kind

    orders = read(
        Kind.ORDERS,
        Source((str(EXPORTS / "trendyol_siparisler.csv"),), mapping={"amount": "Satış Tutarı"}),
        (),
    )
    total = orders.frame.collect()["value"].sum()
    assert total == Decimal(EXPECTED["trendyol_siparisler.csv"]["satis_tutari_sum"])


def test_amazon_has_no_buyers() -> None:
    result = measured("retention", EXPORTS / "amazon_all_orders.txt")
    assert (result.headline.status, result.headline.reason) == ("refused", "no_customer_column")


def test_mentions() -> None:
    expected = EXPECTED["tr_marka_bahisleri.csv"]
    result = measured("mentions", EXPORTS / "tr_marka_bahisleri.csv", own_brand="Defne")
    (brands,) = result.tables
    names = [column.name for column in brands.columns]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in brands.rows}
    assert {brand: row["rows"] for brand, row in rows.items()} == expected["brands"]
    assert sum(row["reposts"] for row in rows.values()) == expected["retweets"]
    assert value(result, "mentions") == expected["brands"]["Defne"]


def test_reviews_by_stars() -> None:
    """16 reviews: eight of 5 and two of 4 stars, two of 3, two of 2 and two of 1."""
    result = measured("mentions", EXPORTS / "googleplay_reviews.csv")
    assert [value(result, name) for name in ("mentions", "positive", "neutral", "negative")] == [16, 10, 2, 4]
    assert value(result, "net_sentiment") == pytest.approx(6 / 16)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real data lie beside the project")
@pytest.mark.parametrize(
    ("path", "mapping", "customers", "orders"),
    [
        # 2,357 buyers, eight of whom only ever got things free of charge.
        ("cdnow/cdnow_sample_tidy.csv", None, 2349, 6688),
        ("cdnow/CDNOW_sample.txt", {"customer_id": "#1", "ordered_at": "#3", "amount": "#5"}, 2349, 6688),
        ("groceries/Groceries_dataset.csv", None, 3898, 14963),
        ("btydplus_grocery/groceryElog.csv", None, 1525, 10483),
    ],
)
def test_real_data(path: str, mapping: dict[str, str] | None, customers: int, orders: int) -> None:
    result = measured("repeat", SHARED / "data" / path, mapping=mapping)
    assert (value(result, "customers"), value(result, "orders")) == (customers, orders)
