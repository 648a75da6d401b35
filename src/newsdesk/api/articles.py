"""Articles: listed, read in every version, brought in, removed."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from ingest import pipeline
from ingest.record import article as article_of
from newsdesk.api.bodies import ArticlePage, ArticleSummary, Ingested, JobBody, VersionBody, WholeArticle
from newsdesk.api.intake import job_body
from newsdesk.api.problems import documented
from newsdesk.archive import Archive, version_of
from newsdesk.desk import Desk
from newsdesk.errors import BadInput, Unreadable
from newsdesk.types import Article

PAGE = 50
LONGEST_PAGE = 1000
LAST_OFFSET = 10**9
MOST_ARTICLES = 1000
"""Articles taken in by one request; more are a job for ``POST /api/ingest``."""
MOST_FILES = 100
RECORDS = TypeAdapter(list[dict[str, Any]] | dict[str, Any])
RECORD = {"title": "Ferry aground", "text": "The ferry ran aground at noon.", "published": "2031-03-04"}

Sort = Literal["id", "published", "-published", "title", "publisher"]
Id = Annotated[str, Path(min_length=1, description="An article's id; it may hold slashes.")]


def router(desk: Desk) -> APIRouter:
    """``/api/articles``."""
    routes = APIRouter(prefix="/api/articles", tags=["articles"])
    assistant = desk.assistant

    @routes.get("", response_model=ArticlePage, responses=_conditional(422))
    def articles(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
        offset: Annotated[int, Query(ge=0, le=LAST_OFFSET)] = 0,
        search: Annotated[str, Query(max_length=500, description="Words that stand in one passage or its title.")] = "",
        publisher: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
        published_from: date | None = None,
        published_to: date | None = None,
        sort: Annotated[Sort, Query(description="A minus puts the latest first.")] = "id",
    ) -> Response:
        """List articles, without their texts."""
        filters: dict[str, Any] = {
            "search": search,
            "publishers": publisher,
            "published_from": published_from,
            "published_to": published_to,
        }
        page = [_summary(article) for article in assistant.archive.articles(limit, offset, **filters, sort=sort)]
        return conditional(request, ArticlePage(total=assistant.archive.count(**filters), articles=page))

    @routes.get("/{article_id:path}", response_model=WholeArticle, responses=_conditional(404, 422))
    def article(
        request: Request,
        article_id: Id,
        version: Annotated[str | None, Query(max_length=64, description="Of a text it had; without: as it is.")] = None,
    ) -> Response:
        """Give an article with its full text, so that a quote can be checked: ``text[start:end] == quote``."""
        return conditional(request, whole(assistant.archive, article_id, version))

    @routes.post("", openapi_extra=_sent(), response_model=Ingested, responses=_taken())
    async def add(request: Request) -> Response:
        """Take in one article record or a list of them at once, or files, for which an ingest job begins.

        The same again changes nothing.
        """
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return JSONResponse(jsonable_encoder(await uploaded(desk, request)), HTTPStatus.ACCEPTED)
        return JSONResponse(jsonable_encoder(await run_in_threadpool(taken_in, desk, records(await request.body()))))

    @routes.delete("/{article_id:path}", status_code=HTTPStatus.NO_CONTENT, responses=documented(404, 422))
    def remove(article_id: Id) -> None:
        """Remove an article, its passages and their vectors."""
        pipeline.remove(article_id, assistant.archive, assistant.vectors)

    return routes


def whole(archive: Archive, article_id: str, version: str | None = None) -> WholeArticle:
    """An article in that version, with what its archive knows beside. Raises NotFound."""
    article = archive.article(article_id, version)
    return WholeArticle(
        **{name: getattr(article, name) for name in Article.__dataclass_fields__},
        version=version_of(article.text),
        versions=tuple(
            VersionBody(version=one.version, stored_at=one.stored_at, current=one.current)
            for one in archive.versions(article_id)
        ),
        copies=archive.copies(article_id),
    )


def conditional(request: Request, content: Any) -> Response:
    """The content as JSON, or 304 where the asker has it already (RFC 9110)."""
    body = TypeAdapter(type(content)).dump_json(content)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def records(body: bytes) -> list[dict[str, Any]]:
    """The article records of a request. Raises BadInput for what is none."""
    try:
        given = RECORDS.validate_json(body)
    except ValidationError as error:
        fault = error.errors()[0]
        raise BadInput(f"No article record, nor a list of them, as JSON: {fault['msg']}.") from None
    given = given if isinstance(given, list) else [given]
    if len(given) > MOST_ARTICLES:
        raise BadInput(f"{len(given):,} articles in one request; at most {MOST_ARTICLES:,} are taken. Send fewer.")
    return given


def taken_in(desk: Desk, given: list[dict[str, Any]]) -> Ingested:
    """What became of article records. Raises Unreadable where none could be taken in."""
    assistant = desk.assistant
    ready = [_read(record, number) for number, record in enumerate(given, start=1)]
    report = pipeline.add(ready, assistant.archive, assistant.vectors, assistant.embedder)
    if given and len(report.failed) == len(given):
        raise Unreadable("Nothing was taken in. " + " ".join(report.failed))
    return Ingested(
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        duplicate=report.duplicate,
        failed=list(report.failed),
    )


async def uploaded(desk: Desk, request: Request) -> JobBody:
    """Keep the files of a form and begin to take them in."""
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
        sent = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
        files = {part.filename or "": await part.read() for part in sent}
    return job_body(desk, await run_in_threadpool(desk.inbox.files, files))


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


def _conditional(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {**documented(*statuses), 304: {"description": "Not changed since the ETag of If-None-Match"}}


def _sent() -> dict[str, Any]:
    """The two kinds of body that ``POST /api/articles`` takes, as OpenAPI has them."""
    record = {"type": "object", "additionalProperties": True, "example": RECORD}
    files = {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
    either = {"anyOf": [record, {"type": "array", "items": record, "maxItems": MOST_ARTICLES}]}
    form = {"type": "object", "required": ["files"], "properties": {"files": files}}
    content = {
        "application/json": {"schema": either, "example": [RECORD]},
        "multipart/form-data": {"schema": form},
    }
    return {"requestBody": {"required": True, "content": content}}


def _taken() -> dict[int | str, dict[str, Any]]:
    return {**documented(409, 422), 202: {"model": JobBody, "description": "Files are kept, and an ingest has begun"}}
