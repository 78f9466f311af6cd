"""Real platforms' exports through ``check`` and the metrics, against the figures in ``exports/EXPECTED.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from loyalty import pipeline
from loyalty.audit import audit
from loyalty.derive.surveys.answers import Dedupe
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.result import MetricResult
from tests.conftest import SHARED

EXPORTS = Path(__file__).parent / "exports"
EXPECTED = json.loads((EXPORTS / "EXPECTED.json").read_text(encoding="utf-8"))

PROSE = {"quirks", "confidence"}
"""Keys that describe a file and hold nothing to check."""
ELSEWHERE = {"csat_pct": "a percentage is the metric's, below"}
"""Keys that another test of this file checks."""


@dataclass(frozen=True)
class Check:
    """What ``loyalty check`` says of one fixture."""

    name: str
    result: MetricResult

    def figure(self, name: str) -> Any:
        figure = self.result.figure(name)
        assert figure is not None, name
        return figure.value

    def rows(self, table: str) -> list[dict[str, Any]]:
        (found,) = [each for each in self.result.tables if each.name == table]
        names = [column.name for column in found.columns]
        return [dict(zip(names, row, strict=True)) for row in found.rows]

    def property(self, name: str) -> Any:
        return next(row["value"] for row in self.rows("file") if row["property"] == name)

    def left_out(self, reason: str) -> int:
        return sum(item.count for item in self.result.rows.left_out if item.reason == reason)

    def orders(self, *read_as: str) -> int:
        """Orders whose status is read as one of these; of any status when none is named."""
        return sum(row["orders"] for row in self.rows("statuses") if not read_as or row["read_as"] in read_as)

    def sum(self, header: str, *read_as: str) -> Decimal:
        """The sum of one of the file's columns, over all rows or those whose status is read as one of these."""
        rows = [row for row in self.rows("money") if row["header"] == header]
        return sum(
            (
                row["sum"]
                for row in rows
                if (row["read_as"] in read_as if read_as else row["read_as"] is None)
            ),
            Decimal(0),
        )

    def answers(self, question: str, *scores: int) -> int:
        """How many answered a question, with one of these scores where any are named."""
        rows = [row for row in self.rows("answers") if row["question"] == question]
        return sum(row["count"] for row in rows if not scores or row["score"] in scores)

    def points(self, word: str) -> Decimal:
        """The points that entries of a type moved, by the platform's word and without their sign."""
        return sum((abs(row["points"]) for row in self.rows("entries") if row["written"] == word), Decimal(0))


@cache
def checked(name: str) -> Check:
    return Check(name, audit([(None, Source((str(EXPORTS / name),)))]).result)


LIVING = ("completed", "refunded", "partially_refunded")
KINDS = {
    "orders": "orders",
    "customers": "customers",
    "survey": "surveys",
    "tickets": "tickets",
    "loyalty members": "customers",
    "points": "points",
    "mentions": "mentions",
}
"""The kind of a file, by the words that EXPECTED begins with."""


def kind(check: Check) -> str:
    said = EXPECTED[check.name]["kind"]
    begins = next(words for words in KINDS if said.startswith(words))
    return str(said) if check.result.variant == KINDS[begins] else check.result.variant


def nps(check: Check) -> float:
    result = measured("nps", EXPORTS / check.name, dedupe=Dedupe.NONE)
    return round(float(value(result, "nps")), 4)


def cli(check: Check) -> float:
    return round(float(value(measured("cli", EXPORTS / check.name, dedupe=Dedupe.NONE), "cli_0_100")), 4)


Seen = Callable[[Check], Any]

