"""Customers, points and tickets: what platforms write their own way, and small cases by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.errors import ColumnMissing, InputError, UnreadableDates
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import (
    CUSTOMER_COLUMNS,
    POINT_COLUMNS,
    TICKET_COLUMNS,
    Canonical,
    Holds,
    Points,
    Tickets,
)

EXPORTS = Path(__file__).resolve().parents[1] / "exports"


def fixture(kind: Kind, name: str) -> pl.DataFrame:
    return read(kind, Source((str(EXPORTS / name),))).frame.collect()


def written(tmp_path: Path, kind: Kind, *texts: str, **said: Any) -> Canonical:
    paths = []
    for number, text in enumerate(texts):
        paths.append(tmp_path / f"export{number}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    return read(kind, Source(tuple(map(str, paths)), **said))


# --- customers


def test_smile_io_members_and_the_year_that_is_none() -> None:
    """Candidates and excluded customers are no members; 1004 in a birth date is month and day only."""
    rows = fixture(Kind.CUSTOMERS, "smileio_customers.csv")

    assert rows["is_member"].to_list() == [True] * 8 + [False] * 2
    assert rows["birth_year"].null_count() == rows.height
    assert rows.select("tier", "orders", "lifetime_value", "points_balance").row(1) == (
        "Silver",
        1,
        Decimal("41.5"),
        Decimal(75),
    )


def test_open_loyalty_members() -> None:
    """Yes is 1, no is blank; the tier stands inside JSON."""
    rows = fixture(Kind.CUSTOMERS, "openloyalty_members.csv")

    assert rows["is_active"].sum() == 9
    assert rows["is_active"].null_count() == 0
    assert set(rows["tier"]) == {"Bronze", "Silver", "Gold"}
    assert rows["birth_year"].unique().to_list() == [1988]


def test_an_address_is_the_customer_where_there_is_no_number() -> None:
    rows = fixture(Kind.CUSTOMERS, "shopify_customers_legacy.csv")
    assert (rows["customer_id"] == rows["email"]).all()


def test_turkish_customers() -> None:
    """Leading zeros stay; the day a customer went passive is the day they left."""
    rows = fixture(Kind.CUSTOMERS, "tr_customers.csv")

    assert rows["customer_id"][0] == "000001"
    assert rows["left_at"].drop_nulls().to_list() == [datetime.fromisoformat("2025-01-15")]
    assert rows.select("created_at", "birth_year").row(1) == (datetime.fromisoformat("2023-02-02"), 1971)


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("SUBSCRIBED", True),
        ("Onaylı", True),
        ("NEVER_SUBSCRIBED", False),
        ("nonSubscribed", False),
        ("bounced", None),  # it says yes under "Bounced", and nothing about consent
        ("cleaned", None),
    ],
)
def test_consent_in_the_words_of_mailing_tools(tmp_path: Path, said: str, agreed: bool | None) -> None:
    rows = written(tmp_path, Kind.CUSTOMERS, f"Email,First Name,Email Status\na@example.com,A,{said}\n")

    assert rows.frame.collect()["consent_email"].to_list() == [agreed]


def test_rows_that_are_no_customer(tmp_path: Path) -> None:
    text = "Customer ID,Email,Registered At\n1,a@example.com,2026-01-01\n,,2026-01-01\nTOPLAM,,\n"
    rows = written(tmp_path, Kind.CUSTOMERS, text).frame.collect()

    assert rows["fault"].to_list() == [None, "missing_customer", "footer"]
    assert rows.schema == pl.Schema(CUSTOMER_COLUMNS)


@pytest.mark.parametrize(
    "said",
    [
        "Grand Totals (1 records)",
        "Confidential Information - Do Not Distribute",
        "Copyright (c) 2000-2026 x, inc.",
    ],
)
def test_what_salesforce_writes_below_a_report_is_no_customer(tmp_path: Path, said: str) -> None:
    text = f"Contact ID,Email,Created Date\n1,a@example.com,2026-01-01\n{said},,\n"

    assert written(tmp_path, Kind.CUSTOMERS, text).frame.collect()["fault"].to_list() == [None, "footer"]


# --- points

LEDGER = "Member ID,Transaction Date,Transaction Type,Points\n"


def entries(tmp_path: Path, *rows: str) -> pl.DataFrame:
    return written(tmp_path, Kind.POINTS, LEDGER + "\n".join(rows) + "\n").frame.collect()


def test_the_type_gives_the_sign_where_the_file_writes_none(tmp_path: Path) -> None:
    rows = entries(
        tmp_path, "m1,2026-01-01,earn,100", "m1,2026-01-02,redeem,30", "m1,2026-01-03,adjustment,5"
    )
    assert rows["points"].to_list() == [100, -30, 5]
    assert rows["type"].to_list() == ["earn", "redeem", "adjust"]


def test_a_sign_that_contradicts_the_type_is_a_fault(tmp_path: Path) -> None:
    """One minus shows that the file writes signs: then "redeem 30" is no spending."""
    rows = entries(tmp_path, "m1,2026-01-01,earn,100", "m1,2026-01-02,redeem,-30", "m1,2026-01-03,redeem,30")
    assert rows["fault"].to_list() == [None, None, "wrong_sign"]


def test_open_loyalty_transfers() -> None:
    """Points have no sign, a cancelled transfer does not count, a locked one is pending."""
    rows = fixture(Kind.POINTS, "openloyalty_unit_transfers.csv")

    assert rows.filter(pl.col("fault").is_not_null()).select("row", "fault").rows() == [
        (15, "cancelled_entry")
    ]
    assert rows.filter(pl.col("is_pending"))["points"].to_list() == [120]
    assert rows.filter(pl.col("type") == "redeem")["points"].unique().to_list() == [-100]


def test_earned_and_spent_in_two_columns() -> None:
    """1.250 is twelve hundred and fifty points; the balance beside them is the file's own."""
    rows = fixture(Kind.POINTS, "tr_puan_hareketleri.csv")

    assert rows.select("type", "points", "balance").head(5).rows() == [
        ("earn", 1250, 1250),
        ("earn", 340, 340),
        ("redeem", -500, -500),
        ("bonus", 200, 200),
        ("expire", -150, -150),
    ]
    assert rows["member_id"][0] == "6032000000000000"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("m1,,earn,10", "missing_date"),
        ("m1,2026-13-01,earn,10", "unreadable_date"),
        (",2026-01-02,earn,10", "missing_member"),
        ("m1,2026-01-02,earn,", "missing_points"),
        ("m1,2026-01-02,earn,many", "missing_points"),
        ("TOPLAM,,,10", "footer"),
    ],
)
def test_entries_that_cannot_be_used(tmp_path: Path, row: str, fault: str) -> None:
    rows = entries(tmp_path, "m1,2026-01-01,earn,100", row)
    assert rows["fault"].to_list() == [None, fault]
    assert rows.schema == pl.Schema(POINT_COLUMNS)


