"""Mentions and reviews from real layouts: counts against ``exports/EXPECTED.json``, and small cases by hand."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import MENTION_COLUMNS, Mentions

EXPORTS = Path(__file__).resolve().parents[1] / "exports"
EXPECTED = json.loads((EXPORTS / "EXPECTED.json").read_text(encoding="utf-8"))
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def mentions(path: Path, by: tuple[str, ...] = (), **said: Any) -> Mentions:
    table = read(Kind.MENTIONS, Source((str(path),), **said), by)
    assert isinstance(table, Mentions)
    return table


def good(table: Mentions) -> pl.DataFrame:
    return table.frame.filter(pl.col("fault").is_null()).collect()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mentions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def counts(rows: pl.DataFrame, column: str) -> dict[str | None, int]:
    return dict(rows.group_by(column).len().iter_rows())


def test_turkish_mentions() -> None:
    rows, expected = good(mentions(EXPORTS / "tr_marka_bahisleri.csv")), EXPECTED["tr_marka_bahisleri.csv"]

    assert rows.height == expected["rows"]
    assert counts(rows, "brand") == expected["brands"]
    assert int(rows["is_repost"].sum()) == expected["retweets"]
    assert counts(rows, "sentiment") == {"positive": 5, "negative": 5, "neutral": 4, None: 4}
    assert rows["mentioned_at"][0] == datetime.fromisoformat(
        "2025-05-01 23:40"
    )  # 1 Mayıs 2025 and 23:40 in two columns
    assert rows.select("author", "platform").row(1) == ("@kullanici1", "Şikayetvar")


def test_google_play_reviews() -> None:
    table = mentions(EXPORTS / "googleplay_reviews.csv")
    rows, expected = good(table), EXPECTED["googleplay_reviews.csv"]

    assert rows.height == expected["rows"]
    assert rows["text_hash"].count() == expected["with_text"]
    assert set(rows["brand"]) == {"com.example.foxglove"}
    assert set(rows["platform"]) == {"Google Play"}
    # Sixteen reviews with 3.75 stars on average: 60 stars.
    raw = table.origin.raw.select(pl.col("Star Rating").cast(pl.Int64)).collect()["Star Rating"]
    assert raw.mean() == expected["mean_star"]
    assert counts(rows, "sentiment") == {
        "positive": int((raw >= 4).sum()),
        "neutral": int((raw == 3).sum()),
        "negative": int((raw <= 2).sum()),
    }
    # 06:00 UTC is 09:00 in Istanbul.
    assert rows["mentioned_at"][0] == datetime.fromisoformat("2025-04-01 09:00")


def test_the_schema_is_the_promised_one(tmp_path: Path) -> None:
    table = mentions(written(tmp_path, "text\nhello\n"))

    assert dict(table.frame.collect_schema()) == dict(MENTION_COLUMNS)
    assert table.columns == {"text_hash", "is_repost"}


def test_words_for_sentiment(tmp_path: Path) -> None:
    words = ["Olumlu", "NEGATIVE", "nötr", "Tarafsız", "", "belirsiz"]
    body = "".join(f"x,{word}\n" for word in words)

    rows = good(mentions(written(tmp_path, f"Metin,Duygu\n{body}")))

    assert rows["sentiment"].to_list() == ["positive", "negative", "neutral", "neutral", None, None]


def test_ratings_out_of_ten_are_not_read_as_stars(tmp_path: Path) -> None:
    rows = good(mentions(written(tmp_path, "review,rating\nfine,9\npoor,2\n")))

    assert rows["sentiment"].to_list() == [None, None]


def test_reposts_by_mark_and_by_column(tmp_path: Path) -> None:
    marked = good(mentions(written(tmp_path, "text,brand\nRT @a hello,A\nhello,A\n")))
    flagged = good(
        mentions(written(tmp_path, "text,brand,is_repost\nhello,A,yes\nRT @a hello,A,no\nRT @a,A,\n"))
    )

    assert marked["is_repost"].to_list() == [True, False]
    assert flagged["is_repost"].to_list() == [True, False, True]


def test_texts_that_differ_in_case_and_signs_only_are_one_text(tmp_path: Path) -> None:
    rows = good(mentions(written(tmp_path, "text,brand\nÇok İYİ!,A\ncok iyi,B\n🎁,A\n❤️,A\n,A\n")))

    first, second, gift, heart, nothing = rows["text_hash"].to_list()

    assert first == second
    assert len({first, gift, heart}) == 3
    assert nothing is None


def test_by_a_column_of_the_file(tmp_path: Path) -> None:
    rows = good(mentions(written(tmp_path, "text,brand,Dil\nhello,A,en\n"), by=("dil", "brand")))

    assert rows.select("dil", "brand").row(0) == ("en", "A")


@pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not here")
@pytest.mark.parametrize(
    ("name", "rows", "positive"),
    [("amazon_alexa/amazon_alexa.tsv", 3150, 0), ("text/tr_ecommerce_reviews.train.csv", 10510, 4389)],
)
def test_public_reviews(name: str, rows: int, positive: int) -> None:
    table = good(mentions(DATA / name))

    assert table.height == rows
    assert counts(table, "sentiment").get("positive", 0) == positive


def test_bots_are_left_out_and_the_own_brand_is_known(tmp_path: Path) -> None:
    table = mentions(
        written(
            tmp_path, "brand,is_own,text,is_bot\nUs,true,hello,false\nThem,false,hi,false\nUs,true,buy,true\n"
        )
    )
    rows = table.frame.collect()

    assert rows["fault"].to_list() == [None, None, "bot"]
    assert rows["is_own"].to_list() == [True, False, True]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (("1", "0", "-1"), ["positive", "neutral", "negative"]),
        (("5", "0", "−5"), ["positive", "neutral", "negative"]),
        (("1", "0", "1"), [None, None, None]),  # a flag, or a cluster
        (("3", "0", "-1"), [None, None, None]),  # nobody knows where neutral ends
    ],
)
def test_sentiment_as_a_sign(tmp_path: Path, said: tuple[str, ...], meant: list[str | None]) -> None:
    rows = "".join(f"2026-03-1{day},Defne,{value}\n" for day, value in enumerate(said))

    table = mentions(written(tmp_path, f"Date,Brand,Sentiment\n{rows}"))

    assert good(table)["sentiment"].to_list() == meant


def test_half_a_star_between_two_that_say_the_same(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-01,Defne,{stars}\n" for stars in ("4.5", "3.5", "2.5", "1.5", "5"))

    table = mentions(written(tmp_path, f"Date,Brand,Rating\n{rows}"))

    assert good(table)["sentiment"].to_list() == ["positive", None, None, "negative", "positive"]


def test_stars_of_which_only_the_given_are_drawn(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-01,Defne,{stars}\n" for stars in ("⭐⭐⭐⭐⭐", "★★★", "⭐ ⭐", "★★★★☆"))

    table = mentions(written(tmp_path, f"Date,Brand,Rating\n{rows}"))

    assert good(table)["sentiment"].to_list() == ["positive", "neutral", "negative", "positive"]
