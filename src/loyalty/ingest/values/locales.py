"""What a ``--locale`` says about numbers and dates that could mean two things (from CLDR, by way of Babel)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from loyalty.errors import UsageError

if TYPE_CHECKING:
    from babel.core import Locale


def decimal_sign(locale: str | None) -> str | None:
    """Return the decimal sign of a locale such as ``tr`` or ``en-US``; None without a locale.

    Raises:
        UsageError: there is no such locale.
    """
    if locale is None:
        return None
    return str(known_locale(locale).number_symbols["latn"]["decimal"])


def day_first(locale: str | None) -> bool | None:
    """Return whether the day comes before the month in 03/04/2025; None when the locale does not tell.

    Bare ``en`` does not tell: London and New York differ.

    Raises:
        UsageError: there is no such locale.
    """
    if locale is None or locale.lower() == "en":
        return None
    pattern = str(known_locale(locale).datetime_skeletons["Md"].pattern)
    return pattern.index("d") < pattern.index("M")


@cache
def known_locale(locale: str) -> Locale:
    """Return the locale of that name, written with - or _.

    Raises:
        UsageError: there is none.
    """
    from babel.core import Locale, UnknownLocaleError  # noqa: PLC0415  slow to load, and most runs name no locale

    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise UsageError(
            f"--locale: {locale!r} is not a locale", hint="Write it as tr, de, en-GB or en-US."
        ) from None
