"""The answer API: FastAPI over the chain and the archive. The wire format is that of newsdesk.types."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ingest import pipeline
from ingest.record import article as article_of
from newsdesk import __version__
from newsdesk.assistant import Assistant
from newsdesk.desk import Desk
from newsdesk.errors import BadInput, NewsdeskError, Unreadable
from newsdesk.types import Answer, Article, Filters, Hit, Message, Published, Question

log = logging.getLogger("newsdesk")

PAGE = 50
LONGEST_PAGE = 1000
MOST_ARTICLES = 1000
"""Articles taken in by one request; more are a job for ``newsdesk ingest``."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MessageBody(_Body):
    """An earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=100_000)]


class FiltersBody(_Body):
    """What an article must match to be searched; days are inclusive."""

    published_from: date | None = None
    published_to: date | None = None
    publishers: list[str] | None = None
    article_ids: list[str] | None = None


class QuestionBody(_Body):
    """A question, and how to look for its answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "where were the targets?", "top_k": 5}]},
    )

    question: str
    history: Annotated[list[MessageBody] | None, Field(max_length=200)] = None
    top_k: int | None = None
    filters: FiltersBody | None = None
    asked_at: date | None = None
    any_time: Annotated[bool, Field(description="Take no words about time for a window on publication.")] = False

    def to_question(self) -> Question:
        """As the chain takes it."""
        given = self.filters or FiltersBody()
        return Question(
            question=self.question,
            history=tuple(Message(turn.role, turn.content) for turn in self.history or ()),
            top_k=self.top_k,
            filters=Filters(
                given.published_from,
                given.published_to,
                tuple(given.publishers or ()),
                tuple(given.article_ids or ()),
            ),
            asked_at=self.asked_at,
            any_time=self.any_time,
        )


class Passages(BaseModel):
    """What a search found, best first."""

    question: str
    passages: list[Hit]


class ArticleSummary(BaseModel):
    """An article without its text."""

    id: str
    title: str
    url: str | None
    publisher: str | None
    published: Published | None
    authors: list[str]


class ArticlePage(BaseModel):
    """Some of the articles, by id, and how many there are."""

    total: int
    articles: list[ArticleSummary]


class Ingested(BaseModel):
    """What became of the articles sent."""

    added: int
    changed: int
    unchanged: int
    failed: list[str]


class Health(BaseModel):
    """That the server works, and how much it holds."""

    status: Literal["ok"] = "ok"
    version: str
    articles: int
    passages: int


def create_api(desk: Desk) -> FastAPI:
    """The API of one desk: ``/api``, ``/healthz``, and its documentation at ``/docs``."""
    api = FastAPI(
        title="newsdesk", version=__version__, summary="Answers from an archive of news, cited word for word."
    )
    assistant = desk.assistant
    _errors(api)
    _questions(api, assistant)
    _articles(api, assistant)

    @api.get("/healthz", tags=["server"])
    def health() -> Health:
        """Say that the server works."""
        return Health(version=__version__, articles=assistant.archive.count(), passages=assistant.vectors.count())

    return api


def _questions(api: FastAPI, assistant: Assistant) -> None:
    @api.post("/api/answer", tags=["questions"])
    def answer(body: QuestionBody) -> Answer:
        """Answer a question. Every citation holds: ``article.text[start:end] == quote``."""
        return assistant.chain.invoke(body.to_question())

    @api.post("/api/search", tags=["questions"])
    def search(body: QuestionBody) -> Passages:
        """Find passages, best first, without an answer."""
        found = assistant.chain.invoke(body.to_question())
        return Passages(question=found.question, passages=list(found.passages))


def _articles(api: FastAPI, assistant: Assistant) -> None:
    @api.get("/api/articles", tags=["articles"])
    def articles(
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE, offset: Annotated[int, Query(ge=0)] = 0
    ) -> ArticlePage:
        """List articles by id."""
        page = [_summary(article) for article in assistant.archive.articles(limit, offset)]
        return ArticlePage(total=assistant.archive.count(), articles=page)

    @api.get("/api/articles/{article_id:path}", tags=["articles"])
    def article(article_id: Annotated[str, Path()]) -> Article:
        """Give an article with its full text, so that a quote can be checked."""
        return assistant.archive.article(article_id)

    @api.post("/api/articles", tags=["articles"])
    def add(records: list[dict[str, Any]] | dict[str, Any]) -> Ingested:
        """Take in one article record or a list of them; the same again changes nothing."""
        given = records if isinstance(records, list) else [records]
        if len(given) > MOST_ARTICLES:
            raise BadInput(f"{len(given):,} articles in one request; at most {MOST_ARTICLES:,} are taken. Send fewer.")
        ready = [_read(record, number) for number, record in enumerate(given, start=1)]
        report = pipeline.add(ready, assistant.archive, assistant.vectors, assistant.embedder)
        if len(report.failed) == len(given):
            raise Unreadable("Nothing was taken in. " + " ".join(report.failed))
        return Ingested(
            added=report.added, changed=report.changed, unchanged=report.unchanged, failed=list(report.failed)
        )

    @api.delete("/api/articles/{article_id:path}", tags=["articles"], status_code=HTTPStatus.NO_CONTENT)
    def remove(article_id: Annotated[str, Path()]) -> None:
        """Remove an article, its passages and their vectors."""
        pipeline.remove(article_id, assistant.archive, assistant.vectors)


def _read(record: dict[str, Any], number: int) -> Article | Unreadable:
    """The article of a record; one without an id is known by its content, so that it is not taken in twice."""
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    try:
        return article_of(record, f"sent-{digest[:12]}")
    except Unreadable as error:
        return Unreadable(f"Record {number}: {error}")


def _summary(article: Article) -> ArticleSummary:
    return ArticleSummary(
        id=article.id,
        title=article.title,
        url=article.url,
        publisher=article.publisher,
        published=article.published,
        authors=list(article.authors),
    )


def _errors(api: FastAPI) -> None:
    """Every error as problem details (RFC 9457): what is wrong and what to do, never a traceback."""

    @api.exception_handler(NewsdeskError)
    def expected(request: Request, error: NewsdeskError) -> JSONResponse:
        return _problem(error.status, str(error))

    @api.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [f"{'.'.join(map(str, fault['loc'][1:])) or 'body'}: {fault['msg']}" for fault in error.errors()]
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(faults))

    @api.middleware("http")
    async def unexpected(request: Request, call_next: Callable[[Request], Awaitable[Any]]) -> Any:
        try:
            return await call_next(request)
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here; the server's log says what.")


def _problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse(
        {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )
