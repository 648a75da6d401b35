"""Follow-ups carry the questions of their subject, a new subject carries nothing, and only questions are carried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsdesk.archive import Archive
from newsdesk.followup import LONGEST_CARRIED, MOST_CARRIED, Standalone, Style, is_new_subject, search, standalone
from newsdesk.models import embedding_text
from newsdesk.retrieve import Retriever
from newsdesk.types import Article, Filters, Message
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder, put

FERRY = Article("ferry", "The ferry sank at the reef. Its master was Marit Brandt. He sent boats at eight.", "Ferry")
STRIKE = Article("strike", "Miners walked out at Grindle Deep. A professor mediated. The mine reopened.", "Strike")
OTHERS = [
    Article(
        f"other-{number}",
        f"When the {thing} did burn, it was at the end of the day, said the owner, and sold at eight.",
        thing,
    )
    for number, thing in enumerate(("barn", "shop", "bridge", "chapel", "lamp", "kiosk"))
]


@pytest.fixture
def retriever(archive: Archive, vectors: Vectors) -> Retriever:
    put(archive, FERRY, STRIKE, *OTHERS)
    embedder = WordEmbedder()
    batch = archive.pending(20)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    return Retriever(archive, vectors, embedder)


def asked(*questions: str) -> list[Message]:
    return [Message("user", question) for question in questions]


def test_without_history_the_question_stands_as_it_is(retriever: Retriever) -> None:
    question = "Who was the master?"
    assert standalone(f" {question} ", [], retriever) == Standalone(question, question)


def test_a_follow_up_carries_the_question_before_it(retriever: Retriever) -> None:
    understood = standalone("who was it sold by?", asked("When did the ferry sink at the reef"), retriever)
    assert understood.question == "When did the ferry sink at the reef? who was it sold by?"
    assert understood.carried == ("When did the ferry sink at the reef?",)


def test_a_follow_up_finds_the_article_of_its_subject_first(retriever: Retriever) -> None:
    question = "and at what hour, eight?"
    understood = standalone(question, asked("When did the ferry sink at the reef?"), retriever)
    assert search(understood, retriever, 3)[0].article_id == "ferry"


def test_a_new_subject_carries_nothing(retriever: Retriever) -> None:
    history = asked("When did the ferry sink at the reef?")
    understood = standalone("Which miners walked out at Grindle Deep?", history, retriever)
    assert understood == Standalone(
        "Which miners walked out at Grindle Deep?", "Which miners walked out at Grindle Deep?"
    )
    assert search(understood, retriever, 3)[0].article_id == "strike"


def test_in_a_small_archive_a_small_gap_tells_a_new_subject(retriever: Retriever) -> None:
    assert is_new_subject("was the kiosk burned?", ["When did the ferry sink at the reef?"], retriever)
    assert not is_new_subject("who was it sold by?", ["When did the ferry sink at the reef?"], retriever)


def test_after_a_new_subject_the_old_one_is_not_carried(retriever: Retriever) -> None:
    history = asked("When did the ferry sink at the reef?", "Which miners walked out at Grindle Deep?")
    assert standalone("who mediated?", history, retriever).carried == ("Which miners walked out at Grindle Deep?",)


def test_what_the_assistant_said_is_not_carried(retriever: Retriever) -> None:
    history = [*asked("When did the ferry sink at the reef?"), Message("assistant", "The chapel was painted.")]
    assert "chapel" not in standalone("who was the master?", history, retriever).question


@pytest.mark.parametrize(
    ("style", "reading"),
    [
        ("bare", "who was the master?"),
        ("after", "who was the master? (When did the ferry sink at the reef?)"),
        ("before", "When did the ferry sink at the reef? who was the master?"),
    ],
)
def test_the_reader_is_asked_in_the_style_that_is_wanted(retriever: Retriever, style: Style, reading: str) -> None:
    history = asked("When did the ferry sink at the reef?")
    assert standalone("who was the master?", history, retriever, style=style).reading == reading


def test_a_long_conversation_carries_its_first_question_and_its_last(retriever: Retriever) -> None:
    history = asked(*(f"Why did the ferry sink at the reef, part {number}?" for number in range(7)))
    carried = standalone("who was the master?", history, retriever).carried
    assert len(carried) == MOST_CARRIED
    assert [question[-2] for question in carried] == ["0", "4", "5", "6"]


def test_a_long_question_is_carried_in_part(retriever: Retriever) -> None:
    carried = standalone("who was the master?", asked("ferry " * 200), retriever).carried[0]
    assert len(carried) <= LONGEST_CARRIED + 2
    assert carried.endswith("ferry …")


def test_the_askers_filters_hold_for_what_the_subject_is(retriever: Retriever) -> None:
    only = Filters(article_ids=("strike",))
    assert not is_new_subject("Which miners walked out at Grindle Deep?", ["When did the ferry sink?"], retriever, only)


def test_in_an_empty_archive_everything_is_carried(archive: Archive, vectors: Vectors) -> None:
    empty = Retriever(archive, vectors, WordEmbedder())
    understood = standalone("who was the master?", asked("When did the ferry sink?"), empty)
    assert understood.carried == ("When did the ferry sink?",)
    assert search(understood, empty, 3) == []


def test_recent_articles_gain_in_a_conversation_too(archive: Archive, vectors: Vectors) -> None:
    days = {"old": date(2031, 3, 1), "new": date(2031, 4, 1)}
    put(archive, *(replace(FERRY, id=name, published=day) for name, day in days.items()))
    understood = Standalone("ferry master", "master?", ("ferry",))
    retriever = Retriever(archive, vectors, WordEmbedder())
    for name, day in days.items():
        assert search(understood, retriever, 2, asked_at=day)[0].article_id == name


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_conversation_breaks_it(retriever: Retriever, question: str, earlier: list[str]) -> None:
    understood = standalone(question, asked(*earlier), retriever)
    assert understood.question.endswith(question.strip())
    assert len(understood.carried) <= len(earlier)
