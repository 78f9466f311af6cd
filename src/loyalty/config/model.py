"""Every key the configuration file may hold, what it means and what it is when left out."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parseaddr
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from loyalty.errors import RuleError, UsageError, near
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.delimiter import named_delimiter
from loyalty.ingest.encoding import canonical
from loyalty.ingest.values.currencies import is_currency, near_currency
from loyalty.ingest.values.locales import known_locale
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.period import YEARS, parse_period
from loyalty.model.rule import WANTED, parse_rule
from loyalty.words import Words


class Block(BaseModel):
    """A group of keys; unknown ones are mistakes, and text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"is not a time zone{near(name, available_timezones())}") from None
    return name


def _currency_code(code: str) -> str:
    if is_currency(code.upper()):
        return code.upper()
    raise ValueError(f"is not a currency code{near_currency(code)}")


def _layout(preset: str) -> str:
    known = [platform.id for platform in catalogue().platforms]
    if preset in known:
        return preset
    advice = near(preset, known) or f"; layouts: {', '.join(known)}"
    raise ValueError(f"is not a layout{advice}")


def _locale_code(code: str) -> str:
    try:
        known_locale(code)
    except UsageError:
        raise ValueError("must be a language, or language and country, such as tr, en-US or en-GB") from None
    return code


def _known_encoding(name: str) -> str:
    try:
        canonical(name)
    except UsageError:
        raise ValueError("is not an encoding; write for example utf-8, cp1254 or utf-16") from None
    return name


def _delimiter(text: str) -> str:
    try:
        named_delimiter(text)
    except UsageError:
        raise ValueError('must be one character such as ";", or the word tab') from None
    return text


def _period(text: str | int) -> str:
    try:
        # Which day it is counted from decides which days it is, not whether it can be read.
        parse_period(str(text), date(2000, 1, 1))
    except UsageError as error:
        _, _, reason = error.problems[0].partition(" is ")
        found = f"is {reason}" if reason else "ends before it starts"
        raise ValueError(f"{found}. {error.hint}") from None
    return str(text)


def _day(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"is not a day of the years {YEARS[0]} to {YEARS[-1]}")
    return day


def folder_name(text: str) -> str:
    """Return the name of a folder for the report, as written.

    Raises:
        ValueError: it has braces around something else than a period or a profile.
    """
    try:
        text.format(period="2026-10", profile="kadikoy")
    except (KeyError, IndexError, ValueError, AttributeError):
        raise ValueError("may hold {period}, {profile} and no other braces") from None
    return text


def _history_folder(text: str) -> str:
    try:
        text.format(profile="kadikoy")
    except (KeyError, IndexError, ValueError, AttributeError):
        raise ValueError(
            "may hold {profile} and no other braces; each period has its own file in it"
        ) from None
    return text


def _rule(text: str) -> str:
    try:
        parse_rule(text, "").check_names(METRICS, Words().names("figures"))
    except RuleError as error:
        reason = error.problems[0].removeprefix(f" {text!r} ")
        raise ValueError(f"{reason}; write {WANTED}" if error.hint else reason) from None
    return text


def _column_of(kind: Kind) -> AfterValidator:
    """Return the check that a column of these files may be mapped."""

    def known(name: str) -> str:
        names = catalogue().names_to_map(kind)
        if name not in names:
            raise ValueError(near(name, names) or f"; known here: {', '.join(catalogue().mappable[kind])}")
        return name

    return AfterValidator(known)


Text = Annotated[str, Field(min_length=1)]
Several = Annotated[tuple[Text, ...], Field(min_length=1)]
Texts = Text | Several
Currency = Annotated[str, AfterValidator(_currency_code)]
RuleText = Annotated[Text, AfterValidator(_rule)]
Locale = Annotated[str, AfterValidator(_locale_code)]


