"""What a ``--locale`` says about numbers and dates that could mean two things."""

from __future__ import annotations

POINT_LANGUAGES = frozenset({"en", "ja", "zh", "ko", "th", "he", "hi", "ms", "fil"})
"""Languages that write 1,234.56 (CLDR); all others here write 1.234,56 or 1 234,56."""

POINT_REGIONS = frozenset({"de-ch", "de-li", "it-ch", "es-mx", "es-us", "es-pr", "es-gt", "es-pe"})
COMMA_REGIONS = frozenset({"en-za", "en-de", "en-at", "en-nl", "en-se", "en-dk", "en-fi"})


def decimal_sign(locale: str | None) -> str | None:
    """Return the decimal sign of a locale such as ``tr`` or ``en-US``; None without a locale."""
    if locale is None:
        return None
    name = _plain(locale)
    if name in POINT_REGIONS:
        return "."
    if name in COMMA_REGIONS:
        return ","
    return "." if name.split("-")[0] in POINT_LANGUAGES else ","


def day_first(locale: str | None) -> bool | None:
    """Return whether the day comes before the month in 03/04/2025; None when the locale does not tell.

    Bare ``en`` does not tell: London and New York differ.
    """
    if locale is None or _plain(locale) == "en":
        return None
    return _plain(locale) not in {"en-us", "en-ph", "es-us", "es-pr", "fil", "fil-ph"}


def _plain(locale: str) -> str:
    return locale.replace("_", "-").lower()
