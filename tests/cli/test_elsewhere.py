"""Shared options that a command does not take: it says so in a sentence, and where they are said instead."""

from __future__ import annotations

import pytest

from loyalty.cli.shared import spelled
from tests.cli.running import Run


@pytest.mark.parametrize("command", ["report", "check", "init", "ledger", "explain", "schema", "completion"])
def test_no_command_is_puzzled_by_a_shared_option(command: str) -> None:
    """Whether it takes the option or not: --help comes first where it does."""
    for option in sorted(spelled()):
        run = Run(command, option, "value", "--help")
        assert "No such option" not in run.err, option
        assert (
            (run.code, bool(run.out)) == (0, True) or "does not take it" in run.err or "write " in run.err
        ), option


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("report --map a=b", "write map: there, under the source that is meant"),
        ("report --preset=shopify", "write preset: there, under the source that is meant"),
        ("init orders.csv --fx rates.csv", "write fx: there, under the source that is meant"),
        ("report --by channel", "--by: loyalty report does not take it; the commands of metrics do"),
        ("ledger orders.csv --fx rates.csv", "--fx: loyalty ledger does not take it"),
        ("explain nps -q", "-q: loyalty explain does not take it"),
    ],
)
def test_where_it_is_said_instead(typed: str, told: str) -> None:
    run = Run(*typed.split())
    assert (run.code, told in run.err) == (2, True)


def test_an_option_that_there_is_nowhere_is_a_slip() -> None:
    run = Run("report", "--frmat", "html")
    assert (run.code, "--format" in run.err) == (2, True)


def test_a_choice_that_there_is_not_is_told_without_the_words_of_a_library() -> None:
    run = Run("lifecycle", "orders.csv", "--rule", "modell")
    assert (run.code, "'--rule': 'modell' is not one of 'cadence', 'model'" in run.err) == (2, True)
