"""Answers, whole or as a stream of events, and search."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from newsdesk.api.bodies import Passages, QuestionBody
from newsdesk.api.problems import documented
from newsdesk.chain import DEFAULT_PASSAGES, check_question
from newsdesk.desk import Desk
from newsdesk.errors import NewsdeskError
from newsdesk.types import Answer, Event, Question, Step, Token

ANSWER = TypeAdapter(Answer)
STREAM = "text/event-stream"
EXAMPLE = 'event: step\ndata: {"name":"search","ms":null}\n\nevent: done\ndata: {…the answer…}\n\n'


def router(desk: Desk) -> APIRouter:
    """``POST /api/answer`` and ``POST /api/search``."""
    routes = APIRouter(prefix="/api", tags=["questions"])

    @routes.post("/answer", response_model=Answer, responses={**documented(422), 200: _streamed()})
    async def answer(body: QuestionBody, request: Request) -> Response:
        """Answer a question. Every citation holds: ``article.text[start:end] == quote``.

        With ``Accept: text/event-stream`` the answer comes as server-sent events: ``step`` as each step begins and
        ends, ``token`` while a chat model writes (words not yet checked), ``citation`` for each source, and ``done``
        with the whole answer; or ``error`` with a problem.
        """
        question = check_question(body.to_question())
        events = desk.line.ask(question)
        if STREAM in request.headers.get("accept", ""):
            return event_stream(sse(events))
        return JSONResponse(ANSWER.dump_python(await last(events, request), mode="json"))

    @routes.post("/search", responses=documented(422))
    async def search(body: QuestionBody) -> Passages:
        """Find passages, best first, without reading them for an answer."""
        question = check_question(body.to_question())
        return await run_in_threadpool(found, desk, question)

    return routes


def found(desk: Desk, question: Question) -> Passages:
    """The passages that a search finds for a question, and the question as it was understood."""
    asked = desk.assistant.chain.search(question)
    return Passages(question=asked.question.question, passages=list(asked.hits[: question.top_k or DEFAULT_PASSAGES]))


async def last(events: AsyncGenerator[Event, None], request: Request) -> Answer:
    """The answer at the end of the events; the work stops when the asker is gone."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Answer):
                return event
            if await request.is_disconnected():
                break
    raise NewsdeskError("The asker is gone.")


def event_stream(parts: AsyncIterator[str]) -> StreamingResponse:
    """A response of server-sent events that no proxy holds back."""
    return StreamingResponse(parts, media_type=STREAM, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def sse(events: AsyncGenerator[Event, None]) -> AsyncIterator[str]:
    """The events as text of a stream."""
    async with aclosing(events):
        try:
            async for event in events:
                for part in told(event):
                    yield part
        except NewsdeskError as error:
            yield named("error", {"type": "about:blank", "status": error.status, "detail": str(error)})
        except Exception:
            yield named("error", {"type": "about:blank", "status": 500, "detail": "Something went wrong here."})
            raise


def told(event: Event) -> list[str]:
    """An event of the chain as server-sent events; an answer's citations come before it."""
    if isinstance(event, Step):
        return [named("step", event)]
    if isinstance(event, Token):
        return [named("token", event)]
    return [*(named("citation", cited) for cited in event.citations), named("done", event)]


def named(name: str, data: Any) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {TypeAdapter(type(data)).dump_json(data).decode()}\n\n"


def _streamed() -> dict[str, Any]:
    return {
        "description": "The answer, whole or as a stream",
        "content": {STREAM: {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
