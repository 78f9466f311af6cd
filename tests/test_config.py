"""A configuration file: what it becomes, and how each mistake is told with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.cli.settings import options_by_metric
from loyalty.config import Settings, config_schema, load_config
from loyalty.config.yaml_nodes import read_yaml
from loyalty.errors import ConfigError, ExitCode
from loyalty.ingest.source import Source
from loyalty.metrics.forecast import ForecastOptions
from loyalty.model.kind import Kind
from loyalty.model.metric import option
from loyalty.model.period import Every

EXAMPLE = Path(__file__).resolve().parents[1] / "config.example.yaml"
SCHEMA = EXAMPLE.parent / "docs" / "loyalty.schema.json"


@dataclass(frozen=True)
class Nps:
    confidence: float | None = option(None, "Of the interval.", low=0.5, high=0.999)
    high: int = option(9, "Lowest score of a promoter.", low=1)
    window: int | Literal["auto"] = option("auto", "Days.", low=1)
    questions: tuple[str, ...] = field(default_factory=tuple)
    wave: Annotated[str | None, Field(max_length=7)] = None

    def __post_init__(self) -> None:
        if self.high == 7:
            raise ValueError("must not count passives as promoters")


@dataclass(frozen=True)
class Retention:
    every: Every = Every.MONTH


@dataclass(frozen=True)
class Clv:
    margin: float | None = option(None, "Share of the price.", low=0, high=1)


@dataclass(frozen=True)
class Mentions:
    own_brand: str | None = None


METRICS: dict[str, type[Any]] = {
    "nps": Nps,
    "retention": Retention,
    "clv": Clv,
    "mentions": Mentions,
    "at-risk": Retention,
}


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load the text as ``config.yaml`` of the current folder."""
    monkeypatch.chdir(tmp_path)

    def load(text: str) -> Settings:
        Path("config.yaml").write_text(dedent(text), encoding="utf-8")
        return load_config(Path("config.yaml"), METRICS)

    return load


@pytest.fixture
def complaints(load: Any) -> Any:
    """Return the problems of the text, which must have some."""

    def complaints(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        assert caught.value.exit_code is ExitCode.USAGE
        assert caught.value.hint
        return list(caught.value.problems)

    return complaints


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", {}),
        ("metrics: {forecast: true}", {"forecast": "3m"}),
        ("metrics: {forecast: {horizon: 1m}}", {"forecast": "1m"}),
        ("metrics: {forecast: false}", {}),
    ],
)
def test_forecast_is_in_the_report_on_request(said: str, expected: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"sources: {{orders: orders.csv}}\n{said}\n", encoding="utf-8")
    settings = load_config(path, {"forecast": ForecastOptions})
    assert {name: options.horizon for name, options in settings.metrics.items()} == expected


def test_shortest_file_has_all_defaults(load: Any) -> None:
    settings = load("sources: {orders: orders.csv}")
    assert settings.sources == {Kind.ORDERS: Source(("orders.csv",))}
    assert settings.business.timezone == "Europe/Istanbul"
    assert settings.business.currency is None
    assert (settings.period, settings.as_of, settings.confidence) == ("last-month", None, 0.95)
    assert settings.metrics == {name: options() for name, options in METRICS.items()}
    assert settings.report.formats == ("html", "markdown", "json")
    assert settings.report_folder("2026-10") == Path("reports/2026-10")
    assert settings.alerts == ()


def test_everything_that_can_be_said(load: Any) -> None:
    settings = load(
        """
        business: {name: Kavak Kahve, timezone: UTC, currency: TRY, language: tr, locale: tr}
        sources:
          orders:
            files: [a.csv, b.csv]
            preset: shopify
            map: {ordered_at: Tarih, amount: "#3"}
            encoding: cp1254
            delimiter: tab
            currency: EUR
          surveys: [s.csv]
        period: 2026
        as_of: 2026-11-01
        confidence: 0.9
        metrics:
          nps: {confidence: 0.8, window: 90, questions: [nps]}
          retention: {every: quarter}
          clv: false
          mentions:
          at-risk: true
        report: {output: "out/{period}/tr", formats: [json], title: Ekim}
        alerts: nps < 30
        """
    )
    assert settings.sources[Kind.ORDERS] == Source(
        ("a.csv", "b.csv"),
        mapping={"ordered_at": "Tarih", "amount": "#3"},
        preset="shopify",
        locale="tr",
        encoding="cp1254",
        delimiter="tab",
        timezone="UTC",
        currency="EUR",
    )
    assert settings.sources[Kind.SURVEYS] == Source(("s.csv",), locale="tr", timezone="UTC", currency="TRY")
    assert (settings.period, settings.as_of, settings.confidence) == ("2026", date(2026, 11, 1), 0.9)
    assert settings.metrics == {
        "nps": Nps(confidence=0.8, window=90, questions=("nps",)),
        "retention": Retention(Every.QUARTER),
        "mentions": Mentions(),
        "at-risk": Retention(),
    }
    assert settings.report_folder("2026") == Path("out/2026/tr")
    assert settings.alerts == ("nps < 30",)


