"""The names of the field's data model, as headers of a file and after ``--map``."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.ingest.catalogue import How, catalogue
from loyalty.ingest.opening import open_files
from loyalty.ingest.questions import ITEMS
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import Scale, Surveys

MAPPED = [
    (Kind.ORDERS, "customer_id ordered_at", "order_value", "amount"),
    (Kind.ORDERS, "customer_id ordered_at", "discount_value", "discount"),
    (Kind.ORDERS, "customer_id ordered_at", "refund_value", "refund"),
    (Kind.ORDERS, "customer_id ordered_at", "gross", "list_value"),
    (Kind.ORDERS, "customer_id ordered_at", "coupon_code", "coupon"),
    (Kind.ORDERS, "customer_id ordered_at", "category", "product_kind"),
    (Kind.ORDERS, "order_id ordered_at", "email", "customer_id"),
    (Kind.SURVEYS, "nps", "responded_at", "answered_at"),
    (Kind.MENTIONS, "brand text", "occurred_at", "mentioned_at"),
    (Kind.MENTIONS, "brand text", "author_id", "author"),
    (Kind.POINTS, "member_id occurred_at points", "type", "moved_as"),
    (Kind.TICKETS, "ticket_id created_at", "resolved_at", "solved_at"),
    (Kind.TICKETS, "ticket_id created_at", "first_response_at", "first_reply"),
    (Kind.TICKETS, "ticket_id created_at", "agent_id", "assignee"),
]


def seen(tmp_path: Path, text: str, kind: Kind | None, mapping: dict[str, str]) -> dict[str, str]:
    """Return canonical column to header."""
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    source = Source((str(path),), mapping=mapping)
    [file] = open_files(source)
    columns = recognise(file, source, kind).columns
    return {name: file.headers[int(use.columns[0][1:])] for name, use in columns.items()}


@pytest.mark.parametrize("kind", [True, False], ids=["kind known", "kind found"])
@pytest.mark.parametrize(("of", "beside", "name", "ours"), MAPPED)
def test_a_column_is_mapped_by_its_name_in_the_model(
    tmp_path: Path, of: Kind, beside: str, name: str, ours: str, kind: bool
) -> None:
    """``q7`` says nothing of itself: what it is, only the user says."""
    others = beside.split()
    text = f"{','.join(others)},q7\n{','.join('1' for _ in others)},2026-01-02\n"
    mapping = {other: other for other in others} | {name: "q7"}

    assert seen(tmp_path, text, of if kind else None, mapping)[ours] == "q7"


def test_names_of_the_model_are_no_names_of_other_columns() -> None:
    """Else what the user says would depend on which list is looked at first."""
    known = catalogue()
    for kind, others in known.mapped_as.items():
        assert set(others).isdisjoint(known.mappable[kind])
        assert set(others.values()) <= set(known.mappable[kind])


def test_mentions_and_tickets_are_read_by_the_headers_of_the_model(tmp_path: Path) -> None:
    mentions = "mention_id,brand,is_own,occurred_at,author_id,sentiment,is_bot\nM1,Us,true,2026-01-02,A1,positive,no\n"
    tickets = "ticket_id,created_at,resolved_at,agent_id\nT1,2026-01-02 10:00,2026-01-02 11:00,7\n"

    found = seen(tmp_path, mentions, Kind.MENTIONS, {})
    assert (found["mentioned_at"], found["author"]) == ("occurred_at", "author_id")
    assert (found["is_own"], found["is_bot"]) == ("is_own", "is_bot")
    assert seen(tmp_path, tickets, Kind.TICKETS, {})["assignee"] == "agent_id"


def test_a_ticket_with_a_day_of_reopening_was_reopened(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(
        "ticket_id,created_at,resolved_at,reopened_at\nT1,2026-01-02,2026-01-05,2026-01-03\nT2,2026-01-02,2026-01-03,\n",
        encoding="utf-8",
    )
    tickets = read(Kind.TICKETS, Source((str(path),)))
    assert "reopens" in tickets.columns
    assert tickets.frame.collect()["reopens"].to_list() == [1, 0]


def test_gross_is_before_discounts(tmp_path: Path) -> None:
    """``gross`` less ``discount`` is what came in; alone it is all that is known."""
    both = seen_amount(tmp_path, "order_id,customer_id,ordered_at,gross,discount\n1,A,2026-01-02,200,40\n")
    alone = seen_amount(tmp_path, "order_id,customer_id,ordered_at,gross\n1,A,2026-01-02,200\n")
    assert (both, alone) == ((How.MINUS, ["gross", "discount"]), (How.FIRST, ["gross"]))


def seen_amount(tmp_path: Path, text: str) -> tuple[How, list[str]]:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    source = Source((str(path),))
    [file] = open_files(source)
    use = recognise(file, source, Kind.ORDERS).columns["amount"]
    return use.how, [file.headers[int(column[1:])] for column in use.columns]


@pytest.mark.parametrize(("answers", "item"), [("6,5,4", "cli_recommend"), ("10,5,4", "nps")])
def test_recommend_beside_the_other_items_is_the_item(tmp_path: Path, answers: str, item: str) -> None:
    """On a short scale; with answers up to 10 it is the 0-10 question."""
    found = seen(tmp_path, f"recommend,repurchase,try_other\n{answers}\n5,5,5\n", Kind.SURVEYS, {})
    assert found[item] == "recommend"


def test_a_list_of_members_is_a_list_of_customers(tmp_path: Path) -> None:
    assert (
        seen(tmp_path, "member_id,enrolled_at\nM1,2026-01-02\n", Kind.CUSTOMERS, {})["customer_id"]
        == "member_id"
    )


@pytest.mark.parametrize(("best", "way"), [("1", Scale.LOW), ("6", Scale.HIGH), ("", Scale.UNKNOWN)])
def test_a_column_of_best_answers_tells_the_good_end(tmp_path: Path, best: str, way: Scale) -> None:
    path = tmp_path / "answers.csv"
    rows = f"A,6,5,4,{best}\nB,5,5,5,{best}\n"
    path.write_text(
        f"respondent_id,cli_recommend,cli_repurchase,cli_try_other,best\n{rows}", encoding="utf-8"
    )
    surveys = read(Kind.SURVEYS, Source((str(path),)))
    assert isinstance(surveys, Surveys)
    assert {surveys.best[item] for item in ITEMS} == {way}


def test_a_column_of_highest_answers_tells_the_scale_of_each_question(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("cli_recommend,cli_repurchase,cli_try_other,scale_max\n6,5,4,7\n", encoding="utf-8")
    surveys = read(Kind.SURVEYS, Source((str(path),)))
    assert isinstance(surveys, Surveys)
    assert surveys.scales == dict.fromkeys(ITEMS, (1, 7))


def test_the_scale_of_a_row_is_that_of_the_question_that_rows_can_choose(tmp_path: Path) -> None:
    """Beside an NPS from 0 to 10 the items of the loyalty index keep the 1-6 of their headers."""
    path = tmp_path / "answers.csv"
    path.write_text(
        "respondent_id,answered_at,nps,I would recommend (1-6),I would buy again (1-6),"
        "I would try other products (1-6),scale_min,scale_max\n1,2026-05-01,9,6,5,4,0,10\n2,2026-05-02,3,2,3,4,0,10\n",
        encoding="utf-8",
    )
    found = read(Kind.SURVEYS, Source((str(path),)))
    assert isinstance(found, Surveys)
    assert {name: found.scales[name] for name in ITEMS} == dict.fromkeys(ITEMS, (1, 6))
