"""The list of customers at risk in a report: its head, under codes unless the shop says otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loyalty.config.model import Privacy
from loyalty.model.result import Column, Figure, MetricResult, ResultTable, Rows
from loyalty.report.people import for_report

AT_RISK = ResultTable(
    "at_risk",
    (
        Column("customer_id", "id", personal=True),
        Column("value", "money:TRY"),
        Column("reason", "reason"),
        Column("overdue", "ratio"),
    ),
    (("C07", 900, "overdue", 2.5), ("C03", 500, "overdue", 2.1), ("C05", 100, "overdue", 3.0)),
)
CONTACTS = ResultTable("contacts", (Column("customer_id", "id", personal=True),), (("C07",),))
RESULT = MetricResult(
    "at-risk", "cadence", (Figure("at_risk", 3, "count"),), Rows(9, 9), tables=(AT_RISK, CONTACTS)
)


@pytest.mark.parametrize(
    ("privacy", "rows"),
    [
        (Privacy(top=2), (("P000001", 900, 2.5), ("P000002", 500, 2.1))),
        (Privacy(people="ids", top=1), (("C07", 900, 2.5),)),
    ],
)
def test_the_head_of_the_list_with_what_fits_on_a_page(privacy: Privacy, rows: tuple[object, ...]) -> None:
    shown = for_report(RESULT, privacy, salt=None)
    assert [table.name for table in shown.tables] == ["at_risk"]  # other lists are made by their command
    assert [column.name for column in shown.tables[0].columns] == ["customer_id", "value", "overdue"]
    assert shown.tables[0].rows == rows


def test_the_options_say_that_there_are_codes() -> None:
    asked = replace(RESULT, options={"pseudonymise": False, "top": 3})
    assert for_report(asked, Privacy(), salt=None).options == {"pseudonymise": True, "top": 3}
    assert for_report(asked, Privacy(people="ids"), salt=None).options == asked.options


def test_no_list_where_none_is_wanted() -> None:
    assert for_report(RESULT, Privacy(people="none"), salt=None).tables == ()


def test_with_a_salt_a_customer_keeps_the_code() -> None:
    first, later = (for_report(RESULT, Privacy(top=rows), salt="s").tables[0].rows for rows in (1, 3))
    assert first[0] == later[0]
    assert first[0][0] not in ("C07", "P000001")
