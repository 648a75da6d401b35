"""Every error as problem details (RFC 9457): what is wrong and what to do, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from newsdesk.api.bodies import Problem
from newsdesk.errors import Busy, InUse, NewsdeskError

log = logging.getLogger("newsdesk")

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""When one who was sent away may come back."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for an error; ``error`` repeats it in the form that clients of OpenAI's API look for."""
    detail = detail.encode("utf-8", "replace").decode()
    title = HTTPStatus(status).phrase
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    error = {"message": detail, "type": title.lower().replace(" ", "_"), "param": None, "code": None}
    return JSONResponse({**content, "error": error}, status, headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an endpoint can answer with, for its documentation."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in (*statuses, 400, 401, 403, 413, 429, 500, 503, 504)
    }


def install(api: FastAPI) -> None:
    """Have every error of the API answered with a problem."""

    @api.exception_handler(NewsdeskError)
    async def expected(request: Request, error: NewsdeskError) -> JSONResponse:
        headers = {"Retry-After": str(RETRY_SECONDS)} if isinstance(error, Busy | InUse) else None
        return problem(error.status, str(error), headers)

    @api.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [f"{'.'.join(map(str, fault['loc'][1:])) or 'body'}: {fault['msg']}" for fault in error.errors()[:20]]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(faults)[:4000])

    @api.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), error.headers)

    @api.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here; the server's log says what.")


def nothing_else(api: FastAPI, *prefixes: str) -> None:
    """Answer what lies below the prefixes and is not there with a problem, also where a page is mounted at the root."""

    there = list(api.routes)

    async def unknown(request: Request) -> JSONResponse:
        scopes = {method: {**request.scope, "method": method} for method in METHODS}
        allowed = [name for name in METHODS if any(one.matches(scopes[name])[0] is Match.FULL for one in there)]
        if allowed:
            allow = ", ".join(allowed)
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, f"This takes {allow}.", {"Allow": allow})
        return problem(HTTPStatus.NOT_FOUND, f"There is no {request.url.path[:200]} here. See /docs.")

    for prefix in prefixes:
        api.add_api_route(f"{prefix}/{{rest:path}}", unknown, methods=list(METHODS), include_in_schema=False)


def describe(schema: dict[str, Any]) -> None:
    """Put the shape of problems into an OpenAPI document, in place of FastAPI's own for malformed requests."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
