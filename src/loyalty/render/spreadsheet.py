"""How a spreadsheet is told to show numbers as the reader writes them: money with its sign, shares in per cent."""

from __future__ import annotations

from loyalty.render.numbers import Numbers

NOT_IN_SIGNS = str.maketrans("", "", '[]"-;\\')
"""What means something in a number format: with it in a sign, which may be any text of an export, no book opens."""
LONGEST_SIGN = 12
"""A number format has 255 characters at most."""


def money_format(numbers: Numbers, currency: str) -> str:
    """Return the number format of money in a currency; the sign of a loss stands before that of the currency."""
    symbol = numbers.symbol(currency).translate(NOT_IN_SIGNS)[:LONGEST_SIGN].strip()
    if not symbol:
        return "#,##0.00"
    if numbers.currency_position == "after":
        return f"#,##0.00[$ {symbol}];-#,##0.00[$ {symbol}]"
    sign = f"[${symbol}{' ' if symbol[-1].isalpha() else ''}]"
    return f"{sign}#,##0.00;-{sign}#,##0.00"


def share_format(numbers: Numbers) -> str:
    """Return the number format of shares: ``45.2%``, in Turkish ``%45.2``."""
    return "%0.0" if numbers.lang == "tr" else "0.0%"
