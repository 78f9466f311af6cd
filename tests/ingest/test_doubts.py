"""Columns that could mean two things: settled by the values, or said to the user."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.audit import audit
from loyalty.ingest.opening import open_files
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import Orders, ValueOn


def written(tmp_path: Path, text: str, name: str = "export.csv") -> Source:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Source((str(path),))


def taken_for(source: Source) -> Recognition:
    [file] = open_files(source)
    return recognise(file, source, None)


def orders(source: Source) -> Orders:
    table = read(Kind.ORDERS, source)
    assert isinstance(table, Orders)
    return table


@pytest.mark.parametrize(
    ("text", "kind", "meaning"),
    [
        ("Müşteri No;Tarih;Puan\nA;01.02.2026;9\nB;02.02.2026;10\n", Kind.SURVEYS, "nps"),
        ("Müşteri No;Tarih;Puan\nA;01.02.2026;1.250\nB;02.02.2026;300\nC;03.02.2026;-75\n", Kind.POINTS, "points"),
        ("Kart No;İşlem Tarihi;Puan\nA;01.02.2026;250\nB;02.02.2026;5\nC;03.02.2026;75\n", Kind.POINTS, "points"),
        # Small numbers, but only a ledger has kinds of movements.
        ("Kart No;Tarih;İşlem Tipi;Puan\nA;01.02.2026;Kazanım;5\n", Kind.POINTS, "points"),
    ],
)  # fmt: skip
def test_puan_is_a_score_or_points(tmp_path: Path, text: str, kind: Kind, meaning: str) -> None:
    recognition = taken_for(written(tmp_path, text))

    assert recognition.kind is kind
    assert meaning in recognition.columns


def test_an_amount_from_0_to_10_is_no_answer(tmp_path: Path) -> None:
    """Nothing but the amount is a small number, and its header says that it is an amount."""
    source = written(tmp_path, "Şehir;Tarih;Müşteri No;Tutar\nİzmir;01.02.2026;A;5\nMuş;02.02.2026;B;7\n")

    assert taken_for(source).kind is Kind.ORDERS


@pytest.mark.parametrize(
    ("text", "meaning", "column"),
    [
        ("Sipariş No;Tarih;Tutar;Tutar\n1;01.02.2026;;5\n", "amount", "c3"),  # the filled one of two
        ("Sipariş No;Tarih;Tutar;Tutar (TL)\n1;01.02.2026;;5\n", "amount", "c3"),
        ("Sipariş No;Sipariş Tarihi;Tarih;Tutar\n1;;01.02.2026;5\n", "ordered_at", "c2"),
        ("Sipariş No;Müşteri No;E-Posta;Tarih\n1;;a@b.c;01.02.2026\n", "customer_id", "c2"),
        ("Sipariş No;Tarih;Tutar;Tutar\n1;01.02.2026;4;5\n", "amount", "c2"),  # the first
    ],
)
def test_an_empty_column_gives_way(tmp_path: Path, text: str, meaning: str, column: str) -> None:
    assert taken_for(written(tmp_path, text)).columns[meaning].columns == (column,)


def test_two_amounts_under_one_header_are_told(tmp_path: Path) -> None:
    text = "Sipariş No;Müşteri No;Tarih;Tutar;Tutar\n1;A;01.02.2026;5,00;150,00\n"

    assert "amount_twice" in taken_for(written(tmp_path, text)).reasons
    assert "amount_twice" not in taken_for(written(tmp_path, text.replace("150,00", "5,00"))).reasons


def test_amounts_with_and_without_tax_are_told(tmp_path: Path) -> None:
    recognition = taken_for(
        written(
            tmp_path, "Sipariş No;Tarih;Tutar (KDV Hariç);Tutar (KDV Dahil)\n1;01.02.2026;100,00;120,00\n"
        )
    )

    assert recognition.columns["amount"].columns == ("c3",)
    assert "amount_twice" in recognition.reasons


@pytest.mark.parametrize(
    ("row", "value", "list_value", "why"),
    [
        (
            "40,00;4,00;5,00;2,00;43,00",
            36,
            40,
            "40 − 4 + 5 + 2 = 43: the discount is not off yet, tax comes on top",
        ),
        ("40,00;4,00;5,00;7,00;41,00", 36, 40, "40 − 4 + 5 = 41: the tax is inside"),
        ("40,00;-4,00;5,00;7,00;41,00", 36, 40, "the same, the discount written with a minus"),
        ("36,00;4,00;5,00;7,00;41,00", 36, None, "36 + 5 = 41: the discount is off already"),
        ("40,00;4,00;5,00;2,00;99,00", 99, 40, "it does not add up: the total stays what it is"),
    ],
)
def test_merchandise_is_told_from_shipping_and_tax_where_the_rows_add_up(
    tmp_path: Path, row: str, value: int, list_value: int | None, why: str
) -> None:
    header = "Sipariş No;Tarih;Müşteri No;Ara Toplam;İndirim;Kargo Ücreti;KDV;Genel Toplam"
    other = "2;02.02.2026;B;50,00;0,00;5,00;0,00;55,00\n"

    frame = orders(written(tmp_path, f"{header}\n1;01.02.2026;A;{row}\n{other}")).frame.collect()

    first = frame.select("value", "list_value").row(0)
    assert first == (Decimal(value), Decimal(list_value) if list_value else None), why


def test_a_discount_with_a_minus_is_taken_off_all_the_same(tmp_path: Path) -> None:
    text = "Sipariş No;Tarih;Ürün Kodu;Satış Tutarı;İndirim\n1;01.02.2026;K;100,00;-10,00\n2;02.02.2026;K;80,00;\n"

    assert orders(written(tmp_path, text)).frame.collect()["value"].to_list() == [Decimal(90), Decimal(80)]


@pytest.mark.parametrize(
    ("prices", "amounts"),
    [
        (
            ("50,00", "50,00", "30,00"),
            (100, 50, 90),
        ),  # one price of K1 whatever the pieces: price times pieces
        (
            ("100,00", "50,00", "90,00"),
            (100, 50, 90),
        ),  # two pieces of K1 cost twice as much: it is the line's
    ],
)
def test_a_selling_price_is_that_of_a_piece_or_of_the_line(
    tmp_path: Path, prices: tuple[str, ...], amounts: tuple[int, ...]
) -> None:
    lines = zip("123", ("K1", "K1", "K2"), (2, 1, 3), prices, strict=True)
    text = "".join(f"{order};01.02.2026;{sku};{pieces};{price}\n" for order, sku, pieces, price in lines)

    rows = orders(written(tmp_path, f"Sipariş No;Tarih;Ürün Kodu;Adet;Satış Fiyatı\n{text}")).frame.collect()

    assert rows["value"].to_list() == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (("Ada Su", "J. DOE", "Ayşe Nur Öz"), True),
        (("M-001", "M-002", "M-003"), False),
        (("1", "2", "3"), False),
    ],
)
def test_a_customer_is_a_name_or_a_number(tmp_path: Path, cells: tuple[str, ...], named: bool) -> None:
    text = "".join(f"{order};01.02.2026;{cell};5,00\n" for order, cell in enumerate(cells))

    reasons = taken_for(written(tmp_path, f"Sipariş No;Tarih;Müşteri;Tutar\n{text}")).reasons

    assert ("customer_by_name" in reasons) is named


def test_addresses_made_up_for_each_order_tell_no_customer(tmp_path: Path) -> None:
    text = "".join(f"{order};01.02.2026;Ada Su;pf+{order}@trendyolmail.com;5,00\n" for order in range(3))

    recognition = taken_for(written(tmp_path, f"Sipariş No;Tarih;Alıcı;E-Posta;Tutar\n{text}"))

    assert recognition.columns["customer_id"].columns == ("c2",)
    assert "customer_by_name" in recognition.reasons


def test_customer_0_is_a_guest_where_an_address_says_who_it_was(tmp_path: Path) -> None:
    lines = "1;0;Ada@x.y;01.02.2026;5\n2;0;ece@x.y;01.02.2026;5\n3;55;e@x.y;01.02.2026;5\n"
    source = written(tmp_path, f"Sipariş No;Üye ID;Mail;Tarih;Tutar\n{lines}")

    assert "guests_by_email" in taken_for(source).reasons
    assert orders(source).frame.collect()["customer_id"].to_list() == ["ada@x.y", "ece@x.y", "55"]


def test_customer_0_without_an_address_stays(tmp_path: Path) -> None:
    source = written(tmp_path, "Sipariş No;Üye ID;Tarih;Tutar\n1;0;01.02.2026;5\n2;1;01.02.2026;5\n")

    assert orders(source).frame.collect()["customer_id"].to_list() == ["0", "1"]


# --- customers who never return


def never_returning(count: int) -> str:
    """Every order has a customer of its own; the addresses come back."""
    lines = (
        f"o{place};c{place};{1 + place % 28:02}.01.2026;10;m{place % 150}@x.y\n" for place in range(count)
    )
    return "Sipariş No;Müşteri No;Tarih;Tutar;E-Posta\n" + "".join(lines)


def test_customers_who_never_return_are_told_with_a_better_column(tmp_path: Path) -> None:
    recognition = taken_for(written(tmp_path, never_returning(300)))

    assert "customers_never_return" in recognition.reasons
    assert recognition.instead == "E-Posta"
    assert "customers_never_return" not in taken_for(written(tmp_path, never_returning(199))).reasons


def test_the_better_column_may_stand_in_another_file(tmp_path: Path) -> None:
    """As Olist: the customer id is one per order; the list of customers says who is the same person."""
    ids = range(300)
    first = written(
        tmp_path,
        "order_id,customer_id,order_purchase_timestamp,order_delivered_customer_date\n"
        + "".join(f"o{place},c{place},2026-01-{1 + place % 28:02} 10:00:00,\n" for place in ids),
        "orders.csv",
    )
    second = written(
        tmp_path,
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city\n"
        + "".join(f"c{place},u{place % 250},{place % 9},izmir\n" for place in ids),
        "customers.csv",
    )

    result = audit([(None, Source((*first.paths, *second.paths)))]).result

    [table] = [found for found in result.tables if found.name == "file"]
    told = {name: value for path, name, value in table.rows if path == first.paths[0]}
    assert told["better_customer"] == f"{second.paths[0]}: customer_unique_id"


# --- lines of one order


def test_lines_that_leave_number_and_date_to_the_first(tmp_path: Path) -> None:
    """Merged cells, or WooCommerce with "populate other columns" off."""
    text = (
        "Sipariş No;Tarih;Müşteri No;Ürün Adı;Adet;Tutar\n"
        "1;01.02.2026;A;Mug;1;30,00\n"
        ";;;Tea;2;\n"
        "2;02.02.2026;;Mug;1;10,00\n"  # a guest, not the customer of the order above
        "2;;;Tea;1;\n"  # the number stands there, the date does not
        "3;;C;Tea;1;4,00\n"  # an order without a date
        "TOPLAM;;;;;44,00\n"
    )

    rows = orders(written(tmp_path, text)).frame.collect()

    assert rows.select("row", "fault", "order_id", "customer_id", "day", "value").rows() == [
        (2, None, "1", "A", date(2026, 2, 1), Decimal(30)),
        (3, None, "1", "A", date(2026, 2, 1), None),
        (4, None, "2", None, date(2026, 2, 2), Decimal(10)),
        (5, None, "2", None, date(2026, 2, 2), None),
        (6, "missing_date", "3", "C", None, Decimal(4)),
        (7, "footer", "TOPLAM", None, None, Decimal(44)),
    ]


@pytest.mark.parametrize(
    ("price", "stands"),
    [
        ("", ValueOn.REPEATED),  # thirty orders of two rows, one amount on both: the order's
        (";Birim Fiyat", ValueOn.EACH_ROW),  # price times quantity: the row's own
    ],
)
def test_amounts_alike_on_all_rows_of_many_orders(tmp_path: Path, price: str, stands: ValueOn) -> None:
    lines = "".join(
        f"{place // 2};u{place % 3};{7 * (place // 2) + 3},00;02.01.2026;C{place % 4};1"
        + (f";{7 * (place // 2) + 3},00\n" if price else "\n")
        for place in range(60)
    )

    assert (
        orders(
            written(tmp_path, f"Sipariş No;Stok Kodu;Tutar;Tarih;Müşteri No;Adet{price}\n{lines}")
        ).value_on
        is stands
    )


# --- dates


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Tarih;Saat", "01.02.2026;14:30"),
        ("Sipariş Tarihi;Sipariş Saati", "01.02.2026 00:00;14:30"),  # a spreadsheet's midnight
        ("Sipariş Tarihi;Saat", "2026-02-01 14:30;00:00"),  # the time is there already
    ],
)
def test_date_and_time_in_two_columns(tmp_path: Path, header: str, cells: str) -> None:
    source = written(tmp_path, f"Sipariş No;Müşteri No;{header};Tutar\n1;A;{cells};5\n")

    assert orders(source).frame.collect()["ordered_at"].to_list() == [
        datetime.fromisoformat("2026-02-01 14:30")
    ]


@pytest.mark.parametrize(
    "footer",
    ["Rapor tarihi: 03.02.2026;;;", "RAPOR TARİHİ: 03.02.2026", "Rapor Tarihi;03.02.2026;;", ";;GENEL TOPLAM;11,50",
     "Toplam (2 sipariş);;;11,50", "Genel Toplam:;;;11,50", "Report date: 2026-02-03", "KDV;;;1,50"],
)  # fmt: skip
def test_footers(tmp_path: Path, footer: str) -> None:
    text = f"Sipariş No;Müşteri No;Tarih;Tutar\n1;A;01.02.2026;5,00\n2;B;02.02.2026;6,50\n\n{footer}\n"

    assert orders(written(tmp_path, text)).frame.collect()["fault"].to_list() == [None, None, "footer"]


def test_several_files_with_their_columns_in_another_order(tmp_path: Path) -> None:
    first = written(tmp_path, "Sipariş No;Müşteri No;Tarih;Tutar\n1;A;01.02.2026;5,00\n", "a.csv")
    second = written(tmp_path, "TUTAR;TARIH;MUSTERI-NO;Not;SIPARIS_NO\n6,50;02.02.2026;B;x;2\n", "b.csv")

    rows = orders(Source((*first.paths, *second.paths))).frame.collect()

    assert rows.select("order_id", "customer_id", "day", "value").rows() == [
        ("1", "A", date(2026, 2, 1), Decimal(5)),
        ("2", "B", date(2026, 2, 2), Decimal("6.5")),
    ]


@pytest.mark.parametrize(
    ("cells", "taken"), [("No,Yes", False), ("Evet,", False), ("0,1", True), ("2.50,", True)]
)
def test_refunded_may_be_an_amount_or_a_yes(tmp_path: Path, cells: str, taken: bool) -> None:
    first, second = cells.split(",")
    source = written(
        tmp_path, f"Order ID,Date,Amount,Refunded\n1,2026-01-02,10,{first}\n2,2026-01-02,10,{second}\n"
    )
    assert ("refund" in taken_for(source).columns) is taken


@pytest.mark.parametrize(
    "text", ["Tutar;İndirim\n90,00;%10\n80,00;20 %", "Tutar;İndirim (%)\n90,00;10\n80,00;20"]
)
def test_a_rate_is_no_discount(tmp_path: Path, text: str) -> None:
    header, *rows = text.splitlines()
    lines = [
        f"Sipariş No;Müşteri No;Tarih;{header}",
        *(f"{n};A;0{n}.02.2026;{row}" for n, row in enumerate(rows, 1)),
    ]
    source = written(tmp_path, "\n".join(lines) + "\n")
    assert "discount" not in taken_for(source).columns
    assert orders(source).frame.collect()["value"].to_list() == [Decimal(90), Decimal(80)]


@pytest.mark.parametrize(
    ("lines", "values", "why"),
    [
        (("1;K;2;50,00;10,00", "1;L;1;30,00;", "2;K;-1;50,00;5,00"), (90, 30, -45), "each line has its own"),
        (("1;K;2;50,00;-10,00", "1;L;1;30,00;0,00", "2;K;1;50,00;0"), (90, 30, 50), "written with a minus"),
        (("1;K;2;50,00;10,00", "1;L;1;30,00;10,00", "2;K;1;50,00;0"), (100, 30, 50), "the order's, repeated"),
        (
            ("1;K;2;5,00;20", "2;L;1;3,00;20", "3;K;1;5,00;20"),
            (10, 3, 5),
            "more than the line is worth: a rate",
        ),
    ],
)
def test_price_times_quantity_is_before_the_discount_of_the_line(
    tmp_path: Path, lines: tuple[str, ...], values: tuple[int, ...], why: str
) -> None:
    head = "Sipariş No;Ürün Kodu;Adet;Birim Fiyat;İndirim;Tarih\n"
    text = head + "".join(f"{line};01.02.2026\n" for line in lines)

    assert orders(written(tmp_path, text)).frame.collect()["value"].to_list() == list(map(Decimal, values)), (
        why
    )


def test_a_price_at_which_something_was_sold_has_its_discount_off(tmp_path: Path) -> None:
    text = "Sipariş No;Tarih;Ürün Kodu;Adet;Satış Fiyatı;İndirim\n1;01.02.2026;K;2;50,00;10,00\n"

    assert orders(written(tmp_path, text)).frame.collect()["value"].to_list() == [Decimal(100)]


def test_merchandise_is_told_from_shipping_also_where_each_line_repeats_the_sums_of_its_order(
    tmp_path: Path,
) -> None:
    text = """Sipariş No;Tarih;Ürün;Ara Toplam;İndirim;Kargo;Toplam