def test_sections_whose_lines_are_all_commented_out_are_defaults(load: Any) -> None:
    settings = load("business:\n  # name: x\nsources: {orders: o.csv}\nmetrics:\nreport:\nalerts:\n")
    assert replace(settings, digest="") == replace(load("sources: {orders: o.csv}"), digest="")


def test_paths_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "shop [1]"
    folder.mkdir()
    path = folder / "config.yaml"
    path.write_text("sources: {orders: [o.csv, 'o-*.csv', -, 's3://bucket/o.parquet', /data/o.csv]}")
    settings = load_config(path, METRICS)
    assert settings.sources[Kind.ORDERS].paths == (
        str(folder / "o.csv"),
        # The folder's own brackets are no part of the pattern.
        str(tmp_path / "shop [[]1]" / "o-*.csv"),
        "-",
        "s3://bucket/o.parquet",
        "/data/o.csv",
    )
    assert settings.report_folder("2026-10") == folder / "reports" / "2026-10"


def cases(table: str) -> list[tuple[str, str]]:
    """Return pairs of a line of YAML and the message about it, which stands indented below the line."""
    found: list[tuple[str, str]] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            written, message = found.pop()
            found.append((written, f"{message} {line.strip()}".strip()))
        else:
            found.append((line, ""))
    return found


def test_all_mistakes_are_told_at_once_with_their_lines(complaints: Any) -> None:
    found = complaints(
        """\
        sources:
          orders:
            preset: shopify
        perod: last-month
        metrics:
          nps:
            high: 9
            windw: 3
            confidence: nine
        report:
          formats:
            - html
            - jsn
        report: {}
        """
    )
    assert found == [
        'config.yaml:2: "sources.orders.files" is required',
        'config.yaml:4: unknown key "perod"; did you mean "period"?',
        'config.yaml:8: metrics.nps: unknown key "windw"; did you mean "window"?',
        "config.yaml:9: metrics.nps.confidence: 'nine' must be a number",
        (
            "config.yaml:13: report.formats.1: 'jsn' is not one of html, markdown, json, csv, xlsx, pdf, email, "
            'eml; did you mean "json"?'
        ),
        "config.yaml:14: key 'report' is given twice (first on line 10)",
    ]


