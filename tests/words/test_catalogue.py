"""The two catalogues say the same things; what they say can be filled in without grammar going wrong."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from loyalty.errors import UsageError
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.recognise import NEVER_RETURN
from loyalty.model.tables import EntryType, Holds, OrderStatus, RowsAre, ValueOn
from loyalty.words import LANGUAGES, Words
from loyalty.words.catalogue import placeholders

SOURCES = Path(__file__).parents[2] / "src" / "loyalty"


def test_both_languages_have_the_same_keys():
    assert Words("en").keys == Words("tr").keys


@pytest.mark.parametrize("key", sorted(Words("en").keys))
def test_both_languages_have_the_same_placeholders(key):
    english, turkish = (Words(lang).get(key) or "" for lang in LANGUAGES)
    assert placeholders(english) == placeholders(turkish)
    assert english.strip()
    assert turkish.strip()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_key_stands_twice(lang):
    """The later one would win without a word."""

    def keys_of(node, path=""):
        names = [f"{path}{key.value}" for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
        below = [
            name
            for key, value in (node.value if names else [])
            for name in keys_of(value, f"{path}{key.value}.")
        ]
        return [*names, *below]

    node = yaml.compose(
        (SOURCES / "words" / f"{lang}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    counts = Counter(keys_of(node))
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_turkish_suffix_follows_a_placeholder():
    # "{ay}'e" would need vowel harmony with a value that is not known here.
    texts = {key: Words("tr").get(key) or "" for key in Words("tr").keys}
    assert [key for key, text in texts.items() if re.search(r"\}['’]?[a-zçğıöşü]", text)] == []


def test_placeholders_are_filled_and_a_missing_value_stays_visible():
    words = Words("en")
    assert words("notes.below_min_n", n=10, min_n=30).startswith("Only n = 10, fewer than 30")
    assert words("notes.below_min_n", n=10).startswith("Only n = 10, fewer than {min_n}")


def test_a_missing_key_reads_as_itself():
    assert Words("tr")("figures.some_new_share") == "Some new share"
    assert Words("tr").get("figures.some_new_share") is None


def test_keys_may_be_written_as_commands_are():
    assert Words("en")("metrics.at-risk.title") == "Customers at risk"


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("segment", "at_risk", "At risk"),
        ("strategy", "passive", "Ask what is missing; follow up on the answer."),  # strategies, not classes
        ("class", "passive", "passive"),
        ("reason", "within_rhythm", "in rhythm"),
        ("from", "new", "New"),  # no branch "froms": looked for in the others
        ("segment", "vip_2", "Vip 2"),
    ],
)
def test_word_of_a_value(column, value, word):
    assert Words("en").word(column, value) == word


def test_definition_is_that_of_the_variant_or_the_standard_one():
    words = Words("en")
    assert words.definition("churn", "count") != words.definition("churn", "period")
    assert words.definition("check", "orders") == words.get("metrics.check.definition.standard")


def test_unknown_language_names_the_known_ones():
    with pytest.raises(UsageError, match="'tk'") as error:
        Words("tk")
    assert error.value.hint == "Use one of en, tr."


def test_whatever_an_audit_finds_has_words():
    """Codes of findings, meanings of columns, types of entries and statuses as people read them."""
    rooms = [path.read_text(encoding="utf-8") for path in (SOURCES / "audit").glob("*.py")]
    found = {code for room in rooms for code in re.findall(r'(?:Finding|telling)\(\s*"(\w+)"', room)}
    found |= {code for room in rooms for code in re.findall(r'(?:some|none)="(\w+)"', room)}
    found |= set(re.findall(r'"(before_\w+)"', "\n".join(rooms))) | {NEVER_RETURN}
    assert len(found) > 20
    assert {code for code in found if Words("en").get(f"codes.{code}") is None} == set()
    page = (SOURCES.parents[1] / "docs" / "checking.md").read_text(encoding="utf-8")
    assert {code for code in found if f"`{code}`" not in page} == set()
    names = {name for names in catalogue().kinds.values() for name in names}
    assert {name for name in names if Words("en").get(f"meanings.{name}") is None} == set()
    values = [*EntryType, *OrderStatus, *Holds, *RowsAre, *ValueOn]
    assert [value for value in values if Words("en").get(f"values.{value}") is None] == []


# Where the code of a note, the reason of a figure without a value and the fault of a row stand in a call.
CODES = {
    "Note": ("notes",),
    "undefined": ("reasons",),
    "refused": ("reasons",),
    "first_fault": ("left_out", "reasons"),
}


def _written(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call gives as its code, of each choice between several."""
    match getattr(call.func, "id", None) or getattr(call.func, "attr", None):
        case "Note":
            given = call.args[:1]
        case "undefined" | "refused":
            given = call.args[2:3]
        case "first_fault":
            given = [
                pair.elts[1] for pair in ast.walk(call) if isinstance(pair, ast.Tuple) and len(pair.elts) == 2
            ]
        case _:
            given = []
    for code in given:
        yield from (code.body, code.orelse) if isinstance(code, ast.IfExp) else (code,)


def test_whatever_the_rooms_say_has_words() -> None:
    """Codes as they stand in the source; of one that is put together, some word fits the parts that are known."""
    words, found, missing = Words("en"), 0, []
    for path in SOURCES.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
            for code in _written(call):
                parts = code.values if isinstance(code, ast.JoinedStr) else [code]
                known = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in parts
                ]
                if known == [r"\w+"]:
                    continue
                found += 1
                names = (each for home in CODES[str(name)] for each in words.names(home))
                if not any(re.fullmatch("".join(known), each) for each in names):
                    missing.append(f"{path.name}: {ast.unparse(code)}")
    assert found > 200
    assert missing == []


def test_advice_and_what_reports_say_otherwise_belong_to_something() -> None:
    words = Words("en")
    assert set(words.names("hints")) - set(words.names("reasons")) == set()
    assert set(words.names("in_report")) - words.keys == set()


def test_warnings_bear_the_names_of_the_field() -> None:
    """Scripts look for these codes in the notes of a result."""
    named = {
        *("below_min_n", "simpson", "partial_period", "right_censored", "left_truncated", "nominal_money"),
        *("relative_scores", "low_response", "heuristic_as_probability", "regression_to_mean"),
        *("fragile_thresholds", "window_exceeds_period", "dirty_scores"),
    }
    assert named - set(Words("en").names("notes")) == set()
