"""The chain answers, declines, keeps only citations that hold, and works in all the ways of a Runnable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler

from newsdesk.archive import Archive
from newsdesk.assistant import Assistant
from newsdesk.chain import LONGEST_QUESTION, Chain, build_chain, check_question
from newsdesk.errors import BadInput
from newsdesk.models import embedding_text
from newsdesk.retrieve import Retriever
from newsdesk.types import Answer, Article, Filters, Message, Question, Step, Token
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder, WordReader, put

FERRY = Article("ferry", "Rain fell. The ferry ran aground at noon. Nobody was hurt.", "Ferry aground")
COUNCIL = Article("council", "The council voted for the harbour wall.", "Council vote", publisher="The Herald")


@pytest.fixture
def chain(archive: Archive, vectors: Vectors) -> Chain:
    put(archive, FERRY, COUNCIL)
    embedder = WordEmbedder()
    batch = archive.pending(10)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    return build_chain(Retriever(archive, vectors, embedder), WordReader())


def test_an_answer_cites_exact_places(chain: Chain, archive: Archive) -> None:
    answer = chain.invoke(Question("the ferry ran aground at noon"))
    assert answer.answered
    assert answer.engine == "extractive"
    assert answer.passages[0].article_id == "ferry"
    for citation in answer.citations:
        assert archive.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    assert set(answer.timings_ms) == {"understand", "search", "read", "verify"}


def test_what_is_not_there_is_declined_with_the_nearest_passages(chain: Chain) -> None:
    answer = chain.invoke(Question("who discovered penicillin and when?"))
    assert not answer.answered
    assert answer.citations == ()
    assert answer.short_answer is None
    assert len(answer.passages) == 2


def test_the_threshold_can_be_set(archive: Archive, vectors: Vectors, chain: Chain) -> None:
    strict = build_chain(Retriever(archive, vectors, WordEmbedder()), WordReader(), threshold=1.0)
    question = Question("did the ferry sail at noon?")
    assert chain.invoke(question).answered
    assert not strict.invoke(question).answered


def test_filters_and_top_k_are_kept(chain: Chain) -> None:
    only = chain.invoke(Question("the ferry ran aground", filters=Filters(publishers=("The Herald",))))
    assert {hit.article_id for hit in only.passages} == {"council"}
    assert len(chain.invoke(Question("the ferry ran aground", top_k=1)).passages) == 1


def test_a_follow_up_is_searched_with_the_earlier_questions(chain: Chain) -> None:
    history = (Message("user", "What of the ferry?"), Message("assistant", "It ran aground."))
    answer = chain.invoke(Question("when was that?", history))
    assert answer.question == "when was that?"
    assert answer.standalone_question == "What of the ferry? when was that?"


def test_a_follow_ups_passages_keep_the_order_of_the_search(chain: Chain) -> None:
    history = (Message("user", "What of the ferry?"), Message("assistant", "It ran aground."))
    question = Question("what had the council voted for?", history)
    asked, answer = chain.search(question), chain.invoke(question)
    assert asked.standalone.question != question.question
    assert [hit.article_id for hit in answer.passages] == [hit.article_id for hit in asked.hits]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (Question(" \n"), "empty"),
        (Question("x" * (LONGEST_QUESTION + 1)), "2,001 characters"),
        (Question("x", top_k=0), "top_k is 0"),
        (Question("x", top_k=1000), "top_k is 1000"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(question: Question, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        check_question(question)


def test_the_window_in_time_is_shown_and_can_be_taken_away(chain: Chain) -> None:
    question = Question("What happened to the ferry last week?", asked_at=date(2031, 5, 9))
    answer = chain.invoke(question)
    assert answer.timeframe == "preferably 28 April 2031 to 7 May 2031"
    assert chain.invoke(replace(question, any_time=True)).timeframe is None


def test_a_window_outside_the_askers_own_limits_is_not_used_and_that_is_told(chain: Chain) -> None:
    limits = Filters(published_to=date(2030, 12, 31))
    answer = chain.invoke(Question("What did the ferry hit last week?", filters=limits, asked_at=date(2031, 5, 9)))
    assert answer.timeframe is None
    assert answer.notes == (
        "“last week” lies outside the days that the search is limited to, so only that limit was used.",
    )


def test_the_steps_are_told_as_they_begin_and_end_and_the_answer_comes_last(assistant: Assistant) -> None:
    question = Question("the ferry ran aground at noon")
    *steps, answer = assistant.stream(question)
    names = ("understand", "search", "read", "verify")
    assert [(step.name, step.ms is None) for step in steps if isinstance(step, Step)] == [
        (name, begins) for name in names for begins in (True, False)
    ]
    assert isinstance(answer, Answer)
    assert answer.timings_ms == {step.name: step.ms for step in steps if isinstance(step, Step) and step.ms is not None}
    assert replace(answer, timings_ms={}) == replace(assistant.chain.invoke(question), timings_ms={})


def test_a_step_is_told_before_its_work_is_done_and_a_closed_stream_does_no_more() -> None:
    done: list[str] = []

    def understood(question: Question) -> Question:
        done.append("understood")
        return question

    def written(question: Question) -> Iterator[Token]:
        try:
            for word in ("one", "two"):
                done.append(word)
                yield Token(word)
        finally:
            done.append("stopped")

    events = Chain({"understand": understood, "write": written}).events(Question("Who?"))
    assert next(events) == Step("understand")
    assert done == []
    while not isinstance(next(events), Token):
        pass
    events.close()
    assert done == ["understood", "one", "stopped"]


def test_what_is_no_question_is_an_error_of_the_stream(chain: Chain) -> None:
    with pytest.raises(BadInput, match="empty"):
        list(chain.events(Question(" ")))


def test_those_who_trace_the_chain_see_each_step_by_its_name(chain: Chain) -> None:
    begun: list[str] = []

    class Listener(BaseCallbackHandler):
        def on_chain_start(self, serialized: Any, inputs: Any, **run: Any) -> None:
            begun.append(run["name"])

    chain.invoke(Question("the ferry ran aground at noon"), {"callbacks": [Listener()]})
    assert begun == ["newsdesk", "understand", "search", "read", "verify"]


def test_it_works_in_every_way_of_a_runnable(chain: Chain) -> None:
    question = Question("the ferry ran aground at noon")
    expected = replace(chain.invoke(question), timings_ms={})
    found = [
        asyncio.run(chain.ainvoke(question)),
        *chain.batch([question, question]),
        *chain.stream(question),
    ]
    assert [replace(answer, timings_ms={}) for answer in found] == [expected] * 4


def test_an_empty_archive_says_so(archive: Archive, vectors: Vectors) -> None:
    chain = build_chain(Retriever(archive, vectors, WordEmbedder()), WordReader())
    answer = chain.invoke(Question("anything at all?"))
    assert not answer.answered
    assert "nothing that matches" in answer.answer
