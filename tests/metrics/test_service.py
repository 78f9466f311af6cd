"""Service: the worked examples, and what happens at the end of a period, to merged tickets and to small groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from loyalty import pipeline
from loyalty.derive.tickets.cases import event_days, tickets
from loyalty.errors import ColumnMissing, UsageError
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult, ResultTable
from loyalty.report.people import impersonal
from tests.canonical import make_tickets

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
END = datetime.fromisoformat("2026-11-01")


def opened(before: float, **more: Any) -> dict[str, Any]:
    """A ticket opened so many hours before the first of November; ``…_after`` are hours from then."""
    at = END - timedelta(hours=before)
    after = {name: hours for name, hours in more.items() if name.endswith("_after")}
    rest = {name: value for name, value in more.items() if name not in after}
    times = {
        name.removesuffix("_after"): at + timedelta(hours=hours)
        for name, hours in after.items()
        if hours is not None
    }
    return {"created_at": at, **times, **rest}


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def reason(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.status.value, figure.reason


def table(result: MetricResult, name: str) -> list[dict[str, Any]]:
    found = next(item for item in result.tables if item.name == name)
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def of(compute: Compute, rows: list[dict[str, Any]], **said: Any) -> MetricResult:
    return compute("service", make_tickets(rows), as_of="2026-11-01", **said)[0]


@pytest.mark.parametrize(
    "reply",
    [
        "first_response_at\n1,2026-10-01 23:50,2026-10-02 00:10",
        "First reply time in minutes\n1,2026-10-01 23:50,20",
    ],
)
def test_a_reply_is_an_event_also_where_only_its_minutes_are_told(reply: str, tmp_path: Path) -> None:
    """Opened ten minutes before midnight and answered ten after it: the data reach into the second of October."""
    path = tmp_path / "tickets.csv"
    path.write_text(f"ticket_id,created_at,{reply}\n", encoding="utf-8")
    metric = METRICS["service"]
    gathered = pipeline.gather(
        [(metric, metric.options())], {Kind.TICKETS: Source((str(path),))}, pipeline.Selection()
    )
    (result,) = pipeline.measure(gathered, metric, metric.options())
    assert (str(result.as_of), value(result, "first_response_within_target")) == ("2026-10-03", 1.0)


# --- worked examples


def test_resolution(examples: Examples, compute: Compute) -> None:
    example = examples["service.resolution"]
    expected = example["expected"]
    solved = [opened(100, solved_at_after=hours) for hours in example["inputs"]["resolved_hours"]]
    result = of(compute, [*solved, *(opened(age) for age in example["inputs"]["open_age_hours"])])
    assert value(result, "resolution_time_mean") == pytest.approx(expected["mean"])
    assert value(result, "resolution_time_median") == expected["median"]
    assert value(result, "resolution_time_p90") == pytest.approx(expected["p90"])
    assert value(result, "tickets_solved") == expected["n_resolved"]
    assert value(result, "tickets_open") == expected["n_open"]
    assert value(result, "resolved_share") == pytest.approx(expected["resolved_share"])
    assert 24 * value(result, "oldest_open") == pytest.approx(expected["max_open_age"])


def test_first_response(examples: Examples, compute: Compute) -> None:
    example = examples["service.first_response"]
    expected = example["expected"]
    rows = [
        opened(ticket["age_min"] / 60, first_reply_minutes=ticket["response_min"])
        for ticket in example["inputs"]["tickets"]
    ]
    result = of(compute, rows, target_minutes=example["params"]["target_min"])
    rate = result.headline
    assert (rate.name, rate.numerator, rate.denominator) == (
        "first_response_within_target",
        expected["met"],
        expected["due"],
    )
    assert rate.value == expected["rate"]
    assert value(result, "first_response_not_due") == expected["not_yet_due"]


def test_promises(examples: Examples, compute: Compute) -> None:
    example = examples["service.promise"]
    expected = example["expected"]
    rows = [
        opened(
            ticket.get("age", 100),
            promised_at_after=ticket["promised"],
            solved_at_after=ticket["resolved"],
            update_sent_at_after=ticket["update"],
        )
        for ticket in example["inputs"]["tickets"]
    ]
    kept = of(compute, rows).figure("promise_kept")
    assert kept is not None
    assert (kept.numerator, kept.denominator) == (
        expected["kept_resolved"] + expected["kept_updated"],
        expected["due"],
    )
    assert kept.value == expected["kept_rate"]
    assert value(of(compute, rows), "promise_not_due") == expected["not_yet_due"]


def test_agents(examples: Examples, compute: Compute) -> None:
    example = examples["service.agents"]
    expected = example["expected"]
    rows = [
        opened(50, agent=agent, satisfaction="good" if place < good else "bad")
        for agent, (good, answers) in example["inputs"]["agents"].items()
        for place in range(answers)
    ]
    found = {row["agent"]: row for row in table(of(compute, rows), "agents")}
    ranked = sorted((row["rank"], agent) for agent, row in found.items() if row["rank"] is not None)
    assert [agent for _, agent in ranked] == expected["ranked"]
    assert sorted(set(found) - set(expected["ranked"])) == expected["unranked"]
    for agent, low in expected["lower"].items():
        assert found[agent]["low"] == pytest.approx(low, abs=1e-6)
    # Three answers of three are told to nobody as 100 %.
    assert {agent: row["ticket_csat"] for agent, row in found.items()} == expected["csat"] | {"C": None}


def test_volume(examples: Examples, tmp_path: Path) -> None:
    """25 tickets per hundred of those who bought within the window before the end of the month."""
    example = examples["service.volume"]
    inputs, expected = example["inputs"], example["expected"]
    asked = ["chat"] * inputs["chat"] + ["call"] * inputs["call"]
    tickets = tmp_path / "tickets.csv"
    tickets.write_text(
        "ticket_id,created_at,resolved_at,channel,agent\n"
        + "".join(f"t{i},2026-10-0{1 + i % 9} 10:00,,{channel},a\n" for i, channel in enumerate(asked)),
        encoding="utf-8",
    )
    orders = tmp_path / "orders.csv"
    bought = [("2026-10-20", f"c{i}") for i in range(inputs["active_customers"])]
    lines = [("2025-01-01", "old"), *bought, ("2026-11-02", "later")]
    orders.write_text(
        "order_id,customer_id,order_date,amount\n"
        + "".join(f"o{i},{customer},{day},10\n" for i, (day, customer) in enumerate(lines)),
        encoding="utf-8",
    )
    metric = METRICS["service"]
    sources = {Kind.TICKETS: Source((str(tickets),)), Kind.ORDERS: Source((str(orders),))}
    gathered = pipeline.gather([(metric, metric.options())], sources, pipeline.Selection(period="2026-10"))
    (result,) = pipeline.measure(gathered, metric, metric.options())
    assert value(result, "tickets") == expected["total"]
    assert value(result, "active_customers") == inputs["active_customers"]
    assert value(result, "window_days") == 180
    assert value(result, "contact_rate") == expected["per_100_active"]
    channels = {row["channel"]: row["share"] for row in table(result, "tickets_by_channel")}
    assert channels["chat"] == expected["chat_share"]


# --- as of the end


def test_nothing_after_the_end_is_known(compute: Compute) -> None:
    """Opened on 31 October, answered and solved in November: open and silent for October, solved for November's eye."""
    late = {
        "created_at": "2026-10-31T20:00",
        "first_reply_at": "2026-11-01T00:00",
        "solved_at": "2026-11-02T10:00",
    }
    rows = [late, {"created_at": "2026-11-03T10:00", "solved_at": "2026-11-03T11:00"}]
    tickets = make_tickets(rows)
    (october,) = compute("service", tickets, period="2026-10")
    assert (value(october, "tickets_open"), value(october, "tickets_solved")) == (1, 0)
    assert reason(october, "resolution_time_median") == ("undefined", "none_resolved")
    assert reason(october, "first_response_median") == ("undefined", "no_replies")
    # Silent for four hours at the end of the month: due and missed.
    assert (october.headline.numerator, october.headline.denominator) == (0, 1)
    (all_days,) = compute("service", tickets)
    assert (value(all_days, "tickets_open"), value(all_days, "tickets_solved")) == (0, 2)


