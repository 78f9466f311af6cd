"""Orders from real layouts: counts and sums against ``exports/EXPECTED.json``, and small cases done by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.errors import ColumnMissing, InputError, UnreadableNumbers, UsageError
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import ORDER_COLUMNS, Orders, RowsAre, ValueOn

EXPORTS = Path(__file__).resolve().parents[1] / "exports"
EXPECTED = json.loads((EXPORTS / "EXPECTED.json").read_text(encoding="utf-8"))
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def orders(*paths: str | Path, by: tuple[str, ...] = (), **said: Any) -> Orders:
    table = read(Kind.ORDERS, Source(tuple(str(path) for path in paths), **said), by)
    assert isinstance(table, Orders)
    return table


def good(table: Orders) -> pl.DataFrame:
    return table.frame.filter(pl.col("fault").is_null()).collect()


def exported(name: str, **said: Any) -> tuple[Orders, pl.DataFrame, dict[str, Any]]:
    table = orders(EXPORTS / name, **said)
    return table, good(table), EXPECTED[name]


def written(tmp_path: Path, text: str, name: str = "orders.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def by_status(rows: pl.DataFrame, column: str = "value") -> dict[str | None, Decimal]:
    sums = rows.group_by("status").agg(pl.col(column).sum())
    return dict(sums.iter_rows())


# --- exports


def test_shopify() -> None:
    table, rows, expected = exported("shopify_orders.csv")
    first = rows.filter(pl.col("value").is_not_null())

    assert rows.height == expected["rows"]
    assert first.height == rows["order_id"].n_unique() == expected["orders"]
    assert first["status"].value_counts().sort("status").rows() == [
        ("cancelled", 1), ("completed", 14), ("partially_refunded", 1), ("pending", 1), ("refunded", 1),
    ]  # fmt: skip
    assert set(first["currency"]) == {expected["currency"]}
    placed = first.filter(pl.col("status") != "cancelled")
    assert placed["customer_id"].drop_nulls().n_unique() == expected["distinct_emails_ci_nonvoided"]
    assert first["customer_id"].null_count() == expected["orders_without_email"]
    assert first["refund_value"].sum() == Decimal(expected["refunded"])
    assert (table.rows_are, table.value_on) == (RowsAre.LINES, ValueOn.EACH_ROW)
    # Lines at list price less the order's discounts are the subtotals.
    assert rows["list_value"].sum() - rows["discount_value"].sum() == rows["value"].sum()


def test_shopify_by_order_total_instead_of_merchandise() -> None:
    table, rows, expected = exported("shopify_orders.csv", mapping={"amount": "Total"})
    sums = by_status(rows)

    gross = sums["completed"] + sums["partially_refunded"] + sums["refunded"]
    assert gross == Decimal(expected["gross_total_excl_voided_pending"])
    assert gross - rows["refund_value"].sum() == Decimal(expected["net"])
    assert table.value_on is ValueOn.EACH_ROW


def test_woocommerce_repeats_the_order_on_each_line() -> None:
    table, rows, expected = exported("woocommerce_orders_advanced_export.csv")
    once = rows.unique("order_id")

    assert (table.rows_are, table.value_on) == (RowsAre.LINES, ValueOn.REPEATED)
    assert once.height == expected["orders"]
    completed = once.filter(pl.col("status") == "completed")
    assert completed.height == expected["completed_or_processing"]
    # The expected net includes the shipping of five orders, which net merchandise does not.
    totals = good(
        orders(EXPORTS / "woocommerce_orders_advanced_export.csv", mapping={"amount": "Order Total Amount"})
    )
    assert by_status(totals.unique("order_id"))["completed"] == Decimal(expected["net_completed_processing"])
    assert Decimal(expected["net_completed_processing"]) - completed["value"].sum() == 5 * Decimal("4.90")
    # "1 (-1)" is one piece that came back.
    assert rows.filter(pl.col("status") == "refunded")["quantity"].to_list() == [1.0]


def test_amazon_has_no_customers_and_two_currencies() -> None:
    table, rows, expected = exported("amazon_all_orders.txt")

    assert rows["order_id"].n_unique() == expected["orders"]
    assert rows.filter(pl.col("status") == "completed")["order_id"].n_unique() == expected["shipped_orders"]
    assert rows["value"].sum() == Decimal(expected["item_price_sum_mixed_currency"])
    assert set(rows["currency"]) == {"TRY", "EUR"}
    assert "customer_id" not in table.columns
    assert rows["customer_id"].null_count() == rows.height


def test_trendyol() -> None:
    table, rows, expected = exported("trendyol_siparisler.csv")
    sums = by_status(rows)

    assert rows["order_id"].n_unique() == expected["orders"]
    assert rows["list_value"].sum() == Decimal(expected["satis_tutari_sum"])
    assert sums["completed"] == Decimal(expected["faturalanacak_net_delivered_in_transit"])
    assert set(sums) == {"completed", "cancelled", "refunded", "failed"}
    buyers = rows.filter(pl.col("status") == "completed")["customer_id"]
    assert buyers.n_unique() == expected["customers_by_name_delivered_or_in_transit"]
    assert "Barış İnce / Iğdır / Merkez" in set(buyers)
    assert (table.currency, table.value_on) == ("TRY", ValueOn.EACH_ROW)
    assert "currency" not in table.columns
    assert rows["list_value"].sum() - rows["discount_value"].sum() == rows["value"].sum()


def test_trendyol_finance_leaves_the_total_out() -> None:
    table, rows, expected = exported("trendyol_finans.csv")

    assert rows["value"].sum() == Decimal(expected["siparis_tutari"])
    assert table.frame.filter(fault="footer").select("row").collect().rows() == [(14,)]


def test_ikas_has_the_total_on_the_first_line() -> None:
    table, rows, expected = exported("ikas_siparisler.csv")

    assert rows["order_id"].n_unique() == expected["orders"]
    assert by_status(rows)["completed"] == Decimal(expected["paid_total"])
    assert set(by_status(rows)) == {"completed", "cancelled", "refunded", "pending"}
    assert table.value_on is ValueOn.EACH_ROW


def test_ideasoft() -> None:
    _, rows, expected = exported("ideasoft_siparisler.csv")
    _, totals, _ = exported("ideasoft_siparisler.csv", mapping={"amount": "Genel Toplam"})

    assert rows.height == rows["order_id"].n_unique() == expected["orders"]
    assert by_status(totals)["completed"] == Decimal(expected["delivered_total"])
    assert by_status(rows)["completed"] == Decimal(expected["delivered_total"]) - 9 * Decimal("49.90")
    assert set(rows["currency"]) == {"TRY"}
    assert rows["ordered_at"][2] == datetime.fromisoformat("2025-03-31 16:41")  # 31 Mart 2025 16:41


def test_turkish_excel() -> None:
    table, rows, expected = exported("tr_excel_orders_cp1254.csv")

    assert rows.height == expected["rows"]
    assert rows["order_id"].n_unique() == expected["orders"]
    assert rows["customer_id"].n_unique() == expected["customers"]
    assert rows["value"].sum() == Decimal(expected["total"])
    assert rows["value"].min() == Decimal("-349.00")
    assert "000003" in set(rows["customer_id"])
    left = table.frame.filter(pl.col("fault").is_not_null()).select("row", "fault").collect()
    assert left.rows() == [(48, "footer")]


def test_turkish_excel_as_unicode_text() -> None:
    _, rows, expected = exported("tr_excel_unicode_text.txt")

    assert rows["order_id"].n_unique() == expected["orders"]
    assert rows["value"].sum() == Decimal(expected["total"])


def test_serial_dates_and_two_columns_of_one_name() -> None:
    _, rows, expected = exported("tr_excel_serial_dates.csv")

    assert rows["order_id"].n_unique() == expected["orders"]
    assert rows["value"].sum() == Decimal(expected["total_first_Tutar"])
    assert str(rows["day"].min()) == expected["min_date"]
    assert str(rows["day"].max()) == expected["max_date"]


def test_american_excel() -> None:
    _, rows, _ = exported("us_excel_orders.csv")

    assert rows["value"].sum() == Decimal("19158.60")
    assert rows["refund_value"].sum() == Decimal("25.00")  # ($25.00): a refund is positive whatever its sign
    assert rows["ordered_at"][0] == datetime.fromisoformat("2025-01-17 21:34")


# --- real data


@pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not here")
@pytest.mark.parametrize(
    ("name", "mapping", "rows", "customers", "value"),
    [
        ("cdnow/cdnow_sample_tidy.csv", {}, 6919, 2357, "244091.94"),
        ("cdnow/CDNOW_sample.txt", {"customer_id": "#1", "ordered_at": "#3", "amount": "#5"}, 6919, 2357, "244091.94"),
        ("groceries/Groceries_dataset.csv", {}, 38765, 3898, None),
        ("clvtools/apparelTrans.csv", {}, 3187, 600, "124356.90"),
        ("btydplus_grocery/groceryElog.csv", {}, 10483, 1525, None),
        ("olist_sample/orders.csv", {}, 10000, 10000, None),
    ],
)  # fmt: skip
def test_public_data(
    name: str, mapping: dict[str, str], rows: int, customers: int, value: str | None
) -> None:
    table = orders(DATA / name, mapping=mapping)
    usable = good(table)

    assert usable.height == rows
    assert usable["customer_id"].n_unique() == customers
    if value is not None:
        assert usable["value"].sum() == Decimal(value)


# --- by hand


def test_the_schema_is_the_promised_one(tmp_path: Path) -> None:
    table = orders(written(tmp_path, "cust,date\n1,2026-01-02\n"))

    assert dict(table.frame.collect_schema()) == dict(ORDER_COLUMNS)
    assert table.columns == {"customer_id", "ordered_at", "day", "fault", "fingerprint"}


def test_without_order_numbers_a_customers_day_is_an_order(tmp_path: Path) -> None:
    table = orders(written(tmp_path, "cust,date,amount\n7,2026-01-02,10\n7,2026-01-02,5\n7,2026-01-03,1\n"))

    assert good(table)["order_id"].to_list() == ["7 2026-01-02", "7 2026-01-02", "7 2026-01-03"]
    assert table.rows_are is RowsAre.LINES
    assert "order_id" not in table.columns


def test_rows_that_cannot_be_used_say_why_and_stay(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Order ID,Customer ID,Date,Amount\n"
        "1,A,2026-01-02,10.50\n"
        "2,A,,10\n"  # row 3
        "3,A,soon,10\n"
        "4,A,2026-01-02,ten\n"
        ",A,2026-01-02,10\n"
        "5,A,2026-01-02,\n"  # blank: derive decides per order
        "TOTAL,,,40.50\n",
    )

    faults = orders(path).frame.select("row", "fault").collect().rows()

    assert faults == [
        (2, None), (3, "missing_date"), (4, "unreadable_date"), (5, "unreadable_amount"), (6, "missing_order"),
        (7, None), (8, "footer"),
    ]  # fmt: skip


def test_a_row_with_more_cells_than_the_header_is_ragged(tmp_path: Path) -> None:
    path = written(tmp_path, "Order ID,Date,Amount\n1,2026-01-02,10\n2,2026-01-02,10,50\n")

    assert orders(path).frame.select("fault").collect().to_series().to_list() == [None, "ragged"]


@pytest.mark.parametrize(
    ("ids", "read_as", "reason"),
    [
        (["17850.0", "13047.0"], ["17850", "13047"], "a spreadsheet's tail, on all"),
        (["17850.0", "A7"], ["17850.0", "A7"], "a tail on some only belongs to the id"),
        (["00123", " 007 "], ["00123", "007"], "leading zeros stay, blanks around go"),
        (["Ada@Example.COM", "x"], ["ada@example.com", "x"], "e-mail addresses have no case"),
        (["'7100", "N/A"], ["7100", None], "the apostrophe is for Excel; N/A is nobody"),
    ],
)
def test_ids_are_text(tmp_path: Path, ids: list[str], read_as: list[str | None], reason: str) -> None:
    lines = "".join(f"{place},{known},2026-01-02,10\n" for place, known in enumerate(ids))

    rows = good(orders(written(tmp_path, f"Order ID,Customer ID,Date,Amount\n{lines}")))

    assert rows["customer_id"].to_list() == read_as, reason


@pytest.mark.parametrize(
    ("written_as", "status"),
    [
        ("Teslim Edildi", "completed"), ("TESLİM EDİLDİ", "completed"), ("Kargoda", "completed"),
        ("İade Edildi", "refunded"), ("Kısmi İade", "partially_refunded"), ("İPTAL", "cancelled"),
        ("Teslim Edilemedi", "failed"), ("Ödeme Bekleniyor", "pending"), ("partially_paid", "completed"),
        ("Cancelled", "cancelled"), ("canceled", "cancelled"), ("On hold", "pending"), ("voided", "cancelled"),
        ("delivered", "completed"), ("quarantined", None), ("", None),
    ],
)  # fmt: skip
def test_status_words(tmp_path: Path, written_as: str, status: str | None) -> None:
    rows = good(orders(written(tmp_path, f"Order ID,Date,Status\n1,2026-01-02,{written_as}\n")))

    assert rows["status"].to_list() == [status]


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        ("TL", "TRY"), ("₺", "TRY"), ("try", "TRY"), ("€", "EUR"), ("Euro", "EUR"), ("$", "USD"), ("CHF", "CHF"),
    ],
)  # fmt: skip
def test_currency_words(tmp_path: Path, sign: str, code: str) -> None:
    rows = good(orders(written(tmp_path, f"Order ID,Date,Amount,Currency\n1,2026-01-02,5,{sign}\n")))

    assert rows["currency"].to_list() == [code]


@pytest.mark.parametrize(
    ("lines", "stands"),
    [
        ("1,10\n1,\n2,5\n", ValueOn.EACH_ROW),  # blank after the first
        ("1,10\n1,10\n2,5\n2,5\n", ValueOn.REPEATED),  # equal on all rows of every order
        ("1,10\n1,10\n2,5\n2,6\n", ValueOn.EACH_ROW),  # lines after all
        ("1,10\n2,5\n", ValueOn.EACH_ROW),  # nothing to tell by, nothing to tell
    ],
)
def test_where_the_money_of_an_order_stands(tmp_path: Path, lines: str, stands: ValueOn) -> None:
    body = "".join(f"{line},2026-01-02,mug\n" for line in lines.splitlines())

    table = orders(written(tmp_path, f"Sipariş No,Genel Toplam,Tarih,Ürün\n{body}"))

    assert table.value_on is stands


def test_line_amounts_that_happen_to_be_equal_are_still_added_up(tmp_path: Path) -> None:
    body = "1,10,2026-01-02,mug\n1,10,2026-01-02,tea\n"

    assert (
        orders(written(tmp_path, f"Sipariş No,Satır Tutarı,Tarih,Ürün\n{body}")).value_on is ValueOn.EACH_ROW
    )


def test_a_duplicated_row_of_an_order_does_not_repeat_an_amount(tmp_path: Path) -> None:
    table = orders(written(tmp_path, "Order ID,Date,Total\n1,2026-01-02,10\n1,2026-01-02,10\n"))

    assert (table.rows_are, table.value_on) == (RowsAre.ORDERS, ValueOn.EACH_ROW)


def test_price_times_quantity_where_there_is_no_amount(tmp_path: Path) -> None:
    path = written(
        tmp_path, "InvoiceNo,InvoiceDate,Quantity,UnitPrice\n1,2026-01-02,3,9.99\nC2,2026-01-03,-1,9.99\n"
    )

    assert good(orders(path))["value"].to_list() == [Decimal("29.97"), Decimal("-9.99")]


def test_postage_is_no_product(tmp_path: Path) -> None:
    lines = "1,POST,Postage\n1,MUG,Mug\n1,,KARGO BEDELİ\n1,M,Mini mug\n"
    body = "".join(f"{line},2026-01-02,5\n" for line in lines.splitlines())

    rows = good(orders(written(tmp_path, f"Order ID,SKU,Item Name,Date,Amount\n{body}")))

    assert rows["is_non_product"].to_list() == [True, False, True, False]
    assert rows["product_id"].to_list() == ["POST", "MUG", "KARGO BEDELİ", "M"]


def test_what_the_export_marks_is_no_product(tmp_path: Path) -> None:
    body = "1,A,2026-01-02,5,no,no\n1,B,2026-01-02,5,yes,no\n1,C,2026-01-02,50,no,yes\n1,D,2026-01-02,5,,\n"
    head = "Order ID,SKU,Date,Amount,is_non_product,is_gift_card\n"

    rows = good(orders(written(tmp_path, head + body)))

    assert rows["is_non_product"].to_list() == [False, True, True, False]


def test_test_orders(tmp_path: Path) -> None:
    path = written(tmp_path, "Order ID,Date,is_test\n1,2026-01-02,Evet\n2,2026-01-02,hayır\n3,2026-01-02,\n")

    assert good(orders(path))["is_test"].to_list() == [True, False, None]


def test_equal_rows_have_equal_fingerprints(tmp_path: Path) -> None:
    path = written(tmp_path, "Order ID,Date,Note\n1,2026-01-02,a\n1,2026-01-02,a\n1,2026-01-02,b\n")

    first, second, third = good(orders(path))["fingerprint"].to_list()

    assert first == second != third


def test_by_columns_keep_the_name_the_user_gave(tmp_path: Path) -> None:
    path = written(tmp_path, "Sipariş No,Tarih,Şehir,Satış Kanalı,Kategori\n1,2026-01-02, İzmir ,Web,Çay\n")

    table = orders(path, by=("sehir", "channel", "product_kind"))

    assert table.frame.select("sehir", "channel", "product_kind").collect().rows() == [
        ("İzmir", "Web", "Çay")
    ]
    assert table.by == ("sehir", "channel", "product_kind")


def test_by_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, "Sipariş No,Tarih,Şehir\n1,2026-01-02,İzmir\n")

    with pytest.raises(ColumnMissing, match="no column 'Sehri' to group by; did you mean"):
        orders(path, by=("Sehri",))
    with pytest.raises(UsageError, match="day: nothing can be grouped by this"):
        orders(path, by=("day",))


def test_several_files_are_one_table(tmp_path: Path) -> None:
    """Two layouts, one table: the file number says where a row came from."""
    first = written(tmp_path, "Order ID,Customer ID,Date,Amount\n1,A,2026-01-02,10\n", "a.csv")
    second = written(tmp_path, "Müşteri No;Sipariş No;Tarih;Tutar\nB;2;03.01.2026;1.000,50\n", "b.csv")

    table = orders(first, second)

    assert good(table).select("file", "row", "customer_id", "day", "value").rows() == [
        (0, 2, "A", date(2026, 1, 2), Decimal(10)),
        (1, 2, "B", date(2026, 1, 3), Decimal("1000.50")),
    ]
    assert table.origin.files == (str(first), str(second))
    assert table.origin.raw.collect().height == 2


def test_repeated_and_added_amounts_do_not_mix(tmp_path: Path) -> None:
    header = "Sipariş No,Genel Toplam,Tarih,Ürün\n"
    first = written(tmp_path, f"{header}1,10,2026-01-02,mug\n1,10,2026-01-02,tea\n", "a.csv")
    second = written(tmp_path, f"{header}2,10,2026-01-02,mug\n2,,2026-01-02,tea\n", "b.csv")

    with pytest.raises(InputError, match="cannot be added up as one table"):
        orders(first, second)


def test_numbers_that_could_mean_two_things_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "Order ID;Date;Amount\n1;2026-01-02;1.250\n2;2026-01-02;3.400\n")

    with pytest.raises(UnreadableNumbers, match="could mean two numbers") as raised:
        orders(path)
    assert "--locale" in str(raised.value)
    assert good(orders(path, locale="tr"))["value"].to_list() == [Decimal(1250), Decimal(3400)]
    assert good(orders(path, locale="en-US"))["value"].to_list() == [Decimal("1.25"), Decimal("3.4")]


def test_an_amount_column_without_numbers_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "Order ID,Date,Amount\n1,2026-01-02,high\n")

    with pytest.raises(
        UnreadableNumbers, match='column "Amount" should give the amount but holds no numbers'
    ):
        orders(path)


def test_the_raw_rows_keep_every_cell_under_unique_names(tmp_path: Path) -> None:
    path = written(tmp_path, "Tarih,Sipariş No,Tutar,Tutar,\n2026-01-02,1,5,6,x\n")

    raw = orders(path).origin.raw.collect()

    assert raw.columns == ["file", "row", "Tarih", "Sipariş No", "Tutar", "Tutar (2)", "#5"]
    assert raw.row(0) == (0, 2, "2026-01-02", "1", "5", "6", "x")


def test_parquet_columns_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pl.DataFrame(
        {
            "order_id": [1, 2],
            "customer_id": [17850.0, None],
            "ordered_at": [
                datetime.fromisoformat("2026-01-02 10:00"),
                datetime.fromisoformat("2026-01-03 11:00"),
            ],
            "amount": [29.33, -5.5],
            "quantity": [2, -1],
            "is_test": [False, True],
            "store": [7, 8],
        }
    ).write_parquet(path)

    rows = good(orders(path, by=("store",)))

    assert rows.select("order_id", "customer_id", "day", "value", "quantity", "is_test", "store").rows() == [
        ("1", "17850", date(2026, 1, 2), Decimal("29.33"), 2.0, False, "7"),
        ("2", None, date(2026, 1, 3), Decimal("-5.50"), -1.0, True, "8"),
    ]


@pytest.mark.parametrize(
    ("dates", "times", "expected"),
    [
        (["45543", "45544"], ["0,5", "0.75"], ["2024-09-08 12:00", "2024-09-09 18:00"]),
        (["45543", "45544"], ["09:05", "9:06"], ["2024-09-08 09:05", "2024-09-09 09:06"]),
        (["04.01.2025", "05.01.2025"], ["9.05", "14.30"], ["2025-01-04 09:05", "2025-01-05 14:30"]),
        (
            ["04.01.2025", "05.01.2025"],
            ["30.12.1899 09:05:00", "1899-12-30 10:00:00"],
            ["2025-01-04 09:05", "2025-01-05 10:00"],
        ),
    ],
)
def test_day_and_time_as_spreadsheets_leave_them(
    tmp_path: Path, dates: list[str], times: list[str], expected: list[str]
) -> None:
    lines = [f"{row};C;{day};{time};5" for row, (day, time) in enumerate(zip(dates, times, strict=True))]
    path = written(tmp_path, "\n".join(["Sipariş No;Müşteri No;Tarih;Saat;Tutar", *lines, ""]))
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in good(orders(path))["ordered_at"]] == expected


# --- what the first 2,000 rows do not show


def long(tmp_path: Path, first: str, *late: str) -> Path:
    cells = [first] * 2_100 + list(late)
    lines = [f"{row};C;2026-01-02;{cell}" for row, cell in enumerate(cells)]
    return written(tmp_path, "\n".join(["Order ID;Customer ID;Date;Amount", *lines, ""]))


def late_values(table: Orders) -> list[tuple[str | None, Decimal | None]]:
    return table.frame.select("fault", "value").collect().tail(2).rows()


def test_one_late_amount_may_tell_how_all_are_written(tmp_path: Path) -> None:
    table = orders(long(tmp_path, "1.234", "1.234", "5,50"))
    assert late_values(table) == [(None, Decimal(1234)), (None, Decimal("5.50"))]


def test_a_late_amount_written_the_other_way_is_a_fault_not_a_guess(tmp_path: Path) -> None:
    table = orders(long(tmp_path, "5.50", "1.234", "5,50"))
    assert late_values(table) == [(None, Decimal("1.234")), ("contrary_amount", None)]
    told = orders(long(tmp_path, "1.234", "7", "5,50"), locale="en-US")
    assert late_values(told) == [(None, Decimal(7)), ("contrary_amount", None)]


@pytest.mark.parametrize("first_rows", [1, 2_100])
def test_decimals_written_both_ways_are_asked_about_with_their_rows(tmp_path: Path, first_rows: int) -> None:
    path = long(tmp_path, "1.234", "5,50", "5.50")
    if first_rows == 1:
        path = written(
            tmp_path, "Order ID;Date;Amount\n1;2026-01-02;1.234\n2;2026-01-02;5,50\n3;2026-01-02;5.50\n"
        )
    with pytest.raises(UnreadableNumbers) as caught:
        orders(path).frame.collect()
    row = first_rows + 2
    assert (
        f"column \"Amount\": the decimal sign is now a comma, now a point ('5,50' in row {row} and '5.50' in row "
        f"{row + 1}), so that '1.234' could mean two numbers"
    ) in str(caught.value)


def test_a_late_amount_in_doubt_is_counted(tmp_path: Path) -> None:
    assert late_values(orders(long(tmp_path, "10", "1.234", "5,50"))) == [
        ("ambiguous_amount", None),
        (None, Decimal("5.50")),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            ("Kargo Ücreti", True),
            ("KARGO ÜCRETİ", True),
            ("KARGO UCRETI", True),
            ("kapıda ödeme bedeli", True),
        ),
        *(
            ("Shipping & Handling", True),
            ("Gift-Wrap", True),
            ("HEDİYE PAKETİ", True),
            ("Hediye Kartı", True),
            ("Gift Card - €50", True),
            ("HEDİYE KARTI 500 TL", True),
        ),
        *(
            ("Kargo Pantolon", False),
            ("Tip 1", False),
            ("Gift Card Holder 2", False),
            ("Poster", False),
            ("Hediye Kutusu", False),
            ("Gift Wrap Paper 5 m", False),
        ),
    ],
)
def test_postage_and_fees_are_told_by_their_whole_name(tmp_path: Path, name: str, expected: bool) -> None:
    path = written(tmp_path, f"Order ID,Date,Product,Amount\n1,2026-01-02,{name},5\n1,2026-01-02,Mug,5\n")
    assert good(orders(path))["is_non_product"].to_list() == [expected, False]


def test_shopify_orders_of_the_bogus_gateway_are_tests(tmp_path: Path) -> None:
    text = (EXPORTS / "shopify_orders.csv").read_text(encoding="utf-8")
    assert not good(orders(EXPORTS / "shopify_orders.csv"))["is_test"].any()
    played = written(tmp_path, text.replace("Shopify Payments", "bogus", 1))
    assert good(orders(played))["is_test"].sum() == 1


def test_a_refund_that_is_no_number_is_a_fault_not_nothing(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Order ID,Date,Subtotal,Discount,Refund,Points Value\n"
        "1,2026-01-02,10,1.5,2.5,0\n"
        "2,2026-01-02,10,,all,\n"
        "3,2026-01-02,10,5%,-,\n"
        "4,2026-01-02,10,1,,some\n",
    )
    assert orders(path).frame.select("row", "fault").collect().rows() == [
        (2, None),
        (3, "unreadable_amount"),
        (4, None),  # the subtotal stands for itself; the discount is not taken off it
        (5, "unreadable_amount"),
    ]
    worked_out = orders(path, mapping={"list_value": "Subtotal"})
    assert good(worked_out)["value"].to_list() == [Decimal("8.5")]


def test_columns_of_money_that_are_not_used_still_tell_the_decimal_sign(tmp_path: Path) -> None:
    path = written(tmp_path, "Sipariş No;Tarih;Tutar;KDV;Enlem\n1;02.01.2026;1.234;222,12;41.0082\n")
    assert good(orders(path))["value"].to_list() == [Decimal(1234)]


# --- what undoes a sale


@pytest.mark.parametrize(
    ("header", "cells", "fates"),
    [
        ("İptal", ("Hayır", "Evet", ""), (None, "cancelled", None)),
        ("Is cancelled", ("0", "1", "0"), (None, "cancelled", None)),
        ("İptal Tarihi", ("", "05.02.2026", "0000-00-00"), (None, "cancelled", None)),
        ("İade", ("Hayır", "Evet", ""), (None, "refunded", None)),
        ("Returned", ("no", "yes", ""), (None, "refunded", None)),
        ("Fiş Tipi", ("Satış", "İptal", "Satış"), (None, "cancelled", None)),
    ],
)
def test_a_sale_is_undone_by_a_yes_or_a_date_without_any_status(
    tmp_path: Path, header: str, cells: tuple[str, ...], fates: tuple[str | None, ...]
) -> None:
    rows = "".join(f"{n};A;0{n}.02.2026;100,00;{cell}\n" for n, cell in enumerate(cells, start=1))
    table = orders(written(tmp_path, f"Sipariş No;Müşteri No;Tarih;Tutar;{header}\n{rows}"))

    assert table.frame.collect()["status"].to_list() == list(fates)
    assert "status" in table.columns


@pytest.mark.parametrize("returned", ["40,00", "-40,00", "(40,00)"])
def test_a_return_of_its_own_number_is_money_given_back(tmp_path: Path, returned: str) -> None:
    text = f"""Fiş No;Fiş Türü;Müşteri No;Tarih;Ürün Kodu;Miktar;Tutar
