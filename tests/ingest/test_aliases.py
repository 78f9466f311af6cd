"""One customer under several ids: merged before anything is counted, or refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.errors import ContradictoryAliases
from loyalty.ingest.aliases import read_aliases
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind


def written(tmp_path: Path, text: str, name: str = "aliases.csv") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def aliases(tmp_path: Path, text: str) -> dict[str, str]:
    return read_aliases(Source((), aliases=written(tmp_path, text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alias,customer_id\nA,B\n", {"A": "B"}),
        ("customer_id,alias\nB,A\n", {"A": "B"}),  # by their headers
        ("Eski Müşteri No;Müşteri No\n007;8\n", {"007": "8"}),
        ("note,From,To\nx,A,B\n", {"A": "B"}),
        ("A,B\nC,B\n", {"A": "B", "C": "B"}),  # no header: its first row is an alias
        ("alias,customer_id\na,b\nb,c\nd,b\n", {"a": "c", "b": "c", "d": "c"}),  # chains
        ("alias,customer_id\nA,B\nA,B\nC,C\n", {"A": "B"}),  # said twice; of itself
        ("alias,customer_id\nAnn@X.com, ann@y.com \n", {"ann@x.com": "ann@y.com"}),
        ("alias,customer_id\n17850.0,13047.0\n", {"17850": "13047"}),
    ],
)
def test_aliases(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    found = aliases(tmp_path, text)
    assert {alias: found[alias] for alias in expected} == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("alias,customer_id\na,b\nb,c\nc,a\n", "rows 2, 3, 4: a → b → c → a leads nowhere"),
        ("alias,customer_id\nx,a\na,b\nb,a\n", "rows 3, 4: a → b → a leads nowhere"),
        ("alias,customer_id\na,b\na,c\n", "row 3: a stands for c, but for b in row 2"),
        ("alias,customer_id\na,b\nc,\n", "row 3: only one of alias and customer_id is filled in"),
        ("alias\na\n", "aliases need two columns, the alias and the customer_id it stands for"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_rows(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ContradictoryAliases) as caught:
        aliases(tmp_path, text)
    assert problem in str(caught.value)
    assert "Let every alias stand once" in str(caught.value)


def test_a_spreadsheet_of_aliases(tmp_path: Path) -> None:
    path = tmp_path / "aliases.xlsx"
    pl.DataFrame({"alias": [7, 8], "customer_id": [9.0, 9.0]}).write_excel(path)
    assert read_aliases(Source((), aliases=str(path))) == {"7": "9", "8": "9"}


def customers(kind: Kind, path: str, name: str, **said: Any) -> list[str | None]:
    return read(kind, Source((path,), **said)).frame.select(name).collect().to_series().to_list()


def test_ids_are_merged_before_a_customers_day_becomes_an_order(tmp_path: Path) -> None:
    table = written(tmp_path, "alias,customer_id\nold@x.com,new@x.com\n")
    orders = written(
        tmp_path, "Email,Date,Amount\nOLD@x.com,2026-01-02,5\nnew@x.com,2026-01-02,6\n", "orders.csv"
    )
    assert customers(Kind.ORDERS, orders, "customer_id", aliases=table) == ["new@x.com"] * 2
    assert set(customers(Kind.ORDERS, orders, "order_id", aliases=table)) == {"new@x.com 2026-01-02"}


def test_respondents_are_merged_too(tmp_path: Path) -> None:
    table = written(tmp_path, "alias,customer_id\n007,8\n")
    answers = written(tmp_path, "Customer ID,NPS Score\n007,9\n8,10\n,3\n", "answers.csv")
    assert customers(Kind.SURVEYS, answers, "respondent_id", aliases=table) == ["8", "8", None]
    assert customers(Kind.SURVEYS, answers, "is_alias", aliases=table) == [True, False, False]
