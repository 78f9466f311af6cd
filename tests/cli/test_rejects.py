"""``--rejects``: the right rows, last of all, and over no file that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Run

ORDERS = "order_id,customer_id,ordered_at,amount\n1,A,2026-09-11,10\n2,B,2026-09-12,20\n3,C,2026-09-13,x\n"
MEMBERS = "customer_id,enrolled_at,left_at\nA,2026-07-01,\nB,2026-07-05,2026-09-09\nC,xx,\nD,2026-07-07,2026-09-20\n"
CONFIG = """\
business: {currency: TRY}
sources: {orders: orders.csv, customers: members.csv}
report: {output: out, formats: [json]}
period: 2026-09
as_of: 2026-10-14
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(
        CONFIG + "metrics: {retention: {basis: membership}}\n", encoding="utf-8"
    )
    return tmp_path


def test_a_section_on_members_leaves_out_members(shop: Path) -> None:
    """Row 4 of the members has no day; row 4 of the orders has no amount, which the other sections say."""
    Run("report", "-c", shop / "config.yaml", "--rejects", shop / "rejects.csv", "-q")
    rows = (shop / "rejects.csv").read_text(encoding="utf-8").splitlines()
    [of_retention] = [row for row in rows if ",retention," in row]
    assert of_retention.startswith(f"{shop / 'members.csv'},4,missing_date,retention,")
    assert "xx" in of_retention.split(",")


def test_nothing_can_be_left_out_where_no_section_has_an_answer(shop: Path) -> None:
    others = ", ".join(f"{name}: false" for name in ("nps", "csat", "ces", "responses", "contacts"))
    (shop / "config.yaml").write_text(
        CONFIG.replace("orders: orders.csv, customers: members.csv", "surveys: answers.csv")
        + f"metrics: {{{others}}}\n",
        encoding="utf-8",
    )
    (shop / "answers.csv").write_text(
        "respondent_id,answered_at,cli_recommend,cli_repurchase\n1,2026-09-05,5,4\n", encoding="utf-8"
    )
    without = Run("report", "-c", shop / "config.yaml")
    run = Run("report", "-c", shop / "config.yaml", "--rejects", shop / "rejects.csv")
    assert run.code == without.code
    assert (shop / "rejects.csv").read_text(encoding="utf-8") == "file,row,reason,metrics\n"


@pytest.mark.parametrize("command", [["repeat"], ["check"]])
def test_what_is_read_is_never_written_over(command: list[str], shop: Path) -> None:
    path = shop / "orders.csv"
    for wish in ("--rejects", "--output"):
        run = Run(*command, path, wish, path)
        assert (run.code, "is read by this run" in run.err) == (2, True)
        assert path.read_text(encoding="utf-8") == ORDERS
    over_a_pattern = Run(*command, shop / "ord*.csv", "--rejects", path)
    assert over_a_pattern.code == 2


def test_nor_are_the_files_of_a_report(shop: Path) -> None:
    for path in ("orders.csv", "out/loyalty.json"):
        run = Run("report", "-c", shop / "config.yaml", "-o", shop / "out", "--rejects", shop / path)
        assert run.code == 2
    assert (shop / "orders.csv").read_text(encoding="utf-8") == ORDERS
    assert not (shop / "out" / "loyalty.json").exists()


@pytest.mark.parametrize("command", ["repeat", "check", "report"])
def test_rows_that_cannot_be_written_keep_nothing_else_from_being_told(command: str, shop: Path) -> None:
    (shop / "taken").mkdir()
    files = ["-c", shop / "config.yaml"] if command == "report" else [shop / "orders.csv"]
    rule = "rows > 0" if command == "check" else "orders > 0"
    run = Run(command, *files, "--rejects", shop / "taken", "--fail-if", rule)
    assert (run.code, "alert: " in run.err, "is a folder" in run.err) == (3, True, True)