1;01.02.2026;Kupa;100,00;10,00;20,00;110,00
1;01.02.2026;Çay;100,00;10,00;20,00;110,00
2;02.02.2026;Çay;40,00;0,00;20,00;60,00
"""

    table = orders(written(tmp_path, text))

    assert table.value_on is ValueOn.REPEATED
    assert table.frame.collect()["value"].to_list() == [Decimal(90), Decimal(90), Decimal(40)]


@pytest.mark.parametrize(
    ("header", "words", "status"),
    [
        ("Order Payment State", ("Paid", "Open"), "c3"),
        ("Siparişin Son Durumu", ("Teslim Edildi", "İptal Edildi"), "c3"),
        ("State", ("Texas", "Ohio"), None),  # of the country
        ("Customer status", ("New", "Closed"), None),
        ("Müşteri Durumu", ("Yeni", "Kapalı"), None),
        ("Channel", ("Open", "Sale"), None),
    ],
)
def test_a_status_under_a_header_of_its_own_is_known_by_its_words(
    tmp_path: Path, header: str, words: tuple[str, ...], status: str | None
) -> None:
    rows = "".join(f"{n};0{n}.02.2026;5,00;{word}\n" for n, word in enumerate(words, start=1))

    use = taken_for(written(tmp_path, f"Sipariş No;Tarih;Tutar;{header}\n{rows}")).columns.get("status")

    assert (use.columns[0] if use else None) == status