class Business(Block):
    """Whose figures these are."""

    name: str = Field(default="", description="Name of the business, shown on the report.")
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        default="Europe/Istanbul", description="IANA time zone in which a day begins and ends."
    )
    currency: Currency | None = Field(
        default=None, description="ISO 4217 code for exports without a currency column."
    )
    language: Literal["en", "tr"] = Field(default="en", description="Language of the report.")
    currency_position: Literal["before", "after"] = Field(
        default="before", description="Where a currency stands: ₺1.234,56 or 1.234,56 ₺."
    )
    locale: Locale | None = Field(
        default=None,
        description="How the exports write numbers and dates that could mean two things: tr, en-US, en-GB.",
    )


MAP = 'Column meaning to header, or to a position such as "#3".'


class Export(Block):
    """One kind of export and how to read it, where it is not recognised by itself."""

    files: Texts = Field(
        description="A path or pattern, or a list of them; relative to the configuration file."
    )
    preset: Annotated[Text, AfterValidator(_layout)] | None = Field(
        default=None, description="Platform layout to use instead of the recognised one."
    )
    map: dict[str, Text] = Field(default_factory=dict, description=MAP)
    locale: Locale | None = Field(default=None, description="As business.locale, for these files.")
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = Field(
        default=None, description="Encoding of text files, such as cp1254."
    )
    delimiter: Annotated[str, AfterValidator(_delimiter)] | None = Field(
        default=None, description="One character, or the word tab."
    )
    currency: Currency | None = Field(default=None, description="As business.currency, for these files.")


class SurveyExport(Export):
    """Survey answers and how to read them."""

    map: dict[Annotated[str, _column_of(Kind.SURVEYS)], Text] = Field(default_factory=dict, description=MAP)
    aliases: Text | None = Field(
        default=None,
        description="File that says which ids belong to one customer: two columns, alias and customer_id.",
    )


class Exclude(Block):
    """Whose orders do not count: an address, @domain, a customer id, or Column=value; one or a list of them."""

    tests: Texts | None = Field(default=None, description="Test orders.")
    employees: Texts | None = Field(default=None, description="Orders of employees.")
    wholesale: Texts | None = Field(default=None, description="Orders of businesses that sell on.")
    others: Texts | None = Field(default=None, description="Orders that do not count for another reason.")


class OrdersExport(SurveyExport):
    """Order exports and how to read them."""

    map: dict[Annotated[str, _column_of(Kind.ORDERS)], Text] = Field(default_factory=dict, description=MAP)
    exclude: Exclude | None = Field(default=None, description="Whose orders do not count.")
    non_products: Texts | None = Field(
        default=None,
        description="Article numbers or names that are no merchandise (postage, fees), beside those known.",
    )
    fx: Text | None = Field(
        default=None,
        description="File of exchange rates into the currency, for orders in several: date or month, currency, rate.",
    )
    deflate: Text | None = Field(
        default=None,
        description="File of a price index, to see orders in the money of its last month: month, index.",
    )
    conflicts: Literal["error", "last"] = Field(
        default="error",
        description="What becomes of an order that stands there twice with different content; last keeps the version "
        "that was changed last (needs updated_at).",
    )


class MentionsExport(Export):
    """Mentions of brands and how to read them."""

    map: dict[Annotated[str, _column_of(Kind.MENTIONS)], Text] = Field(default_factory=dict, description=MAP)


class TicketsExport(Export):
    """Support tickets and how to read them."""

    map: dict[Annotated[str, _column_of(Kind.TICKETS)], Text] = Field(default_factory=dict, description=MAP)


class CustomersExport(Export):
    """Customers or members and how to read them."""

    map: dict[Annotated[str, _column_of(Kind.CUSTOMERS)], Text] = Field(default_factory=dict, description=MAP)


class PointsExport(Export):
    """Points of members and how to read them."""

    map: dict[Annotated[str, _column_of(Kind.POINTS)], Text] = Field(default_factory=dict, description=MAP)


