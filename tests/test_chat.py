"""The events of the chat: asking, opening what was cited, and everything that can go wrong with either."""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import date
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest import pipeline
from newsdesk.api import create_api
from newsdesk.assistant import Assistant
from newsdesk.chain import Chain
from newsdesk.chat import ASKED_AT_ONCE, build, mount
from newsdesk.desk import Desk
from newsdesk.page import events
from newsdesk.page.conversation import Turn
from newsdesk.page.events import EXAMPLES, FAILED, HINT, REMEMBERED, Chat, Turns, history
from newsdesk.types import Answer, Article, Message, Question
from tests.test_chat_page import Tags, answer
from tests.test_highlight import Read

FERRY = Article(
    "ferry",
    "Ferry aground at noon off Garrith.\n\nThe ferry ran aground at noon. Nobody was hurt.\n\nIt was towed home.",
    "Ferry aground",
    "https://example.org/ferry",
    "The Courier",
    date(2031, 3, 4),
)
ASK = "the ferry ran aground at noon"
FAR = "quantum chromodynamics lattice gauge"


@pytest.fixture
def chat(assistant: Assistant) -> Chat:
    pipeline.add([FERRY], assistant.archive, assistant.vectors, assistant.embedder)
    return Chat(assistant)


def asked(chat: Chat, question: str, turns: Turns = ()) -> Turns:
    return list(chat.ask(question, turns))[-1].turns


def opened(chat: Chat, turns: Turns, do: str = "open", near: str = "") -> str:
    """The panel after the first quote, or near passage, of the first turn was chosen."""
    html = chat.open(turns, {"do": do, "turn": "0", "number": "1", "near": near})
    assert html
    return html


def test_a_question_is_shown_as_being_looked_into_and_then_answered(chat: Chat) -> None:
    first, last = chat.ask(f"  {ASK}  ", ())
    assert "Searching the archive…" in str(first.conversation)
    assert first.box == ""
    assert first.turns[-1].answer is None
    (turn,) = last.turns
    assert turn.question == ASK
    assert turn.answer is not None
    assert turn.answer.answered
    assert "Searching" not in str(last.conversation)
    assert "[1]" in Tags(str(last.conversation)).text
    for number, words in Read(str(last.sources)).marked.items():
        citation = turn.answer.citations[number - 1]
        assert words == citation.quote == FERRY.text[citation.start : citation.end]


@pytest.mark.parametrize("nothing", ["", "   \n", "\0", None])
def test_an_empty_question_gets_a_hint_and_is_not_sent(chat: Chat, nothing: str | None) -> None:
    (view,) = chat.ask(nothing, ())  # type: ignore[arg-type]
    assert view.turns == ()
    assert HINT in view.hint
    assert view.conversation is None


def test_a_question_that_is_too_long_is_told_so_in_its_place(chat: Chat) -> None:
    (turn,) = asked(chat, "where " * 2000)
    assert turn.answer is None
    assert "Shorten it." in (turn.notice or "")


def test_broken_characters_do_not_break_the_chat(chat: Chat) -> None:
    (turn,) = asked(chat, f"{ASK} \ud83d\0")
    assert turn.answer is not None
    chat.show((turn,)).encode()


def test_a_question_far_from_everything_shows_what_is_nearest(chat: Chat) -> None:
    view = list(chat.ask(FAR, ()))[-1]
    assert "The archive does not say." in str(view.conversation)
    assert not Read(str(view.sources)).marked


def test_an_unexpected_error_is_logged_and_told_without_its_insides(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: Question) -> Answer:
        raise RuntimeError("/secret/path")

    broken = Chat(replace(chat.assistant, chain=Chain({"read": fail})))
    with caplog.at_level(logging.ERROR):
        view = list(broken.ask(ASK, ()))[-1]
    assert FAILED in str(view.conversation)
    assert "secret" not in str(view.conversation)
    assert "/secret/path" in caplog.text


def test_earlier_turns_go_along_with_a_question(chat: Chat) -> None:
    heard: list[Question] = []

    def hear(question: Question) -> Answer:
        heard.append(question)
        return answer(f"answer to {question.question}")

    listening = Chat(replace(chat.assistant, chain=Chain({"read": hear})))
    turns = asked(listening, "second?", asked(listening, "first?"))
    assert heard[-1].history == (Message("user", "first?"), Message("assistant", "answer to first?"))
    assert len(turns) == 2