MISTAKES = """
metrics: {npz: {}}
    metrics: unknown key "npz"; did you mean "nps"?
metrics: {at_risk: false}
    metrics: unknown key "at_risk"; did you mean "at-risk"?
colour: red
    unknown key "colour"; known here: version, business, sources, period, as_of, confidence, metrics, report,
        privacy, history, alerts, profiles
metrics: {nps: {high: 0}}
    metrics.nps.high: 0 must be 1 or more
metrics: {nps: {high: 9.5}}
    metrics.nps.high: 9.5 must be a whole number
metrics: {nps: {high: true}}
    metrics.nps.high: true must be a whole number
metrics: {nps: {high: 7}}
    metrics.nps: must not count passives as promoters
metrics: {nps: {window: soon}}
    metrics.nps.window: 'soon' must be a whole number or "auto"
metrics: {nps: {window: 0}}
    metrics.nps.window: 0 must be 1 or more or "auto"
metrics: {nps: {questions: nps}}
    metrics.nps.questions: 'nps' must be a list
metrics: {nps: {wave: "October 2026"}}
    metrics.nps.wave: 'October 2026' must be different: String should have at most 7 characters
metrics: {nps: 5}
    metrics.nps: 5 must be a block of keys or true or false
metrics: {retention: {every: moth}}
    metrics.retention.every: 'moth' is not one of week, month, quarter, year; did you mean "month"?
metrics: {clv: {margin: 60%}}
    metrics.clv.margin: '60%' must be a number; write 0.6
metrics: {clv: {margin: '%60'}}
    metrics.clv.margin: '%60' must be a number; write 0.6
metrics: {clv: {margin: 60}}
    metrics.clv.margin: 60 must be 1 or less
confidence: 0,95
    confidence: '0,95' must be a number; write 0.95
confidence: '0.95'
    confidence: '0.95' must be a number; take it out of the quotes
confidence: 0.4
    confidence: 0.4 must be 0.5 or more
confidence: .inf
    confidence: Infinity must be a finite number
confidence:
    confidence: is empty; write a value or remove the line
as_of: 2026-13-01
    as_of: '2026-13-01' must be a day such as 2026-10-31
as_of: 5
    as_of: 5 must be a day such as 2026-10-31
as_of: 9999-12-31
    as_of: '9999-12-31' is not a day of the years 1900 to 2199
period: [2026-10]
    period: must be text or a whole number, not a list
period: 2026-11-01..2026-10-01
    period: '2026-11-01..2026-10-01' ends before it starts. The end is the first day that does not
        count: 2026-10-01..2026-11-01 is October.
business: Kavak
    business: 'Kavak' must be a block of keys
business: {name: 1881}
    business.name: 1881 must be text; put it in quotes: "1881"
business: {timezone: Europe/Istambul}
    business.timezone: 'Europe/Istambul' is not a time zone; did you mean "Europe/Istanbul"?
business: {timezone: ../etc}
    business.timezone: '../etc' is not a time zone
business: {currency: TL}
    business.currency: 'TL' is not a currency code; did you mean "TRY"?
business: {currency: TYR}
    business.currency: 'TYR' is not a currency code; did you mean "TRY"?
business: {currency: uds}
    business.currency: 'uds' is not a currency code; did you mean "USD"?
business: {currency: QQQ}
    business.currency: 'QQQ' is not a currency code such as TRY, EUR or USD
report: {formats: [exel]}
    report.formats.0: 'exel' is not one of html, markdown, json, csv, xlsx, pdf, email, eml; did you mean "xlsx"?
report: {formats: [HTML]}
    report.formats.0: 'HTML' is not one of html, markdown, json, csv, xlsx, pdf, email, eml; did you mean "html"?
business: {locale: turkish}
    business.locale: 'turkish' must be a language, or language and country, such as tr, en-US or en-GB
business: {locale: zz-ZZ}
    business.locale: 'zz-ZZ' must be a language, or language and country, such as tr, en-US or en-GB
business: {language: no}
    business.language: 'no' is not one of en, tr
report: {output: '{month}'}
    report.output: '{month}' may hold {period}, {profile} and no other braces
privacy: {people: names}
    privacy.people: 'names' is not one of codes, ids, none
history: 'history/{period}'
    history: 'history/{period}' may hold {profile} and no other braces; each period has its own file in it
report: {mail: {to: everybody}}
    report.mail.to: 'everybody' must be an address such as rapor@example.com or Rapor <rapor@example.com>
profiles: {a/b: {}}
    profiles: 'a/b' is no name of a profile: letters, digits, - and _
version: 0
    version: 0 must be 1 or more
report: {formats: []}
    report.formats: must not be empty
alerts: npss < 30
    alerts: 'npss < 30' names no figure: there is no 'npss'; did you mean "nps"?
alerts: [nps < 30, nps is low]
    alerts.1: 'nps is low' is not a rule; write a figure, a comparison and a number: nps < 30, ccr_opening > 4.5%
        or nps.delta <= -5
alerts: [retntion.customers < 3]
    alerts.0: 'retntion.customers < 3' names no metric: there is no 'retntion'; did you mean "retention"?
alerts: retention < 30%
    alerts: 'retention < 30%' names a metric and no figure of it; `loyalty explain retention` names them
alerts: qqqq.delta < 3
    alerts: 'qqqq.delta < 3' names no figure: there is no 'qqqq'; `loyalty explain METRIC` names those of a metric
alerts: [5]
    alerts.0: 5 must be text; put it in quotes: "5"
"""


@pytest.mark.parametrize(("line", "message"), cases(MISTAKES))
def test_mistake(complaints: Any, line: str, message: str) -> None:
    assert complaints(f"sources: {{orders: o.csv}}\n{line}\n") == [f"config.yaml:2: {message}"]


