"""newsdesk as a model behind OpenAI's chat completions, so that existing chat clients can ask it.

The last message is the question, those before it the conversation; instructions to a model ("system") are not
followed, for there may be no model. Only checked words are sent: a stream brings the answer in pieces once it is
whole. The whole answer with its citations stands in the extra field ``newsdesk``.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from newsdesk.api.bodies import FiltersBody, QuestionBody, Text
from newsdesk.api.problems import documented, problem
from newsdesk.api.questions import ANSWER, STREAM, event_stream, last
from newsdesk.chain import check_question
from newsdesk.desk import Desk
from newsdesk.errors import BadInput, NewsdeskError
from newsdesk.types import Answer, Event, Question

MODEL = "newsdesk"
EXAMPLE: Any = {"model": MODEL, "messages": [{"role": "user", "content": "where were the targets?"}]}
_PIECE = re.compile(r"\S+\s*|\s+")


class _Lenient(BaseModel):
    """A body of which the fields of other models are accepted and not used."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(_Lenient):
    """A part of a message; only text is read."""

    type: str
    text: Text = ""


class ChatMessage(_Lenient):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[Text, Field(max_length=100_000)] | Annotated[list[Part], Field(max_length=100)] | None = None

    @property
    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(_Lenient):
    """What a stream brings beside the answer."""

    include_usage: bool = False


class CompletionBody(_Lenient):
    """A request for a chat completion; ``filters`` are an addition of newsdesk."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    model: Annotated[Text, Field(max_length=200)] = MODEL
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    filters: FiltersBody | None = None

    def to_question(self) -> Question:
        """As the chain takes it. Raises BadInput where the last message is nobody's question."""
        spoken = [turn for turn in self.messages if turn.role in ("user", "assistant") and turn.words.strip()]
        if not spoken or spoken[-1].role != "user":
            raise BadInput("The last message must be the user's, with the question as its text.")
        history = [{"role": turn.role, "content": turn.words} for turn in spoken[:-1]]
        asked = {"question": spoken[-1].words, "history": history, "filters": self.filters}
        return check_question(QuestionBody.model_validate(asked).to_question())


class Said(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one choice there is."""

    index: int = 0
    message: Said
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """Tokens, of which newsdesk counts none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Completion(BaseModel):
    """A chat completion, with newsdesk's own answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage = Usage()
    newsdesk: Answer


class Model(BaseModel):
    """A model that can be asked."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "newsdesk"


class Models(BaseModel):
    """The models that can be asked."""

    object: Literal["list"] = "list"
    data: list[Model]


def router(desk: Desk) -> APIRouter:
    """``/v1``."""
    routes = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])

    @routes.get("/models", responses=documented())
    def models() -> Models:
        """The one model there is."""
        return Models(data=[Model(id=MODEL)])

    @routes.get("/models/{model}", responses=documented(404, 422))
    def model(model: str) -> Model:
        """The one model there is, by its name."""
        return _known(model)

    @routes.post("/chat/completions", response_model=Completion, responses={**documented(404, 422), 200: _streamed()})
    async def complete(body: CompletionBody, request: Request) -> Response:
        """Answer the last message, in the form of OpenAI's chat completions; with ``stream``, in pieces."""
        _known(body.model)
        events = desk.line.ask(body.to_question())
        if body.stream:
            usage = body.stream_options is not None and body.stream_options.include_usage
            return event_stream(_pieces(events, _new(), usage))
        return _whole(await last(events, request))

    return routes


def with_sources(answer: Answer) -> str:
    """The answer's text with its sources below it, for clients that show text alone."""
    sources = [f"[{one.number}] {_source(one)}" for one in answer.citations]
    return "\n\n".join([answer.answer, "\n".join(sources)] if sources else [answer.answer])


def _source(one: Any) -> str:
    parts = (one.title or "untitled", one.publisher, one.published and str(one.published)[:10], one.url)
    return " · ".join(part for part in parts if part)


def _known(model: str) -> Model:
    if model != MODEL:
        raise _NoModel(f"There is no model {model[:80]!r}; there is {MODEL!r}.")
    return Model(id=MODEL)


class _NoModel(NewsdeskError):
    status = 404


def _new() -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}


def _whole(answer: Answer) -> Response:
    completion = Completion(**_new(), choices=[Choice(message=Said(content=with_sources(answer)))], newsdesk=answer)
    return JSONResponse(TypeAdapter(Completion).dump_python(completion, mode="json"))


async def _pieces(events: AsyncGenerator[Event, None], new: dict[str, Any], usage: bool) -> AsyncIterator[str]:
    """The answer as chunks; a comment for each step before it keeps the connection open."""
    chunk = {**new, "object": "chat.completion.chunk"}
    yield _chunk(chunk, {"role": "assistant", "content": ""})
    async with aclosing(events):
        try:
            async for event in events:
                if not isinstance(event, Answer):
                    yield ": working\n\n"
                    continue
                for piece in _PIECE.findall(with_sources(event)):
                    yield _chunk(chunk, {"content": piece})
                yield _chunk(chunk, {}, "stop", newsdesk=ANSWER.dump_python(event, mode="json"))
                if usage:
                    yield _data({**chunk, "choices": [], "usage": Usage().model_dump()})
        except NewsdeskError as error:
            yield f"data: {bytes(problem(error.status, str(error)).body).decode()}\n\n"
    yield "data: [DONE]\n\n"


def _chunk(chunk: dict[str, Any], delta: dict[str, str], reason: str | None = None, **more: Any) -> str:
    return _data({**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more})


def _data(content: dict[str, Any]) -> str:
    return f"data: {TypeAdapter(dict[str, Any]).dump_json(content).decode()}\n\n"


def _streamed() -> dict[str, Any]:
    example = 'data: {"choices":[{"index":0,"delta":{"content":"…"},"finish_reason":null}]}\n\ndata: [DONE]\n\n'
    schema = {"type": "string"}
    return {"description": "The answer", "content": {STREAM: {"schema": schema, "example": example}}}
