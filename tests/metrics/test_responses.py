"""Response rate and closed loop, from rows and from counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loyalty.errors import ColumnMissing, UsageError
from loyalty.metrics.registry import METRICS
from loyalty.metrics.responses import ResponsesOptions, from_counts
from loyalty.model.result import MetricResult
from tests.canonical import make_surveys

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
SENT = "2026-10-01T09:00"


def invitations(rows: list[dict[str, Any]], by: tuple[str, ...] = ()) -> Any:
    return make_surveys([{"invited_at": SENT, **row} for row in rows], questions=("nps",), by=by)


def answers(rows: list[dict[str, Any]], questions: tuple[str, ...] = ("nps",), **told: Any) -> Any:
    return make_surveys(rows, questions=questions, known=("followed_up_at",), **told)


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def test_response_rate(examples: Examples, compute: Compute) -> None:
    """The same from one row per invitation, from answers with two counts, and from three counts alone."""
    example = examples["survey.response_rate"]
    given, expected = example["inputs"], example["expected"]
    silent = given["invited"] - given["bounced"] - given["valid_responses"]
    answered = [{"nps": 9, "answered_at": "2026-10-02T10:00"}] * given["valid_responses"]
    rows = [*answered, *[{"bounced": True}] * given["bounced"], *[{"bounced": False}] * silent]
    counts = {"invited": given["invited"], "bounced": given["bounced"]}
    alone = METRICS["responses"].without_file
    assert alone is not None
    results = [
        *compute("responses", invitations(rows)),
        *compute("responses", answers(answered), **counts),
        alone(METRICS["responses"].options(**counts, answered=given["valid_responses"])),
    ]
    for result in results:
        assert result is not None
        rate = result.figure("response_rate")
        assert rate is not None
        assert rate.value == pytest.approx(expected["response_rate"])
        assert (rate.low, rate.high) == (
            pytest.approx(expected["low"], abs=1e-6),
            pytest.approx(expected["high"], abs=1e-6),
        )
        assert value(result, "response_rate_gross") == pytest.approx(expected["response_rate_gross"])


def test_closed_loop(examples: Examples, compute: Compute) -> None:
    """Ten detractors on 1 October: six followed up the next day, two five days later, two never."""
    example = examples["survey.closed_loop"]
    given, expected = example["inputs"], example["expected"]
    early, late = given["followed_within_48h"], given["followed_later"]
    followed = ["2026-10-02T09:00"] * early + ["2026-10-06T09:00"] * late
    followed += [None] * (given["detractors"] - early - late)  # type: ignore[list-item]
    rows = [{"nps": 2, "answered_at": SENT, "followed_up_at": at} for at in followed]
    (result,) = compute("responses", answers(rows), as_of="2026-11-01")
    assert (result.variant, result.headline.name) == ("closed_loop", "closed_loop_rate")
    assert result.headline.value == pytest.approx(expected["within_48h"])
    assert value(result, "followed_up_share") == pytest.approx(expected["ever"])
    # 24 hours six times and 120 hours twice.
    assert value(result, "follow_up_hours") == 24.0
    assert value(result, "detractors_waiting") == 2


def test_a_person_invited_twice_in_a_wave_counts_once(compute: Compute) -> None:
    """a answered the reminder; b's first address bounced, the second did not; c was asked in two waves."""
    rows = [
        {"respondent_id": "a", "wave": "1"},
        {"respondent_id": "a", "wave": "1", "nps": 9, "answered_at": "2026-10-03T08:00"},
        {"respondent_id": "b", "wave": "1", "bounced": True},
        {"respondent_id": "b", "wave": "1", "bounced": False},
        {"respondent_id": "c", "wave": "1"},
        {"respondent_id": "c", "wave": "2"},
        {"respondent_id": "d", "wave": "2", "bounced": True},
    ]
    (result,) = compute("responses", invitations(rows))
    names = ("invited", "bounced", "delivered", "respondents")
    assert [value(result, name) for name in names] == [5, 1, 4, 1]
    assert (result.rows.read, result.rows.used) == (7, 7)


def test_an_answer_shows_that_the_invitation_arrived(compute: Compute) -> None:
    rows = [{"bounced": True, "nps": 9, "answered_at": "2026-10-02T10:00"}, {"bounced": True}, {}]
    (result,) = compute("responses", invitations(rows))
    assert (value(result, "bounced"), value(result, "delivered"), value(result, "respondents")) == (1, 2, 1)