RUNNING = "member_id,when,delta,balance\n1,2026-10-01,100,100\n1,2026-10-05,-40,60\n2,2026-10-02,50,50\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RUNNING, "--map occurred_at=when --map points=COLUMN"),
        (RUNNING.replace("when", "date"), "--map points=COLUMN"),
        (RUNNING.replace("delta", "points"), "--map occurred_at=when"),
        ("member_id,type,points\n1,earn,100\n", "--map occurred_at=COLUMN"),
        (RUNNING, "a balance of its own, as of one card: --map balance=balance"),
        ("member_id,type,points\n1,earn,100\n", r"for the third column\)\.$"),
    ],
)
def test_a_ledger_whose_columns_are_not_known_is_no_list_of_balances(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ColumnMissing, match=said):
        written(tmp_path, Kind.POINTS, text)


@pytest.mark.parametrize(
    "text",
    [
        "member_id,wallet,balance\n1,main,100\n1,bonus,60\n",
        # A birthday is the member's, whichever of the cards a row is of.
        "member_id,born,balance\n1,1990-02-03,100\n1,1990-02-03,60\n",
        "member_id,expires_at,balance\n1,2027-01-01,100\n1,2027-02-01,60\n",
    ],
)
def test_a_member_may_have_several_balances(tmp_path: Path, text: str) -> None:
    table = written(tmp_path, Kind.POINTS, text)
    assert isinstance(table, Points)
    assert (table.holds, table.frame.collect()["balance"].sum()) == ("balances", 160)


@pytest.mark.parametrize("day", ["when", "date"])
def test_who_names_the_column_of_balances_has_them_added_up(tmp_path: Path, day: str) -> None:
    text = RUNNING.replace("when", day)
    table = written(tmp_path, Kind.POINTS, text, mapping={"balance": "balance"})
    assert table.frame.collect()["balance"].sum() == 210


def test_balances_are_no_entries(tmp_path: Path) -> None:
    """A list of balances has nothing to add up over time, and is not added to a ledger."""
    balances = written(tmp_path, Kind.POINTS, "email,points\na@example.com,100\nb@example.com,1.250\n")
    assert isinstance(balances, Points)
    assert balances.holds == "balances"
    assert balances.frame.collect().select("points", "balance").rows() == [(None, 100), (None, 1250)]
    with pytest.raises(InputError, match="lists balances"):
        written(
            tmp_path, Kind.POINTS, "email,points\na@example.com,100\n", LEDGER + "m1,2026-01-01,earn,100\n"
        )


