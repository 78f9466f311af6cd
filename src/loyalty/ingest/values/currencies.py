"""Which currencies there are: the codes of ISO 4217, as Babel lists them, those of money that is gone among them."""

from __future__ import annotations

from loyalty.errors import near
from loyalty.ingest.catalogue import catalogue

EXAMPLES = "such as TRY, EUR or USD"


def is_currency(code: str) -> bool:
    """Return whether this is a code in capital letters of a currency that there is or was."""
    from babel.numbers import is_currency as is_known  # noqa: PLC0415  slow to load, and most runs name no currency

    return is_known(code)


def near_currency(text: str) -> str:
    """Return ``; did you mean "TRY"?`` for the code meant by a mistyped one or a word (TL), else examples of codes."""
    from babel.core import get_global  # noqa: PLC0415  only once something is wrong

    words = {word.upper(): code for word, code in catalogue().currencies.items()}
    written = text.strip().upper()
    if written in words:
        return near(words[written], [words[written]])
    money = get_global("territory_currencies").values()
    current = sorted({code for used in money for code, _, end, tender in used if end is None and tender})
    # Letters that changed places are nearer than other letters.
    same = [code for code in current if sorted(code) == sorted(written)]
    return near(written, same or current) or f" {EXAMPLES}"
