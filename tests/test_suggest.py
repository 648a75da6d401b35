"""Suggestions: made from sentences by their form, and offered only where the archive answers them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest import pipeline
from newsdesk import suggest
from newsdesk.assistant import Assistant
from newsdesk.chain import build_chain
from newsdesk.reader import load_reader
from newsdesk.types import Hit, Question
from tests.conftest import SEEDS


def hit(text: str, start: int = 0) -> Hit:
    return Hit("a", "Title", None, None, None, start, start + len(text), text, 1.0)


def made(text: str) -> list[tuple[str, str]]:
    """Each question with the words that answer it."""
    found = suggest.candidates([hit(text, start=7)])
    return [(one.question, text[one.start - 7 : one.end - 7]) for one in found]


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Ada Brunt saved the old lighthouse, the board said.", "Who saved the old lighthouse?", "Ada Brunt"),
        ("They met Gwen Tolliver, the harbour master, on Monday.", "Who is Gwen Tolliver?", "the harbour master"),
        ("It was the mayor of Wexholt, Dilys Hanrahan, who spoke.", "Who is the mayor of Wexholt?", "Dilys Hanrahan"),
        ("Four people were taken to hospital.", "How many people were taken to hospital?", "Four"),
        ("The bell was found in Tollenhythe after the storm.", "Where was the bell found?", "Tollenhythe"),
        ("The bridge was built in 1904 by the county.", "When was the bridge built?", "1904"),
    ],
)
def test_a_sentence_gives_a_question_and_its_own_answer(text: str, question: str, answer: str) -> None:
    assert (question, answer) in made(text)


@pytest.mark.parametrize(
    "text",
    [
        "She was found in Wick.",
        "Ada Brunt saved it from them, the board said.",
        "They went to New Corvane, a row of pebble-dashed houses, on Monday.",
        "Ada Brunt saved the old lighthouse of St. Aldhelm.",
        "The Lady Garrith stayed in Tollenhythe harbour all day.",
        "Five people are dead and nine unaccounted for after the St. Aldhelm sank.",
        "He said: “Nobody was hurt.”",
        "<script>alert(1)</script>",
        "",
    ],
)
def test_a_sentence_that_points_elsewhere_or_says_nothing_of_the_kind_gives_none(text: str) -> None:
    assert made(text) == []


def test_the_same_question_is_made_once() -> None:
    text = "The bell was found in Tollenhythe. The bell was found in Tollenhythe."
    assert len(made(text)) == 1


STORM = ("2031-04-13-storm-edda-leaves-trail.txt", "2031-04-16-eels-return-to-upper-ouvel.html")
FERRY = ("2031-03-16-interview-marit-brandt.md", "2031-04-09-inquiry-told-of-pump-warnings.html")


@pytest.fixture
def newsroom(assistant: Assistant) -> Assistant:
    """Some of the articles that come with newsdesk, read by the reader that it ships."""
    paths = [SEEDS / "articles" / name for name in (*STORM, *FERRY)]
    pipeline.ingest(paths, assistant.archive, assistant.vectors, assistant.embedder, lambda _: None)
    reader = load_reader()
    return replace(assistant, reader=reader, chain=build_chain(assistant.retriever, reader))


def test_what_is_offered_is_answered_and_the_same_each_time(newsroom: Assistant) -> None:
    first = newsroom.chain.invoke(Question("How many witnesses did the ferry inquiry plan to call?"))
    offered = suggest.follow_ups(newsroom, first, (), most=2)
    beginnings = suggest.beginnings(newsroom, most=2)
    assert offered == suggest.follow_ups(newsroom, first, (), most=2) != []
    assert beginnings == suggest.beginnings(newsroom, most=2) != []
    for question in {*offered, *beginnings}:
        assert newsroom.chain.invoke(Question(question)).short_answer
    assert first.question not in offered


def test_a_question_that_names_nothing_is_offered_beside_its_own_article_alone(newsroom: Assistant) -> None:
    vague = "How many people were taken to hospital?"
    asked = [Question("How fast was the gust recorded at Skellan Point?"), Question("Who is the managing director?")]
    of_the_storm, of_the_ferry = (newsroom.chain.invoke(question) for question in asked)
    assert vague in suggest.follow_ups(newsroom, of_the_storm, (), most=9)
    assert vague not in suggest.follow_ups(newsroom, of_the_ferry, (), most=9)
    assert vague not in suggest.beginnings(newsroom, most=9)