1;Perakende Satış Faturası;A;01.02.2026;K;2;80,00
2;Perakende Satış İade Faturası;A;03.02.2026;K;1;{returned}
"""

    rows = orders(written(tmp_path, text)).frame.collect()

    assert rows.select("value", "quantity", "status").rows() == [
        (Decimal(80), 2.0, None),
        (Decimal(-40), -1.0, None),
    ]


def test_a_column_of_other_words_or_of_amounts_undoes_nothing(tmp_path: Path) -> None:
    text = "Sipariş No;Tarih;Tutar;İptal;İade;Tür\n1;01.02.2026;80,00;0,00;5,00;Web\n2;02.02.2026;80,00;7,50;0,00;Web\n"
    columns = orders(written(tmp_path, text)).columns

    assert "status" not in columns
    assert "refund_value" in columns


# --- numbers of tills


def test_receipt_numbers_that_begin_again_each_day_are_told_apart_by_day_and_customer(tmp_path: Path) -> None:
    # Three receipts a day of two lines each, and the total of the receipt on both.
    days = [
        (number, day, f"C{(number + day) % 5}", product)
        for day in (1, 2, 3)
        for number in (1, 2, 3)
        for product in "KL"
    ]
    rows = "".join(
        f"{number};0{day}.02.2026;{who};{what};{10 * number},00\n" for number, day, who, what in days
    )

    table = orders(written(tmp_path, f"Fiş No;Tarih;Müşteri No;Ürün Kodu;Fiş Tutarı\n{rows}"))

    frame = table.frame.collect()
    assert frame["order_id"].n_unique() == 9
    assert (
        frame.group_by("order_id").agg(pl.col("customer_id").n_unique())["customer_id"].to_list() == [1] * 9
    )
    assert table.value_on is ValueOn.REPEATED
    assert [note.code for note in table.notes] == ["order_numbers_come_back"]


def test_numbers_that_come_back_for_one_customer_are_lines_of_an_order(tmp_path: Path) -> None:
    rows = "".join(f"{n};0{day}.02.2026;C{n};K{day};10,00\n" for n in (1, 2, 3, 4) for day in (1, 2))

    table = orders(written(tmp_path, f"Fiş No;Tarih;Müşteri No;Ürün Kodu;Tutar\n{rows}"))

    assert table.frame.collect()["order_id"].n_unique() == 4
    assert not table.notes


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("İptal - stok yok", "cancelled"),
        ("CANCELLED (out of stock)", "cancelled"),
        ("Sipariş müşteri isteğiyle iptal edildi", "cancelled"),
        ("İade edildi: hasarlı ürün", "refunded"),
        ("Refunded (duplicate)", "refunded"),
        ("Kısmi iade edildi, 2 ürün", None),
        ("İptal talebi değerlendiriliyor", None),
        ("İade edilmedi", None),
        ("Sevkiyata çıktı", None),
    ],
)
def test_a_status_tells_by_how_it_begins_and_what_it_leaves_open_is_said(
    tmp_path: Path, status: str, fate: str | None
) -> None:
    table = orders(
        written(tmp_path, f"Sipariş No;Müşteri No;Tarih;Tutar;Durum\n1;A;01.02.2026;10,00;{status}\n")
    )

    assert table.frame.collect()["status"].to_list() == [fate]
    assert [note.values for note in table.notes] == ([] if fate else [{"words": status}])


def test_a_header_that_says_utc_is_read_as_such(tmp_path: Path) -> None:
    text = "Order ID,Created at (UTC),Customer ID,Total\n1,2026-02-01 22:30:00,A,5.00\n"

    [row] = orders(written(tmp_path, text), timezone="Europe/Istanbul").frame.collect().rows(named=True)

    assert str(row["ordered_at"]) == "2026-02-02 01:30:00"


@pytest.mark.parametrize(
    ("order", "payment", "fate"),
    [
        ("Tamamlandı", "İade Edildi", "refunded"),
        ("Teslim Edildi", "Ödeme İptal", "cancelled"),
        ("Kargoda", "Başarısız", "failed"),
        ("Teslim Edildi", "Ödeme Bekleniyor", "completed"),  # cash on delivery
        ("İptal Edildi", "İade Edildi", "cancelled"),
        ("", "Ödendi", None),
    ],
)
def test_a_payment_given_back_undoes_an_order(
    tmp_path: Path, order: str, payment: str, fate: str | None
) -> None:
    header = "Sipariş No;Tarih;Tutar;Sipariş Durumu;Ödeme Durumu"
    text = f"{header}\n1;01.02.2026;10,00;{order};{payment}\n2;01.02.2026;1,00;Kargoda;Ödendi\n"

    assert orders(written(tmp_path, text)).frame.collect()["status"].to_list()[0] == fate


def test_pieces_that_came_back_are_their_share_of_the_amount(tmp_path: Path) -> None:
    text = """Sipariş No;Tarih;Ürün Kodu;Adet;Tutar;İade Adedi
1;01.02.2026;K;3;100,00;1
1;01.02.2026;L;2;50,00;2
2;02.02.2026;K;1;40,00;
"""
    table = orders(written(tmp_path, text))

    assert table.frame.collect()["refund_value"].to_list() == [Decimal("33.33"), Decimal(50), None]
    assert "refund_value" in table.columns


@pytest.mark.parametrize("halves", ["Ad;Soyad", "First Name;Last Name", "Müşteri Adı;Müşteri Soyadı"])
def test_both_halves_of_a_name_tell_the_customer(tmp_path: Path, halves: str) -> None:
    text = f"Sipariş No;Tarih;{halves};Tutar\n1;01.02.2026;Ayşe;Ak;5,00\n2;02.02.2026;Ayşe;Su;6,00\n"

    assert orders(written(tmp_path, text)).frame.collect()["customer_id"].n_unique() == 2