def test_the_backlog_is_older_than_the_period(compute: Compute) -> None:
    """One ticket of September waits on: October opened one and solved it, and has a backlog of one."""
    rows = [
        {"created_at": "2026-09-20T00:00", "status": "open"},
        {"created_at": "2026-10-05T00:00", "solved_at": "2026-10-06T00:00"},
    ]
    (result,) = compute("service", make_tickets(rows), as_of="2026-11-01", period="2026-10")
    assert [value(result, name) for name in ("tickets", "tickets_open", "backlog")] == [1, 0, 1]
    assert value(result, "oldest_open") == 42
    assert [(item.reason, item.count) for item in result.rows.left_out] == [("outside_period", 1)]
    assert [
        (row["period"], row["tickets"], row["solved_in_period"], row["backlog"])
        for row in table(result, "tickets_over_time")
    ] == [("2026-09", 1, 0, 1), ("2026-10", 1, 1, 1)]


def test_closed_without_a_day_is_solved_without_a_time(compute: Compute) -> None:
    rows = [
        opened(50, status="solved", is_closed=True),
        opened(50, status="solved", is_closed=True, solved_at_after=5),
    ]
    result = of(compute, rows)
    assert [value(result, name) for name in ("tickets_solved", "tickets_open")] == [2, 0]
    assert result.figure("resolution_time_mean").n == 1  # type: ignore[union-attr]
    assert "service_undated" in [note.code for note in result.notes]


