"""Finding a column by what people call it: ``SİPARİŞ NO``, ``siparis_no`` and ``#3`` all lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from loyalty.errors import near
from loyalty.ingest.catalogue import How, Names, Rule, key
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Use

UNITS = re.compile(
    r"[\s(\[]*(?:TL|TRY|USD|EUR|GBP|₺|\$|€|£|KDV dahil|incl\.? tax|UTC|GMT)[\s)\]]*$"
    r"|\s*[(\[][01] ?[-–] ?\d{1,2}[)\]]\s*$",
    re.IGNORECASE,
)
"""Units of money and time, and the ends of a scale: ``Tutar (TL)``, ``Puan (1-5)``."""
UNIT_ENDS = frozenset("LYDRPCTlydrpctxX₺$€£)] ")
ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
METAFIELD = re.compile(r"metafields?\b[:.]\s*[\w-]+\.([\w-]+)", re.IGNORECASE)
"""A field that a shop added itself: ``Metafield: loyalty.points_balance [number_integer]``."""
LONGEST = 1000
"""Questions of surveys are as long; damage makes longer headers, whose end is not looked for: that would take hours."""
PLACE = re.compile(r"#(\d{1,9})")
SHOWN = 40
Unfit = Callable[[str], bool]


def _without_unit(header: str) -> str:
    if "etafield" in header[:LONGEST] and (own := METAFIELD.search(header[:LONGEST])):
        return key(own[1])
    # A look at the last sign is cheap, and few headers have a unit.
    has_unit = header[-1:] in UNIT_ENDS and len(header) <= LONGEST
    return key(UNITS.sub("", header) if has_unit else header)


def _plain(header: str) -> str:
    return _without_unit(ASIDE.sub("", header) if len(header) <= LONGEST else header)


def _fits_always(_: str) -> bool:
    return False


class Headers:
    """The headers of one file, found by folded text. Of equal headers the first is meant."""

    def __init__(self, file: RawFile) -> None:
        self.texts = file.headers
        self._by_key: dict[str, list[str]] = {}
        self._without_unit: dict[str, list[str]] = {}
        for place, text in enumerate(file.headers):
            self._by_key.setdefault(key(text), []).append(f"c{place}")
            self._without_unit.setdefault(_without_unit(text), []).append(f"c{place}")

    def __contains__(self, header: str) -> bool:
        return bool(self._by_key.get(key(header)))

    def text(self, column: str) -> str:
        """Return the header of ``c3``."""
        return self.texts[int(column[1:])]

    def find(self, header: str, taken: Collection[str] = ()) -> str | None:
        """Return the first column under this header that is not taken, if there is one."""
        return next((column for column in self._by_key.get(key(header), ()) if column not in taken), None)

    def asked(self, wish: str) -> str | None:
        """Return the column a user means by a header or by its place (``#3``)."""
        if PLACE.fullmatch(wish.strip()):
            return self._at(wish)
        exact = [f"c{place}" for place, text in enumerate(self.texts) if text == wish]
        return exact[0] if exact else self.find(wish)

    def named(self, names: Names, taken: Collection[str], unfit: Unfit = _fits_always) -> str | None:
        """Return the column with the most preferred of these names; ``Tutar (TL)`` counts as ``Tutar`` in the end.

        Columns of which ``unfit`` holds are passed over.
        """
        for known in (self._by_key, self._without_unit):
            for header in names.headers:
                for column in known.get(key(header), ()):
                    if column not in taken and not unfit(column):
                        return column
        return None

    def alike(self, column: str) -> tuple[str, ...]:
        """Return the other columns under the same header but for what is in parentheses: ``Tutar (KDV hariç)``."""
        wanted = _plain(self.text(column))
        others = (
            f"c{place}"
            for place, text in enumerate(self.texts)
            if key(text).startswith(wanted) and _plain(text) == wanted
        )
        return tuple(other for other in others if other != column)

    def ruled(self, rule: Rule, *, by_place: bool = False) -> Use | None:
        """Return the columns a platform's rule names, as far as the file has them.

        ``by_place`` lets places stand in for headers (``#3``), for tools whose headers their users rename.
        """
        names = [header for header in rule.headers if not PLACE.fullmatch(header)]
        found = tuple(column for header in names if (column := self.find(header)))
        if not found and by_place:
            found = tuple(column for header in rule.headers if (column := self._at(header)))[:1]
        whole = len(found) == len(names)
        if rule.how in (How.TIMES, How.LOWERED) and not whole:
            found = ()
        if rule.how is How.MINUS and self.find(rule.headers[0]) is None:
            found = ()
        if not found:
            return self.ruled(rule.otherwise, by_place=by_place) if rule.otherwise else None
        return Use(found, rule.how if len(found) > 1 else How.FIRST, Known.PLATFORM)

    def _at(self, place: str) -> str | None:
        """Return the column at a place such as ``#3``."""
        found = PLACE.fullmatch(place.strip())
        return f"c{int(found[1]) - 1}" if found and 1 <= int(found[1]) <= len(self.texts) else None

    def nearest(self, wish: str) -> str:
        """Return ``; did you mean "x"?`` for the header nearest to ``wish``, or an empty string."""
        return near(wish, [text for text in self.texts if text])

    def listed(self) -> str:
        """Return the headers for a message, blank ones by their place."""
        shown = [
            f'"{text}"' if "," in text else text or f"#{place}"
            for place, text in enumerate(self.texts[:SHOWN], start=1)
        ]
        more = f" … and {len(self.texts) - SHOWN} more" if len(self.texts) > SHOWN else ""
        return ", ".join(shown) + more
