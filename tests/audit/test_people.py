"""Whether the people of the files are the same, by id or by e-mail address."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.made import Codes, audited, checked

CUSTOMERS = """\
customer_id,email,created_at
1,ada@example.com,2026-01-01
2,ben@example.com,2026-01-01
3,cem@example.com,2026-02-01
"""


def test_buyers_who_are_not_in_the_customers_file(tmp_path: Path) -> None:
    """9 is nobody; 3 bought in January and was registered in February."""
    orders = """\
order_id,customer_id,ordered_at,amount
a,1,2026-01-05,10
b,9,2026-01-06,10
c,3,2026-01-07,10
d,3,2026-02-07,10
"""
    found = audited(tmp_path, orders=orders, customers=CUSTOMERS)

    assert found == {
        ("orders", "orphans"): ("warning", 1, 3, "9"),
        ("orders", "before_registration"): ("warning", 1, 2, "3"),
    }


def test_orders_by_address_and_customers_by_number(tmp_path: Path) -> None:
    """Addresses are one in upper and lower case; the customers file knows both names of a person."""
    orders = """\
order_id,email,ordered_at,amount
a,ADA@example.com,2026-01-05,10
b,ben@example.com,2026-01-06,10
c,dilek@example.com,2026-01-07,10
"""
    found = audited(tmp_path, orders=orders, customers=CUSTOMERS)

    assert found == {("orders", "orphans"): ("warning", 1, 3, "dilek@example.com")}


def test_respondents_by_address_orders_by_number(tmp_path: Path) -> None:
    """Ada answered as ada@… and bought as 1: the customers file joins the two. Ben never bought."""
    orders = "order_id,customer_id,ordered_at,amount\na,1,2026-01-05,10\nb,3,2026-02-06,10\n"
    surveys = "email,nps_score,responded_at\nada@example.com,9,2026-03-01\nBEN@example.com,3,2026-03-01\n"
    found = audited(tmp_path, orders=orders, customers=CUSTOMERS, surveys=surveys)

    assert found == {("surveys", "respondents_without_orders"): ("warning", 1, 2, "2")}


def test_nobody_in_common_is_no_matter_of_a_few_orphans(tmp_path: Path) -> None:
    """Five buyers, none known: the numbers are of another sort, and whatever joins them is wrong."""
    lines = [f"o{each},X{each},2026-01-0{each},10" for each in range(1, 6)]
    orders = "\n".join(["order_id,customer_id,ordered_at,amount", *lines])
    found = audited(tmp_path, orders=orders, customers=CUSTOMERS)

    assert found == {("orders", "no_common_customers"): ("error", 5, 5, "X1, X2, X3")}


def test_one_customer_in_two_rows(tmp_path: Path) -> None:
    found = audited(tmp_path, customers=CUSTOMERS + "1,ada@example.org,2026-01-01\n")

    assert found == {("customers", "duplicate_customers"): ("warning", 1, 3, "1")}


def test_joining_the_programme_after_buying_is_worth_a_word(tmp_path: Path) -> None:
    customers = "customer_id,email,enrolled_at\n1,a@example.com,2026-02-01\n2,b@example.com,2026-01-01\n"
    orders = "order_id,customer_id,ordered_at,amount\na,1,2026-01-05,10\nb,2,2026-01-05,10\n"
    found = audited(tmp_path, orders=orders, customers=customers)

    assert found == {("orders", "before_enrolment"): ("info", 1, 2, "1")}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # The same order in two monthly exports, once paid and once delivered.
        ("a,1,2026-01-31,10,paid\n", "a,1,2026-01-31,10,delivered\n", ("error", 1, 1, "a")),
        # Two orders of one customer and day are no overlap.
        ("a,1,2026-01-31,10,paid\n", "b,1,2026-01-31,10,paid\n", None),
    ],
)
def test_two_exports_that_overlap(
    tmp_path: Path, first: str, second: str, expected: tuple[object, ...] | None
) -> None:
    head = "order_id,customer_id,ordered_at,amount,status\n"
    found = audited(tmp_path, orders=head + first, orders_2=head + second)

    assert found.get(("orders", "overlap")) == expected


def test_answers_without_a_name_or_date_may_be_alike(tmp_path: Path) -> None:
    named = "respondent_id,nps_score,responded_at\nr1,9,2026-01-01\nr2,9,2026-01-01\n"
    again: Codes = audited(tmp_path, surveys=named, surveys_2=named)
    bare = audited(tmp_path, surveys="nps_score\n9\n3\n", surveys_2="nps_score\n9\n5\n")

    assert again == {("surveys", "overlap"): ("error", 2, 2, "surveys.csv:2, 3")}
    assert bare == {}


def test_a_line_of_orders_without_numbers_is_told_with_its_file(tmp_path: Path) -> None:
    """An order without a number is a customer's day; row 3 of the second export stands in the third again."""
    head = "customer_id,ordered_at,amount\n"
    january, february = "1,2026-01-05,10\n", "1,2026-02-01,5\n2,2026-02-05,10\n"
    found = audited(tmp_path, a=head + january, b=head + february, c=head + "2,2026-02-05,10\n")

    assert found == {("orders", "overlap"): ("error", 1, 3, "b.csv:3")}


def test_members_with_fewer_than_no_points(tmp_path: Path) -> None:
    points = """\
member_id,occurred_at,type,points
m1,2026-01-01,earn,100
m1,2026-01-02,redeem,150
m2,2026-01-01,earn,10
"""
    assert audited(tmp_path, points=points) == {("points", "overdrawn"): ("warning", 1, 2, "m1")}


def test_a_customer_listed_twice_counts_once(tmp_path: Path) -> None:
    """Ada is listed twice, once without an address."""
    customers = """\
customer_id,email,accepts email marketing,total orders
1,ada@x.y,yes,3
2,ben@x.y,no,1
1,,yes,3
"""
    figures = {each.name: each.value for each in checked(tmp_path, customers=customers).result.figures}

    assert (figures["customers_listed"], figures["with_email"]) == (2, 2)
    assert (figures["with_email_consent"], figures["orders_stated"]) == (1, 4)


def test_points_left_are_those_approved_less_those_spent(tmp_path: Path) -> None:
    customers = "Name,Email,Points approved,Points spent\nAda,ada@x.y,120,40\nBen,ben@x.y,10,\n"
    figures = {each.name: each.value for each in checked(tmp_path, customers=customers).result.figures}

    assert figures["points_left"] == 90