def test_an_invalid_answer_is_no_response(compute: Compute) -> None:
    rows = [{"nps": 11, "answered_at": "2026-10-02T10:00"}, {"nps": 10, "answered_at": "2026-10-02T10:00"}]
    (result,) = compute("responses", invitations(rows))
    assert value(result, "response_rate") == 0.5


def test_a_file_of_answers_only_has_no_rate(compute: Compute) -> None:
    rows = [{"nps": 9, "answered_at": "2026-10-02T10:00"}] * 10
    (result,) = compute("responses", invitations(rows))
    assert (result.headline.value, result.headline.reason) == (None, "only_answers")


def test_neither_invitations_nor_follow_ups(compute: Compute) -> None:
    table = make_surveys([{"nps": 9, "answered_at": SENT}], questions=("nps",))
    with pytest.raises(ColumnMissing) as caught:
        compute("responses", table)
    for hint in ("--map invited_at=COLUMN", "--map followed_up_at=COLUMN", "--invited 500 --bounced 20"):
        assert hint in str(caught.value)


def test_an_invitation_belongs_to_the_month_in_which_it_was_sent(compute: Compute) -> None:
    rows = [
        {"invited_at": "2026-09-30T09:00", "nps": 9, "answered_at": "2026-10-01T10:00"},
        {"invited_at": "2026-10-05T09:00"},
    ]
    (september,) = compute("responses", invitations(rows), period="2026-09")
    (october,) = compute("responses", invitations(rows), period="2026-10", as_of="2026-11-01")
    assert (value(september, "response_rate"), value(october, "response_rate")) == (1.0, 0.0)


def test_answers_of_people_who_were_not_invited_are_in_no_rate(compute: Compute) -> None:
    """Invitations to happy customers only lift a score; a link that is passed on does the same."""
    rows = [{}, {"nps": 9, "answered_at": "2026-10-02T10:00"}]
    rows += [{"invited_at": None, "nps": 10, "answered_at": "2026-10-02T10:00"}] * 3
    (result,) = compute("responses", invitations(rows))
    assert value(result, "response_rate") == 0.5
    assert {item.reason: item.count for item in result.rows.left_out} == {"not_invited": 3}
    (note,) = [note for note in result.notes if note.code == "answers_without_invitation"]
    assert note.values == {"count": 3}


@pytest.mark.parametrize(
    ("answer", "is_detractor"),
    [
        ({"nps": 6}, True),
        ({"nps": 7}, False),
        ({"csat": 2}, True),
        ({"csat": 3}, False),
        ({"ces": 3}, True),
        ({"ces": 4}, False),
        ({"nps": 10, "csat": 1}, True),
    ],
)
def test_who_is_a_detractor(answer: dict[str, int], is_detractor: bool, compute: Compute) -> None:
    scales = {"csat": (1, 5), "ces": (1, 7)}
    table = answers([{**answer, "answered_at": SENT}], ("nps", "csat", "ces"), scales=scales)
    (result,) = compute("responses", table, as_of="2026-11-01")
    assert value(result, "detractors_answered") == int(is_detractor)


def test_a_question_on_another_scale_is_left_out_of_the_loop(compute: Compute) -> None:
    table = answers([{"csat": 1, "answered_at": SENT}], ("csat",), scales={"csat": (1, 10)})
    (result,) = compute("responses", table, as_of="2026-11-01")
    assert value(result, "detractors_answered") == 0
    (note,) = [note for note in result.notes if note.code == "loop_scale_unknown"]
    assert note.values == {"question": "CSAT"}


@pytest.mark.parametrize(
    ("as_of", "due", "waiting_hours"),
    [
        ("2026-10-03", 0, 39),  # 1 October 9:00 to 3 October 0:00: the deadline is not over
        ("2026-10-04", 1, 63),
    ],
)
def test_a_deadline_passes_before_the_as_of_day(
    as_of: str, due: int, waiting_hours: int, compute: Compute
) -> None:
    (result,) = compute("responses", answers([{"nps": 0, "answered_at": SENT}]), as_of=as_of)
    assert value(result, "detractors_due") == due
    (row,) = result.tables[0].rows
    assert row[2] == waiting_hours


def test_what_a_follow_up_is_not(compute: Compute) -> None:
    """One before the answer, one after the as-of day; exactly 48 hours are in time, a minute more is not."""
    at = "2026-10-02T10:00"
    follow_ups = ["2026-10-01T10:00", "2026-10-20T10:00", "2026-10-04T10:00", "2026-10-04T10:01"]
    rows = [{"nps": 0, "answered_at": at, "followed_up_at": each} for each in follow_ups]
    (result,) = compute("responses", answers(rows), as_of="2026-10-10")
    assert (value(result, "closed_loop_rate"), value(result, "followed_up_share")) == (0.25, 0.5)
    (note,) = [note for note in result.notes if note.code == "follow_up_before_answer"]
    assert note.values == {"count": 1}