SOURCE_MISTAKES = """
period: last-month
    "sources" is required
sources:
    sources: is empty; write a value or remove the line
sources: {}
    sources: must name at least one of orders, surveys, mentions, tickets, customers, points
sources: {order: o.csv}
    sources: unknown key "order"; did you mean "orders"?
sources: {orders: 5}
    sources.orders: 5 must be text, a list or a block of keys; put it in quotes: "5"
sources: {orders: []}
    sources.orders: must not be empty
sources: {orders: ['']}
    sources.orders.0: must not be empty
sources: {orders: {files: o.csv, delimiter: ;;}}
    sources.orders.delimiter: ';;' must be one character such as ";", or the word tab
sources: {orders: {files: o.csv, delimiter: §}}
    sources.orders.delimiter: '§' must be one character such as ";", or the word tab
sources: {orders: {files: o.csv, preset: shopfy}}
    sources.orders.preset: 'shopfy' is not a layout; did you mean "shopify"?
sources: {orders: {files: o.csv, encoding: turkish}}
    sources.orders.encoding: 'turkish' is not an encoding; write for example utf-8, cp1254 or utf-16
sources: {orders: {files: o.csv, encoding: hex}}
    sources.orders.encoding: 'hex' is not an encoding; write for example utf-8, cp1254 or utf-16
sources: {orders: {files: o.csv, map: {amout: Tutar}}}
    sources.orders.map: unknown key "amout"; did you mean "amount"?
sources: {mentions: {files: m.csv, map: {customer: Name}}}
    sources.mentions.map: unknown key "customer"; known here: brand, author, platform, mentioned_at, sentiment, rating,
        text, is_repost, is_own, is_bot, text_hash
sources: {orders: {files: o.csv, map: {amount: 3}}}
    sources.orders.map.amount: 3 must be text; put it in quotes: "3"
- orders.csv
    must be keys with values, such as period: last-month
orders.csv
    must be keys with values, such as period: last-month
"""


@pytest.mark.parametrize(("text", "message"), cases(SOURCE_MISTAKES))
def test_mistake_about_sources(complaints: Any, text: str, message: str) -> None:
    assert complaints(text) == [f"config.yaml:1: {message}"]


@pytest.mark.parametrize("delimiter", ["comma", "semicolon", "Tab", "';'", "' '"])
def test_delimiters_are_named_as_on_the_command_line(load: Any, delimiter: str) -> None:
    settings = load(f"sources: {{orders: {{files: o.csv, delimiter: {delimiter}}}}}")
    assert settings.sources[Kind.ORDERS].delimiter == delimiter.strip("'")


def test_empty_file(complaints: Any) -> None:
    assert complaints("") == ['config.yaml:1: "sources" is required']
    assert complaints("# only a remark\n") == ['config.yaml:1: "sources" is required']


def test_position_without_quotes_is_a_comment(complaints: Any) -> None:
    (found,) = complaints("sources:\n  orders:\n    files: o.csv\n    map:\n      amount: #3\n")
    assert found.startswith("config.yaml:5: sources.orders.map.amount: is empty; ")
    assert found.endswith('a position has to be in quotes, "#3", because # begins a comment')


NOT_YAML = [
    ("sources:\n\torders: o.csv", "2:1: not valid YAML: a tab where spaces are needed"),
    ("orders: *.csv", "1:9: not valid YAML: a value that begins with *, & or ! has to be in quotes"),
    ("orders: *all", "1:9: not valid YAML: a value that begins with *, & or ! has to be in quotes"),
    ("name: &Co", "1:7: not valid YAML: a value that begins with *, & or ! has to be in quotes"),
    (
        "name: !!python/name:os.system",
        "1:7: not valid YAML: a value that begins with *, & or ! has to be in quotes",
    ),
    ("title: October: the report", "1:15: not valid YAML: mapping values are not allowed here"),
    ("margin: %60", "1:9: not valid YAML: found character '%' that cannot start any token"),
    (
        "a: 1\n---\nb: 2",
        "2:1: not valid YAML: expected a single document in the stream, but found another document",
    ),
    ("[a]: 1", "1:1: not valid YAML: a key has to be plain text"),
    ("a: b\nname: K\x07", "2:8: not valid YAML: a control character is in the text"),
]


@pytest.mark.parametrize(("text", "message"), NOT_YAML)
def test_not_yaml(complaints: Any, text: str, message: str) -> None:
    assert complaints(text) == [f"config.yaml:{message}"]