ANYWHERE: dict[str, Seen] = {
    "kind": kind,
    # A row of totals is read, and counted as left out.
    "rows": lambda c: c.figure("rows") - c.left_out("footer"),
    "orders": lambda c: c.orders(),
    "n": lambda c: c.answers("nps"),
    "promoters": lambda c: c.answers("nps", 9, 10),
    "passives": lambda c: c.answers("nps", 7, 8),
    "detractors": lambda c: c.answers("nps", *range(7)),
    "nps": nps,
    "csat_top2": lambda c: c.answers("csat", 4, 5),
    "csat_n": lambda c: c.answers("csat"),
    "header_rows": lambda c: c.property("header_rows"),
    "header_line": lambda c: c.property("header_row"),
    "encoding": lambda c: c.property("encoding"),
    "sep": lambda c: c.property("delimiter"),
    "customers": lambda c: c.figure("customers"),
    "total": lambda c: c.sum("Tutar"),
    "previews": lambda c: c.left_out("preview"),
    "unfinished": lambda c: c.left_out("unfinished"),
    "cli_mean_0_100": cli,
}
BY_FILE: dict[str, dict[str, Seen]] = {
    "shopify_orders.csv": {
        "voided_or_cancelled": lambda c: c.orders("cancelled"),
        "pending": lambda c: c.orders("pending"),
        "distinct_emails_ci_nonvoided": lambda c: c.figure("customers"),
        "orders_without_email": lambda c: c.figure("guest_orders"),
        "gross_total_excl_voided_pending": lambda c: c.sum("Total", *LIVING),
        "refunded": lambda c: c.sum("Refunded Amount"),
        "net": lambda c: c.sum("Total", *LIVING) - c.sum("Refunded Amount", *LIVING),
        "currency": lambda c: ", ".join(sorted({row["currency"] for row in c.rows("money")})),
    },
    "woocommerce_orders_advanced_export.csv": {
        "completed_or_processing": lambda c: c.orders("completed"),
        "net_completed_processing": lambda c: (
            c.sum("Order Total Amount", "completed") - c.sum("Order Refund Amount", "completed")
        ),
    },
    "amazon_all_orders.txt": {
        "shipped_orders": lambda c: c.orders("completed"),
        "item_price_sum_mixed_currency": lambda c: c.sum("item-price"),
    },
    "trendyol_siparisler.csv": {
        "customers_by_name_delivered_or_in_transit": lambda c: c.figure("customers"),
        "satis_tutari_sum": lambda c: c.sum("Satış Tutarı"),
        "faturalanacak_net_delivered_in_transit": lambda c: c.sum("Faturalanacak Tutar", "completed"),
        "currency": lambda c: f"{c.property('currency')} (no currency column)",
    },
    "trendyol_finans.csv": {
        "footer_total_rows": lambda c: c.left_out("footer"),
        "siparis_tutari": lambda c: c.sum("Sipariş Tutarı"),
        "net": lambda c: c.sum("Net Tutar"),
    },
    "ikas_siparisler.csv": {"paid_total": lambda c: c.sum("Toplam Tutar", "completed")},
    "ideasoft_siparisler.csv": {"delivered_total": lambda c: c.sum("Genel Toplam", "completed")},
    "tr_excel_serial_dates.csv": {
        "total_first_Tutar": lambda c: c.sum("Tutar (#4)"),
        "min_date": lambda c: c.property("first_day").isoformat(),
        "max_date": lambda c: c.property("last_day").isoformat(),
    },
    "zendesk_tickets.csv": {"good": lambda c: c.figure("rated_good"), "bad": lambda c: c.figure("rated_bad")},
    "smileio_customers.csv": {"members": lambda c: c.figure("members")},
    "smileio_points_import.csv": {"points": lambda c: c.figure("points_balance")},
    "yotpo_customers.csv": {"points": lambda c: c.figure("points_left")},
    "openloyalty_members.csv": {
        "active": lambda c: c.figure("active_members"),
        "referred_members": lambda c: c.figure("referred_members"),
    },
    "openloyalty_unit_transfers.csv": {
        "points_not_cancelled": lambda c: {
            word: c.points(word) for word in ("adding", "spending", "expired")
        },
        "balance": lambda c: c.figure("points_balance"),
    },
    "tr_puan_hareketleri.csv": {
        "members": lambda c: c.figure("points_members"),
        "earned": lambda c: c.figure("points_earned"),
        "spent": lambda c: c.figure("points_spent"),
        "expired": lambda c: c.figure("points_expired"),
        "final_balance": lambda c: c.figure("points_balance"),
    },
    "googleplay_reviews.csv": {
        "mean_star": lambda c: c.figure("mean_star"),
        "with_text": lambda c: c.figure("with_text"),
    },
    "tr_marka_bahisleri.csv": {
        "brands": lambda c: {row["brand"]: row["mentions"] for row in c.rows("brands")},
        "retweets": lambda c: c.figure("reposts"),
    },
}
"""How each key of EXPECTED is seen in the result, those that mean the same in every file apart."""


@pytest.mark.parametrize("name", EXPECTED)
def test_every_count_and_sum(name: str) -> None:
    """Each key of EXPECTED is checked, or is prose, or another test's."""
    expected, seen = EXPECTED[name], ANYWHERE | BY_FILE.get(name, {})
    unchecked = set(expected) - set(seen) - PROSE - set(ELSEWHERE)
    assert unchecked == set(), "say in this test how they are seen"
    check = checked(name)
    found = {key: seen[key](check) for key in expected if key in seen}
    assert found == {key: _exact(expected[key], found[key]) for key in found}


def _exact(expected: Any, found: Any) -> Any:
    """Sums are written as text in EXPECTED, so that they stay exact."""
    return Decimal(expected) if isinstance(found, Decimal) and isinstance(expected, str) else expected


