"""Heat maps in the terminal: as many columns as fit, blanks where nothing was observed, and no need of colours."""

from __future__ import annotations

import re

import pytest

from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, ResultTable, Rows
from loyalty.render import render


def cohorts(steps: int, *names: str | None, n: int = 40, category: str = "period") -> MetricResult:
    """An average and one cohort for each name; each was watched one step less than the one before."""
    columns = (
        Column(category, "text"),
        Column("n", "count"),
        *(Column(str(k), "share") for k in range(steps)),
    )
    rows = [(Key("weighted_average", "words"), n * len(names), *(1 / (1 + k) for k in range(steps)))]
    for at, name in enumerate(names):
        observed = max(0, steps - at)
        rows.append((name, n, *(1 / (1 + k) for k in range(observed)), *[None] * (steps - observed)))
    table = ResultTable("cohorts", columns, tuple(rows), draw=Draw.HEATMAP)
    return MetricResult(
        "cohorts", "by_period", (Figure("cohorts", len(names), "count"),), Rows(1, 1), tables=(table,)
    )


def shown(result: MetricResult, **look: object) -> list[str]:
    lines = render([result], "table", **look).splitlines()  # type: ignore[arg-type]
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    start = next(
        place for place, line in enumerate(plain) if line.startswith(("  Period", "  Began", "  Dönem"))
    )
    end = next(place for place in range(start, len(lines)) if not lines[place].strip())
    return lines[start:end]


def test_cells_stand_in_columns_and_unobserved_ones_are_blank() -> None:
    assert shown(cohorts(3, "2026-01", "2026-02")) == [
        "  Period    n     0    1    2",
        "  Average  80  100%  50%  33%",
        "  Jan 2026 40  100%  50%  33%",
        "  Feb 2026 40  100%  50%    ·",
    ]
    assert shown(cohorts(3, "2026-01", "2026-02"), lang="tr")[3] == "  Şub 2026 40  %100  %50    ·"


@pytest.mark.parametrize(
    ("width", "last", "left"), [(80, "12", "13–59"), (130, "22", "23–59"), (20, "0", "1–59")]
)
def test_columns_that_do_not_fit_are_named(width: int, last: str, left: str) -> None:
    lines = shown(cohorts(60, "2026-01"), width=width)
    assert lines[0].split()[-1] == last
    assert "".join(lines[3:]).split()[-1] == left
    assert max(map(len, lines[:3])) <= max(width, 21)


def test_thirteen_months_fit_into_eighty_columns() -> None:
    assert "not shown" not in "".join(shown(cohorts(13, "2026-01", n=119), width=80))


def test_piped_nothing_is_left_out() -> None:
    assert shown(cohorts(60, "2026-01"))[0].split()[-1] == "59"


def test_colours_only_where_enough_people_stand_behind() -> None:
    """The darkest is the first cell, the lightest the last; of 29 customers nothing is coloured."""
    coloured = re.compile(r"\x1b\[[\d;]+m +\d+%")
    large, small = (shown(cohorts(3, "2026-01", n=n), color="always") for n in (40, 29))
    assert len(coloured.findall(large[2])) == 3
    assert coloured.findall(small[2]) == []
    assert "\x1b" not in "".join(shown(cohorts(3, "2026-01"), color="never"))


def test_names_of_any_length_wrap_and_are_no_markup() -> None:
    long = cohorts(13, "[red]Gift box with a very long name[/red] for two", None, category="cohort")
    lines = shown(long, width=80)
    assert max(map(len, lines)) <= 80
    assert "(none)" in "\n".join(lines)
    assert "[/red]" in "".join(line.strip() for line in lines)


def test_of_many_cohorts_the_average_and_the_latest_stay() -> None:
    names = [f"{2000 + at // 12}-{1 + at % 12:02d}" for at in range(60)]
    lines = shown(cohorts(1, *names))
    assert [lines[1].split()[0], lines[2].split()[:2], lines[40].split()[:2]] == [
        "Average",
        ["Oct", "2001"],
        ["Dec", "2004"],
    ]
    assert lines[41].strip() == "21 more rows; -f csv --table cohorts writes them all"


def test_markdown_writes_the_same_blanks() -> None:
    text = render([cohorts(2, "2026-01", "2026-02")], "markdown")
    assert "| Feb 2026 | 40 | 100% | · |" in text