def test_a_ticket_open_again_counts_as_solved_and_is_told(compute: Compute) -> None:
    rows = [
        opened(50, solved_at_after=2, is_closed=False),
        opened(50, solved_at_after=2, is_closed=True),
        opened(50, is_closed=False),
    ]
    result = of(compute, rows)
    assert (value(result, "tickets_solved"), value(result, "tickets_open")) == (2, 1)
    assert {note.code: note.values for note in result.notes}["service_open_again"] == {"count": 1}


def test_a_status_that_is_not_known_is_neither_open_nor_solved(compute: Compute) -> None:
    rows = [opened(50, status="Gelöst"), opened(50, status="Closed", is_closed=True)]
    result = of(compute, rows)
    assert [value(result, name) for name in ("tickets", "tickets_solved", "tickets_open")] == [2, 1, 0]
    assert {note.code: note.values for note in result.notes}["service_unknown_state"] == {"count": 1}
    assert reason(result, "resolution_time_median") == ("undefined", "no_solved_column")


# --- what the export does not say


@pytest.mark.parametrize("period", [None, "2026-10"])
def test_nothing_is_told_without_its_column(compute: Compute, period: str | None) -> None:
    """Nobody says when tickets were answered or solved: no share is 0, and no backlog is empty."""
    result = of(compute, [opened(50, channel="chat"), opened(20, channel="chat")], period=period)
    assert reason(result, "first_response_within_target") == ("undefined", "no_reply_column")
    for name in ("resolved_share", "tickets_open", "backlog", "oldest_open", "resolution_time_p90"):
        assert reason(result, name) == ("undefined", "no_solved_column")
    assert table(result, "tickets_by_channel") == [{"channel": "chat", "tickets": 2, "share": 1.0}]
    assert reason(result, "contact_rate") == ("undefined", "no_orders_joined")
    assert reason(result, "ticket_csat") == ("undefined", "no_valid_responses")


def test_tickets_without_a_time_of_opening_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("ticket_id,agent,resolved_at\nt1,a,2026-01-01 10:00\n", encoding="utf-8")
    metric = METRICS["service"]
    with pytest.raises(ColumnMissing) as told:
        pipeline.gather(
            [(metric, metric.options())], {Kind.TICKETS: Source((str(path),))}, pipeline.Selection()
        )
    assert f"{path}: no column was recognised as created_at" in str(told.value)
    assert "ticket_id, agent, resolved_at" in str(told.value), "the headers are told"


# --- merged, reopened, at first contact, confirmed


def test_ratings_in_words_that_are_not_known_are_told(tmp_path: Path) -> None:
    """Of five ratings one is good and one bad; one was offered and not given, one is blank, one says who knows what."""
    words = ("Memnun", "Memnun değil", "Offered", "", "Şöyle böyle")
    path = tmp_path / "tickets.csv"
    rows = "".join(f"{number},2026-01-02 10:00,{word}\n" for number, word in enumerate(words))
    path.write_text(f"ticket_id,created_at,memnuniyet\n{rows}", encoding="utf-8")
    request = (METRICS["service"], METRICS["service"].options())
    gathered = pipeline.gather([request], {Kind.TICKETS: Source((str(path),))}, pipeline.Selection())

    (result,) = pipeline.measure(gathered, *request)

    assert {note.code: note.values for note in result.notes}["ratings_unread"] == {"count": 1}
    rated = result.figure("ticket_csat")
    assert rated is not None
    assert rated.n == 2


