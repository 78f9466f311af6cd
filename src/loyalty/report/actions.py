"""What to do: each segment with how many customers it has, what is at stake with them, and its strategy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loyalty.model.result import MetricResult, ResultTable, Status, Value
from loyalty.render.grid import Grid, Header
from loyalty.render.shape import number
from loyalty.render.voice import Voice
from loyalty.report.arrangement import ASKS_FOR, PLAYBOOKS
from loyalty.report.build import Section
from loyalty.report.told import DOWN, UP


@dataclass(frozen=True)
class Action:
    """A segment and what to do with it; ``more`` are the customers it has more than in the period before, if known."""

    who: str
    customers: int
    more: int | None
    money: Value
    unit: str
    what: str


@dataclass(frozen=True)
class Playbook:
    """The segments of one kind, those that have nobody left out."""

    title: str
    actions: tuple[Action, ...]

    def grid(self, voice: Voice) -> Grid:
        """Return the playbook in words."""
        words, numbers = voice.words, voice.numbers
        headers = (
            Header(self.title, is_number=False),
            Header(words("figures.customers"), is_number=True),
            Header(words("report.change_heading"), is_number=True),
            Header(words("report.at_stake"), is_number=True),
            Header(words("columns.strategy"), is_number=False),
        )
        rows = tuple(
            (
                action.who,
                numbers.value(action.customers, "count"),
                _moved(action.more, voice),
                "" if action.money is None else numbers.value(action.money, action.unit),
                action.what,
            )
            for action in self.actions
        )
        return Grid(headers, rows)


def playbooks(sections: Sequence[Section], voice: Voice) -> Iterator[Playbook]:
    """Yield what to do with the segments of each section that has a strategy for them; whom to contact stands first."""
    for section in sections:
        if section.result is not None and (found := tuple(_contacts(section.result, section, voice))):
            yield Playbook(voice.title(section.result), found)
    for section in sections:
        for table in section.result.tables if section.result is not None else ():
            if table.name in PLAYBOOKS and (found := tuple(_segments(table, section, voice))):
                yield Playbook(voice.heading(table), found)


def _contacts(result: MetricResult, section: Section, voice: Voice) -> Iterator[Action]:
    for figure in result.figures:
        if (
            figure.name in ASKS_FOR
            and figure.status is Status.OK
            and isinstance(figure.value, int)
            and figure.value
        ):
            change = section.changes.get(figure.name)
            yield Action(
                voice.label(figure.name),
                figure.value,
                None if change is None else round(change.difference),
                None,
                "",
                voice.words(f"strategies.{ASKS_FOR[figure.name]}"),
            )


def _segments(table: ResultTable, section: Section, voice: Voice) -> Iterator[Action]:
    places = {column.name: place for place, column in enumerate(table.columns)}
    before = _customers(section.earlier, table.name) if section.changes else {}
    strategy, revenue = places["strategy"], places.get("revenue")
    for row in table.rows:
        customers = row[places["customers"]]
        if not isinstance(customers, int) or not customers:
            continue
        earlier = before.get(row[0])
        yield Action(
            voice.cell(table, table.columns[0], row[0]),
            customers,
            None if earlier is None else customers - round(earlier),
            None if revenue is None else row[revenue],
            "money" if revenue is None else table.columns[revenue].unit,
            voice.cell(table, table.columns[strategy], row[strategy]),
        )


def _customers(earlier: MetricResult | None, name: str) -> dict[Value, float]:
    """Return how many customers each segment had; nothing where only figures were kept of that time."""
    table = next((table for table in earlier.tables if table.name == name), None) if earlier else None
    if table is None:
        return {}
    place = [column.name for column in table.columns].index("customers")
    found = ((row[0], number(row[place])) for row in table.rows)
    return {key: customers for key, customers in found if customers is not None}


def _moved(more: int | None, voice: Voice) -> str:
    if more is None:
        return ""
    sign = f"{UP if more > 0 else DOWN} " if more else ""
    return f"{sign}{voice.numbers.change(more, 'count')}"