class Sources(Block):
    """The exports the figures come from."""

    orders: Text | Several | OrdersExport | None = Field(
        default=None, description="Order exports of the shop, the till or a marketplace."
    )
    surveys: Text | Several | SurveyExport | None = Field(default=None, description="Survey answers.")
    mentions: Text | Several | MentionsExport | None = Field(
        default=None, description="Mentions and reviews of the brand."
    )
    tickets: Text | Several | TicketsExport | None = Field(
        default=None, description="Support tickets of the help desk."
    )
    customers: Text | Several | CustomersExport | None = Field(
        default=None,
        description="Customers with consents and e-mail addresses, joined with the surveys; "
        "or members with the days they joined and left.",
    )
    points: Text | Several | PointsExport | None = Field(
        default=None, description="The ledger of the points programme, entry by entry; or a list of balances."
    )

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if any(getattr(self, name) is not None for name in type(self).model_fields):
            return self
        raise ValueError(f"must name at least one of {', '.join(type(self).model_fields)}")


ReportFormat = Literal["html", "markdown", "json", "csv", "xlsx", "pdf", "email", "eml"]


def _address(text: str) -> str:
    _, address = parseaddr(text)
    if re.fullmatch(r"[^@\s]+@[^@\s]+", address) and not re.search(r"[\r\n]", text):
        return text
    raise ValueError("must be an address such as rapor@example.com or Rapor <rapor@example.com>")


Address = Annotated[str, AfterValidator(_address)]


class Mail(Block):
    """The addresses of the e-mail; without them it is a draft that a mail program opens."""

    sender: Address | None = Field(default=None, description="From whom.")
    to: Address | Annotated[tuple[Address, ...], Field(min_length=1)] | None = Field(
        default=None, description="To whom; one address or a list."
    )


class Report(Block):
    """Where the report goes, and in which formats."""

    output: Annotated[Text, AfterValidator(folder_name)] = Field(
        default="reports/{period}",
        description="Folder of the report; {period} becomes 2026-10, 2026-Q3, …, {profile} the profile.",
    )
    formats: Annotated[tuple[ReportFormat, ...], Field(min_length=1)] = Field(
        default=("html", "markdown", "json"), description="Which files to write."
    )
    mail: Mail | None = Field(default=None, description="Whom the e-mail (eml) is from and to.")
    title: str | None = Field(
        default=None, description="Title of the report; the name of the business when left out."
    )


class Privacy(Block):
    """What the report says of single customers."""

    people: Literal["codes", "ids", "none"] = Field(
        default="codes",
        description="How the list of customers at risk names them: by codes, by the ids of the exports, or no list.",
    )
    top: int = Field(default=10, ge=1, le=100, description="How many customers it lists.")


class Config(Block):
    """Configuration of loyalty."""

    version: int = Field(default=1, ge=1, description="Version of this file's format.")
    business: Business | None = Field(default=None, description="Whose figures these are.")
    sources: Sources = Field(description="The exports the figures come from.")
    period: Annotated[str | int, AfterValidator(_period)] = Field(
        default="last-month", description="last-month, last-quarter, last-30-days, 2026-10, 2026-Q3, A..B, …"
    )
    as_of: Annotated[date, AfterValidator(_day)] | None = Field(
        default=None,
        description="First day that does not count; the day after the last event when left out.",
    )
    confidence: float = Field(default=0.95, ge=0.5, le=0.999, description="Of all intervals.")
    metrics: Any = Field(
        default=None,
        description="Options by metric; false leaves a metric out of the report, and forecast is in it only if named.",
    )
    report: Report | None = Field(default=None, description="Where the report goes.")
    privacy: Privacy | None = Field(default=None, description="What the report says of single customers.")
    history: Annotated[Text, AfterValidator(_history_folder)] | None = Field(
        default=None,
        description="Folder in which each run keeps its figures, for comparing where the exports do not reach back.",
    )
    alerts: RuleText | tuple[RuleText, ...] | None = Field(
        default=None, description="Rules such as nps < 30; when one fires, the run ends with exit code 4."
    )
    profiles: dict[str, Any] | None = Field(
        default=None,
        description="Several businesses or stores: by name, what differs from the rest of the file.",
    )