def test_a_column_called_as_one_of_our_own_is_named_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("ticket_id,created_at,satisfaction\n1,2026-01-02 10:00,good\n", encoding="utf-8")
    source = {Kind.TICKETS: Source((str(path),))}
    request = [(METRICS["service"], METRICS["service"].options())]

    with pytest.raises(UsageError, match="satisfaction is also what this program calls") as said:
        pipeline.gather(request, source, pipeline.Selection(by=("satisfaction",)))
    assert said.value.hint == "Name that of the file by its place: '#3'."
    gathered = pipeline.gather(request, source, pipeline.Selection(by=("#3",)))
    assert [result.group for result in pipeline.measure(gathered, *request[0])] == [{}, {"#3": "good"}]


@pytest.mark.parametrize("header", ["First reply time in minutes", "First Response Time (minutes)"])
@pytest.mark.parametrize(
    ("waited", "in_time", "left_out"),
    [
        ("30", (2, 2), {}),
        ("", (1, 2), {}),  # never answered: a miss
        ("No reply", (1, 2), {}),
        ("YANIT YOK", (1, 2), {}),
        ("iki saat", (1, 1), {"unreadable_number": 1}),
        ("99999999999999", (1, 2), {}),  # no answer before the end, whatever it means
    ],
)
def test_how_long_a_reply_took_is_read_or_left_out(
    tmp_path: Path, header: str, waited: str, in_time: tuple[int, int], left_out: dict[str, int]
) -> None:
    """Two tickets opened in 2025; the second was answered within the hour."""
    path = tmp_path / "tickets.csv"
    path.write_text(
        f"ticket_id,created_at,{header}\n1,2025-01-02 10:00,{waited}\n2,2025-01-03 10:00,5\n",
        encoding="utf-8",
    )
    metric = METRICS["service"]
    gathered = pipeline.gather(
        [(metric, metric.options())],
        {Kind.TICKETS: Source((str(path),))},
        pipeline.Selection(as_of=date(2026, 1, 1)),
    )
    (result,) = pipeline.measure(gathered, metric, metric.options())

    share = result.figure("first_response_within_target")
    assert share is not None
    assert (share.numerator, share.denominator) == in_time
    assert {item.reason: item.count for item in result.rows.left_out} == left_out


@pytest.mark.parametrize(
    ("replied", "solved", "left_out", "counts"),
    [
        ("no reply yet", "", {}, (2, 1, 1)),
        ("Yanıtlanmadı", "Çözülmedi", {}, (2, 1, 1)),
        ("-", "unresolved", {}, (2, 1, 1)),
        ("dün", "", {"unreadable_date": 1}, (1, 1, 0)),
    ],
)
def test_words_for_what_has_not_happened_leave_no_ticket_out(
    tmp_path: Path, replied: str, solved: str, left_out: dict[str, int], counts: tuple[int, int, int]
) -> None:
    """Two tickets opened in 2025; the second was answered within the hour and solved."""
    path = tmp_path / "tickets.csv"
    path.write_text(
        "ticket_id,created_at,first_reply_at,solved_at\n"
        f"1,2025-01-02 10:00,{replied},{solved}\n2,2025-01-03 10:00,2025-01-03 10:30,2025-01-03 12:00\n",
        encoding="utf-8",
    )
    metric = METRICS["service"]
    selection = pipeline.Selection(as_of=date(2026, 1, 1))
    gathered = pipeline.gather([(metric, metric.options())], {Kind.TICKETS: Source((str(path),))}, selection)
    (result,) = pipeline.measure(gathered, metric, metric.options())
    assert {item.reason: item.count for item in result.rows.left_out} == left_out
    told = ("tickets", "tickets_solved", "tickets_open")
    assert tuple(value(result, name) for name in told) == counts


@pytest.mark.parametrize(
    ("waited", "left_out", "in_time"),
    [
        (("30", "0:45"), [("unreadable_number", (2,))], (1, 1)),
        (("30", "45"), [], None),  # none of them tells anything: as where there is no such column
    ],
)
def test_a_reply_time_without_its_unit_is_no_reply_that_never_came(
    tmp_path: Path,
    waited: tuple[str, str],
    left_out: list[tuple[str, tuple[int, ...]]],
    in_time: tuple[int, int] | None,
) -> None:
    """Whether 30 are seconds or minutes nobody knows."""
    path = tmp_path / "tickets.csv"
    path.write_text(
        "ticket_id,created_at,first_reply_duration\n"
        f"1,2025-01-02 10:00,{waited[0]}\n2,2025-01-03 10:00,{waited[1]}\n",
        encoding="utf-8",
    )
    metric = METRICS["service"]
    gathered = pipeline.gather(
        [(metric, metric.options())], {Kind.TICKETS: Source((str(path),))}, pipeline.Selection()
    )
    (result,) = pipeline.measure(gathered, metric, metric.options())
    assert [(item.reason, item.first_rows) for item in result.rows.left_out] == left_out
    share = result.figure("first_response_within_target")
    assert share is not None
    assert (None if share.value is None else (share.numerator, share.denominator)) == in_time