def test_points_of_nobody_are_refused(tmp_path: Path) -> None:
    """Nothing can be told of a ledger that names no member; every row would be left out for it."""
    with pytest.raises(ColumnMissing, match="recognised as member_id") as caught:
        written(tmp_path, Kind.POINTS, "Transaction Date,Transaction Type,Points\n2026-01-01,earn,100\n")
    assert "--map member_id=Header" in str(caught.value.hint)


def test_dates_that_cannot_be_read_name_their_own_column(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDates) as caught:
        written(tmp_path, Kind.POINTS, LEDGER + "m1,soon,earn,100\n")
    assert "--map occurred_at=Header" in str(caught.value.hint)


def test_a_ledger_in_turkish_with_short_headers(tmp_path: Path) -> None:
    text = """\
Üye No;Tarih;İşlem;Puan;Son Kullanma
0001;05.01.2024;Kazanım;1.000,00;31.12.2024
0001;05.03.2024;Harcama;-300,00;
"""
    rows = written(tmp_path, Kind.POINTS, text).frame.collect()

    assert rows.select("type", "points").rows() == [("earn", 1000), ("redeem", -300)]
    assert rows["expires_at"].to_list() == [datetime.fromisoformat("2024-12-31"), None]


@pytest.mark.parametrize("header", ["Transaction Type", "type", "Type"])
def test_entries_are_grouped_by_the_name_of_the_table_or_of_the_file(tmp_path: Path, header: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(LEDGER + "m1,2026-01-01,earn,100\n", encoding="utf-8")
    rows = read(Kind.POINTS, Source((str(path),)), (header,)).frame.collect()
    assert rows[header].to_list() == ["earn"]


# --- tickets


@pytest.mark.parametrize(
    ("written_as", "asked"), [("agent", "agent"), ("Temsilci", "agent"), ("Agent", "assignee")]
)
def test_tickets_are_grouped_by_agent(tmp_path: Path, written_as: str, asked: str) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(f"ticket_id,created_at,{written_as}\nt1,2026-01-01 10:00,Gül\n", encoding="utf-8")
    rows = read(Kind.TICKETS, Source((str(path),)), (asked,)).frame.collect()
    assert rows[asked].to_list() == ["Gül"]


def test_zendesk_tickets() -> None:
    """Offered and Not Offered are no answers; with or without a comment, good is good."""
    rows = fixture(Kind.TICKETS, "zendesk_tickets.csv")

    assert dict(rows.group_by("satisfaction").len().iter_rows()) == {"good": 9, "bad": 5, None: 6}
    assert rows.select("ticket_id", "customer_id", "first_reply_minutes", "channel").row(0) == (
        "3100",
        "C-001",
        45.0,
        "Mail",
    )


def test_minutes_to_the_first_reply_from_its_time(tmp_path: Path) -> None:
    text = """\
ticket_id,customer_id,created_at,first_response_at,resolved_at,agent,csat_score
t1,c1,2026-01-01 10:00,2026-01-01 11:30,2026-01-02 10:00,a,5
t2,c1,2026-01-01 10:00,,,a,
t3,c1,2026-01-02 10:00,,2026-01-01 10:00,a,2
"""
    rows = written(tmp_path, Kind.TICKETS, text).frame.collect()

    assert rows["first_reply_minutes"].to_list() == [90, None, None]
    assert rows["csat"].to_list() == [5, None, 2]
    assert rows["fault"].to_list() == [None, None, "solved_before_created"]
    assert rows.schema == pl.Schema(TICKET_COLUMNS)


def test_zendesk_says_what_was_merged_and_reopened() -> None:
    """The tag of a merge among others; counts of reopenings and replies; Open and Closed as states."""
    rows = fixture(Kind.TICKETS, "zendesk_tickets.csv")

    assert rows.select("is_merged", "is_closed", "reopens", "replies").row(1) == (True, True, 1, 2)
    assert rows.select("is_merged", "is_closed", "reopens", "replies").row(5) == (False, False, 1, 2)
    assert rows["is_merged"].sum() == 7


def test_tickets_of_a_help_desk_in_turkish(tmp_path: Path) -> None:
    text = """\
Talep No;Açılış Tarihi;İlk Yanıt Tarihi;Çözüm Tarihi;Durum;Temsilci;Memnuniyet;Birleştirilen Talep;Söz Verilen Tarih
1;01.02.2026 10:00;01.02.2026 10:30;02.02.2026 10:00;Çözüldü;Gül;Memnun;;02.02.2026 12:00
2;01.02.2026 11:00;;;Beklemede;Gül;;1;
"""
    rows = written(tmp_path, Kind.TICKETS, text).frame.collect()

    assert rows["fault"].to_list() == [None, None]
    assert rows["is_closed"].to_list() == [True, False]
    assert rows["is_merged"].to_list() == [False, True]
    assert rows["promised_at"].to_list() == [datetime.fromisoformat("2026-02-02T12:00"), None]
    assert rows["satisfaction"].to_list() == ["good", None]


@pytest.mark.parametrize(
    ("header", "ratings", "scale"),
    [
        ("Memnuniyet Puanı (1-5)", ("5", "1"), (1, 5)),
        ("Satisfaction", ("5/5", "1/5"), (1, 5)),
        ("Satisfaction", ("★★★★★", "★☆☆☆☆"), (1, 5)),
        ("Memnuniyet", ("5 - Çok memnunum", "1 - Hiç memnun değilim"), (1, 5)),
        ("Memnuniyet", ("1 - Çok memnunum", "5 - Hiç memnun değilim"), None),  # the lowest is the best
        ("Satisfaction", ("5", "1"), None),
    ],
)  # fmt: skip
def test_a_scale_of_ratings_that_the_file_tells(
    tmp_path: Path, header: str, ratings: tuple[str, str], scale: tuple[int, int] | None
) -> None:
    rows = "".join(f"{place},2026-01-01 10:00,a,{rating}\n" for place, rating in enumerate(ratings))

    tickets = written(tmp_path, Kind.TICKETS, f"ticket_id,created_at,agent,{header}\n{rows}")

    assert isinstance(tickets, Tickets)
    assert tickets.scales.get("csat") == scale
    assert tickets.frame.collect()["csat"].count() == 2


def test_neither_good_nor_bad_is_an_answer(tmp_path: Path) -> None:
    """As Help Scout, Zoho Desk and Freshdesk write it; "No response" is none."""
    text = """\
ticket_id,created_at,agent,Rating
1,2026-01-01 10:00,a,Great
2,2026-01-01 10:00,a,Okay
3,2026-01-01 10:00,a,Not Good
4,2026-01-01 10:00,a,Extremely Unhappy
5,2026-01-01 10:00,a,No response
"""
    rows = written(tmp_path, Kind.TICKETS, text).frame.collect()

    assert rows["satisfaction"].to_list() == ["good", "neutral", "bad", "bad", None]
    assert not rows["rating_unread"].any()


@pytest.mark.parametrize(
    ("solved", "replied", "fault"),
    [
        pytest.param("", "", None, id="nothing happened yet"),
        pytest.param("-", "N/A", None, id="signs for nothing"),
        pytest.param("0000-00-00 00:00:00", "", None, id="a database's day for none"),
        pytest.param("yesterday", "", "unreadable_date", id="nobody knows when, or if at all"),
        pytest.param("2026-01-03 10:00", "2026-01-01 09:59", "replied_before_created", id="answered first"),
        pytest.param("2026-01-01 09:00", "", "solved_before_created", id="solved first"),
    ],
)
def test_what_stands_for_no_time(tmp_path: Path, solved: str, replied: str, fault: str | None) -> None:
    text = f"""\
ticket_id,created_at,first_response_at,resolved_at,agent
t1,2026-01-01 10:00,2026-01-01 11:30,2026-01-02 10:00,a
t2,2026-01-01 10:00,{replied},{solved},a
"""
    rows = written(tmp_path, Kind.TICKETS, text).frame.collect()

    assert rows["fault"].to_list() == [None, fault]


def test_a_list_of_members_has_balances_whatever_days_stand_beside_them(tmp_path: Path) -> None:
    """Each member once, with what is left; a member on two rows is a ledger with a running balance."""
    text = "Email,Points Balance,Created At\na@x.com,150,2025-01-02\nb@x.com,50,2025-02-02\n"

    listed = written(tmp_path, Kind.POINTS, text)

    assert isinstance(listed, Points)
    assert listed.holds is Holds.BALANCES
    with pytest.raises(ColumnMissing, match="no column was recognised as points"):
        written(tmp_path, Kind.POINTS, text.replace("b@x.com", "a@x.com"))
    assert listed.frame.collect().select("balance", "fault").rows() == [
        (Decimal(150), None),
        (Decimal(50), None),
    ]


@pytest.mark.parametrize("points", ["1.250 puan", "1,250 pts", "1250 Points"])
def test_points_with_their_unit(tmp_path: Path, points: str) -> None:
    rows = written(tmp_path, Kind.POINTS, f'{LEDGER}7,2026-03-01,earn,"{points}"\n').frame.collect()

    assert rows["points"].to_list() == [1250]


def test_the_status_of_an_entry_says_whether_it_counts(tmp_path: Path) -> None:
    """As LoyaltyLion and Turkish card programmes write it; "Expired" is said of points that were earned."""
    words = ["approved", "void", "Declined", "İptal Edildi", "pending", "Beklemede", "Expired", ""]
    text = "Member ID,Date,Type,Points,State\n" + "".join(f"7,2026-03-01,earn,100,{word}\n" for word in words)

    rows = written(tmp_path, Kind.POINTS, text).frame.collect()

    assert rows["fault"].to_list() == [None, *["cancelled_entry"] * 3, *[None] * 4]
    assert [place for place, pending in enumerate(rows["is_pending"]) if pending] == [4, 5]


@pytest.mark.parametrize("never", ["unlimited", "süresiz", "0000-00-00"])
def test_points_that_never_expire_in_a_whole_ledger(tmp_path: Path, never: str) -> None:
    text = f"Member ID,Date,Type,Points,Expires At\n7,2026-03-01,ACCUMULATE_POINTS,100,{never}\n"

    rows = written(tmp_path, Kind.POINTS, text).frame.collect()

    assert rows.select("type", "points", "expires_at", "fault").row(0) == ("earn", 100, None, None)


def test_points_that_expired_have_a_column_of_their_own(tmp_path: Path) -> None:
    text = "Üye No;Tarih;Kazanılan;Kullanılan;Silinen\n7;13.01.2025;100;;\n7;14.02.2025;;30;\n7;15.03.2025;;;20\n"

    rows = written(tmp_path, Kind.POINTS, text).frame.collect()

    assert rows.select("type", "points", "fault").rows() == [
        ("earn", Decimal(100), None),
        ("redeem", Decimal(-30), None),
        ("expire", Decimal(-20), None),
    ]


@pytest.mark.parametrize(
    ("header", "cell", "minutes"),
    [
        ("First response time (in hrs)", "01:30:00", 90),
        ("First response time (in hrs)", "1.5", 90),
        ("Time to first response (seconds)", "90", 1.5),
        ("İlk Yanıt Süresi", "0:45", 45),
        ("İlk Yanıt Süresi", "45", None),  # hours or minutes: nobody says
        ("İlk Yanıt Süresi", "45 dk", 45),
        ("First response time", "1h15m", 75),
        ("First response time", "1 day 2 hours", 1560),
        ("First reply time", "00:45:30", 45.5),  # a moment in other exports
        ("First reply time", "2026-02-01 09:45", 45),
    ],
)
def test_a_first_reply_may_be_told_by_how_long_it_took(
    tmp_path: Path, header: str, cell: str, minutes: float | None
) -> None:
    text = f"Ticket ID,Created time,Agent,{header}\n1,2026-02-01 09:00,A,{cell}\n"

    rows = written(tmp_path, Kind.TICKETS, text).frame.collect()
    assert rows.select("first_reply_minutes", "fault").rows() == [(minutes, None)]


def test_a_receipt_may_earn_and_spend(tmp_path: Path) -> None:
    """The third row spends more than it earns; the word of the fourth says that it is another thing."""
    text = (
        "Kart No,Tarih,İşlem Tipi,Kazanılan Puan,Harcanan Puan\n"
        "A,01.07.2024,,100,0\nA,02.07.2024,,50,30\nA,03.07.2024,,10,60\nA,04.07.2024,Düzeltme,5,3\n"
    )
    rows = written(tmp_path, Kind.POINTS, text).frame.collect()
    assert rows["points"].to_list() == [100, 20, -50, 2]
    assert rows["fault"].null_count() == 4
    assert rows["moves"].to_list() == [
        None,
        [{"type": "earn", "points": 50}, {"type": "redeem", "points": -30}],
        [{"type": "earn", "points": 10}, {"type": "redeem", "points": -60}],
        None,
    ]


def test_entries_of_points_without_a_day_are_refused(tmp_path: Path) -> None:
    """What was used first, and what has expired, depends on when points moved."""
    with pytest.raises(ColumnMissing, match="the day on which points moved") as refused:
        written(tmp_path, Kind.POINTS, "member_id,type,points\nm1,earn,100\nm1,redeem,-40\n")
    assert "--map occurred_at=COLUMN" in (refused.value.hint or "")
