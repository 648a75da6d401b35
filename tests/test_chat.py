"""The events of the chat: asking, opening what was cited, keeping, judging, and everything that can go wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import replace
from datetime import date
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest import pipeline
from newsdesk.asking import Line
from newsdesk.chat import ASKED_AT_ONCE, SUGGESTED_AT_ONCE, build, mount
from newsdesk.conversations import Turn
from newsdesk.desk import Desk
from newsdesk.evaluate.questions import read_questions
from newsdesk.page import events
from newsdesk.page.asking import FAILED, REMEMBERED, history
from newsdesk.page.events import EXAMPLES, HINT, STOPPED, Chat, View, Visit
from newsdesk.page.session import Session, unpacked
from newsdesk.types import Article, Event, Message, Question, Step, Token
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
VISIT = Visit("browser:one", Session())


@pytest.fixture
def chat(desk: Desk) -> Chat:
    assistant = desk.assistant
    pipeline.add([FERRY], assistant.archive, assistant.vectors, assistant.embedder)
    return Chat(desk)


def gathered(views: AsyncIterator[View]) -> list[View]:
    async def gather() -> list[View]:
        return [view async for view in views]

    return asyncio.run(gather())


def asked(chat: Chat, question: str, visit: Visit = VISIT) -> Visit:
    """Ask; the visit as the browser brings it along next."""
    return following(visit, gathered(chat.ask(visit, question)))


def following(visit: Visit, views: list[View]) -> Visit:
    kept = [view.session for view in views if view.session is not None]
    return Visit(visit.owner, unpacked(kept[-1])) if kept else visit


def opened(chat: Chat, visit: Visit, do: str = "open", near: str = "") -> str:
    """The panel after the first quote, or near passage, of the first turn was chosen."""
    html = chat.open(visit, {"do": do, "turn": "0", "number": "1", "near": near})
    assert html
    return html


def act(chat: Chat, visit: Visit, do: str, **detail: str) -> View:
    return chat.act(visit, {"do": do, **detail})


def answering(chat: Chat, stream: Callable[[Question], Generator[Event, None, None]]) -> Chat:
    """The chat over a chain that streams otherwise."""
    return Chat(replace(chat.desk, line=Line(stream, 4, 4, 60)))


def test_a_question_is_shown_as_being_looked_into_step_by_step_and_then_answered(chat: Chat) -> None:
    first, *between, last = gathered(chat.ask(VISIT, f"  {ASK}  "))
    assert "Searching the archive…" in str(first.live)
    assert first.box == ""
    steps = [Tags(str(view.live)).text for view in between]
    assert any("Searching…" in text for text in steps)
    assert any("Reading" in text and "Searching 0." in text for text in steps)
    (turn,) = chat.turns(following(VISIT, [first]))
    assert turn.question == ASK
    assert turn.answer is not None
    assert turn.answer.answered
    assert "Searching the archive" not in f"{last.talk}{last.live}"
    assert "[1]" in Tags(str(last.talk)).text
    for number, words in Read(str(last.sources)).marked.items():
        citation = turn.answer.citations[number - 1]
        assert words == citation.quote == FERRY.text[citation.start : citation.end]


def test_words_of_a_chat_model_are_shown_as_they_come(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(question: Question) -> Generator[Event, None, None]:
        yield Step("write")
        yield Token("The <b>ferry")
        yield Token(" ran")
        yield answer("The ferry ran.")

    monkeypatch.setattr("newsdesk.page.asking.OFTEN", 0)
    written = [str(view.live) for view in gathered(answering(chat, write).ask(VISIT, ASK)) if view.live]
    assert any("Writing…" in html for html in written)
    assert any("The <b>ferry ran" in Tags(html).text for html in written)


@pytest.mark.parametrize("nothing", ["", "   \n", "\0", None])
def test_an_empty_question_gets_a_hint_and_is_not_kept(chat: Chat, nothing: str | None) -> None:
    (view,) = gathered(chat.ask(VISIT, nothing))
    assert HINT in str(view.hint)
    assert chat.desk.conversations.find(VISIT.owner) == []


def test_a_question_that_is_too_long_is_told_so_in_its_place(chat: Chat) -> None:
    (turn,) = chat.turns(asked(chat, "where " * 2000))
    assert turn.answer is None
    assert "Shorten it." in (turn.notice or "")


def test_broken_characters_do_not_break_the_chat(chat: Chat) -> None:
    (turn,) = chat.turns(asked(chat, f"{ASK} \ud83d\0"))
    assert turn.answer is not None


def test_a_question_far_from_everything_shows_what_is_nearest(chat: Chat) -> None:
    view = gathered(chat.ask(VISIT, FAR))[-1]
    assert "The archive does not say." in str(view.talk)
    assert view.sources is None


def test_an_unexpected_error_is_logged_and_told_without_its_insides(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: Question) -> Generator[Event, None, None]:
        yield Step("search")
        raise RuntimeError("/secret/path")

    with caplog.at_level(logging.ERROR):
        view = gathered(answering(chat, fail).ask(VISIT, ASK))[-1]
    assert FAILED in str(view.talk)
    assert "secret" not in str(view.talk)
    assert "/secret/path" in caplog.text


def test_earlier_turns_and_the_limits_go_along_with_a_question(chat: Chat) -> None:
    heard: list[Question] = []

    def hear(question: Question) -> Generator[Event, None, None]:
        heard.append(question)
        yield answer(f"answer to {question.question}")

    listening = answering(chat, hear)
    visit = asked(listening, "first?")
    visit = following(visit, [act(listening, visit, "limit", kind="publisher", value="The Courier")])
    visit = following(visit, [act(listening, visit, "limit", kind="from", value="2031-03-01")])
    asked(listening, "second?", visit)
    assert heard[-1].history == (Message("user", "first?"), Message("assistant", "answer to first?"))
    assert heard[-1].filters.publishers == ("The Courier",)
    assert heard[-1].filters.published_from == date(2031, 3, 1)


def test_turns_without_an_answer_and_very_old_ones_are_not_remembered() -> None:
    turns = (Turn("lost?", notice="no"), *(Turn(f"{number}?", answer(f"{number}")) for number in range(REMEMBERED + 2)))
    messages = history(turns)
    assert len(messages) == 2 * REMEMBERED
    assert messages[0] == Message("user", "2?")


def test_a_stopped_question_is_settled_at_once_and_its_work_ends(chat: Chat) -> None:
    begun, go = threading.Event(), threading.Event()
    ended: list[str] = []

    def slow(question: Question) -> Generator[Event, None, None]:
        try:
            yield Step("search")
            begun.set()
            go.wait(10)
            yield Step("search", 1.0)
            ended.append("went on")
            yield answer("too late")
        finally:
            ended.append("closed")

    slowly = answering(chat, slow)

    async def stop() -> tuple[View, list[View]]:
        views = slowly.ask(VISIT, ASK)
        first = await anext(views)
        visit = following(VISIT, [first])
        await anext(views)
        await asyncio.to_thread(begun.wait, 10)
        stopped = slowly.act(visit, {"do": "stop"})
        go.set()
        return stopped, [view async for view in views]

    stopped, rest = asyncio.run(stop())
    slowly.desk.line.close()
    assert STOPPED in str(stopped.talk)
    assert stopped.live == ""
    assert rest == []
    assert ended[-1] == "closed"
    assert "too late" not in str(chat.talk(following(VISIT, [stopped])).talk)


def test_retrying_and_editing_a_question_take_its_place(chat: Chat) -> None:
    visit = asked(chat, FAR, asked(chat, ASK))
    first, second = chat.turns(visit)
    visit = following(visit, gathered(chat.again(visit, {"do": "retry", "turn": second.id})))
    assert [turn.question for turn in chat.turns(visit)] == [ASK, FAR]
    editing = act(chat, visit, "edit", turn=first.id)
    assert editing.box == ASK
    visit = asked(chat, f"{ASK}?", following(visit, [editing]))
    assert [turn.question for turn in chat.turns(visit)] == [f"{ASK}?"]
    assert visit.session.editing == ""


def test_a_question_is_asked_again_without_the_days_it_was_taken_to_ask_for(chat: Chat) -> None:
    heard: list[Question] = []

    def hear(question: Question) -> Generator[Event, None, None]:
        heard.append(question)
        yield replace(answer("Yes."), timeframe=None if question.any_time else "since 1 March 2031")

    listening = answering(chat, hear)
    visit = asked(listening, "what happened last week?")
    (turn,) = listening.turns(visit)
    assert "since 1 March 2031" in str(listening.talk(visit).talk)
    views = gathered(listening.again(visit, {"do": "anytime", "turn": turn.id}))
    assert heard[-1].any_time
    assert "since 1 March 2031" not in str(views[-1].talk)


def test_opening_a_quote_marks_it_and_the_whole_article_is_one_step_on(chat: Chat) -> None:
    visit = asked(chat, ASK)
    html = opened(chat, visit)
    (turn,) = chat.turns(visit)
    quote = turn.answer.citations[0].quote if turn.answer else ""
    assert Read(html).marked[1] == quote
    assert Tags(html).all("mark", "active")
    whole = opened(chat, visit, do="whole")
    assert FERRY.text in Read(whole).text
    assert Read(whole).marked[1] == quote
    assert Read(opened(chat, visit, do="back")).marked[1] == quote


def test_each_opening_is_told_from_the_last_so_that_the_page_moves_there_again(chat: Chat) -> None:
    visit = asked(chat, ASK)
    assert opened(chat, visit) != opened(chat, visit)


def test_a_near_passage_opens_too(chat: Chat) -> None:
    visit = asked(chat, FAR)
    html = opened(chat, visit, near="yes")
    assert Read(html).marked[0] in FERRY.text
    assert FERRY.text in Read(opened(chat, visit, do="whole", near="yes")).text


@pytest.mark.parametrize(
    "data",
    [
        {}, {"turn": "0"}, {"turn": "7", "number": "1"}, {"turn": "-1", "number": "1"}, {"turn": "0", "number": "99"},
        {"turn": 0, "number": 1}, {"turn": ["0"], "number": {}}, {"turn": "0", "number": "0", "near": "yes"},
        {"turn": "0", "number": "²"}, {"turn": "0", "number": "9" * 5000}, {"turn": "1", "number": "1"},
    ],
)  # fmt: skip
def test_a_place_that_this_conversation_does_not_have_opens_nothing(chat: Chat, data: dict[str, Any]) -> None:
    assert chat.open(asked(chat, "where " * 2000, asked(chat, ASK)), data) is None


def test_an_article_that_changed_since_opens_as_it_was_quoted_and_says_so(chat: Chat) -> None:
    visit = asked(chat, ASK)
    (before,) = chat.turns(visit)
    assistant = chat.desk.assistant
    changed = replace(FERRY, text=f"Corrected. {FERRY.text}")
    pipeline.add([changed], assistant.archive, assistant.vectors, assistant.embedder)
    html = opened(chat, visit)
    assert "has changed since" in Tags(html).text
    assert Read(html).marked[1] == (before.answer.citations[0].quote if before.answer else "")
    assert FERRY.text in Read(opened(chat, visit, do="whole")).text


def test_an_article_removed_since_is_told_and_its_quote_kept(chat: Chat) -> None:
    visit = asked(chat, ASK)
    chat.desk.assistant.archive.remove("ferry")
    html = opened(chat, visit)
    (turn,) = chat.turns(visit)
    assert "no longer" in html or "removed" in html
    assert (turn.answer.citations[0].quote if turn.answer else "?") in Tags(html).text


def test_examples_are_shown_only_where_their_article_is_there(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chat.examples() == []
    monkeypatch.setattr(events, "EXAMPLES", (*EXAMPLES, (ASK, "ferry")))
    assert chat.examples() == [ASK]
    assert ASK in str(chat.whole(VISIT).talk)
    views = gathered(chat.again(VISIT, {"do": "ask", "question": ASK}))
    assert [turn.question for turn in chat.turns(following(VISIT, views))] == [ASK]


def test_an_empty_archive_says_how_to_fill_it(desk: Desk) -> None:
    view = Chat(desk).whole(VISIT)
    assert "no articles yet" in str(view.masthead)
    assert "newsdesk ingest PATH" in str(view.talk)


# Keeping


def test_a_conversation_goes_on_after_a_reload_and_for_its_owner_alone(chat: Chat) -> None:
    visit = asked(chat, ASK)
    id = visit.session.conversation
    here = act(chat, VISIT, "arrive", conversation=id)
    assert ASK in str(here.talk)
    assert unpacked(here.session).conversation == id
    stranger = act(chat, Visit("browser:two", Session()), "arrive", conversation=id)
    assert ASK not in str(stranger)
    assert unpacked(stranger.session).conversation == ""
    for do in ("delete", "rename", "resume"):
        told = chat.act(Visit("browser:two", Session(id)), {"do": do, "conversation": id, "title": "mine"})
        assert "no such conversation" in str(told.hint)
    assert chat.open(Visit("browser:two", Session(id)), {"do": "open", "turn": "0", "number": "1"}) is None
    assert len(chat.turns(visit)) == 1


def test_conversations_are_listed_searched_renamed_and_deleted(chat: Chat) -> None:
    visit = asked(chat, ASK)
    asked(chat, FAR)
    assert ASK in str(act(chat, visit, "search", words="AGROUND ferry").shelf)
    assert FAR not in str(act(chat, visit, "search", words="ferry").shelf)
    assert "No conversation" in str(act(chat, visit, "search", words="100%").shelf)
    id = visit.session.conversation
    renamed = act(chat, visit, "rename", conversation=id, title="The <b>ferry</b>")
    assert "The <b>ferry</b>" in Tags(str(renamed.shelf)).text
    assert "The <b>ferry</b>" in Tags(str(renamed.bar)).text
    gone = act(chat, visit, "delete", conversation=id)
    assert unpacked(gone.session).conversation == ""
    assert ASK not in str(gone.shelf)
    assert FAR in str(gone.shelf)


def test_a_question_that_was_interrupted_says_so_and_can_be_asked_again(chat: Chat) -> None:
    store = chat.desk.conversations
    here = store.begin(VISIT.owner, ASK)
    store.ask(VISIT.owner, here.id, ASK)
    visit = Visit(VISIT.owner, Session(here.id))
    shown = Tags(str(chat.talk(visit).talk))
    assert "interrupted" in shown.text
    assert "Ask again" in shown.text


@pytest.mark.parametrize(
    "kept", ["", "no json", "[]", '{"conversation": 3}', '{"filters": {"published_from": "x"}}', None]
)
def test_a_session_that_is_none_begins_anew(kept: str | None) -> None:
    assert unpacked(kept) == Session()


# Limits


def test_limits_are_shown_as_chips_and_lifted_one_by_one(chat: Chat) -> None:
    visit = VISIT
    for kind, value in [("from", "2031-03-01"), ("publisher", "The <i>"), ("article", "ferry")]:
        visit = following(visit, [act(chat, visit, "limit", kind=kind, value=value)])
    chips = Tags(chat.chips(visit.session))
    for words in ("from 1 March 2031", "The <i>", "Ferry aground"):
        assert words in chips.text
    visit = following(visit, [act(chat, visit, "lift", kind="article", value="ferry")])
    visit = following(visit, [act(chat, visit, "lift", kind="from", value="")])
    assert visit.session.filters == replace(Session().filters, publishers=("The <i>",))


def test_a_day_that_is_none_limits_nothing(chat: Chat) -> None:
    assert following(VISIT, [act(chat, VISIT, "limit", kind="to", value="31 February")]).session == Session()


def test_articles_are_found_by_words_of_their_title(chat: Chat) -> None:
    assert "Ferry aground" in str(act(chat, VISIT, "find", words="ferry").found)
    assert "No article" in str(act(chat, VISIT, "find", words="zeppelin").found)
    assert act(chat, VISIT, "find", words=" ").found == ""


# Judging


def test_an_answer_is_judged_with_a_reason(chat: Chat) -> None:
    visit = asked(chat, ASK)
    (turn,) = chat.turns(visit)
    view = act(chat, visit, "judge", turn=turn.id, verdict="down")
    assert "What was wrong?" in Tags(str(view.talk)).text
    act(chat, visit, "reason", turn=turn.id, verdict="down", reason="The <hour> is wrong")
    (given,) = chat.desk.conversations.feedback()
    assert (given.verdict, given.question, given.reason) == ("down", ASK, "The <hour> is wrong")
    assert given.answer == turn.answer
    pressed = [one for one in Tags(str(view.talk)).all("button") if one.get("aria-pressed") == "true"]
    assert [one["data-verdict"] for one in pressed] == ["down"]


def test_a_thumbs_down_becomes_a_test_question_that_the_evaluation_reads(chat: Chat) -> None:
    visit = asked(chat, ASK)
    (turn,) = chat.turns(visit)
    said = {"turn": turn.id, "question": "When?", "answer": "at noon", "article": "ferry"}
    assert "Added to feedback.jsonl" in str(act(chat, visit, "case", **said).hint)
    act(chat, visit, "case", turn=turn.id, question="Why?\n", answer="", article="")
    path = chat.desk.assistant.settings.home / "question-sets" / "feedback.jsonl"
    first, second = map(json.loads, path.read_text().splitlines())
    assert (first["answers"], first["articles"], first["answerable"]) == (["at noon"], ["ferry"], True)
    assert (second["answers"], second["answerable"]) == ([], False)
    assert len(read_questions(path, chat.desk.assistant.archive).questions) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"question": "", "answer": "", "article": ""}, "empty"),
        ({"question": "When?", "answer": "noon", "article": ""}, "Name the article"),
        ({"question": "When?", "answer": "noon", "article": "nowhere"}, "no article"),
    ],
)
def test_a_test_question_that_no_evaluation_could_use_is_refused_in_words(
    chat: Chat, given: dict[str, str], told: str
) -> None:
    visit = asked(chat, ASK)
    (turn,) = chat.turns(visit)
    assert told in str(act(chat, visit, "case", turn=turn.id, **given).hint)
    assert not (chat.desk.assistant.settings.home / "question-sets" / "feedback.jsonl").exists()


@pytest.mark.parametrize("detail", [{}, {"do": "no such act"}, {"do": ["judge"]}, {"do": "judge", "turn": "nowhere"}])
def test_an_act_that_is_none_changes_nothing(chat: Chat, detail: dict[str, Any]) -> None:
    assert chat.act(asked(chat, ASK), detail) == View()


# The page as it is served


def test_questions_of_many_people_are_worked_on_at_once_and_no_event_of_the_chat_is_public(chat: Chat) -> None:
    async def built() -> gr.Blocks:
        return build(chat.desk)

    blocks = asyncio.run(built())
    assert blocks.analytics_enabled is False
    public = [event.name for event in blocks.fns.values() if event.api_visibility != "private"]
    assert public == []
    limits = {event.concurrency_id: event.concurrency_limit for event in blocks.fns.values() if event.queue}
    assert limits["ask"] == ASKED_AT_ONCE
    assert limits["suggest"] == SUGGESTED_AT_ONCE


def test_the_page_is_at_the_root_and_gives_a_browser_its_secret_once(desk: Desk) -> None:
    with TestClient(mount(FastAPI(), desk)) as client:
        first = client.get("/")
        assert first.status_code == 200
        assert "newsdesk" in first.text
        assert "fonts.googleapis" not in first.text
        assert "fonts.googleapis" not in client.get("/theme.css").text
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "set-cookie" not in client.get("/").headers


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