def test_absurdly_deep_nesting_is_a_message(complaints: Any) -> None:
    assert complaints("[" * 5000) == ["config.yaml: nested hundreds of levels deep"]


SCALARS = [
    # YAML 1.1 would make false, true, 750, a date and an integer of these.
    ("no", "no"),
    ("on", "on"),
    ("Yes", "Yes"),
    ("12:30", "12:30"),
    ("2026-10-01", "2026-10-01"),
    ("1_000", "1_000"),
    # These keep their meaning.
    ("true", True),
    ("False", False),
    ("~", None),
    ("null", None),
    ("none", "none"),
    ("", None),
    ("9", 9),
    ("-3", -3),
    ("0o17", 15),
    ("0x1F", 31),
    ("0.95", 0.95),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("-.inf", float("-inf")),
    # A barcode with more digits than a quantity has, and whatever stands in quotes.
    ("86900000000000000001", "86900000000000000001"),
    ("'9'", "9"),
    ('"true"', "true"),
    ('""', ""),
]


@pytest.mark.parametrize(("written", "meant"), SCALARS)
def test_scalar(written: str, meant: Any) -> None:
    found = read_yaml(f"key: {written}", "x.yaml").content["key"]
    assert found == meant
    assert type(found) is type(meant)


def test_every_value_knows_its_line_and_a_key_is_text() -> None:
    document = read_yaml("on:\n  2026:\n    - a\n    -\n      b\nz: |\n  text\n", "x.yaml")
    assert document.content == {"on": {"2026": ["a", "b"]}, "z": "text\n"}
    assert document.lines == {
        (): 1,
        ("on",): 1,
        ("on", "2026"): 2,
        ("on", "2026", 0): 3,
        ("on", "2026", 1): 5,
        ("z",): 6,
    }


def test_first_of_two_equal_keys_stands_and_the_second_is_told() -> None:
    document = read_yaml("a: 1\nb: 2\na: 3\na: 4\n", "x.yaml")
    assert document.content == {"a": 1, "b": 2}
    assert document.problems == (
        (3, "key 'a' is given twice (first on line 1)"),
        (4, "key 'a' is given twice (first on line 1)"),
    )


def test_missing_file_says_where_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load_config(Path("config.yaml"), METRICS)
    assert str(caught.value) == (
        "config.yaml: no such file\n"
        "Copy config.example.yaml to config.yaml and change it, or name another file with --config."
    )


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path, METRICS)


def test_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("sources:\n  orders: siparişler.csv\n".encode("cp1254"))
    with pytest.raises(ConfigError) as caught:
        load_config(path, METRICS)
    assert str(caught.value) == f"{path}:2: not UTF-8 text\nSave the file as UTF-8."


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfsources:\r\n  orders: o.csv\r\nperiod: 2026-Q3\r\n")
    assert load_config(path, METRICS).period == "2026-Q3"


def test_digest_is_about_content_only(load: Any) -> None:
    plain = load("sources: {orders: o.csv}\nperiod: 2026-10\n").digest
    assert load('# a remark\nperiod: "2026-10"\nsources:\n  orders: o.csv\n').digest == plain
    assert load("sources: {orders: o.csv}\nperiod: 2026-11\n").digest != plain


def test_example_is_complete_and_loads() -> None:
    settings = load_config(EXAMPLE, options_by_metric())
    assert settings.business.name == "Kavak Kahve"
    assert set(settings.sources) == set(Kind)
    paths = [Path(path) for source in settings.sources.values() for path in source.paths]
    assert paths == [EXAMPLE.parent / "sample_data" / f"{kind}.csv" for kind in settings.sources]
    assert settings.metrics["retention"].every is Every.MONTH
    assert settings.metrics["clv"].margin == 0.6
    assert settings.metrics["mentions"].own_brand == "Kavak Kahve"


def test_example_explains_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    schema = config_schema(METRICS)
    blocks = [
        schema,
        *(
            schema["$defs"][name]
            for name in (
                "Business",
                "Sources",
                "OrdersExport",
                "MentionsExport",
                "TicketsExport",
                "Report",
                "Privacy",
            )
        ),
    ]
    assert [key for block in blocks for key in block["properties"] if f"{key}:" not in text] == []


