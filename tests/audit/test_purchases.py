"""What is odd about purchases, and what single files have to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.made import audited, checked

HEAD = "order_id,customer_id,ordered_at,amount\n"


def orders(*rows: str, head: str = HEAD) -> str:
    return head + "\n".join(rows) + "\n"


@pytest.mark.parametrize(("guests", "found"), [(2, False), (3, True)])
def test_guests_beyond_a_fifth_of_the_orders(tmp_path: Path, guests: int, found: bool) -> None:
    """2 of 10 is a fifth and passes; 3 of 10 does not."""
    rows = [f"o{each},{'' if each < guests else f'c{each}'},2026-01-0{1 + each % 9},10" for each in range(10)]
    codes = audited(tmp_path, orders=orders(*rows))

    assert codes == ({("orders", "many_guests"): ("warning", 3, 10, None)} if found else {})


@pytest.mark.parametrize(("returned", "found"), [("-9.50", False), ("-10.50", True)])
def test_returns_without_their_order(tmp_path: Path, returned: str, found: bool) -> None:
    """Of 1,000 sold, 1% is 10: 9.50 of 990.50 passes, 10.50 of 989.50 does not."""
    text = orders("a,c1,2026-01-01,1000", f"b,c1,2026-01-02,{returned}")
    codes = audited(tmp_path, orders=text)

    assert codes == ({("orders", "unlinked_refunds"): ("warning", None, None, "-10.5")} if found else {})


def test_a_card_that_buys_for_many(tmp_path: Path) -> None:
    """Six orders on one day are more than five."""
    rows = [f"o{each},till,2026-01-01,10" for each in range(6)]
    rows += [f"p{each},c1,2026-01-02,10" for each in range(5)]

    assert audited(tmp_path, orders=orders(*rows)) == {
        ("orders", "many_orders_a_day"): ("warning", 1, 2, "till: 6 (2026-01-01)"),
    }


def test_currencies_are_told_and_not_added(tmp_path: Path) -> None:
    """Nor is the return without its order, of two lira, held against both."""
    rows = ("a,c1,2026-01-01,10,EUR", "b,c1,2026-01-02,10,TRY", "c,c1,2026-01-03,-2,TRY")
    text = orders(*rows, head=HEAD.strip() + ",currency\n")

    assert audited(tmp_path, orders=text) == {
        ("orders", "several_currencies"): ("warning", 2, None, "EUR, TRY"),
    }


def test_one_number_on_rows_that_differ(tmp_path: Path) -> None:
    found = audited(tmp_path, orders=orders("a,c1,2026-01-01,10", "a,c1,2026-01-01,20"))

    severity, _, _, example = found["orders", "conflicting_orders"]
    assert (severity, "order a" in str(example)) == ("error", True)


def test_a_file_that_is_a_guess(tmp_path: Path) -> None:
    """Only the numbers say that this may be a survey."""
    assert list(audited(tmp_path, shirts="colour,size\nred,9\nblue,4\n")) == [("surveys", "uncertain_kind")]


def test_words_that_are_not_known(tmp_path: Path) -> None:
    text = orders("a,c1,2026-01-01,10,shiped", "b,c1,2026-01-02,10,paid", head=HEAD.strip() + ",status\n")
    points = "member_id,occurred_at,type,points\nm1,2026-01-01,earn,100\nm1,2026-01-02,gizli,5\n"

    assert audited(tmp_path, orders=text) == {
        ("orders", "unknown_statuses"): ("warning", 1, None, "shiped"),
    }
    assert audited(tmp_path, points=points) == {("points", "unknown_types"): ("warning", 1, None, "gizli")}


def test_a_ledger_without_types_is_told(tmp_path: Path) -> None:
    points = "member_id,occurred_at,points\nm1,2026-01-01,100\nm1,2026-01-02,-30\n"
    assert list(audited(tmp_path, points=points)) == [("points", "no_types")]


def test_columns_of_points_earned_and_spent_are_types(tmp_path: Path) -> None:
    """On the second receipt 50 were earned and 30 spent."""
    points = "Kart No,Tarih,Kazanılan Puan,Harcanan Puan\nA,2026-01-05,100,0\nA,2026-01-31,50,30\n"
    assert audited(tmp_path, points=points) == {}
    figures = {figure.name: figure.value for figure in checked(tmp_path, points=points).result.figures}
    assert (figures["points_earned"], figures["points_spent"], figures["points_balance"]) == (150, 30, 120)
