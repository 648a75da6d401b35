"""The shipped reader finds spans at their exact places, ranks what answers first, and bears any text."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.split import split
from newsdesk.errors import NewsdeskError
from newsdesk.reader import MODEL_DIR, Calibration, Scored, SpanReader, load_reader
from newsdesk.span_model import trim
from newsdesk.types import Article, Hit

SEED = Path(__file__).parent.parent / "seeds" / "articles" / "000_659fbcd3d4add74c.txt"
BRIDGE = "Leeds council met on Monday. Mayor Ann Lee said the bridge would close in May 2019 for repairs."
MARKET = "The fish market in Hull reopened on Friday. Traders said that prices had not changed since spring."


def article_of(text: str, title: str = "") -> Article:
    return Article("a", text, title)


def hits_of(article: Article) -> list[Hit]:
    return [
        Hit(article.id, article.title, None, None, None, p.start, p.end, article.text[p.start : p.end], 1.0)
        for p in split(article)
    ]


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return load_reader()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Where were the ammunition depots destroyed?", "Aqirbat"),
        ("where were the ceasefire talks held", "Astana"),
        ("Who brokered the talks?", "Russia, Turkey and Iran"),
        ("when did the air campaign begin", "September 2015"),
    ],
)
def test_answers_are_found_in_the_real_article(reader: SpanReader, question: str, found: str) -> None:
    article = article_of(SEED.read_text(encoding="utf-8"), "Russian bombers fire cruise missiles")
    best = reader.read(question, hits_of(article))[0]
    assert found in article.text[best.start : best.end]


def test_what_the_real_article_does_not_say_is_declined(reader: SpanReader) -> None:
    hits = hits_of(article_of(SEED.read_text(encoding="utf-8"), "Russian bombers fire cruise missiles"))
    for question in ("Who won the election in France?", "When will the bridge close?"):
        assert reader.read(question, hits)[0].confidence < reader.threshold / 2


def test_readings_are_places_in_the_article_in_order_of_confidence(reader: SpanReader) -> None:
    article = article_of(" \n" + "\n\n".join([BRIDGE, MARKET] * 12))
    hits = hits_of(article)
    readings = reader.read("When will the bridge close?", hits)
    assert {r.hit.start for r in readings} == {hit.start for hit in hits}
    assert [r.confidence for r in readings] == sorted((r.confidence for r in readings), reverse=True)
    for r in readings:
        assert r.hit.start <= r.start <= r.end <= r.hit.end
        assert 0 <= r.confidence <= 1
        assert article.text[r.start : r.end] == article.text[r.start : r.end].strip()


def test_the_passage_that_answers_comes_first_and_surest(reader: SpanReader) -> None:
    market, bridge = hits_of(article_of(MARKET))[0], hits_of(article_of(BRIDGE))[0]
    readings = reader.read("when will the bridge close", [market, bridge])
    first, second = readings[0], next(r for r in readings if r.hit is market)
    assert first.hit is bridge
    assert "May 2019" in BRIDGE[first.start : first.end]
    assert first.relevance > second.relevance
    assert first.confidence > reader.threshold > second.confidence


def test_the_same_input_gives_the_same_readings(reader: SpanReader) -> None:
    hits = hits_of(article_of("\n\n".join([BRIDGE, MARKET] * 9)))
    assert reader.read("Where is the market?", hits) == reader.read("Where is the market?", hits)


def test_threads_do_not_disturb_one_another(reader: SpanReader) -> None:
    hits = hits_of(article_of(BRIDGE))
    alone = reader.read("When will the bridge close?", hits)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(reader.read("When will the bridge close?", hits)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 4


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 700,
        "a\x00b said the mayor\x00 on Monday. " * 20,
        "word" * 2000,
        "\u202eright to left\u202c said nobody. \ud800 alone.",
        "北京 said the mayor 在星期一. " * 40,
        "…!?\"'" * 100,
        "e\u0301" * 400 + " and Zoe\u0308 spoke.",
    ],
)
def test_hostile_text_is_read_in_place(reader: SpanReader, text: str) -> None:
    hit = Hit("a", "Title 😀\x00", None, None, None, 5, 5 + len(text), text, 1.0)
    for question in ("Who spoke?", "", "\x00\ud800?", "why " * 500):
        for reading in reader.read(question, [hit]):
            assert 5 <= reading.start <= reading.end <= 5 + len(text)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_gives_a_span_inside_it(reader: SpanReader, text: str, question: str) -> None:
    hit = Hit("a", question, None, None, None, 7, 7 + len(text), text, 0.0)
    readings = reader.read(question, [hit])
    assert readings
    for reading in readings:
        assert 7 <= reading.start <= reading.end <= 7 + len(text)


def test_an_empty_passage_answers_nothing(reader: SpanReader) -> None:
    for text in ("", "   \n"):
        hit = Hit("a", "Title", None, None, None, 3, 3 + len(text), text, 0.0)
        (reading,) = reader.read("Who spoke?", [hit])
        assert (reading.start, reading.end, reading.confidence) == (3, 3, 0.0)


def test_an_answer_does_not_run_from_one_paragraph_into_the_next(reader: SpanReader) -> None:
    text = "Talks in Astana\n\nMayor Ann Lee\n \nAnn Lee said so in Leeds\n\nLeeds"
    for question in ("Who?", "Where?", "What?"):
        for reading in reader.read(question, hits_of(article_of(text))):
            assert "\n" not in text[reading.start : reading.end]


def test_a_passage_is_read_in_more_than_one_sentence(reader: SpanReader) -> None:
    text = "The old bridge will close in May. The new bridge will close in June."
    first, second = reader.read("When will the bridge close?", hits_of(article_of(text)))
    assert {text[r.start : r.end] for r in (first, second)} == {"May", "June"}


def test_of_two_like_passages_the_one_found_first_is_surer(reader: SpanReader) -> None:
    early, late = hits_of(article_of(BRIDGE))[0], replace(hits_of(article_of(BRIDGE))[0], article_id="b")
    fillers = [replace(hits_of(article_of(MARKET))[0], article_id=f"m{n}") for n in range(8)]
    readings = reader.read("When will the bridge close?", [early, *fillers, late])
    sure = {id: max(r.confidence for r in readings if r.hit.article_id == id) for id in (early.article_id, "b")}
    assert sure[early.article_id] >= sure["b"]


def test_no_hits_no_readings(reader: SpanReader) -> None:
    assert reader.read("Who spoke?", []) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (' "Ann Lee," ', "Ann Lee"),
        ("(Leeds)", "(Leeds)"),
        ("Leeds)", "Leeds"),
        ("-5 degrees.", "-5 degrees"),
        ("— Leeds", "Leeds"),
        ("...", ""),
    ],
)
def test_spans_lose_what_is_around_the_words(text: str, found: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end] == found


def test_confidence_is_a_probability_that_rises_with_the_scores() -> None:
    calibration = Calibration((1.0, 0.1, 0.1, 0.0, 1.0, 1.0, -0.5), 0.0, 0.5)
    assert calibration.confidence(Scored(0, 3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)) == 0.5
    assert calibration.confidence(Scored(0, 3, 900.0, 0.0, 0.0, 0.0, 0.0, 0.0)) == pytest.approx(1.0)
    assert calibration.confidence(Scored(0, 3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), place=2) < 0.5
    assert calibration.confidence(Scored(3, 3, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0)) == 0.0


def test_the_threshold_is_where_answers_and_refusals_are_both_possible(reader: SpanReader) -> None:
    assert 0.05 < reader.threshold < 0.95
    assert reader.name


def test_the_weights_are_those_of_the_model_card() -> None:
    weights = (MODEL_DIR / "model.safetensors").read_bytes()
    assert len(weights) < 50_000_000
    assert hashlib.sha256(weights).hexdigest() in (MODEL_DIR / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_a_folder_without_a_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(NewsdeskError, match=str(tmp_path)):
        load_reader(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"name": "x"}), encoding="utf-8")
    with pytest.raises(NewsdeskError, match="cannot be loaded"):
        load_reader(tmp_path)
