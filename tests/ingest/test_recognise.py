"""What a file is taken for: kind, platform and the meaning of its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.errors import ColumnMissing, KindMismatch, UsageError
from loyalty.ingest.catalogue import How, catalogue, key
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognise import recognise
from loyalty.ingest.recognition import Known, Recognition
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import QUESTIONS

EXPORTS = Path(__file__).resolve().parents[1] / "exports"


def opened(source: Source) -> RawFile:
    [file] = open_files(source)
    return file


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def seen(path: str, kind: Kind | None = None, **said: object) -> dict[str, str]:
    """Return canonical column to the headers it is made of."""
    source = Source((path,), **said)
    file = opened(source)
    recognition = recognise(file, source, kind)
    return {
        name: "+".join(file.headers[int(column[1:])] for column in use.columns)
        for name, use in recognition.columns.items()
    }


def taken_for(name: str, kind: Kind | None = None) -> Recognition:
    source = Source((str(EXPORTS / name),))
    return recognise(opened(source), source, kind)


@pytest.mark.parametrize(
    ("name", "kind", "platform"),
    [
        ("shopify_orders.csv", Kind.ORDERS, "shopify"),
        ("woocommerce_orders_advanced_export.csv", Kind.ORDERS, "woocommerce"),
        ("amazon_all_orders.txt", Kind.ORDERS, "amazon"),
        ("trendyol_siparisler.csv", Kind.ORDERS, "trendyol"),
        ("trendyol_finans.csv", Kind.ORDERS, "trendyol-finance"),
        ("ikas_siparisler.csv", Kind.ORDERS, "ikas"),
        ("ideasoft_siparisler.csv", Kind.ORDERS, "ideasoft"),
        ("tr_excel_orders_cp1254.csv", Kind.ORDERS, None),
        ("tr_excel_serial_dates.csv", Kind.ORDERS, None),
        ("tr_excel_unicode_text.txt", Kind.ORDERS, None),
        ("us_excel_orders.csv", Kind.ORDERS, None),
        ("delighted_responses.csv", Kind.SURVEYS, "delighted"),
        ("surveymonkey_condensed.csv", Kind.SURVEYS, "surveymonkey"),
        ("google_forms_nps.csv", Kind.SURVEYS, "google-forms"),
        ("google_forms_tr.csv", Kind.SURVEYS, "google-forms"),
        ("qualtrics_nps_cli.csv", Kind.SURVEYS, "qualtrics"),
        ("zendesk_tickets.csv", Kind.TICKETS, "zendesk"),
        ("googleplay_reviews.csv", Kind.MENTIONS, "google-play"),
        ("tr_marka_bahisleri.csv", Kind.MENTIONS, None),
        ("shopify_customers.csv", Kind.CUSTOMERS, "shopify-customers"),
        ("shopify_customers_legacy.csv", Kind.CUSTOMERS, "shopify-customers-legacy"),
        ("tr_customers.csv", Kind.CUSTOMERS, None),
        ("smileio_customers.csv", Kind.CUSTOMERS, "smile-io"),
        ("smileio_points_import.csv", Kind.POINTS, "smile-io-points"),
        ("yotpo_customers.csv", Kind.CUSTOMERS, "yotpo"),
        ("openloyalty_members.csv", Kind.CUSTOMERS, "open-loyalty"),
        ("openloyalty_unit_transfers.csv", Kind.POINTS, "open-loyalty-transfers"),
        ("talonone_customer_balances.csv", Kind.POINTS, "talon-one"),
        ("tr_puan_hareketleri.csv", Kind.POINTS, None),
    ],
)
def test_every_export_is_recognised_without_being_told(name: str, kind: Kind, platform: str | None) -> None:
    recognition = taken_for(name)

    assert recognition.kind is kind
    assert (recognition.platform.id if recognition.platform else None) == platform
    assert 0.5 < recognition.confidence <= 1


def test_every_fixture_is_in_the_table_above() -> None:
    table = test_every_export_is_recognised_without_being_told.pytestmark[0].args[1]
    exports = {path.name for path in EXPORTS.iterdir() if path.suffix != ".json"}

    assert {name for name, *_ in table} == exports


def test_turkish_headers_match_however_they_are_written(tmp_path: Path) -> None:
    path = written(tmp_path, "MÜŞTERİ NO;siparis_no;Sipariş-Tarihi;TUTAR (TL)\n7;A1;2026-01-02;10,50\n")

    assert seen(path, Kind.ORDERS) == {
        "customer_id": "MÜŞTERİ NO",
        "order_id": "siparis_no",
        "ordered_at": "Sipariş-Tarihi",
        "amount": "TUTAR (TL)",
    }


@pytest.mark.parametrize(
    ("header", "meanings", "reason"),
    [
        ("Sipariş No,Paket No,Sipariş Tarihi,Teslim Tarihi,Tutar", {"order_id": "Sipariş No"}, "a parcel is no order"),
        ("Sipariş No,Teslim Tarihi,Sipariş Tarihi", {"ordered_at": "Sipariş Tarihi"}, "delivery is not ordering"),
        ("master_id,sample_id,date,cds,amount", {"customer_id": "master_id"}, "the preferred of two ids"),
        ("Müşteri,Müşteri No,Tarih,Tutar", {"customer_id": "Müşteri No"}, "a number rather than a name"),
        ("Müşteri No,Sipariş No,Tarih,Tutar,Tutar", {"amount": "Tutar"}, "the first of equal headers"),
        ("InvoiceNo,InvoiceDate,UnitPrice,Quantity,CustomerID", {"amount": "UnitPrice+Quantity"}, "price by quantity"),
        ("Id,Date,Price", {"order_id": "Id", "amount": "Price"}, "one row per id: an order"),
        ("Sipariş No,Tarih,Satış Tutarı,İndirim", {"amount": "Satış Tutarı+İndirim"}, "gross less discount"),
        ("Evrak Tarihi,Evrak Sıra,Cari Kod,KDV Dahil Tutar", {"order_id": "Evrak Sıra"}, "an ERP"),
        ("Date,Transaction ID,Gross,Fee,Net", {"amount": "Gross"}, "what is left after the fee is not what was spent"),
        ("Sipariş No,Tarih,Satış Tutarı,Komisyon,Net Tutar", {"amount": "Satış Tutarı"}, "nor after a commission"),
        ("Date,Transaction ID,Gross,Net", {"amount": "Net"}, "no fee: after discounts or tax"),
        ("Sales Document,Document Date,Sold-to party,Net Value", {"customer_id": "Sold-to party"}, "another"),
    ],
)  # fmt: skip
def test_which_column_is_taken(tmp_path: Path, header: str, meanings: dict[str, str], reason: str) -> None:
    path = written(tmp_path, f"{header}\n{','.join('1' for _ in header.split(','))}\n")

    found = seen(path, Kind.ORDERS)

    assert {name: found.get(name) for name in meanings} == meanings, reason


def test_an_id_that_comes_back_is_a_customer(tmp_path: Path) -> None:
    path = written(tmp_path, "Id,Date,Price\n1,2026-01-02,10\n1,2026-02-02,12\n2,2026-02-03,9\n")

    assert seen(path, Kind.ORDERS)["customer_id"] == "Id"


def test_what_the_user_says_wins(tmp_path: Path) -> None:
    path = written(tmp_path, "No,Kod,Sipariş Tarihi,Net,Tutar\n7,A1,2026-01-02,9,10\n")
    mapping = {"customer_id": "no", "order_id": "#2", "amount": "Net"}

    found = seen(path, Kind.ORDERS, mapping=mapping)

    assert found == {"customer_id": "No", "order_id": "Kod", "amount": "Net", "ordered_at": "Sipariş Tarihi"}


def test_mapping_names_the_right_column_of_a_known_platform() -> None:
    found = seen(str(EXPORTS / "shopify_orders.csv"), Kind.ORDERS, mapping={"amount": "Total"})

    assert found["amount"] == "Total"
    assert found["customer_id"] == "Email+Phone"


def test_a_mapped_header_that_is_absent_is_told_with_the_near_one(tmp_path: Path) -> None:
    path = written(tmp_path, "Müşteri No,Sipariş Tarihi,Tutar\n7,2026-01-02,10\n")

    with pytest.raises(ColumnMissing) as raised:
        seen(path, Kind.ORDERS, mapping={"amount": "Tutr", "order_id": "#9"})

    assert "no column 'Tutr' for amount; did you mean \"Tutar\"?" in str(raised.value)
    assert "no column '#9' for order_id" in str(raised.value)
    assert "the headers are Müşteri No, Sipariş Tarihi, Tutar" in str(raised.value)


def test_a_mapped_name_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    path = written(tmp_path, "Müşteri No,Sipariş Tarihi,Tutar\n7,2026-01-02,10\n")

    with pytest.raises(UsageError, match='amuont is no column of orders; did you mean "amount"'):
        seen(path, Kind.ORDERS, mapping={"amuont": "Tutar"})


def test_a_needed_column_that_is_missing_says_what_to_type(tmp_path: Path) -> None:
    path = written(tmp_path, "Müşteri No,Gelir Tarihçesi,Tutar\n7,2026-01-02,10\n")

    with pytest.raises(ColumnMissing) as raised:
        seen(path, Kind.ORDERS)

    assert "no column was recognised as ordered_at" in str(raised.value)
    assert "the headers are Müşteri No, Gelir Tarihçesi, Tutar" in str(raised.value)
    assert "--map ordered_at=Header" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "needed", "said"),
    [
        ("delighted_responses.csv", Kind.ORDERS, "looks like a survey (Delighted); orders are needed here"),
        ("trendyol_siparisler.csv", Kind.SURVEYS, "looks like orders (Trendyol siparişler); a survey is needed here"),
        ("tr_puan_hareketleri.csv", Kind.ORDERS, "looks like a points ledger; orders are needed here"),
        ("tr_customers.csv", Kind.ORDERS, "looks like a list of customers; orders are needed here"),
        ("tr_excel_orders_cp1254.csv", Kind.SURVEYS, "looks like orders; a survey is needed here"),
        ("googleplay_reviews.csv", Kind.SURVEYS, "looks like mentions or reviews (Google Play)"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(name: str, needed: Kind, said: str) -> None:
    with pytest.raises(KindMismatch) as raised:
        taken_for(name, needed)

    assert said in str(raised.value)


def test_a_person_and_a_date_do_not_make_orders_of_a_survey(tmp_path: Path) -> None:
    """Retention of those who answered would look like that of customers; a visit has nothing that speaks against it."""
    answers = (
        "Müşteri;Bizi bir arkadaşınıza önerme olasılığınız nedir?;Tarih\nA;9;01.08.2026\nB;10;02.08.2026\n"
    )
    path = written(tmp_path, answers)
    with pytest.raises(KindMismatch, match="looks like a survey; orders are needed here"):
        seen(path, Kind.ORDERS)
    assert seen(path, Kind.ORDERS, mapping={"ordered_at": "Tarih"})["customer_id"] == "Müşteri"
    path = written(tmp_path, "Müşteri;Kasa;Tarih\nA;9;01.08.2026\nB;10;02.08.2026\n")
    assert seen(path, Kind.ORDERS)["ordered_at"] == "Tarih"


def test_naming_a_column_overrides_the_kind_of_the_platform() -> None:
    path = str(EXPORTS / "googleplay_reviews.csv")

    assert seen(path, Kind.SURVEYS, mapping={"nps": "Star Rating"})["nps"] == "Star Rating"


def test_a_preset_is_used_and_an_unknown_one_told(tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Email,Created at,Subtotal\n#1,a@example.com,2026-01-02 10:00:00,10\n")

    assert seen(path, Kind.ORDERS, preset="shopify")["order_id"] == "Name"
    with pytest.raises(UsageError, match="no layout 'shopfy'; did you mean \"shopify\""):
        seen(path, Kind.ORDERS, preset="shopfy")


def test_nothing_recognisable_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\nx,y\n")

    with pytest.raises(KindMismatch, match="what these rows are about cannot be recognised"):
        seen(path)


def test_without_a_header_nothing_is_guessed(tmp_path: Path) -> None:
    """The first column holds whole numbers from 0 to 10, and yet is no score."""
    path = written(tmp_path, "000001;S1;02.01.2026;5,50\n000002;S2;03.01.2026;7,00\n")

    with pytest.raises(KindMismatch) as raised:
        seen(path)

    assert "its first row is #1 000001, #2 S1, #3 02.01.2026, #4 5,50" in str(raised.value)
    assert "--map customer_id=#1 --map ordered_at=#2" in str(raised.value.hint)
    mapping = {"customer_id": "#1", "order_id": "#2", "ordered_at": "#3", "amount": "#4"}
    assert set(seen(path, mapping=mapping)) == set(mapping)


def test_orders_without_a_known_date_are_no_customers(tmp_path: Path) -> None:
    path = written(tmp_path, "Sipariş No,Müşteri No,Teslim Tarihi,Tutar\n1,A,02.01.2026,5\n")

    with pytest.raises(ColumnMissing, match="no column was recognised as ordered_at"):
        seen(path)


@pytest.mark.parametrize(
    "text",
    [
        "Müşteri No,Tarih,Kanal adı\n1,02.01.2026,Web\n",
        "Email,Colour\na@x.y,red\n",
        "customer_id,recency,frequency,monetary\n1,10,3,150.5\n2,20,1,50.5\n",  # counts are no answers
        "Sicil No,Departman\n7,Satış\n8,Satış\n9,Depo\n",  # nor are numbers that just go on
        "Email,Invited At,Responded\na@x.y,2026-01-02,1\nb@x.y,2026-01-02,0\n",  # nor is yes and no
    ],
)
def test_what_is_nothing_in_particular_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(KindMismatch, match="what these rows are about cannot be recognised"):
        seen(written(tmp_path, text))


@pytest.mark.parametrize(
    ("header", "question"),
    [
        ("How likely is it that you would recommend us to a friend?", "nps"),
        ("Bizi bir arkadaşınıza önerme olasılığınız nedir? (0-10)", "nps"),
        ("Markamızı tavsiye eder misiniz?", "nps"),
        ("BIZI ARKADASINIZA ONERME OLASILIGINIZ", "nps"),
        ("Bizi başkalarına ne kadar öneriyorsunuz?", "nps"),
        ("How probable is it that you would tell your friends about us?", "nps"),
        ("How happy are you with our service?", "csat"),
        ("How would you rate your overall experience?", "csat"),
        ("Alışveriş deneyiminizi nasıl puanlarsınız?", "csat"),
        ("The company made it easy for me to handle my issue", "ces"),
        ("Sorununuzu çözmek ne kadar kolay oldu?", "ces"),
        ("Bizi tekrar tercih eder misiniz?", "cli_repurchase"),
        ("How likely are you to come back?", "cli_repurchase"),
        ("How satisfied were you with delivery?", "csat"),
        ("Genel memnuniyetiniz nedir?", "csat"),
        ("How easy was it to solve your problem?", "ces"),
        ("I am likely to buy again", "cli_repurchase"),
        ("Tekrar alışveriş yapmayı düşünür müsünüz?", "cli_repurchase"),
        ("Would you try other products of ours?", "cli_try_other"),
        ("Diğer ürünlerimizi denemeyi düşünür müsünüz?", "cli_try_other"),
    ],
)
def test_questions_are_told_by_their_meaning(tmp_path: Path, header: str, question: str) -> None:
    path = written(tmp_path, f'respondent_id,"{header}"\nR1,5\nR2,4\nR3,0\n')

    assert seen(path, Kind.SURVEYS)[question] == header


def test_a_person_and_a_date_with_nothing_beside_are_a_log_of_purchases(tmp_path: Path) -> None:
    assert set(seen(written(tmp_path, "cust,date\n1,2026-01-02\n1,2026-02-02\n"))) == {
        "customer_id",
        "ordered_at",
    }


@pytest.mark.parametrize("named", ["tab", ","])
def test_columns_that_are_cut_in_the_wrong_place_need_no_names(named: str, tmp_path: Path) -> None:
    """As Excel in Turkish writes them; with --delimiter ';', or without, they are orders."""
    path = written(
        tmp_path, "Sipariş No;Müşteri;Sipariş Tarihi;Tutar\n1;A;01.08.2026;5,50\n2;B;02.08.2026;6,50\n"
    )
    with pytest.raises(ColumnMissing) as raised:
        seen(path, Kind.ORDERS, delimiter=named)
    assert raised.value.hint == (
        "';' stands between the names of the columns: leave out --delimiter, or type --delimiter ';'."
    )
    assert seen(path, Kind.ORDERS, delimiter=";") == seen(path, Kind.ORDERS)
    with pytest.raises(KindMismatch, match="leave out --delimiter"):
        seen(path, delimiter=named)


def test_garbled_headers_are_told_from_unknown_ones(tmp_path: Path) -> None:
    text = "Müşteri No;Sipariş No;Sipariş Tarihi;Tutar\n1;2;02.01.2026;5,00\n"
    path = written(tmp_path, text.encode().decode("cp1252", errors="replace"))

    with pytest.raises(ColumnMissing) as raised:
        seen(path, Kind.ORDERS)

    assert "garbled before the file was saved" in str(raised.value.hint)


def test_a_bank_statement_is_no_points_ledger(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="no column was recognised as customer_id or order_id"):
        seen(written(tmp_path, "Tarih;Açıklama;Tutar;Bakiye\n02.01.2026;EFT;1.000,00;5.000,00\n"))


def test_a_rated_price_is_no_price(tmp_path: Path) -> None:
    text = "Tarih,Müşteri No,Hız,Fiyat,Personel,Yorum\n02.01.2026,1,5,4,3,iyi\n03.01.2026,2,1,4,5,kötü\n"

    assert "unit_price" not in seen(written(tmp_path, text))
    assert seen(written(tmp_path, "Id,Date,Price\n7,2026-01-02,5\n8,2026-01-03,6\n"))["amount"] == "Price"


def test_a_rating_of_an_order_is_no_order(tmp_path: Path) -> None:
    path = written(tmp_path, "Order ID,Customer,Rating,Date\n1,u1,5,2026-01-02\n2,u2,1,2026-01-03\n")

    assert seen(path)["nps"] == "Rating"


@pytest.mark.parametrize(
    "header",
    ["What could we do better?", "How can we improve?", "Tell us more", "Do you have any suggestions?",
     "Bizi tavsiye etmemenizin sebebi nedir?", "Bu puanı vermenizin nedeni", "Bize iletmek istedikleriniz",
     "Neyi daha iyi yapabiliriz?", "Görüş ve önerileriniz"],
)  # fmt: skip
def test_open_questions_are_comments(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f'NPS,"{header}"\n9,\n3,kargo geç geldi\n10,\n')

    assert seen(path, Kind.SURVEYS) == {"nps": "NPS", "comment": header}


@pytest.mark.parametrize(
    "header",
    ["What is your email?", "E-posta adresinizi yazınız", "Müşteri numaranız nedir?", "Customer number"],
)
def test_who_answered_may_be_asked(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f'"{header}",Bizi önerir misiniz?\nC-001,9\nC-002,3\n')

    assert seen(path, Kind.SURVEYS)["respondent_id"] == header


@pytest.mark.parametrize("header", ["May we e-mail you?", "E-posta ile bülten almak ister misiniz?"])
def test_leave_to_write_is_no_address(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f'"{header}",Bizi önerir misiniz?\nEvet,9\nHayır,3\n')

    assert "respondent_id" not in seen(path, Kind.SURVEYS)


def test_why_did_you_is_a_comment_not_a_score(tmp_path: Path) -> None:
    header = "What is the reason that you would (not) recommend us?"
    path = written(tmp_path, f'Score,"{header}"\n9,good\n3,slow\n')

    assert seen(path, Kind.SURVEYS) == {"nps": "Score", "comment": header}


def test_three_items_on_a_short_scale_are_the_loyalty_index(tmp_path: Path) -> None:
    text = "id,Would recommend us,Would buy again,Would try other products\n1,5,6,4\n2,6,5,3\n"

    found = seen(written(tmp_path, text), Kind.SURVEYS)

    assert found["cli_recommend"] == "Would recommend us"
    assert "nps" not in found


@pytest.mark.parametrize(
    "answers",
    ["9,5,6,4\n8,9,5,3\n10,6,6,6", "7,5,6,4\n6,6,5,3"],
    ids=["a typing error on the short scale", "nobody beyond 7 on the long one"],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_scale_that_a_question_names_tells_it_from_others(
    tmp_path: Path, answers: str, turned: bool
) -> None:
    lines = [
        "How likely are you to recommend us? (0-10),I would recommend (1-6),Would buy again,Try other products"
    ]
    cells = [line.split(",") for line in [*lines, *answers.splitlines()]]
    text = "\n".join(",".join(reversed(line) if turned else line) for line in cells)

    found = seen(written(tmp_path, text + "\n"), Kind.SURVEYS)

    assert (found["nps"], found["cli_recommend"]) == (cells[0][0], cells[0][1])


def test_beside_a_question_from_0_to_10_the_items_stay_items(tmp_path: Path) -> None:
    text = "id,Likely to recommend (0-10),Would buy again,Would try other products\n1,5,6,4\n2,6,5,3\n"

    assert seen(written(tmp_path, text), Kind.SURVEYS)["nps"] == "Likely to recommend (0-10)"


def test_the_group_column_beside_the_score_is_not_the_score() -> None:
    assert seen(str(EXPORTS / "qualtrics_nps_cli.csv"))["nps"] == "Q1"


def test_one_column_of_numbers_from_0_to_10_is_a_score(tmp_path: Path) -> None:
    source = Source((written(tmp_path, "Mağaza,Verilen\nKadıköy,10\nÇankaya,3\n"),))

    recognition = recognise(opened(source), source, Kind.SURVEYS)

    assert recognition.columns["nps"].known is Known.CONTENT


def test_date_and_time_in_two_columns_are_joined(tmp_path: Path) -> None:
    source = Source((written(tmp_path, "Tarih,Saat,Sipariş No,Tutar\n2026-01-02,10:30,A1,5\n"),))

    assert recognise(opened(source), source, Kind.ORDERS).columns["ordered_at"].how is How.JOIN


def test_unknown_status_words_are_listed(tmp_path: Path) -> None:
    source = Source(
        (written(tmp_path, "Order ID,Date,Status\n1,2026-01-02,paid\n2,2026-01-03,quarantined\n"),)
    )

    assert recognise(opened(source), source, Kind.ORDERS).unknown_words == ("quarantined",)


def test_the_catalogue_is_consistent() -> None:
    known = catalogue()

    assert len({platform.id for platform in known.platforms}) == len(known.platforms)
    for kind, names in known.mappable.items():
        assert set(names) <= set(known.kinds[kind]), kind
    assert set(QUESTIONS) <= set(known.kinds[Kind.SURVEYS])
    for kind, columns in known.kinds.items():
        for name, names in columns.items():
            keys = [key(header) for header in names.headers]
            assert names.whole_order | names.stars <= set(keys), (kind, name)
            assert all(keys), (kind, name)


@pytest.mark.parametrize(
    ("header", "opened_at", "solved_at"),
    [
        ("Ticket ID,Status,Agent,Created time,Resolved time,Initial response time", "Created time", "Resolved time"),
        ("Ticket ID,Ticket owner,Create date,Close date", "Create date", "Close date"),
        ("Conversation ID,Conversation started at (UTC),Teammate,First closed at", "Conversation started at (UTC)",
         "First closed at"),
        ("Ticket ID,Ticket created - Timestamp,Ticket solved - Timestamp,Assignee name", "Ticket created - Timestamp",
         "Ticket solved - Timestamp"),
    ],
)  # fmt: skip
def test_help_desks_call_their_columns_by_many_names(
    tmp_path: Path, header: str, opened_at: str, solved_at: str
) -> None:
    path = written(tmp_path, f"{header}\n{','.join('1' for _ in header.split(','))}\n")

    found = seen(path, Kind.TICKETS)

    assert (found["created_at"], found["solved_at"]) == (opened_at, solved_at)