def test_turns_without_an_answer_and_very_old_ones_are_not_remembered() -> None:
    turns = (Turn("lost?", notice="no"), *(Turn(f"{number}?", answer(f"{number}")) for number in range(REMEMBERED + 2)))
    messages = history(turns)
    assert len(messages) == 2 * REMEMBERED
    assert messages[0] == Message("user", "2?")


def test_opening_a_quote_marks_it_and_the_whole_article_is_one_step_on(chat: Chat) -> None:
    turns = asked(chat, ASK)
    html = opened(chat, turns)
    quote = turns[0].answer.citations[0].quote if turns[0].answer else ""
    assert Read(html).marked[1] == quote
    assert Tags(html).all("mark", "active")
    whole = opened(chat, turns, do="whole")
    assert FERRY.text in Read(whole).text
    assert Read(whole).marked[1] == quote
    assert Read(opened(chat, turns, do="back")).marked[1] == quote


def test_each_opening_is_told_from_the_last_so_that_the_page_moves_there_again(chat: Chat) -> None:
    turns = asked(chat, ASK)
    assert opened(chat, turns) != opened(chat, turns)


def test_a_near_passage_opens_too(chat: Chat) -> None:
    turns = asked(chat, FAR)
    html = opened(chat, turns, near="yes")
    assert Read(html).marked[0] in FERRY.text
    assert FERRY.text in Read(opened(chat, turns, do="whole", near="yes")).text


@pytest.mark.parametrize(
    "data",
    [
        {}, {"turn": "0"}, {"turn": "7", "number": "1"}, {"turn": "-1", "number": "1"}, {"turn": "0", "number": "99"},
        {"turn": 0, "number": 1}, {"turn": ["0"], "number": {}}, {"turn": "0", "number": "0", "near": "yes"},
        {"turn": "0", "number": "²"}, {"turn": "0", "number": "9" * 5000}, {"turn": "1", "number": "1"},
    ],
)  # fmt: skip
def test_a_place_that_this_conversation_does_not_have_opens_nothing(chat: Chat, data: dict[str, Any]) -> None:
    turns = (*asked(chat, ASK), Turn("pending?"))
    assert chat.open(turns, data) is None


def test_an_article_removed_since_is_told_and_its_quote_kept(chat: Chat) -> None:
    turns = asked(chat, ASK)
    chat.assistant.archive.remove("ferry")
    html = opened(chat, turns)
    assert "changed or removed" in html
    assert not Read(html).marked
    assert chat.open(turns, {"do": "whole", "turn": "0", "number": "1"}) is None


def test_examples_are_shown_only_where_their_article_is_there(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chat.examples() == []
    monkeypatch.setattr(events, "EXAMPLES", (*EXAMPLES, (ASK, "ferry")))
    assert chat.examples() == [ASK]
    assert ASK in chat.show(())
    assert list(chat.ask_example((), {"number": "0"}))[-1].turns[0].question == ASK
    assert list(chat.ask_example((), {"number": "1"})) == []


def test_an_empty_archive_says_how_to_fill_it(assistant: Assistant) -> None:
    masthead, conversation = Chat(assistant).greet(())
    assert "no articles yet" in masthead
    assert "newsdesk ingest PATH" in conversation


def test_questions_of_many_people_are_worked_on_at_once_and_no_event_is_public(chat: Chat) -> None:
    async def built() -> gr.Blocks:
        return build(chat.assistant)

    blocks = asyncio.run(built())
    assert blocks.analytics_enabled is False
    assert {event.api_visibility for event in blocks.fns.values()} == {"private"}
    assert {event.concurrency_limit for event in blocks.fns.values() if event.queue} == {ASKED_AT_ONCE}


def test_the_page_is_at_the_root_and_the_api_stays_where_it_was(chat: Chat, desk: Desk) -> None:
    with TestClient(mount(create_api(desk), desk)) as client:
        assert client.get("/healthz").json()["articles"] == 1
        assert client.get("/api/articles/ferry").json()["title"] == "Ferry aground"
        home = client.get("/")
        assert home.status_code == 200
        assert "<title>" in home.text or "newsdesk" in home.text
        assert "fonts.googleapis" not in home.text
        assert "fonts.googleapis" not in client.get("/theme.css").text


def test_making_and_serving_the_page_tells_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    connect = socket.socket.connect

    def note(self: socket.socket, address: Any) -> None:
        called.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    with TestClient(mount(FastAPI(), desk)) as client:
        assert client.get("/").status_code == 200
    assert called == []


def test_mounting_gives_back_the_application(desk: Desk) -> None:
    app = FastAPI()
    assert mount(app, desk) is app
