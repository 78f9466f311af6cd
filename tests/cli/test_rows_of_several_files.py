"""Which rows were left out of several files of one kind: each is told with the file it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.cli.deliver import tell_left_out
from loyalty.engine import budget
from loyalty.model.places import FILE, in_files
from loyalty.model.result import LeftOut, Rows
from loyalty.render.places import first_places
from tests.cli.running import Run

KINDS = {
    "nps": ("respondent_id,score,answered_at", "p{n},9,2026-10-0{n}", "p{n},77,2026-10-0{n}"),
    "csat": ("respondent_id,csat,scale_max,answered_at", "p{n},4,5,2026-10-0{n}", "p{n},77,5,2026-10-0{n}"),
    "cli": (
        "respondent_id,cli_recommend,cli_repurchase,cli_try_other,best,answered_at",
        "p{n},5,5,5,6,2026-10-0{n}",
        "p{n},5,5,77,6,2026-10-0{n}",
    ),
    "responses": ("respondent_id,nps,invited_at", "p{n},9,2026-10-0{n}", "p{n},9,someday"),
    "repeat": (
        "order_id,customer_id,ordered_at,amount",
        "{n},p{n},2026-10-0{n},5",
        "{n},p{n},2026-10-0{n},x",
    ),
    "mentions": (
        "brand,mentioned_at,text,is_bot",
        "A,2026-10-0{n},good {n},no",
        "A,2026-10-0{n},good {n},yes",
    ),
    "program": ("member_id,date,type,points", "p{n},2026-10-0{n},earn,5", "p{n},2026-10-0{n},earn,x"),
    "service": ("ticket_id,created_at,solved_at", "{n},2026-10-0{n},2026-10-08", "{n},2026-10-0{n},someday"),
    "retention --basis membership": (
        "customer_id,enrolled_at,left_at",
        "p{n},2026-10-0{n},",
        "p{n},someday,",
    ),
}


def written(folder: Path, kind: str) -> tuple[str, str]:
    """Return two exports; of the first row 4 is left out, of the second row 3."""
    header, good, bad = KINDS[kind]
    rows = {"a.csv": [good, good, bad], "b.csv": [good, bad, good]}
    for place, (name, lines) in enumerate(rows.items()):
        told = "\n".join(line.format(n=3 * place + number) for number, line in enumerate(lines, start=1))
        (folder / name).write_text(f"{header}\n{told}\n", encoding="utf-8")
    return str(folder / "a.csv"), str(folder / "b.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_has_its_file(kind: str, tmp_path: Path) -> None:
    first, second = written(tmp_path, kind)
    command, *options = kind.split()
    run = Run(command, first, second, *options, "-f", "json")
    [item] = run.json["results"][0]["rows"]["left_out"]
    assert (item["first_rows"], item["first_files"]) == ([4, 3], [first, second])
    run = Run(command, first, second, *options, "--strict")
    assert "(rows a.csv:4, b.csv:3)" in run.out
    assert "(rows a.csv:4, b.csv:3)" in run.err
    alone = Run(command, first, *options, "-f", "json").json["results"][0]["rows"]["left_out"]
    assert alone == [{"reason": item["reason"], "count": 1, "first_rows": [4]}]


def test_orders_worked_on_in_parts_and_in_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = written(tmp_path, "repeat")
    ledger = str(tmp_path / "ledger")
    assert Run("ledger", first, "-o", ledger, "-q").code == 0
    assert Run("ledger", second, "-o", ledger, "--update", "-q").code == 0
    assert "(rows a.csv:4, b.csv:3)" in Run("repeat", ledger).out
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 2)
    assert "(rows a.csv:4, b.csv:3)" in Run("repeat", first, second).out


def test_lines_of_orders(tmp_path: Path) -> None:
    """A copy, a cancelled line and postage, each on row 3 of one of the files."""
    header, line = (
        "order_id,customer_id,ordered_at,amount,status,product_name\n",
        "{n},A,2026-10-01,5,{said}\n",
    )
    for name, number, third in (("a", 1, "paid,tea"), ("b", 2, "cancelled,tea"), ("c", 3, "paid,Shipping")):
        rows = line.format(n=number, said="paid,tea") + line.format(n=number, said=third)
        (tmp_path / f"{name}.csv").write_text(header + rows, encoding="utf-8")
    run = Run("repeat", *(tmp_path / f"{name}.csv" for name in "abc"), "-f", "json")
    told = {item["reason"]: item for item in run.json["results"][0]["rows"]["left_out"]}
    places = {
        reason: [Path(file).name for file in item["first_files"]] + item["first_rows"]
        for reason, item in told.items()
    }
    assert places == {"duplicate": ["a.csv", 3], "not_completed": ["b.csv", 3], "non_product": ["c.csv", 3]}


def test_orders_in_conflict(tmp_path: Path) -> None:
    header = "order_id,customer_id,ordered_at,amount\n"
    (tmp_path / "a.csv").write_text(header + "1,A,2026-10-01,5\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(
        header + "2,B,2026-10-01,5\n3,B,2026-10-02,6\n3,B,2026-10-02,7\n", encoding="utf-8"
    )
    run = Run("repeat", tmp_path / "a.csv", tmp_path / "b.csv")
    assert (run.code, f"{tmp_path / 'b.csv'}, row 3: order 3 stands on 2 rows" in run.err) == (3, True)


def test_rows_that_nobody_can_name_any_more_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    tell_left_out([LeftOut("test", 2, ())])
    assert capsys.readouterr().err == "loyalty: error[strict]: 2 rows left out as test\n"


def test_a_check_of_files_of_several_kinds(tmp_path: Path) -> None:
    answers, _ = written(tmp_path, "nps")
    (tmp_path / "orders").mkdir()
    orders = written(tmp_path / "orders", "repeat")
    run = Run("check", *orders, answers, "--strict")
    told = {line.split(" left out as ")[1] for line in run.err.splitlines()}
    assert told == {f"out_of_range (row {answers}:4)", f"unreadable_amount (rows {orders[0]}:4, b.csv:3)"}


def test_a_check_names_as_many_rows_of_a_file_beside_others_as_of_it_alone(tmp_path: Path) -> None:
    answers, _ = written(tmp_path, "nps")
    orders = tmp_path / "orders.csv"
    header, good, bad = KINDS["repeat"]
    lines = [header, good.format(n=1), *(bad.format(n=n) for n in range(2, 7))]
    orders.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "orders.csv:3, 4, 5, 6, 7" in Run("check", orders, answers).out


@pytest.mark.parametrize(
    ("files", "places", "told"),
    [
        (("x/a.csv",), (5, 9), "5, 9"),
        (("x/a.csv", "x/b.csv"), (5, 9, FILE + 4, FILE + 6), "a.csv:5, 9, b.csv:4, 6"),
        (("x/a.csv", "y/a.csv", "x/b.csv"), (FILE + 5, 2 * FILE + 6), "y/a.csv:5, b.csv:6"),
    ],
    ids=["one", "several", "namesakes"],
)
def test_what_people_read(files: tuple[str, ...], places: tuple[int, ...], told: str) -> None:
    """Two files of one name have their folders, also where all rows that are told stand in one of them."""
    rows = in_files(Rows(9, 2, (LeftOut("missing", 7, places),)), files)
    assert first_places(rows.left_out[0]) == told
