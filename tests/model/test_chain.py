"""The whole chain against real HTTP servers: written and streamed, or quoted with a note where they fail."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import date

import pytest

from newsdesk.chain import Chain, build_chain
from newsdesk.provider import Limits, load_chat_model
from newsdesk.retrieve import Retriever
from newsdesk.types import Answer, Message, Question, Step, Token
from newsdesk.written import Writer, load_writer
from tests.conftest import WordReader
from tests.model.conftest import KEY
from tests.model.peer import Peer, Reply, cut, drips, fails, hangs, malformed, not_json, says

QUICK = Limits(timeout_s=1.0, total_s=3.0, wait_s=0.05)
ASKED = Question("How many people were hurt on the ferry?", asked_at=date(2031, 5, 6))
GOOD = "Twelve people were hurt, the coastguard said [1]."
HISTORY = (Message("user", "When did the ferry run aground?"), Message("assistant", "At noon [1]."))


@pytest.fixture
def chain(peer: Peer, retriever: Retriever) -> Chain:
    return build_chain(retriever, WordReader(), writer=Writer("openai:m", load_chat_model("openai:m", QUICK), QUICK))


def quoted(retriever: Retriever, question: Question = ASKED) -> Answer:
    return replace(build_chain(retriever, WordReader()).invoke(question), timings_ms={})


def test_an_answer_is_written_checked_and_cited(peer: Peer, chain: Chain) -> None:
    peer.script(says(f"{GOOD} Nobody was hurt [1]."))
    answer = chain.invoke(ASKED)
    assert answer.engine == "openai:m"
    assert [sentence.support for sentence in answer.sentences] == ["supported", "unsupported"]
    assert [citation.quote for citation in answer.citations] == ["Twelve people were hurt, the coastguard said."]
    assert len(peer.requests) == 1


def test_its_sentences_are_told_while_the_server_still_writes(peer: Peer, chain: Chain) -> None:
    peer.script(drips(f"{GOOD} It floats again [1]. And so on it went", 0.05))
    events = chain.events(ASKED)
    told = next(event for event in events if isinstance(event, Token))
    assert told == Token(f"{GOOD} ")
    assert not peer.written.is_set()
    events.close()


def test_a_closed_stream_ends_the_request(peer: Peer, chain: Chain) -> None:
    peer.script(drips(f"{GOOD} " + "and so on " * 2000, 0.01))
    events = chain.events(ASKED)
    assert any(isinstance(event, Token) for event in events)
    events.close()
    assert peer.left.wait(2)
    assert not peer.written.is_set()


@pytest.mark.parametrize("politely", [True, False])
def test_a_provider_that_goes_down_in_mid_stream_leaves_the_quotations(
    peer: Peer, chain: Chain, retriever: Retriever, politely: bool
) -> None:
    peer.script(cut(f"{GOOD} It floats again [1]. Then the", politely))
    *events, answer = chain.events(ASKED)
    assert Token(f"{GOOD} ") in events
    assert isinstance(answer, Answer)
    assert answer.notes == (
        "What is shown comes from the articles alone, because the chat model broke off in the middle of its answer.",
    )
    assert replace(answer, notes=(), timings_ms={}) == quoted(retriever)
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (fails(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key"), "did not accept the key"),
        (fails(429, "Slow down", "rate_limit_exceeded"), "asks to slow down"),
        (fails(500, "Internal error"), "had a fault"),
        (fails(404, "The model m does not exist", "model_not_found"), "does not know this chat model"),
        (fails(400, "maximum context length is 512 tokens", "context_length_exceeded"), "are too long"),
        (hangs(5), "took too long"),
        (drips("twelve people and " * 400, 0.02), "took too long"),
        (says(""), "an empty answer"),
        (says("I'm sorry, but I can't help with that request."), "declined to answer"),
        (malformed, "could not be used"),
        (not_json, "could not be used"),
    ],
    ids=["key", "rate", "fault", "model", "long", "hang", "endless", "empty", "refusal", "malformed", "not JSON"],
)
def test_every_failure_leaves_the_quotations_with_a_plain_note_and_no_key(
    peer: Peer, chain: Chain, retriever: Retriever, reply: Reply, note: str, caplog: pytest.LogCaptureFixture
) -> None:
    peer.script(reply)
    with caplog.at_level(logging.DEBUG, "newsdesk"):
        answer = chain.invoke(ASKED)
    (said,) = answer.notes
    assert note in said
    assert replace(answer, notes=(), timings_ms={}) == quoted(retriever)
    assert "openai:m wrote no answer: " in caplog.text
    assert KEY not in caplog.text + said
    assert len(peer.requests) <= 2


def test_a_follow_up_waits_for_a_silent_provider_once(peer: Peer, chain: Chain, retriever: Retriever) -> None:
    peer.script(hangs(5))
    question = replace(ASKED, question="How many were hurt?", history=HISTORY)
    started = time.monotonic()
    answer = chain.invoke(question)
    assert time.monotonic() - started < 2
    assert len(peer.requests) == 1
    assert replace(answer, notes=(), timings_ms={}) == quoted(retriever, question)


def test_a_missing_key_is_told_in_every_answer(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    *events, answer = build_chain(retriever, WordReader(), writer=load_writer("openai:m")).events(ASKED)
    assert Step("write") in events
    assert isinstance(answer, Answer)
    assert "no key is set" in answer.notes[0]