def test_what_is_commented_out_in_the_example_loads_too(load: Any) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    export = text[text.index("  # orders:") : text.index("# What the report is about")]
    settings = load("sources:\n" + re.sub("^  # ", "  ", export, flags=re.MULTILINE))
    source = settings.sources[Kind.ORDERS]
    assert source.paths == ("exports/orders-2025.csv", "exports/orders-2026.csv")
    assert source.mapping == {"ordered_at": "Sipariş Tarihi", "amount": "#3"}
    assert (source.preset, source.encoding, source.delimiter) == ("shopify", "cp1254", ";")
    assert source.aliases == "customer-aliases.csv"
    assert (source.fx, source.deflate) == ("exchange-rates.csv", "price-index.csv")
    assert source.tests == ("test@myshop.com",)
    assert source.excluded == ("@myshop.com", "Customer Group=B2B", "000123", "Channel=Marketplace")
    assert (source.non_products, source.conflicts) == (("Gift note",), "last")


def test_what_holds_for_orders_alone_is_said_where_it_does_not(complaints: Any) -> None:
    known = "files, preset, map, locale, encoding, delimiter, currency, aliases"
    assert complaints(
        """
        sources:
          surveys: {files: s.csv, conflicts: last}
          orders: {files: o.csv, conflicts: newest, exclude: {test: a@b.c}}
        """
    ) == [
        f'config.yaml:3: sources.surveys: unknown key "conflicts"; known here: {known}',
        "config.yaml:4: sources.orders.conflicts: 'newest' is not one of error, last",
        'config.yaml:4: sources.orders.exclude: unknown key "test"; did you mean "tests"?',
    ]


def test_texts_that_metrics_read_are_checked_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "sources: {orders: o.csv}\nmetrics:\n  retention: {window: 9x}\n  csat: {scale: abc}\n  ces: {scale: 1-7}\n"
        "  forecast: {horizon: 3q}\n  clv: {horizon: 20y}\n"
        "  nps: {missing: '11,x'}\n  rfm: {frequency: '1,2', since: soon}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path, options_by_metric())
    assert list(caught.value.problems) == [
        (
            f"{path}:3: metrics.retention.window: '9x' is neither auto nor 1 to 3650 days. "
            "Write auto, or days such as 90d."
        ),
        f"{path}:4: metrics.csat.scale: 'abc' is no scale. Write its lowest and highest answer: 1-5.",
        f"{path}:6: metrics.forecast.horizon: '3q' is not 1 to 12 months. Write the months as 3m.",
        (
            f"{path}:7: metrics.clv.horizon: '20y' is no time ahead of up to ten years. "
            "Write months, days, weeks or years: 12m, 90d, 26w or 1y."
        ),
        (
            f"{path}:8: metrics.nps.missing: '11,x' is not whole numbers. "
            "Write the codes for no answer with commas: 11,99."
        ),
        (
            f"{path}:9: metrics.rfm.frequency: '1,2' is not four rising numbers. "
            "Write the bounds of five classes with commas: 30,60,120,240"
        ),
        f"{path}:9: metrics.rfm.since: 'soon' is not a day. Write it as 2026-10-31.",
    ]


def test_schema_knows_options_with_help_and_bounds() -> None:
    schema = config_schema(METRICS)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["sources"]
    nps = schema["$defs"]["nps_options"]
    assert nps["additionalProperties"] is False
    assert nps["properties"]["high"] == {
        "default": 9,
        "description": "Lowest score of a promoter.",
        "minimum": 1,
        "title": "High",
        "type": "integer",
    }
    assert schema["$defs"]["retention_options"]["properties"]["every"]["default"] == "month"


def test_the_schema_in_the_repository_is_that_of_the_command() -> None:
    printed = CliRunner().invoke(app, ["schema", "config"]).stdout
    assert SCHEMA.read_text(encoding="utf-8") == printed, "make schema"


def test_the_first_line_of_the_example_leads_editors_to_the_schema() -> None:
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert EXAMPLE.parent / first.removeprefix("# yaml-language-server: $schema=") == SCHEMA


def test_schema_accepts_the_example_and_refuses_a_typing_mistake() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(config_schema(options_by_metric()))
    example = read_yaml(EXAMPLE.read_text(encoding="utf-8"), "x.yaml").content
    assert list(checker.iter_errors(example)) == []
    assert [error.validator for error in checker.iter_errors({**example, "perod": "x"})] == [
        "additionalProperties"
    ]