def test_an_answer_in_two_exports_counts_once_with_its_follow_up(compute: Compute) -> None:
    """A was called back after the first export, B never; two nameless ones may be two people."""
    a, b = ({"respondent_id": name, "nps": 2, "answered_at": "2026-10-01T09:00"} for name in "AB")
    nameless = {"nps": 2, "answered_at": "2026-10-01T09:00"}
    rows = [a, b, nameless, {**a, "followed_up_at": "2026-10-02T09:00"}, b, nameless]
    (result,) = compute("responses", answers(rows), as_of="2026-11-01")
    assert value(result, "detractors_answered") == 4
    assert value(result, "closed_loop_rate") == 0.25
    assert [row[0] for row in result.tables[0].rows] == ["B", None, None]


def test_the_waiting_are_listed_oldest_first(compute: Compute) -> None:
    long = "Kargom\nkayboldu,  " + "çok üzüldüm. " * 10
    rows = [
        {"respondent_id": "young", "nps": 5, "answered_at": "2026-10-09T12:30"},
        {"respondent_id": "old", "nps": 0, "answered_at": "2026-10-01T12:00", "comment": long},
        {"respondent_id": "happy", "nps": 10, "answered_at": "2026-10-01T12:00"},
        {"respondent_id": "undated", "nps": 3},
    ]
    (result,) = compute("responses", answers(rows), as_of="2026-10-10")
    (table,) = result.tables
    assert METRICS["responses"].list_table == table.name
    assert [column.name for column in table.columns if column.personal] == ["respondent_id", "comment"]
    assert [row[0] for row in table.rows] == ["old", "young", "undated"]
    assert table.rows[0][1:5] == ("2026-10-01 12:00", 204, "NPS", 0)
    comment = str(table.rows[0][5])
    assert (len(comment) <= 60, comment[:17], comment[-1]) == (True, "Kargom kayboldu, ", "…")
    assert "detractors_undated" in [note.code for note in result.notes]


def test_rates_that_differ_by_group_are_told(compute: Compute) -> None:
    """web: 4 of 20; shop: 7 of 20; 15 points apart. tiny answered nothing, but is only three."""

    def group(name: str, invited: int, answered: int) -> list[dict[str, Any]]:
        said = [{"channel": name, "nps": 9, "answered_at": "2026-10-02T10:00"}] * answered
        return said + [{"channel": name}] * (invited - answered)

    rows = group("web", 20, 4) + group("shop", 20, 7) + group("tiny", 3, 0)
    total, *_ = compute("responses", invitations(rows, by=("channel",)))
    (note,) = [note for note in total.notes if note.code == "response_rates_differ"]
    assert note.values == {"low": 0.2, "low_group": "web", "high": 0.35, "high_group": "shop"}
    alike = group("web", 20, 4) + group("shop", 20, 6)
    total, *_ = compute("responses", invitations(alike, by=("channel",)))
    assert "response_rates_differ" not in [note.code for note in total.notes]


@pytest.mark.parametrize(("answered", "code"), [(9, "low_response"), (10, "fans_answer_more")])
def test_silence_is_told(answered: int, code: str, compute: Compute) -> None:
    rows = [{"nps": 9, "answered_at": "2026-10-02T10:00"}] * answered + [{}] * (100 - answered)
    (result,) = compute("responses", invitations(rows))
    told = ("low_response", "fans_answer_more")
    assert [note.code for note in result.notes if note.code in told] == [code]


def test_counts_that_contradict_the_answers(compute: Compute) -> None:
    with pytest.raises(UsageError, match="3 answered, but of 4 invited less 2 bounced only 2 were reached"):
        compute("responses", answers([{"nps": 9, "answered_at": SENT}] * 3), invited=4, bounced=2)


@pytest.mark.parametrize("count", ["answered", "bounced"])
def test_a_count_beside_no_count_of_invitations_is_not_passed_over(count: str) -> None:
    with pytest.raises(UsageError, match=f"--{count} needs --invited: how many were asked?"):
        from_counts(ResponsesOptions(**{count: 20}))


def test_a_count_cannot_be_split_by_group(compute: Compute) -> None:
    table = answers([{"nps": 9, "answered_at": SENT, "channel": "web"}], by=("channel",))
    with pytest.raises(UsageError, match="cannot be split"):
        compute("responses", table, invited=10)
