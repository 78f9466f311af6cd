"""Numbers, money and dates as people of a language write them. Nothing else in the toolkit rounds."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_currency_precision, get_currency_symbol

from loyalty.model.period import Every
from loyalty.model.result import Figure, Period, Status, Value
from loyalty.render.look import CurrencyPosition
from loyalty.render.plain import plain
from loyalty.words import Words

# CLDR's English knows these only by their code; shops know them by their sign.
_SIGNS = {"TRY": "₺", "AZN": "₼", "GEL": "₾", "KZT": "₸", "RUB": "₽", "UAH": "₴"}
_LABEL = re.compile(r"(?P<year>[1-9]\d{3})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4])|W(?P<week>\d{2})))?")
_EXACT = Decimal("1e-12")
SMALLEST_P = Decimal("0.001")
"""Smaller ones are not told apart."""
SPANS = frozenset({"days", "hours", "minutes", "months", "years"})


class Numbers:
    """Writes values in one language: half-up, never "0%" or "100%" unless it is exactly that.

    Amounts carry their currency's sign, before the amount or after it, as ``currency_position`` says.
    """

    def __init__(
        self, lang: str = "en", *, currency_position: CurrencyPosition = "before", words: Words | None = None
    ) -> None:
        self.words = words or Words(lang)
        self.lang = lang
        self.currency_position = currency_position

    def figure(self, figure: Figure) -> str:
        """Return a figure as a phrase: ``+20.0``, ``61 days``, or a dash and the reason in words."""
        shown = self.amount(figure)
        if figure.status is Status.OK:
            return shown
        few = figure.status is Status.INSUFFICIENT and figure.n is not None
        cases = f"{self.words('units.n', n=self.value(figure.n, 'count'))}; " if few else ""
        return f"{shown} ({cases}{self.remark(figure)})"

    def amount(self, figure: Figure) -> str:
        """Return the figure's value alone, a dash where it is not to be shown."""
        counted = figure.status is Status.INSUFFICIENT and figure.unit == "count"
        return self.spelled(figure.value if figure.status is Status.OK or counted else None, figure.unit)

    def remark(self, figure: Figure) -> str:
        """Return in words why a figure is not shown, an empty text when it is."""
        if figure.status is Status.OK:
            return ""
        return self.words(f"reasons.{figure.reason}" if figure.reason else f"status.{figure.status}")

    def value(self, value: Value, unit: str = "text") -> str:
        """Return a value as it stands in a cell.

        Raises:
            ValueError: the number is NaN or infinite; unknown is None.
        """
        match value:
            case None:
                none = self.words("words.none")
                return self.words("units.p", p=none) if unit == "p" else none
            case bool():
                return self.words("words.yes" if value else "words.no")
            case str():
                return plain(value)
            case date():
                return format_date(value, "medium", locale=self.lang)
            case int() if unit == "score":
                return self._plain(Decimal(value), 0)
            case _:
                return self._number(_decimal(value), unit)

    def brief(self, value: Value, unit: str) -> str:
        """Return a value in as few characters as can be compared side by side: a share in whole percent."""
        if unit == "share" and isinstance(value, (int, float, Decimal)):
            return self._share(_decimal(value), 0)
        return self.value(value, unit)

    def spelled(self, value: Value, unit: str) -> str:
        """Return a value with its unit in words where it is a span of time: ``61 days``; a ``whole_share``: ``81%``."""
        if unit == "whole_share":
            return self.brief(value, "share")
        if unit not in SPANS or isinstance(value, (bool, str, date)) or value is None:
            return self.value(value, unit)
        plural = "one" if value == 1 else "other"
        return self.words(f"units.{unit}_{plural}", value=self.value(value, unit))

    def change(self, difference: Value, unit: str) -> str:
        """Return a difference with its sign: ``+1.2 percentage points``, ``-4.1 points``, ``+34``."""
        if isinstance(difference, (bool, str, date)) or difference is None:
            return self.value(None)
        number = _decimal(difference)
        if unit == "share":
            return f"{self._signed(number * 100, 1)} {self.words('units.percent_points')}"
        if unit == "points":
            return f"{self._signed(number, 1)} {self.words('units.points')}"
        shown = self.value(number, unit)
        return shown if number <= 0 or shown.startswith("+") else f"+{shown}"

    def tick(self, value: Decimal, unit: str, step: Decimal) -> str:
        """Return a round number for an axis, with as many decimals as the step between two of them needs."""
        scaled = step * 100 if unit == "share" else step
        places = max(0, -int(scaled.normalize().as_tuple().exponent))
        if unit == "share":
            return self._percent(value * 100, places)
        if unit.startswith("money:") and places == 0:
            return self._money(value, unit.removeprefix("money:"), places=0)
        return self._signed(value, places) if unit == "points" else self._plain(value, places)

    def interval(self, low: Value, high: Value, unit: str) -> str:
        """Return ``-30.3 to +61.1``, or an empty text when there is no interval."""
        if low is None or high is None:
            return ""
        return self.words("units.interval", low=self.value(low, unit), high=self.value(high, unit))

    def confidence(self, confidence: float) -> str:
        """Return ``95% interval``."""
        return self.words.say("units.confidence", {"confidence": confidence}, self.value)

    def period(self, period: Period) -> str:
        """Return a period by name (``October 2026``) or by its first and last day."""
        if period.label and (named := self._named(period.label, "yMMMM")):
            return named
        last = period.end - timedelta(days=1)
        if period.start == last:
            return self.value(last)
        return self.words("units.from_to", start=self.value(period.start), end=self.value(last))

    def symbol(self, code: str) -> str:
        """Return the sign of a currency: ``₺`` of ``TRY``, the code itself where there is none."""
        symbol = str(get_currency_symbol(code, locale=self.lang))
        return _SIGNS.get(code, code) if symbol == code else symbol

    def calendar(self, label: str) -> str:
        """Return ``2026-10`` as ``Oct 2026`` and its like, a stretch by its first and last day; other text unchanged.

        A stretch is ``2026-05-01..2026-11-01``, whose end does not count: ``May 2026 – Oct 2026``.
        """
        return self._named(label, "yMMM") or self._stretch(label) or plain(label)

    def _stretch(self, label: str) -> str | None:
        start, _, end = label.partition("..")
        try:
            period = Period(date.fromisoformat(start), date.fromisoformat(end))
        except ValueError:
            return None
        last = period.end - timedelta(days=1)
        if period.start.day == period.end.day == 1 and period.start < last:
            first_month, last_month = (self.calendar(f"{day:%Y-%m}") for day in (period.start, last))
            return self.words("units.from_to", start=first_month, end=last_month)
        return self.period(period)

    def _named(self, label: str, month_skeleton: str) -> str | None:
        found = _LABEL.fullmatch(label)
        if found is None:
            return None
        year = int(found["year"])
        if found["month"]:
            if not 1 <= int(found["month"]) <= 12:
                return None
            return format_skeleton(month_skeleton, date(year, int(found["month"]), 1), locale=self.lang)
        if found["quarter"]:
            start = Every.QUARTER.shift(date(year, 1, 1), int(found["quarter"]) - 1)
            return format_skeleton("yQQQ", start, locale=self.lang)
        if found["week"]:
            return self.words("units.week_label", year=year, week=int(found["week"]))
        return str(year)

    def _number(self, number: Decimal, unit: str) -> str:
        match unit:
            case "share":
                shown = self._share(number)
            case "confidence":
                shown = self._percent(number * 100, 0 if _is_whole(number * 100) else 1)
            case "points":
                shown = self._signed(number, 1)
            case "score":
                shown = self._plain(number, 2 if abs(number) < 10 else 1)
            case "share_change":
                shown = self._signed(number * 100, 1)
            case "score_change":
                shown = self._signed(number, 2 if abs(number) < 10 else 1)
            case "balance":
                shown = self._signed(number, 2)
            case "ratio" | "per_customer" | "money":
                shown = self._plain(number, 2)
            case "p_value" | "p":
                shown = self._p_value(number, spoken=unit == "p")
            case "days" | "hours" | "minutes" | "months" | "years" | "count":
                shown = self._plain(number, 0 if _is_whole(number) else 1)
            case _ if unit.startswith("money:"):
                shown = self._money(number, unit.removeprefix("money:"))
            case _:
                shown = self._plain(number, 0 if _is_whole(number) else 2)
        return shown

    def _share(self, number: Decimal, places: int = 1) -> str:
        percent, least = number * 100, Decimal(1).scaleb(-places)
        for exact in (Decimal(0), Decimal(100)):
            if abs(percent - exact) <= _EXACT:
                return self._percent(exact, 0)
            if _round(percent, places) == exact:
                above = percent > exact
                nearest = self._percent(exact + (least if above else -least), places)
                return self.words("units.share_below" if above else "units.share_above", share=nearest)
        return self._percent(percent, places)

    def _p_value(self, number: Decimal, *, spoken: bool) -> str:
        """Return a p-value, ``spoken`` as it stands in a sentence: ``p = 0.066``, ``p < 0.001``."""
        least = number < SMALLEST_P
        shown = self._plain(SMALLEST_P if least else number, 3)
        if spoken:
            return self.words("units.p_below" if least else "units.p", p=shown)
        return self.words("units.share_below", share=shown) if least else shown

    def _percent(self, percent: Decimal, places: int) -> str:
        # Babel's own percent pattern rounds to whole percent; the sign stands before the % in Turkish too.
        rounded = _round(percent, places)
        digits = self._plain(abs(rounded), places)
        return f"{'-' if rounded < 0 else ''}{f'%{digits}' if self.lang == 'tr' else f'{digits}%'}"

    def _money(self, number: Decimal, code: str, places: int | None = None) -> str:
        places = get_currency_precision(code) if places is None else places
        rounded = _round(number, places)
        sign, amount = "-" if rounded < 0 else "", self._plain(abs(rounded), places)
        symbol = self.symbol(code)
        if self.currency_position == "after":
            return sign + self.words("units.money_after", amount=amount, symbol=symbol)
        return f"{sign}{symbol}{' ' if symbol[-1].isalpha() else ''}{amount}"

    def _signed(self, number: Decimal, places: int) -> str:
        shown = self._plain(number, places)
        return f"+{shown}" if _round(number, places) > 0 else shown

    def _plain(self, number: Decimal, places: int) -> str:
        rounded = _round(number, places)
        return format_decimal(rounded, format=_pattern(rounded), locale=self.lang)


def _decimal(value: int | float | Decimal) -> Decimal:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number to show; unknown is None")
        # The shortest writing of the float, so that 2.675 rounds up as it reads.
        return Decimal(repr(value))
    return Decimal(value)


def _is_whole(value: int | float | Decimal) -> bool:
    number = _decimal(value)
    return number == number.to_integral_value()


def _round(number: Decimal, places: int) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded  # no "-0.0"


def _pattern(rounded: Decimal) -> str:
    places = -int(rounded.as_tuple().exponent)
    return f"#,##0.{'0' * places}" if places > 0 else "#,##0"