def test_every_file_has_its_expectations() -> None:
    files = {path.name for path in EXPORTS.iterdir()} - {"EXPECTED.json"}
    assert files == set(EXPECTED)
    assert set(BY_FILE) <= files


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name]["kind"].startswith("orders")])
def test_the_steps_lead_to_revenue(name: str) -> None:
    """The amounts in the file less what does not count are the revenue, currency by currency."""
    check = checked(name)
    ends: dict[str | None, Decimal] = {}
    for currency in {row["currency"] for row in check.rows("to_revenue")}:
        *before, end = [row for row in check.rows("to_revenue") if row["currency"] == currency]
        assert end["step"] == "revenue"
        assert sum(row["sum"] for row in before) == end["sum"]
        ends[currency] = end["sum"]
    revenue = check.figure("revenue")
    assert revenue is None if len(ends) > 1 else revenue == ends.popitem()[1]


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
    told = {note.code: note.values for note in result.notes}
    assert told["superseded"] == {"count": left_out["superseded"]}


@pytest.mark.parametrize(
    ("name", "satisfied", "n", "options"),
    [
        (
            "surveymonkey_condensed.csv",
            EXPECTED["surveymonkey_condensed.csv"]["csat_top2"],
            EXPECTED["surveymonkey_condensed.csv"]["csat_n"],
            {},
        ),
        # The form does not say its scale; the quirks of the file do.
        ("google_forms_nps.csv", EXPECTED["google_forms_nps.csv"]["csat_top2"], 14, {"scale": "1-5"}),
        ("google_forms_tr.csv", EXPECTED["google_forms_tr.csv"]["csat_top2"], 18, {}),
        # Five "Somewhat" and four "Extremely satisfied" among those that finished.
        ("qualtrics_nps_cli.csv", 9, 15, {}),
        (
            "zendesk_tickets.csv",
            EXPECTED["zendesk_tickets.csv"]["good"],
            EXPECTED["zendesk_tickets.csv"]["good"] + EXPECTED["zendesk_tickets.csv"]["bad"],
            {"mapping": {"csat": "Satisfaction Score"}},
        ),
    ],
)
def test_satisfaction(name: str, satisfied: int, n: int, options: dict[str, Any]) -> None:
    result = measured("csat", EXPORTS / name, dedupe=Dedupe.NONE, **options)
    assert (result.headline.numerator, result.headline.denominator) == (satisfied, n)
    assert result.rows.read == EXPECTED[name]["rows"]
    if percent := EXPECTED[name].get("csat_pct"):
        assert 100 * value(result, "csat") == pytest.approx(percent, abs=1e-4)


def test_service_of_the_help_desk() -> None:
    """14 ratings; 13 tickets not merged into others, of which 10 were solved after 18 hours each."""
    expected = EXPECTED["zendesk_tickets.csv"]
    result = measured("service", EXPORTS / "zendesk_tickets.csv")
    csat = result.figure("ticket_csat")
    assert csat is not None
    assert 100 * float(csat.value) == pytest.approx(expected["csat_pct"], abs=1e-4)  # type: ignore[arg-type]
    assert (csat.numerator, csat.denominator) == (expected["good"], expected["good"] + expected["bad"])
    assert result.rows.used == expected["rows"]
    counts = ("tickets", "tickets_merged", "tickets_solved", "tickets_open")
    assert [value(result, name) for name in counts] == [20, 7, 10, 3]
    assert value(result, "resolution_time_median") == 18


def test_satisfaction_on_an_unknown_scale_is_refused() -> None:
    result = measured("csat", EXPORTS / "google_forms_nps.csv")
    assert (result.headline.status, result.headline.reason) == ("refused", "scale_unknown")


def test_an_export_of_answers_has_no_response_rate() -> None:
    """Delighted writes when each survey was sent, but only of those that were answered."""
    result = measured("responses", EXPORTS / "delighted_responses.csv")
    assert (result.headline.value, result.headline.reason) == (None, "only_answers")


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


def test_points() -> None:
    """Of Open Loyalty's transfers one of 120 points is pending, and not yet anybody's."""
    cards, expected = (
        measured("program", EXPORTS / "tr_puan_hareketleri.csv"),
        EXPECTED["tr_puan_hareketleri.csv"],
    )
    names = {
        "members": "members",
        "issued_net": "earned",
        "redeemed": "spent",
        "expired": "expired",
        "outstanding": "final_balance",
    }
    assert {said: value(cards, name) for name, said in names.items()} == {
        said: expected[said] for said in names.values()
    }
    transfers = measured("program", EXPORTS / "openloyalty_unit_transfers.csv")
    said = EXPECTED["openloyalty_unit_transfers.csv"]
    assert value(transfers, "outstanding") == said["balance"] - 120
    assert value(transfers, "issued_net") == said["points_not_cancelled"]["adding"] - 120
    balances = measured("program", EXPORTS / "smileio_points_import.csv")
    assert value(balances, "outstanding") == EXPECTED["smileio_points_import.csv"]["points"]


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
