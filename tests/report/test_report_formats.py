"""Promises of every report format: its name, the same bytes each time, and nobody named."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from datetime import date
from email import message_from_bytes, policy
from importlib.util import find_spec
from pathlib import Path

import pytest

from loyalty.cli.settings import options_by_metric
from loyalty.config import load_config
from loyalty.metrics.registry import METRICS
from loyalty.model.result import Period
from loyalty.report import formats
from loyalty.report.arrangement import GROUPS, HIGHER_IS_BETTER, LOWER_IS_BETTER, group_of
from loyalty.report.build import build
from loyalty.words import LANGUAGES, Words
from tests.report.made import OCTOBER, report

ROOT = Path(__file__).resolve().parents[2]
ALL = tuple(name for name in formats.FORMATS if name != "pdf" or find_spec("typst"))

DIGESTS = """
import hashlib
from loyalty.report import formats
from tests.report.made import report
for lang in ("en", "tr"):
    for suffix, content in formats.render(report(), {names}, lang):
        print(lang, suffix, hashlib.sha256(content).hexdigest())
"""


def test_a_period_is_named_by_its_label_or_its_days():
    assert formats.period_name(OCTOBER) == "2026-10"
    assert formats.period_name(Period(date(2026, 10, 5), date(2026, 10, 20))) == "2026-10-05_2026-10-20"


def test_each_format_is_yielded_once_in_the_order_asked_for():
    found = [suffix for suffix, _ in formats.render(report(), ("json", "markdown", "json"), "en")]
    assert found == [".json", ".md"]


def test_the_same_report_has_the_same_bytes_whatever_the_surroundings():
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"}
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        **surroundings,
    }
    command = [sys.executable, "-W", "error", "-c", DIGESTS.replace("{names}", repr(ALL))]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    here = [
        f"{lang} {suffix} {hashlib.sha256(content).hexdigest()}"
        for lang in LANGUAGES
        for suffix, content in formats.render(report(), ALL, lang)
    ]
    assert run.stdout.splitlines() == here


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_its_place(metric):
    group = group_of(metric, METRICS[metric].source)
    assert group in GROUPS
    assert all(Words(lang).get(f"report.group_{group}") for lang in LANGUAGES)
    assert all(Words(lang).get(f"report.source_{METRICS[metric].source}") for lang in LANGUAGES)


def test_no_figure_is_better_both_ways_and_all_are_known():
    assert not HIGHER_IS_BETTER & LOWER_IS_BETTER
    assert all(Words("en").get(f"figures.{name}") for name in HIGHER_IS_BETTER | LOWER_IS_BETTER)


def test_the_report_of_the_sample_names_no_customer():
    settings = load_config(ROOT / "config.example.yaml", options_by_metric())
    made = dict(formats.render(build(settings), ALL, "tr"))
    header, *rows = (ROOT / "sample_data" / "customers.csv").read_text(encoding="utf-8-sig").splitlines()
    people = {row.split(",")[header.split(",").index("customer_id")] for row in rows}
    assert len(people) > 100
    for suffix, content in made.items():
        for text in texts(suffix, content):
            assert [person for person in sorted(people) if person in text] == [], suffix
    assert len(made[".html"]) < 800_000
    assert len(made[".email.html"]) < 90_000


def texts(suffix: str, content: bytes) -> list[str]:
    """Return what can be read in a file; a PDF has the texts of the page, which are searched there."""
    if suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return [book.read(name).decode() for name in book.namelist()]
    if suffix == ".eml":
        parts = message_from_bytes(content, policy=policy.default).walk()
        return [part.get_content() for part in parts if part.get_content_maintype() == "text"]
    return [] if suffix == ".pdf" else [content.decode()]
