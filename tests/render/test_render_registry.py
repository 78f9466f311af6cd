"""Promises over all formats."""

from __future__ import annotations

import subprocess
import sys

import pytest

from loyalty.errors import UsageError
from loyalty.render import FORMATS, format_for_suffix, render


@pytest.mark.parametrize("lang", ["en", "tr"])
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_renders_every_result_the_same_way_twice(results, name, lang):
    text = render(results, name, lang=lang)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text == render(results, name, lang=lang)


def test_suffix_chooses_the_format():
    assert format_for_suffix(".JSON") is FORMATS["json"]
    assert format_for_suffix(".md") is FORMATS["markdown"]
    assert format_for_suffix(".pdf") is None


def test_unknown_format_names_the_near_one():
    with pytest.raises(UsageError, match='did you mean "json"') as error:
        render([], "jsno")
    assert error.value.hint == "Use one of table, json, ndjson, csv, markdown."


def test_machine_formats_load_neither_rich_nor_altair():
    code = (
        "import sys; from loyalty.render import render; render([], 'json'); render([], 'csv'); render([], 'ndjson');"
        "print(sorted({'rich', 'altair', 'vl_convert', 'polars'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
