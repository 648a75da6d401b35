"""A written answer is shown as far as the articles bear it out; where a chat model fails, the quotations stand in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from newsdesk.archive import Archive
from newsdesk.chain import Chain, build_chain
from newsdesk.errors import BadInput
from newsdesk.models import embedding_text
from newsdesk.prompt import NOT_TOLD
from newsdesk.provider import Limits, ModelFailure
from newsdesk.retrieve import Retriever
from newsdesk.types import Answer, Article, Message, Question, Step, Token
from newsdesk.vectors import Vectors
from newsdesk.written import DECLINED, UNSUPPORTED, Writer, load_writer
from tests.conftest import WordEmbedder, WordReader, put
from tests.test_generate import Scripted, scripted

FERRY = "Rain fell. The ferry ran aground at noon. Twelve people were hurt, the coastguard said."
ASKED = Question("How many people were hurt on the ferry?")
GOOD = "Twelve people were hurt, the coastguard said [1]."
HISTORY = (Message("user", "When did the ferry run aground?"), Message("assistant", "At noon [1]."))


class Failing(Scripted):
    """Says what it is told to, and then fails."""

    error: Exception

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        yield from super()._stream(messages)
        raise self.error


@pytest.fixture
def retriever(archive: Archive, vectors: Vectors) -> Retriever:
    put(archive, Article("ferry", FERRY, "Ferry aground", publisher="Courier"))
    embedder = WordEmbedder()
    batch = archive.pending(10)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    return Retriever(archive, vectors, embedder)


def written(retriever: Retriever, model: BaseChatModel | ModelFailure) -> Chain:
    return build_chain(retriever, WordReader(), writer=Writer("test:m", model, Limits(wait_s=0.0)))


def quoted(retriever: Retriever, question: Question = ASKED) -> Answer:
    return build_chain(retriever, WordReader()).invoke(question)


def timeless(answer: object) -> Answer:
    assert isinstance(answer, Answer)
    return replace(answer, timings_ms={})


def test_a_written_answer_is_shown_with_the_support_of_each_sentence(retriever: Retriever) -> None:
    answer = written(retriever, scripted(f"{GOOD} It cost 40 million [1].")).invoke(ASKED)
    assert answer.engine == "test:m"
    assert answer.answered
    assert answer.notes == ()
    assert answer.answer == "Twelve people were hurt, the coastguard said. [1] It cost 40 million."
    assert [sentence.support for sentence in answer.sentences] == ["supported", "unsupported"]
    assert [citation.quote for citation in answer.citations] == ["Twelve people were hurt, the coastguard said."]
    assert all(citation.version for citation in answer.citations)


def test_its_words_come_as_they_are_written_and_the_answer_is_the_one_that_is_invoked(retriever: Retriever) -> None:
    chain = written(retriever, scripted(f"{GOOD} It rained [1]."))
    *events, answer = chain.events(ASKED)
    told = [event for event in events if isinstance(event, Token)]
    assert [token.text for token in told] == [f"{GOOD} ", "It rained [1]. "]
    assert events.index(Step("write")) < events.index(told[0]) < events.index(Step("verify"))
    assert timeless(answer) == timeless(chain.invoke(ASKED))
    assert set(answer.timings_ms if isinstance(answer, Answer) else ()) == {
        "understand", "search", "read", "write", "verify",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("says", "note"),
    [
        (NOT_TOLD, DECLINED),
        ("Seventeen people were hurt [1].", UNSUPPORTED),
        ("Nobody was hurt [1].", UNSUPPORTED),
        ("", "the chat model sent an empty answer"),
        ("I'm sorry, but I can't help with that.", "the chat model declined to answer"),
    ],
)
def test_where_nothing_holds_the_quotations_are_shown_with_the_reason(
    retriever: Retriever, says: str, note: str
) -> None:
    answer = written(retriever, scripted(says)).invoke(ASKED)
    assert timeless(replace(answer, notes=())) == timeless(quoted(retriever))
    (said,) = answer.notes
    assert note in said
    assert said.startswith("What is shown comes from the articles alone, because ")


def test_a_model_that_breaks_off_in_mid_stream_leaves_the_quotations(
    retriever: Retriever, caplog: pytest.LogCaptureFixture
) -> None:
    model = Failing(says=[f"{GOOD} It floats"], error=ConnectionError("torn sk-abcdef123456"))
    with caplog.at_level(logging.WARNING):
        *events, answer = written(retriever, model).events(ASKED)
    assert Token(f"{GOOD} ") in events
    assert len(model.sent) == 1
    assert isinstance(answer, Answer)
    assert answer.engine == "extractive"
    assert answer.citations == quoted(retriever).citations
    assert "could not be reached" in answer.notes[0]
    assert "test:m wrote no answer: unreachable" in caplog.text
    assert "abcdef" not in caplog.text


def test_figures_that_differ_are_told_whichever_the_model_took(retriever: Retriever) -> None:
    line = "The sources differ: 12 (Courier, 3 May 2031) [1]; 17 (Herald, 4 May 2031) [2]"
    differing = replace(quoted(retriever), answer=f"{line}\n\n“Twelve people were hurt.” [1]")
    writer = Writer("test:m", scripted(GOOD), Limits(wait_s=0.0))
    *_, answer = writer.write(ASKED, differing, differing.passages, retriever.archive)
    assert isinstance(answer, Answer)
    assert answer.engine == "test:m"
    assert answer.notes == ("The sources differ: 12 (Courier, 3 May 2031); 17 (Herald, 4 May 2031)",)


def test_without_a_key_each_answer_says_so(retriever: Retriever) -> None:
    answer = written(retriever, ModelFailure("no key")).invoke(ASKED)
    assert answer.notes == ("What is shown comes from the articles alone, because no key is set for the chat model.",)


def test_without_passages_a_model_is_not_asked(retriever: Retriever) -> None:
    retriever.archive.remove("ferry")
    model = scripted(GOOD)
    answer = written(retriever, model).invoke(ASKED)
    assert not answer.answered
    assert answer.notes == ()
    assert model.sent == []


def test_a_follow_up_is_understood_as_the_model_writes_it_out(retriever: Retriever) -> None:
    model = scripted("How many people were hurt when the ferry ran aground?", GOOD)
    answer = written(retriever, model).invoke(Question("And how many were hurt?", HISTORY))
    assert answer.standalone_question == "How many people were hurt when the ferry ran aground?"
    assert answer.engine == "test:m"


def test_a_follow_up_that_the_model_leaves_as_it_is_carries_the_earlier_questions(retriever: Retriever) -> None:
    asked = Question("How many were hurt?", HISTORY)
    answer = written(retriever, scripted("How many were hurt?", GOOD)).invoke(asked)
    assert answer.standalone_question == quoted(retriever, asked).standalone_question
    assert answer.standalone_question == "When did the ferry run aground? How many were hurt?"


@pytest.mark.parametrize(("error", "asked"), [(TimeoutError("slow"), 1), (ConnectionError("gone"), 3)])
def test_a_model_that_keeps_the_asker_waiting_is_not_asked_again(
    retriever: Retriever, error: Exception, asked: int
) -> None:
    """A rewriting that fails for a moment is no reason not to have the answer written, with one more try."""
    model = Failing(says=[""], error=error)
    answer = written(retriever, model).invoke(Question("How many were hurt?", HISTORY))
    assert len(model.sent) == asked
    assert len(answer.notes) == 1
    assert answer.standalone_question == "When did the ferry run aground? How many were hurt?"


def test_a_writer_is_loaded_by_name_and_a_missing_key_is_told_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with caplog.at_level(logging.WARNING):
        assert isinstance(load_writer("openai:m").model, ModelFailure)
    assert "openai:m cannot be used: no key" in caplog.text
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    assert isinstance(load_writer("openai:m").model, BaseChatModel)
    with pytest.raises(BadInput, match="provider:model"):
        load_writer("nothing")
