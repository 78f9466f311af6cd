"""Drafts a configuration file from what was found out about the exports, with a comment wherever a choice is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.config.draft_mapping import mapping
from loyalty.config.draft_yaml import comment, noted, yaml_value
from loyalty.config.readings import Reading
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.period import Every, parse_period
from loyalty.model.tables import Scale
from loyalty.words import Words

FED = (Kind.ORDERS, Kind.SURVEYS, Kind.MENTIONS, Kind.TICKETS, Kind.POINTS)
"""The kinds of export that a report is made from."""
JOINED = (Kind.CUSTOMERS,)
"""The kinds that only add to surveys and points."""
SCHEMA = "loyalty.schema.json"
LAST_MONTH = "last-month"
LOYALTY_ITEMS = ("cli_recommend", "cli_repurchase", "cli_try_other")


Days = Sequence[tuple[date, date]]


@dataclass(frozen=True)
class Draft:
    """The text of a configuration, and the questions left in it with their lines."""

    text: str
    questions: tuple[tuple[int, str], ...]


def draft(
    readings: Sequence[Reading],
    said: Source,
    language: str = "en",
    *,
    name: str = "config.yaml",
    days: Days = (),
) -> Draft:
    """Return the configuration for these exports; ``said`` is what the user said about all of them.

    ``name`` is what the file will be called, ``days`` the first and last day of each source, where they are known.
    A question that only the user can answer stands in the text as a comment that begins with ``?``.
    """
    parts = (
        _opening(name),
        _business(readings, said, language),
        _sources(readings, said),
        _others(readings),
        _when(days),
        _metrics(readings),
        _report(),
    )
    text = "\n".join(line.rstrip() for part in parts for line in part)
    questions = tuple(
        (number, line.strip().removeprefix("# ?").strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip().startswith("# ?")
    )
    return Draft(text + "\n", questions)


# --- the parts of the file, in its order


def _opening(name: str) -> Iterator[str]:
    yield f"# yaml-language-server: $schema=./{SCHEMA}"
    yield "# Settings of `loyalty report`, drafted by `loyalty init` from the exports named below. Run"
    yield "#"
    yield f"#     loyalty report --config {name}"
    yield "#"
    yield f"# In this folder, `loyalty schema config > {SCHEMA}` writes the file that the first line names: with it,"
    yield "# editors that know YAML underline mistakes while you type."
    yield "#"
    yield "# Read it once: lines that begin with # change nothing until the # is removed; # ? marks what only you know."
    yield ""


def _business(readings: Sequence[Reading], said: Source, language: str) -> Iterator[str]:
    yield "business:"
    yield noted('  # name: "My shop"', "as it is to stand on the report")
    yield noted(f"  timezone: {yaml_value(said.timezone)}", "where a day begins and ends for you")
    yield from _currency(readings, said)
    yield noted(f"  language: {yaml_value(language)}", "of the report: en or tr")
    if said.locale:
        yield noted(
            f"  locale: {yaml_value(said.locale)}", "decides numbers and dates that could mean two things"
        )
    yield ""


def _currency(readings: Sequence[Reading], said: Source) -> Iterator[str]:
    orders = [reading for reading in readings if reading.kind is Kind.ORDERS]
    stated = {reading.platform_currency for reading in orders if reading.platform_currency}
    seen = {code for reading in orders for code in reading.currencies_seen}
    in_column = bool(orders) and all("currency" in reading.columns for reading in orders)
    if said.currency:
        yield noted(f"  currency: {yaml_value(said.currency)}", "for exports without a currency column")
    elif in_column:
        yield noted("  # currency: TRY", "not needed: the orders have a currency column")
    elif len(stated | seen) == 1:
        source = "the platform sells in it" if stated else "as it stands beside the amounts"
        yield noted(f"  currency: {yaml_value((stated | seen).pop())}", source)
    elif orders:
        yield "  # ? Which currency are the amounts in? The exports do not say it."
        yield "  # currency: TRY"


def _sources(readings: Sequence[Reading], said: Source) -> Iterator[str]:
    yield "# Paths start from the folder of this file; a pattern such as exports/orders-*.csv takes all files it fits."
    yield "sources:"
    for kind in _fed(readings):
        group = [reading for reading in readings if reading.kind is kind and _can_be_read(reading)]
        if group:
            yield from _source(kind, group, said)
    yield ""


def _fed(readings: Sequence[Reading]) -> tuple[Kind, ...]:
    are_joined = any(reading.kind in (Kind.SURVEYS, Kind.POINTS) for reading in readings)
    return (*FED, *JOINED) if are_joined else FED


def _can_be_read(reading: Reading) -> bool:
    return reading.feeds or reading.kind in JOINED


def _source(kind: Kind, group: Sequence[Reading], said: Source) -> Iterator[str]:
    for reading in group:
        yield from comment(f"{reading.path}: {_described(reading)}", "  ")
        for remark in _remarks(reading):
            yield from comment(remark, "  ")
    yield f"  {kind}:"
    yield from _files(group)
    if said.preset:
        yield f"    preset: {yaml_value(said.preset)}"
    for reading in group:
        if reading.problem is not None:
            yield from comment(f"? {' '.join(reading.problem.problems)}", "    ")
            yield from comment(reading.problem.hint or "", "    ")
            yield noted("    # locale: tr", "or en-US, en-GB: how this file writes dates and numbers")
    for name in ("encoding", "delimiter"):
        if value := getattr(said, name):
            yield f"    {name}: {yaml_value(value)}"
    yield from mapping(kind, group)


def _files(group: Sequence[Reading]) -> Iterator[str]:
    if len(group) == 1:
        yield f"    files: {yaml_value(group[0].path)}"
        return
    yield "    files:"
    for reading in group:
        yield f"      - {yaml_value(reading.path)}"


def _others(readings: Sequence[Reading]) -> Iterator[str]:
    fed = _fed(readings)
    rest = [reading for reading in readings if reading.kind not in fed or not _can_be_read(reading)]
    if not rest:
        return
    yield "# Not part of the report:"
    for reading in rest:
        yield from comment(f"{reading.path}: {_described(reading)}")
        if reading.kind in FED:
            yield from comment(
                "no column says who bought, and every metric of orders is about customers", "  "
            )
        if reading.kind is None and reading.problem is not None:
            yield from comment("; ".join(reading.problem.problems), "  ")
            yield from comment(reading.problem.hint or "", "  ")
    yield ""


def _when(days: Days) -> Iterator[str]:
    yield "# last-month, last-quarter, last-year, last-30-days, 2026-10, 2026-Q3, 2026 or 2026-10-01..2026-11-01."
    period = _period(days)
    if period != LAST_MONTH:
        yield f"# No whole month is in the exports yet. When {period} is over, write {LAST_MONTH} here."
    yield f"period: {period}"
    yield "# The first day that does not count; without it, the day after the last event in the exports."
    yield "# as_of: 2026-11-01"
    yield ""


def _period(days: Days) -> str:
    """Return the last month that is over, or the one of the last day where the exports begin after it."""
    if not days:
        return LAST_MONTH
    end = max(last for _, last in days) + timedelta(days=1)
    begins = max(first for first, _ in days)
    finished = parse_period(LAST_MONTH, end)
    running = Every.MONTH.period(Every.MONTH.floor(end - timedelta(days=1)))
    return LAST_MONTH if begins < finished.end else str(running.label)


def _metrics(readings: Sequence[Reading]) -> Iterator[str]:
    kinds = {reading.kind for reading in readings if reading.feeds}
    lines = [
        *(_satisfaction(readings) if Kind.SURVEYS in kinds else ()),
        *(_effort(readings) if Kind.SURVEYS in kinds else ()),
        *(_loyalty_index(readings) if Kind.SURVEYS in kinds else ()),
        *(_lifetime_value() if Kind.ORDERS in kinds else ()),
        *(_own_brand(readings) if Kind.MENTIONS in kinds else ()),
        *(_service(readings) if Kind.TICKETS in kinds else ()),
        *(_point_value() if Kind.POINTS in kinds else ()),
    ]
    yield "# Options of single metrics; `loyalty NAME --help` lists them. false leaves a metric out of the report."
    lines = lines or ["  # nps: false"]
    yield "metrics:" if any(not line.strip().startswith("#") for line in lines) else "# metrics:"
    yield from lines
    yield ""


def _satisfaction(readings: Sequence[Reading]) -> Iterator[str]:
    """Ask for the scale of the satisfaction question where nothing tells it."""
    if all("csat" not in reading.columns or "csat" in reading.scales for reading in readings):
        return
    yield "  # ? On which scale was satisfaction asked? The exports do not say it."
    yield "  # Until then it is left out; put the block in place of the line below it."
    yield "  # csat:"
    yield "  #   scale: 1-5"
    yield "  csat: false"


def _effort(readings: Sequence[Reading]) -> Iterator[str]:
    """Ask for the scale of the effort question, and on five answers for its good end, where nothing tells them."""
    asked = [reading for reading in readings if "ces" in reading.columns]
    scales = {reading.scales.get("ces") for reading in asked}
    directed = all(reading.best.get("ces", Scale.UNKNOWN) is not Scale.UNKNOWN for reading in asked)
    if not asked or (None not in scales and (directed or (1, 5) not in scales)):
        return
    yield "  # ? On which scale was effort asked, and which answer is the good one? The exports do not say it."
    yield "  # Until then it is left out; put the block in place of the line below it."
    yield "  # ces:"
    yield noted("  #   scale: 1-7", "1-7: it was easy; 1-5: how much effort")
    yield noted("  #   best: 7", "the good end; of 1-5 it is 1 where the question asks for effort")
    yield "  ces: false"


def _loyalty_index(readings: Sequence[Reading]) -> Iterator[str]:
    """Ask which end of the scale is the good one, where the three loyalty questions are there and nothing tells."""
    asked = [reading for reading in readings if set(LOYALTY_ITEMS) <= set(reading.columns)]
    if not asked or all(
        reading.best.get(item) is not Scale.UNKNOWN for reading in asked for item in LOYALTY_ITEMS
    ):
        return
    stated = [reading.scales[item] for reading in asked for item in LOYALTY_ITEMS if item in reading.scales]
    lowest, highest = stated[0] if stated else (1, 6)
    yield f'  # ? Which answer of the three loyalty questions means "definitely yes": {highest} or {lowest}?'
    yield "  # Until then the index is left out; put the block in place of the line below it."
    yield "  # cli:"
    yield f"  #   best: {highest}"
    yield "  cli: false"


def _lifetime_value() -> Iterator[str]:
    yield "  # clv:"
    yield noted("  #   margin: 0.6", "share of the price that stays after the goods are paid: 0.6 is 60 %")


def _point_value() -> Iterator[str]:
    yield "  # program:"
    yield noted("  #   point_value: 0.05", "what a point costs you: for what the outstanding ones may cost")


def _own_brand(readings: Sequence[Reading]) -> Iterator[str]:
    brands = sorted({brand for reading in readings for brand in reading.brands})
    if len(brands) < 2:
        return
    yield from comment(f"? Which brand is yours? In the file: {', '.join(brands[:12])}", "  ")
    yield "  # mentions:"
    yield f"  #   own_brand: {yaml_value(brands[0])}"


def _service(readings: Sequence[Reading]) -> Iterator[str]:
    """Ask for the scale of the satisfaction with tickets where it is in numbers, of which nothing tells the scale."""
    if any(reading.rated_in_numbers for reading in readings):
        yield "  # ? On which scale did customers rate their tickets? Until then their satisfaction has no value."
    yield "  # service:"
    yield noted("  #   target_minutes: 60", "within which a first reply is in time")
    if any(reading.rated_in_numbers for reading in readings):
        yield "  #   scale: 1-5"


def _report() -> Iterator[str]:
    yield "report:"
    yield noted("  output: reports/{period}", "the folder; {period} becomes 2026-10")
    yield "  formats: [html, markdown, json]"
    yield ""
    yield "# Rules for scripts and cron: when one is true, the report is written and the run ends with exit code 4."
    yield "# alerts:"
    yield "#   - nps < 30"


# --- what is said about one export


def _described(reading: Reading) -> str:
    """Return what a file is, in one line."""
    if reading.kind is None:
        return "not recognised"
    facts = [f"{reading.called}{f' of {reading.platform}' if reading.platform else ''}", *reading.opened]
    return ", ".join(facts)


def _remarks(reading: Reading) -> Iterator[str]:
    words = Words("en")
    for reason in reading.reasons:
        yield words.first(f"readings.{reason}", f"reasons.{reason}")
    if reading.unknown_words:
        yield f"status words that are not known: {', '.join(reading.unknown_words)}"
