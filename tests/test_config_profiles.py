"""Variables in paths, several businesses in one file, and files of a later version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from loyalty.cli.settings import options_by_metric
from loyalty.config import Settings, config_schema, load_config
from loyalty.config.yaml_nodes import read_yaml
from loyalty.errors import ConfigError, UsageError
from loyalty.model.kind import Kind
from tests.cli.running import Run

CHAIN = """\
business: {name: Kavak, currency: TRY}
metrics: {nps: {dedupe: none}}
report: {output: "reports/{profile}/{period}", formats: [json]}
history: history/{profile}
profiles:
  kadikoy:
    business: {name: Kavak Kadıköy}
    sources: {orders: kadikoy.csv}
  moda:
    sources:
      orders: moda.csv
      surveys: moda-answers.csv
    metrics: {nps: false}
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    monkeypatch.chdir(tmp_path)

    def run(text: str, profile: str | None = None) -> Settings:
        Path("config.yaml").write_text(dedent(text), encoding="utf-8")
        return load_config(Path("config.yaml"), options_by_metric(), profile)

    return run


def test_variables_stand_for_folders(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTS", "/exports")
    monkeypatch.delenv("OUT", raising=False)
    monkeypatch.setenv("EMPTY", "")
    settings = load(
        """
        business: {name: "${EXPORTS}"}
        sources:
          orders:
            files: ["${EXPORTS}/a.csv", "${EXPORTS}/b-*.csv"]
            aliases: "${EXPORTS}/aliases.csv"
            fx: "${EXPORTS}/rates.csv"
            deflate: "${EXPORTS}/prices.csv"
          surveys: ${EMPTY:-answers}/s.csv
        report: {output: "${OUT:-reports}/{period}"}
        history: ${EXPORTS}/history
        """
    )
    assert settings.sources[Kind.ORDERS].paths == ("/exports/a.csv", "/exports/b-*.csv")
    assert settings.sources[Kind.ORDERS].aliases == "/exports/aliases.csv"
    assert settings.sources[Kind.ORDERS].fx == "/exports/rates.csv"
    assert settings.sources[Kind.ORDERS].deflate == "/exports/prices.csv"
    assert settings.sources[Kind.SURVEYS].paths == ("answers/s.csv",)
    assert settings.report_folder("2026-10") == Path("reports/2026-10")
    assert settings.history_folder == Path("/exports/history")
    assert settings.business.name == "${EXPORTS}"  # only paths


def test_variables_stand_for_the_folder_of_an_options_file(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``metrics.rfm.segments`` names a file, and what it says becomes the option."""
    (tmp_path / "segments.yaml").write_text("Everybody: R1-5 F1-5\n", encoding="utf-8")
    monkeypatch.setenv("RULES", str(tmp_path))
    text = "sources: {orders: o.csv}\nmetrics: {rfm: {segments: '${RULES}/segments.yaml'}}\n"
    assert "Everybody" in load(text).metrics["rfm"].segments
    monkeypatch.delenv("RULES")
    with pytest.raises(ConfigError, match=r"config.yaml:2: the environment variable RULES is not set"):
        load(text)


def test_a_variable_that_is_not_set_is_a_mistake_with_its_line(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXPORTS", raising=False)
    with pytest.raises(ConfigError) as caught:
        load("sources:\n  orders:\n    - a.csv\n    - ${EXPORTS}/b.csv\nperod: x\n")
    assert caught.value.problems == (
        "config.yaml:4: the environment variable EXPORTS is not set; set it, or write ${EXPORTS:-a default}",
        'config.yaml:5: unknown key "perod"; did you mean "period"?',
    )


def test_what_a_variable_holds_does_not_change_the_digest(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "sources: {orders: '${EXPORTS}/o.csv'}"
    monkeypatch.setenv("EXPORTS", "/here")
    here = load(text).digest
    monkeypatch.setenv("EXPORTS", "/there")
    assert load(text).digest == here


def test_a_profile_says_only_what_differs(load: Any) -> None:
    settings = load(CHAIN, "kadikoy")
    assert (settings.business.name, settings.business.currency) == ("Kavak Kadıköy", "TRY")
    assert settings.metrics["nps"].dedupe == "none"
    assert list(settings.sources) == [Kind.ORDERS]
    assert settings.report_folder("2026-10") == Path("reports/kadikoy/2026-10")
    assert settings.history_folder == Path("history/kadikoy")
    other = load(CHAIN, "moda")
    assert other.business.name == "Kavak"
    assert "nps" not in other.metrics
    assert other.digest != settings.digest


def test_a_profile_has_to_be_chosen_where_the_rest_names_no_exports(load: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        load(CHAIN)
    assert caught.value.hint == "Add --profile with one of kadikoy, moda."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (CHAIN, "config.yaml has kadikoy, moda."),
        ("sources: {orders: o.csv}", "config.yaml has no profiles: block."),
    ],
)
def test_a_profile_that_there_is_not(load: Any, text: str, hint: str) -> None:
    with pytest.raises(UsageError, match="there is no profile 'kadikoi'") as caught:
        load(text, "kadikoi")
    assert caught.value.hint == hint


def test_mistakes_of_every_profile_are_told_with_their_lines_once(load: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        load(
            """\
            confidence: nine
            sources: {orders: o.csv}
            report: {output: "{profile}"}
            profiles:
              a:
                busines: {name: A}
              b:
                business:
                  timezone: Europe/Istambul
              c: 5
            """,
            "a",
        )
    assert caught.value.problems == (
        "config.yaml:1: confidence: 'nine' must be a number",
        'config.yaml:6: unknown key "busines"; did you mean "business"?',
        "config.yaml:9: business.timezone: 'Europe/Istambul' is not a time zone; did you mean \"Europe/Istanbul\"?",
        "config.yaml:10: profiles.c: must be a block of keys, as in the rest of the file",
    )


def test_two_profiles_must_not_write_over_each_other(load: Any) -> None:
    text = CHAIN.replace('output: "reports/{profile}/{period}", ', "").replace("history/{profile}", "history")
    with pytest.raises(ConfigError) as caught:
        load(text, "moda")
    assert caught.value.problems == (
        "config.yaml:9: profiles kadikoy and moda have the same history; write {profile} in it, or two folders",
        "config.yaml:9: profiles kadikoy and moda have the same report.output; write {profile} in it, or two folders",
    )


def test_a_file_of_a_newer_version_is_refused_in_words(load: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        load("period: last-month\nversion: 2\nnew_key: {}\n")
    assert caught.value.problems == (
        "config.yaml:2: of version 2; loyalty 0.1.0 knows configurations up to version 1",
    )
    assert caught.value.hint == "Install a newer one: pip install --upgrade loyalty-metrics"


def test_the_schema_knows_profiles() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(config_schema(options_by_metric()))
    content = read_yaml(CHAIN, "x.yaml").content
    content["sources"] = {"orders": "o.csv"}
    assert list(checker.iter_errors(content)) == []
    content["profiles"]["moda"]["busines"] = {}
    assert [error.validator for error in checker.iter_errors(content)] == ["additionalProperties"]


def test_metric_commands_take_a_profile(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "kadikoy.csv").write_text(
        "order_id,customer_id,date,amount\n1,a,2026-01-01,5\n", encoding="utf-8"
    )
    run = Run("repeat", "-c", tmp_path / "config.yaml", "--profile", "kadikoy", "-f", "json")
    assert run.figure("revenue")["value"] == 5
    alone = Run("repeat", tmp_path / "kadikoy.csv", "--profile", "kadikoy")
    assert (alone.code, "no configuration is named" in alone.err) == (2, True)


def test_the_schema_of_the_config_by_its_name() -> None:
    assert Run("schema", "config").out == Run("schema").out
    assert Run("schema", "report").code == 2


@pytest.mark.filterwarnings("error")
def test_an_option_may_be_called_as_pydantic_calls_something_of_its_own(load: Any) -> None:
    @dataclass(frozen=True)
    class Options:
        validate: bool = False
        copy: int = 1

    Path("config.yaml").write_text(
        "sources: {orders: o.csv}\nmetrics: {nps: {validate: true}}\n", encoding="utf-8"
    )
    assert load_config(Path("config.yaml"), {"nps": Options}).metrics["nps"] == Options(validate=True)
    assert list(config_schema({"nps": Options})["$defs"]["nps_options"]["properties"]) == ["validate", "copy"]
