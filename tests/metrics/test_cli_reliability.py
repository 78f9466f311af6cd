"""The loyalty index: whether its items hang together, incomplete answers, and scales that must not be pooled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from loyalty.model.result import MetricResult, Status
from loyalty.model.tables import Scale
from tests.canonical import make_surveys

Compute = Callable[..., list[MetricResult]]
ITEMS = ("cli_recommend", "cli_repurchase", "cli_try_other")


def responses(*triples: tuple[int | None, int | None, int | None], **told: Any) -> Any:
    return make_surveys([dict(zip(ITEMS, each, strict=True)) for each in triples], questions=ITEMS, **told)


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def test_items_that_move_together_bring_no_warning(compute: Compute) -> None:
    (result,) = compute("cli", responses(*[(k, k, k) for k in (1, 3, 5, 6)] * 10), best=6)
    assert value(result, "cli_alpha") == pytest.approx(1.0)
    assert "items_apart" not in [note.code for note in result.notes]


def test_items_that_do_not_hang_together_are_told(compute: Compute) -> None:
    """Item two falls as item one rises, item three does neither: the sums hardly vary."""
    (result,) = compute("cli", responses(*[(1, 6, 3), (6, 1, 4), (3, 4, 3), (4, 3, 4)] * 10), best=6)
    assert value(result, "cli_alpha") < 0
    (note,) = [note for note in result.notes if note.code == "items_apart"]
    assert note.values["coherent"] == 0.7


def test_alpha_below_thirty_is_no_warning(compute: Compute) -> None:
    (result,) = compute("cli", responses(*[(1, 6, 3), (6, 1, 4)] * 10), best=6)
    assert "items_apart" not in [note.code for note in result.notes]


def test_equal_answers_have_no_alpha(compute: Compute) -> None:
    (result,) = compute("cli", responses(*[(5, 5, 5)] * 40), best=6)
    alpha = result.figure("cli_alpha")
    assert alpha is not None
    assert (alpha.value, alpha.reason) == (None, "answers_do_not_vary")


def test_two_of_three_answers_are_enough_where_the_user_says_so(compute: Compute) -> None:
    """(6, -, 2) has the mean 4, (6, 6, 6) has 6; (1, -, -) answered one only."""
    table = responses((6, None, 2), (6, 6, 6), (1, None, None))
    (strict,) = compute("cli", table, best=6)
    assert (value(strict, "cli_1_6"), value(strict, "respondents")) == (6.0, 1)
    (lenient,) = compute("cli", table, best=6, min_items=2)
    assert (value(lenient, "cli_1_6"), value(lenient, "respondents")) == (5.0, 2)
    item = lenient.figure("item_repurchase")
    assert item is not None
    assert (item.value, item.n) == (100.0, 1)
    assert {left.reason: left.count for left in lenient.rows.left_out} == {"incomplete": 1}
    assert "incomplete_counted" in [note.code for note in lenient.notes]


@pytest.mark.parametrize(
    "told",
    [
        {"scales": {"cli_recommend": (0, 10), "cli_repurchase": (1, 6)}},
        {
            "scales": dict.fromkeys(ITEMS, (1, 6)),
            "best": {"cli_recommend": Scale.HIGH, "cli_repurchase": Scale.LOW},
        },
    ],
    ids=["scales", "good ends"],
)
def test_items_on_different_scales_are_not_pooled(told: dict[str, Any], compute: Compute) -> None:
    (result,) = compute("cli", responses(*[(5, 5, 4)] * 40, **told), best=6)
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, "pooled_cli")
    assert result.rows.used == 40


def test_files_on_different_scales_are_not_pooled(compute: Compute) -> None:
    mixed = replace(responses(*[(5, 5, 4)] * 40), mixed=frozenset({"cli_try_other"}))
    (result,) = compute("cli", mixed, best=6)
    assert result.headline.reason == "pooled_cli"
