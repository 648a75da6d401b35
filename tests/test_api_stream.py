"""Answers that come as streams: server-sent events, OpenAI's chunks, and tools of the Model Context Protocol."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Generator, Iterator
from typing import Any

import anyio
import openai
import pytest
from fastapi.testclient import TestClient
from mcp import Client as ToolClient

from newsdesk.api import create_api
from newsdesk.asking import Line, answer_of
from newsdesk.desk import Desk
from newsdesk.errors import Busy, TooSlow
from newsdesk.types import Answer, Event, Question, Step, Token
from tests.serving import serving

ASK = {"question": "the ferry ran aground at noon"}
STREAM = {"accept": "text/event-stream"}
FERRY = {"id": "ferry", "title": "Ferry aground", "text": "The ferry ran aground at noon.", "publisher": "The Courier"}
ANSWER = Answer("q", "q", "a", None, False, 0.0, (), (), "extractive")


@pytest.fixture
def client(desk: Desk) -> TestClient:
    client = TestClient(create_api(desk), raise_server_exceptions=False)
    client.post("/api/articles", json=FERRY)
    return client


@pytest.fixture
def url(desk: Desk, client: TestClient) -> Iterator[str]:
    with serving(create_api(desk)) as url:
        yield url


def events(text: str) -> list[tuple[str, Any]]:
    """The names and data of server-sent events."""
    parts = [part.split("\n") for part in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_a_stream_tells_of_each_step_then_the_citations_then_the_answer(client: TestClient) -> None:
    response = client.post("/api/answer", json=ASK, headers=STREAM)
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    names = [name for name, _ in told]
    assert names == ["step"] * 8 + ["citation"] + ["done"]
    steps = [(data["name"], data["ms"] is None) for name, data in told if name == "step"]
    assert steps == [(name, begun) for name in ("understand", "search", "read", "verify") for begun in (True, False)]
    whole = client.post("/api/answer", json=ASK).json()
    streamed = told[-1][1]
    assert {**streamed, "timings_ms": 0} == {**whole, "timings_ms": 0}
    assert told[-2][1] == streamed["citations"][0]


def test_a_question_that_is_none_is_refused_before_the_stream_begins(client: TestClient) -> None:
    refused = client.post("/api/answer", json={"question": " "}, headers=STREAM)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"


def test_what_goes_wrong_in_a_stream_is_told_in_it(client: TestClient, desk: Desk) -> None:
    desk.assistant.archive.close()
    desk.assistant.archive.path.write_bytes(b"no longer a database " * 1000)
    name, data = events(client.post("/api/answer", json=ASK, headers=STREAM).text)[-1]
    assert (name, data["status"]) == ("error", 500)
    assert "database" not in data["detail"]


class Held:
    """A stream of one step that ends when it is let go, and notes when it is closed."""

    def __init__(self) -> None:
        self.begun, self.let_go, self.closed = threading.Semaphore(0), threading.Event(), threading.Event()

    def stream(self, question: Question) -> Generator[Event, None, None]:
        try:
            self.begun.release()
            yield Step("search")
            self.let_go.wait(30)
            yield Token("and")
            yield ANSWER
        finally:
            self.closed.set()


def test_a_full_line_sends_away_and_has_room_again_when_it_moves() -> None:
    held = Held()
    line = Line(held.stream, at_once=1, waiting=1, seconds=30)

    async def ask_three() -> None:
        first, second = line.ask(Question("1")), line.ask(Question("2"))
        assert (line.inside, line.waiting, line.full) == (2, 1, True)
        with pytest.raises(Busy, match="2 questions"):
            line.ask(Question("3"))
        held.let_go.set()
        assert await answer_of(first) == await answer_of(second) == ANSWER
        line.close()
        assert line.inside == 0

    asyncio.run(ask_three())


def test_a_question_that_takes_too_long_is_given_up_and_its_work_stops() -> None:
    held = Held()
    line = Line(held.stream, at_once=1, waiting=0, seconds=0.05)

    async def ask() -> None:
        with pytest.raises(TooSlow, match=r"in 0[.]05 seconds"):
            await answer_of(line.ask(Question("1")))

    asyncio.run(ask())
    held.let_go.set()
    assert held.closed.wait(10)
    line.close()


def test_work_stops_when_nobody_listens_any_longer() -> None:
    held = Held()
    line = Line(held.stream, at_once=1, waiting=0, seconds=30)
    seen: list[Event] = []

    async def leave_early() -> None:
        asked = line.ask(Question("1"))
        async for event in asked:
            seen.append(event)
            break
        await asked.aclose()

    asyncio.run(leave_early())
    held.let_go.set()
    assert held.closed.wait(10)
    line.close()
    assert seen == [Step("search")]


def test_closing_the_line_waits_for_what_is_in_work() -> None:
    held = Held()
    line = Line(held.stream, at_once=1, waiting=0, seconds=30)

    async def ask() -> Answer:
        asked = line.ask(Question("1"))
        held.begun.acquire()
        closing = asyncio.get_running_loop().run_in_executor(None, line.close)
        held.let_go.set()
        answer = await answer_of(asked)
        await closing
        return answer

    assert asyncio.run(ask()) == ANSWER


def test_clients_of_openai_get_the_answer_with_its_sources(url: str) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none") as asked:
        assert [model.id for model in asked.models.list()] == ["newsdesk"]
        said = asked.chat.completions.create(
            model="newsdesk",
            messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": ASK["question"]}],
        )
        text = said.choices[0].message.content or ""
        assert "[1] Ferry aground · The Courier" in text
        citation = said.newsdesk["citations"][0]  # type: ignore[attr-defined]
        assert FERRY["text"][citation["start"] : citation["end"]] == citation["quote"]
        chunks = list(
            asked.chat.completions.create(
                model="newsdesk", messages=[{"role": "user", "content": ASK["question"]}], stream=True
            )
        )
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert chunks[-1].newsdesk["citations"] == said.newsdesk["citations"]  # type: ignore[attr-defined]


def test_clients_of_openai_understand_what_is_wrong(url: str) -> None:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as asked:
        with pytest.raises(openai.NotFoundError, match="gpt-9"):
            asked.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "x"}])
        with pytest.raises(openai.UnprocessableEntityError, match="last message"):
            asked.chat.completions.create(model="newsdesk", messages=[{"role": "assistant", "content": "x"}])


def test_earlier_messages_are_the_conversation_and_parts_are_read(client: TestClient) -> None:
    turns = [
        {"role": "user", "content": "What ran aground?"},
        {"role": "assistant", "content": "The ferry."},
        {"role": "user", "content": [{"type": "text", "text": "At noon?"}, {"type": "image_url", "image_url": {}}]},
    ]
    said = client.post("/v1/chat/completions", json={"model": "newsdesk", "messages": turns, "temperature": 1}).json()
    assert said["newsdesk"]["question"] == "At noon?"
    assert "What ran aground?" in said["newsdesk"]["standalone_question"]


def test_other_programs_models_use_the_archive_as_tools(url: str) -> None:
    async def use() -> None:
        async with ToolClient(f"{url}/mcp") as tools:
            assert {tool.name for tool in (await tools.list_tools()).tools} == {"answer", "search", "get_article"}
            said = await tools.call_tool("answer", ASK)
            answer = said.structured_content
            assert answer is not None, said.content
            cited = answer["citations"][0]
            found = (await tools.call_tool("search", {**ASK, "top_k": 1})).structured_content
            assert found is not None
            assert [passage["article_id"] for passage in found["passages"]] == ["ferry"]
            article = (await tools.call_tool("get_article", {"article_id": cited["article_id"]})).structured_content
            assert article is not None
            assert article["text"][cited["start"] : cited["end"]] == cited["quote"]
            wrong = await tools.call_tool("get_article", {"article_id": "nothing"})
            assert wrong.is_error
            assert "nothing" in str(wrong.content)

    anyio.run(use)
