"""Every way in which a provider fails is one ModelFailure, soon, with a plain note, and without the key."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Sequence
from datetime import date

import pytest

from newsdesk.generate import Generated, rewrite, stream
from newsdesk.provider import Limits, ModelFailure, load_chat_model
from newsdesk.types import Hit, Message
from tests.model.conftest import KEY
from tests.model.peer import Peer, Reply, cut, drips, fails, hangs, malformed, not_json, refusal, says
from tests.test_generate import generate

QUICK = Limits(timeout_s=1.0, total_s=3.0, wait_s=0.05)
ASKED = "How many people were hurt?"
GOOD = "Twelve people were hurt, the coastguard said [1]."


def answer(hits: Sequence[Hit], limits: Limits = QUICK) -> Generated:
    return generate(ASKED, ASKED, hits, date(2031, 5, 6), load_chat_model("openai:m", limits), limits)


FAULTS: list[tuple[str, Reply, str, int]] = [
    ("wrong key", fails(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key"), "wrong key", 1),
    ("no permission", fails(403, "Your key may not use this model"), "wrong key", 1),
    ("rate limit", fails(429, "Slow down", "rate_limit_exceeded"), "rate limit", 2),
    ("server fault", fails(500, "Internal error"), "provider error", 2),
    ("overloaded", fails(529, "Overloaded"), "provider error", 2),
    ("bad gateway", lambda handler: handler.whole(502, "<h1>Bad gateway</h1>", "text/html"), "provider error", 2),
    ("unknown model", fails(404, "The model m does not exist", "model_not_found"), "not found", 1),
    ("rejected", fails(400, "Unsupported parameter: max_tokens"), "rejected", 1),
    ("hang", hangs(5), "time-out", 1),
    ("empty", says(""), "empty", 1),
    ("blank", says("   \n "), "empty", 1),
    ("no words", says("... !!! ---"), "broken", 1),
    ("malformed", malformed, "broken", 1),
    ("not JSON", not_json, "broken", 1),
    ("cut off, torn", cut("Twelve people were", politely=False), "cut off", 2),
    ("cut off, politely", cut("Twelve people were", politely=True), "cut off", 2),
    ("refusal in words", says("I'm sorry, but I can't help with that request."), "refusal", 1),
    ("refusal by the protocol, which the client does not hand on", refusal, "empty", 1),
    ("content filter", says("Twelve", finish="content_filter"), "refusal", 1),
]


@pytest.mark.parametrize(
    ("reply", "cause", "tries"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_fault_is_told_plainly_and_tried_again_only_where_it_may_pass(
    peer: Peer, hits: Sequence[Hit], reply: Reply, cause: str, tries: int, caplog: pytest.LogCaptureFixture
) -> None:
    peer.script(reply)
    started = time.monotonic()
    with caplog.at_level(logging.DEBUG, "newsdesk"), pytest.raises(ModelFailure) as caught:
        answer(hits)
    failure = caught.value
    assert failure.cause == cause, failure.reason
    assert len(peer.requests) == tries
    assert time.monotonic() - started < 4
    assert failure.note.startswith("What is shown comes from the articles alone, because ")
    assert str(failure) == failure.note
    assert KEY not in failure.reason + failure.note + caplog.text
    assert "3f9c1e7a" not in failure.reason


def test_a_fault_that_passes_is_not_seen(peer: Peer, hits: Sequence[Hit]) -> None:
    peer.script(fails(429, "Slow down"), says(GOOD))
    assert answer(hits).text == GOOD


def test_a_context_that_is_too_long_is_tried_once_more_with_half_of_the_passages(
    peer: Peer, hits: Sequence[Hit]
) -> None:
    too_long = fails(400, "This model's maximum context length is 512 tokens.", "context_length_exceeded")
    peer.script(too_long, says(GOOD))
    made = answer(hits)
    assert made.hits == tuple(hits[:1])
    peer.script(too_long)
    with pytest.raises(ModelFailure) as caught:
        answer(hits)
    assert caught.value.cause == "too long"
    assert len(peer.requests) == 4


def test_a_stream_that_never_ends_is_stopped_by_the_limit_of_the_whole(peer: Peer, hits: Sequence[Hit]) -> None:
    peer.script(drips("twelve people and " * 400, 0.02))
    started = time.monotonic()
    with pytest.raises(ModelFailure) as caught:
        answer(hits, Limits(timeout_s=1.0, total_s=0.8, wait_s=0.05))
    assert caught.value.cause == "time-out"
    assert time.monotonic() - started < 2


def test_a_provider_that_goes_down_in_mid_stream_is_not_asked_again_once_sentences_were_shown(
    peer: Peer, hits: Sequence[Hit]
) -> None:
    peer.script(cut(f"{GOOD} It floats again [1]. Then the", politely=False))
    shown: list[str | Generated] = []
    with pytest.raises(ModelFailure) as caught:
        shown.extend(_pieces(hits, shown))
    assert caught.value.cause == "cut off"
    assert shown[0] == GOOD + " "
    assert len(peer.requests) == 1


def _pieces(hits: Sequence[Hit], shown: list[str | Generated]) -> list[str | Generated]:
    for piece in stream(ASKED, ASKED, hits, date(2031, 5, 6), load_chat_model("openai:m", QUICK), QUICK):
        shown.append(piece)
    return []


def test_a_server_that_is_not_there_is_unreachable(monkeypatch: pytest.MonkeyPatch, hits: Sequence[Hit]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(ModelFailure) as caught:
        answer(hits)
    assert caught.value.cause == "unreachable"
    assert KEY not in caught.value.reason


def test_without_a_key_the_model_is_a_failure_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelFailure) as caught:
        load_chat_model("openai:m")
    assert caught.value.cause == "no key"


def test_the_answer_arrives_sentence_by_sentence(peer: Peer, hits: Sequence[Hit]) -> None:
    peer.script(says(f"{GOOD} Seventeen were hurt, the Herald has learned [2]."))
    *pieces, last = stream(ASKED, ASKED, hits, date(2031, 5, 6), load_chat_model("openai:m", QUICK), QUICK)
    assert pieces == [GOOD + " ", "Seventeen were hurt, the Herald has learned [2]. "]
    assert isinstance(last, Generated)
    assert last.text == "".join(str(piece) for piece in pieces).strip()
    assert peer.keys == [f"Bearer {KEY}"]


def test_one_call_for_an_answer_and_one_to_rewrite(peer: Peer, hits: Sequence[Hit]) -> None:
    peer.script(says("Who brokered the Grindle Deep talks?"), says(GOOD))
    model = load_chat_model("openai:m", QUICK)
    history = [Message("user", "When did the Grindle Deep talks end?"), Message("assistant", "On Wednesday.")]
    assert rewrite("And who brokered them?", history, model, QUICK) == "Who brokered the Grindle Deep talks?"
    generate(ASKED, ASKED, hits, date(2031, 5, 6), model, QUICK)
    assert len(peer.requests) == 2