def test_merged_tickets_are_counted_and_not_timed(compute: Compute) -> None:
    rows = [
        opened(50, solved_at_after=1, first_reply_minutes=30.0, is_merged=False, reopens=0, replies=1),
        opened(50, solved_at_after=30, is_merged=True, satisfaction="bad", reopens=3, replies=0),
        opened(40, is_merged=True),
    ]
    result = of(compute, rows)
    counts = ("tickets", "tickets_solved", "tickets_open", "tickets_merged", "backlog")
    assert [value(result, name) for name in counts] == [3, 1, 0, 2, 0]
    assert value(result, "resolution_time_mean") == 1
    assert (result.headline.numerator, result.headline.denominator) == (1, 1)
    assert value(result, "reopen_rate") == 0
    # The customer was asked all the same.
    assert result.figure("ticket_csat").n == 1  # type: ignore[union-attr]


def test_first_contact_has_a_week_to_be_disproved(compute: Compute) -> None:
    """Solved with one reply a week before the end counts; six days before nobody knows yet."""
    rows = [
        opened(9 * 24, solved_at_after=24, replies=1, reopens=0),
        opened(9 * 24, solved_at_after=48, replies=1, reopens=1),
        opened(9 * 24, solved_at_after=48, replies=2, reopens=0),
        opened(9 * 24, solved_at_after=72, replies=1, reopens=0),
    ]
    result = of(compute, rows)
    found = result.figure("first_contact_resolution")
    assert found is not None
    assert (found.numerator, found.denominator) == (1, 3)
    again = result.figure("reopen_rate")
    assert again is not None
    assert (again.numerator, again.denominator) == (1, 4)


def test_a_machine_confirms_and_does_not_answer(compute: Compute) -> None:
    rows = [
        opened(50, acknowledged_at_after=0.1, first_reply_minutes=600.0),
        opened(50, first_reply_minutes=50.0),
        opened(50),
    ]
    result = of(compute, rows)
    assert value(result, "first_response_within_target") == pytest.approx(1 / 3)
    assert value(result, "acknowledgement_within_target") == pytest.approx(2 / 3)


# --- one ticket on several rows


def test_the_row_that_knows_most_tells_of_its_ticket(compute: Compute) -> None:
    """Exported on two days, solved in between; and one row that stands there twice."""
    rows = [
        opened(50, ticket_id="T1", fingerprint=1, solved_at_after=2),
        opened(50, ticket_id="T1", fingerprint=2),
        opened(40, ticket_id="T2", fingerprint=3, solved_at_after=2),
        opened(40, ticket_id="T2", fingerprint=3, solved_at_after=2),
        {**opened(30), "ticket_id": None, "fingerprint": 4},
        {**opened(30), "ticket_id": None, "fingerprint": 5},
    ]
    result = of(compute, rows)
    assert [value(result, name) for name in ("tickets", "tickets_solved", "tickets_open")] == [4, 2, 2]
    assert [(item.reason, item.count, item.first_rows) for item in result.rows.left_out] == [
        ("duplicate", 1, (4,)),
        ("superseded_ticket", 1, (3,)),
    ]


# --- satisfaction


def rated(numbers: list[int | None]) -> list[dict[str, Any]]:
    return [opened(50, csat=number) for number in numbers]


def test_numbers_need_their_scale(compute: Compute) -> None:
    """4 and 5 of twelve answers on 1-5; the 9 is on no such scale; without the scale nobody knows."""
    rows = rated([5] * 4 + [4] * 2 + [3] * 6 + [9, None])
    assert reason(of(compute, rows), "ticket_csat") == ("refused", "scale_unknown")
    result = of(compute, rows, scale="1-5")
    csat = result.figure("ticket_csat")
    assert csat is not None
    assert (csat.value, csat.n) == (0.5, 12)
    assert {note.code: note.values for note in result.notes}["ratings_beyond"] == {"count": 1}
    assert reason(of(compute, rows, scale="1-4"), "ticket_csat") == ("refused", "no_top_boxes")
    assert reason(of(compute, rated([50] * 20), scale="1-5"), "ticket_csat") == ("refused", "beyond_scale")


