"""Number formats of workbooks, with signs of money that are any text of an export."""

from __future__ import annotations

import pytest

from loyalty.render.numbers import Numbers
from loyalty.render.spreadsheet import money_format


@pytest.mark.parametrize(
    ("currency", "wanted"),
    [
        ("TRY", "[$₺]#,##0.00;-[$₺]#,##0.00"),
        ("POINTS", "[$POINTS ]#,##0.00;-[$POINTS ]#,##0.00"),
        ('A"B];-C', "[$ABC ]#,##0.00;-[$ABC ]#,##0.00"),
        ("[-]", "#,##0.00"),
        ("Lira" * 100, "[$LiraLiraLira ]#,##0.00;-[$LiraLiraLira ]#,##0.00"),
    ],
    ids=["symbol", "code", "signs of formats", "nothing else", "long"],
)
def test_money(currency: str, wanted: str) -> None:
    assert money_format(Numbers("en"), currency) == wanted
