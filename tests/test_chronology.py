"""A question for a dated list gets one: each line quoted from its place, with the day that its sentence tells of."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.archive import Archive
from newsdesk.chain import build_chain
from newsdesk.chronology import asks_for_chronology, chronology
from newsdesk.models import embedding_text
from newsdesk.provider import Limits
from newsdesk.retrieve import Retriever
from newsdesk.types import Article, Hit, Question
from newsdesk.vectors import Vectors
from newsdesk.written import Writer
from tests.conftest import WordEmbedder, WordReader, put
from tests.test_generate import scripted

ASKED = "When did what happen in the mine strike?"
FIRST = (
    "Miners began a mine strike on Monday. The mine strike will end on Friday. "
    "They voted for the mine strike on 7 March."
)
LATER = 'A deal to end the mine strike was reached yesterday. "We won the mine strike on Monday," she said.'


def hit(text: str, published: date | None = date(2031, 3, 11), start: int = 0, n: int = 1) -> Hit:
    return Hit(f"a{n}", "The mine strike", None, "Observer", published, start, start + len(text), text, 1.0)


def days(*hits: Hit) -> list[str]:
    """What stands before each quotation, without the source."""
    listed = chronology(ASKED, hits, WordEmbedder())
    return [line.split(" (")[0].split(":")[0] for line in listed.text.split("\n\n")] if listed else []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did what happen in the strike?", True),
        ("Give me a timeline of the ferry disaster", True),
        ("In which order did the talks take place?", True),
        ("When did the ferry sink?", False),
        ("What happened yesterday?", False),
    ],
)
def test_a_question_for_a_dated_list_is_known(question: str, expected: bool) -> None:
    assert asks_for_chronology(question) is expected


def test_each_line_has_its_day_its_source_and_its_number_oldest_first() -> None:
    listed = chronology(ASKED, [hit(LATER, date(2031, 4, 9), n=2), hit(FIRST)], WordEmbedder())
    assert listed is not None
    assert listed.text == (
        "7 March 2031 (Observer, 11 March 2031): “They voted for the mine strike on 7 March.” [1]\n\n"
        "10 March 2031 (Observer, 11 March 2031): “Miners began a mine strike on Monday.” [2]\n\n"
        "8 April 2031 (Observer, 9 April 2031): “A deal to end the mine strike was reached yesterday.” [3]"
    )
    assert listed.answered
    assert [citation.number for citation in listed.citations] == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("on Tuesday", "11 March 2031"),
        ("on Wednesday", "5 March 2031"),
        ("on 12 March", "12 March 2030"),
        ("on 31 December", "31 December 2030"),
        ("on 2 May 1998", "2 May 1998"),
        ("on Monday, 3 March", "3 March 2031"),
        ("in March 2029", "March 2029"),
        ("in February", "February 2031"),
        ("in 1974", "1974"),
        ("overnight", "10 March 2031"),
    ],
)
def test_a_day_is_read_as_one_before_the_article_came_out(words: str, day: str) -> None:
    text = f"The mine strike began {words}. The mine strike was voted for on 1 January 1950."
    assert days(hit(text)) == ["1 January 1950", day]


@pytest.mark.parametrize(
    "words",
    [
        "The mine strike will end on Monday.",
        "The mine strike ends on Monday.",
        "The mine strike is held on the first Monday of the year.",
        "“The mine strike began on Monday,” she said.",
        "The mine strike began on 2 May 2031.",
        "The mine strike reminds them of the 1974 mine strike.",
        "The mine strike goes on today.",
        "The mine strike goes on.",
    ],
)
def test_what_is_to_come_what_is_said_and_what_has_no_day_is_left_out(words: str) -> None:
    text = f"{words} A mine strike began on 7 March. A mine strike ended on 8 March."
    assert days(hit(text, start=50)) == ["7 March 2031", "8 March 2031"]


def test_the_first_sentence_of_an_article_without_a_day_stands_under_its_source() -> None:
    text = "The mine strike is over. A mine strike began on 7 March."
    assert days(hit(text)) == ["7 March 2031", "Observer, 11 March 2031"]


def test_without_a_date_of_publication_only_dates_with_their_year_count() -> None:
    text = "A mine strike began on Monday. A mine strike on 7 March. A mine strike ran from 7 March 2030."
    assert days(hit(f"{text} In 1974 a mine strike.", None)) == ["1974", "7 March 2030"]


def test_the_same_sentence_stands_there_once_and_a_day_has_few() -> None:
    same = hit("A mine strike began on Monday. The mine strike took place on Monday. Mine strike on Monday.")
    assert len(days(same, hit(same.text, n=2), hit("A mine strike ended on 7 March.", n=3))) == 3


def test_another_subject_makes_no_list() -> None:
    other = "The band played in the square on Monday. Its treasurer was jailed on 7 March."
    assert chronology(ASKED, [hit(other)], WordEmbedder()) is None
    assert chronology(ASKED, [], WordEmbedder()) is None


@settings(deadline=None)
@given(st.lists(st.sampled_from([*FIRST.split(" "), "\n", "“", "[1]", "31 February", "May", "29 February", "0000"])))
def test_every_line_is_an_exact_place_and_the_days_are_in_order(words: list[str]) -> None:
    one = hit(" ".join(words), start=7)
    listed = chronology(ASKED, [one], WordEmbedder())
    for citation in listed.citations if listed else ():
        assert one.text[citation.start - 7 : citation.end - 7] == citation.quote
    assert all(first.number < second.number for first, second in pairwise(listed.citations if listed else ()))


def test_the_chain_answers_with_the_list_and_leaves_a_chat_model_out_of_it(archive: Archive, vectors: Vectors) -> None:
    put(archive, Article("a1", FIRST, "The mine strike", publisher="Observer", published=date(2031, 3, 11)))
    embedder, model = WordEmbedder(), scripted("Never asked [1].")
    batch = archive.pending(10)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    chain = build_chain(Retriever(archive, vectors, embedder), WordReader(), writer=Writer("m", model, Limits()))
    answer = chain.invoke(Question(ASKED))
    assert answer.answered
    assert answer.answer.startswith("7 March 2031 (Observer, 11 March 2031): “They voted")
    assert [citation.version != "" for citation in answer.citations] == [True, True]
    assert answer.engine == "extractive"
    assert model.sent == []