def test_few_ratings_are_not_shown_and_tiny_groups_not_told(compute: Compute) -> None:
    """Four of the shop and six of the web answered: the web's share would give away the shop's."""
    rows = [opened(50, place="shop", satisfaction="bad") for _ in range(4)]
    rows += [opened(50, place="web", satisfaction="good") for _ in range(6)]
    rows += [opened(50, place="phone", satisfaction="good") for _ in range(20)]
    total, *parts = compute("service", make_tickets(rows, by=("place",)), as_of="2026-11-01")
    told = {part.group["place"]: reason(part, "ticket_csat") for part in parts}
    assert told == {
        "phone": ("ok", None),
        "shop": ("refused", "tiny_group"),
        "web": ("refused", "beside_tiny_group"),
    }
    assert value(total, "ticket_csat") == pytest.approx(26 / 30)
    (few,) = compute("service", make_tickets(rows[:9]), as_of="2026-11-01")
    assert reason(few, "ticket_csat") == ("insufficient", "below_min_show")


def test_reports_name_no_agent(compute: Compute) -> None:
    rows = [opened(50, agent="Gül", channel="chat", satisfaction="good") for _ in range(12)]
    rows += [opened(50, channel="chat", satisfaction="bad") for _ in range(40)]
    result = of(compute, rows)
    # What nobody handled is nobody's rating.
    assert [row["agent"] for row in table(result, "agents")] == ["Gül"]
    names = [item.name for item in result.tables]
    assert {"agents", "agents_by_channel"} <= set(names)
    assert not any("agent" in column.name for item in impersonal(result).tables for column in item.columns)
    assert all(isinstance(item, ResultTable) for item in result.tables)


# --- contacts


@pytest.mark.parametrize(
    ("period", "begin", "status"),
    [
        pytest.param(None, "2025-01-01", ("undefined", "no_period_asked"), id="no period"),
        pytest.param("2026-10", "2026-10-01", ("insufficient", "history_shorter_than_window"), id="short"),
        pytest.param("2026-10", "2025-01-01", ("ok", None), id="enough"),
    ],
)
def test_a_rate_of_contacts_needs_a_period_and_a_history(
    tmp_path: Path, period: str | None, begin: str, status: tuple[str, str | None]
) -> None:
    tickets, orders = tmp_path / "tickets.csv", tmp_path / "orders.csv"
    tickets.write_text(
        "ticket_id,created_at,resolved_at,agent\nt1,2026-10-05 10:00,2026-11-01 10:00,a\n", encoding="utf-8"
    )
    orders.write_text(
        f"order_id,customer_id,order_date,amount\no1,c1,{begin},10\no2,c2,2026-10-03,10\n", encoding="utf-8"
    )
    metric, options = METRICS["service"], METRICS["service"].options(window="90d")
    sources = {Kind.TICKETS: Source((str(tickets),)), Kind.ORDERS: Source((str(orders),))}
    gathered = pipeline.gather([(metric, options)], sources, pipeline.Selection(period=period))
    (result,) = pipeline.measure(gathered, metric, options)
    assert reason(result, "contact_rate") == status
    assert value(result, "contact_rate") == {"ok": 100, "insufficient": 50, "undefined": None}[status[0]]


def test_a_row_counts_once_on_a_day_whatever_happened_to_it_then() -> None:
    row = {
        "ticket_id": "t1",
        "created_at": "2026-01-01T10:00",
        "first_reply_at": "2026-01-01T11:00",
        "solved_at": "2026-01-02T10:00",
        "update_sent_at": "2026-01-02T09:00",
    }
    days = event_days(tickets(make_tickets([row])).collect()).sort("day")
    assert [(str(day), rows) for day, rows in days.iter_rows()] == [("2026-01-01", 1), ("2026-01-02", 1)]


def test_a_date_from_another_century_is_told(compute: Compute) -> None:
    """One of thirty tickets was solved in 2062: it moves the day up to which everything counts."""
    rows = [opened(50 + at, solved_at_after=2) for at in range(29)]
    rows.append({**opened(50), "solved_at": "2062-10-30T10:00"})
    (result,) = compute("service", make_tickets(rows))
    told = {note.code: note.values for note in result.notes}
    assert (str(told["far_dates"]["last"]), told["far_dates"]["rows"]) == ("2062-10-30", 1)
    assert "far_dates" not in {note.code for note in of(compute, rows).notes}
