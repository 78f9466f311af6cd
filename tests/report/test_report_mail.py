"""The e-mail: readable without a style sheet, short enough, and a whole message of the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from loyalty.model.result import ResultTable
from loyalty.report import email, eml, formats
from loyalty.report.email import LIMIT
from tests.report.made import report
from tests.report.test_report_html import Page


def message(made: Any, *names: str) -> EmailMessage:
    content = dict(formats.render(made, names, "en"))[".eml"]
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not [part.defects for part in parsed.walk() if part.defects]
    return parsed


@pytest.fixture(scope="module")
def body() -> str:
    return email.render(report(), "en")


def test_the_body_needs_no_style_sheet_no_picture_and_no_network(body: str) -> None:
    page = Page(body)
    assert not {name for name, _ in page.elements} & {"style", "script", "link", "img", "svg", "iframe"}
    assert "class=" not in body
    assert "http" not in body
    assert "Kervan <b>Kahve</b> & Oğulları" in page.text


def test_the_body_says_what_moved_and_what_failed(body: str) -> None:
    text = Page(body).text
    assert "Better than in September 2026: Retention rate 80.0% (▲ +20.0 percentage points)." in text
    assert "● -11.6 points (no detectable change)" in text
    assert "Nothing tells which end of <1..6> is the best. Say it: --best 6" in text
    assert re.search(r"Brand mentions: Brands <script>alert\(1\)</script>\s+20 Ördekbaşı\s+6", text)


def test_the_body_has_the_key_figures_that_paper_has(body: str) -> None:
    assert re.search(r"Customer retention\s+Lost customers\s+33", Page(body).text)
    assert "Share of voice" not in body


def test_a_body_that_would_be_cut_has_no_drawings() -> None:
    made = report()
    mentions = made.sections[-1]
    assert mentions.result is not None
    [brands] = mentions.result.tables
    many = tuple(
        replace(brands, name=f"brands_{at}", rows=tuple((f"brand {at} {row}", 20 - row) for row in range(12)))
        for at in range(20)
    )
    tables: tuple[ResultTable, ...] = many
    long = replace(made, sections=(replace(mentions, result=replace(mentions.result, tables=tables)),))
    body = email.render(long, "en")
    assert len(body.encode()) < LIMIT
    assert "brand 0 0" not in body
    assert "Mentions" in body


def test_the_message_is_text_and_html_and_what_was_asked_for() -> None:
    parsed = message(report(), "xlsx", "eml", "html", "json")
    text, html = (parsed.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert "Retention rate: 80.0%\r\n  95% interval 70.0% to 90.0%" in text.get_content()
    assert html is not None
    assert html.get_content().replace("\r\n", "\n") == email.render(report(), "en")
    attached = {part.get_filename(): part.get_content() for part in parsed.iter_attachments()}
    assert list(attached) == ["loyalty-2026-10.html", "loyalty-2026-10.xlsx"]
    assert attached["loyalty-2026-10.xlsx"][:2] == b"PK"


def test_the_page_goes_along_where_nothing_else_was_asked_for() -> None:
    names = [part.get_filename() for part in message(report(), "eml").iter_attachments()]
    assert names == ["loyalty-2026-10.html"]


def test_the_date_is_that_of_the_data_in_the_business_time_zone() -> None:
    parsed = message(replace(report(), timezone="Europe/Istanbul"), "eml")
    assert parsed["Date"] == "Sun, 01 Nov 2026 00:00:00 +0300"
    assert re.fullmatch(r"<[0-9a-f-]{36}@loyalty\.invalid>", parsed["Message-ID"])


def test_with_addresses_it_is_ready_to_be_sent_and_without_it_is_a_draft() -> None:
    draft = message(report(), "eml")
    assert (draft["To"], draft["X-Unsent"]) == (None, "1")
    made = replace(report(), sender="Şube <rapor@kavak.example>", recipients=("a@x.example", "b@x.example"))
    sent = message(made, "eml")
    assert (sent["From"], sent["To"], sent["X-Unsent"]) == (
        "Şube <rapor@kavak.example>",
        "a@x.example, b@x.example",
        None,
    )


def test_a_title_of_two_lines_is_one_subject() -> None:
    parsed = message(replace(report(), title="Kavak\nBcc: everybody@x.example"), "eml")
    assert parsed["Subject"].startswith("Kavak Bcc: everybody@x.example · Loyalty report")
    assert parsed["Bcc"] is None


def test_the_same_report_is_the_same_message_and_another_has_another_id() -> None:
    enclosed = {".html": b"x"}
    first = eml.render(report(), "en", enclosed)
    assert eml.render(report(), "en", enclosed) == first
    assert eml.render(report(), "en", {".html": b"y"}) != first
