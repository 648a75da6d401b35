"""The API: answers, search, articles, ingest, evaluation and feedback, over one desk.

The wire format is that of ``newsdesk.types``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from newsdesk import __version__
from newsdesk.api import (
    articles,
    completions,
    evaluations,
    feedback,
    health,
    intake,
    manual,
    problems,
    questions,
    tools,
)
from newsdesk.desk import Desk

SILENT: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""No telemetry: FastAPI would send what it measures wherever the environment says."""
ABOUT = """Answers from an archive of news, cited word for word.

Offsets count Unicode code points; errors are problem details (RFC 9457). Within `/api` fields are added and none is
removed or changes its meaning; what cannot be kept so will be `/api/v2` beside it."""


def create_api(desk: Desk) -> FastAPI:
    """The API of one desk: ``/api``, ``/v1``, ``/mcp``, ``/healthz`` and the like, and its documentation."""
    protocol = tools.server(desk)
    over_http = protocol.streamable_http_app(stateless_http=True, json_response=True, transport_security=tools.OPEN_TO)

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with protocol.session_manager.run():
            yield

    api = FastAPI(
        title="newsdesk",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        telemetry=SILENT,
        docs_url=None,
        redoc_url=None,
    )
    for part in (questions, articles, intake, evaluations, feedback, completions, health):
        api.include_router(part.router(desk))
    api.add_api_route("/docs", lambda: HTMLResponse(manual.page(api.openapi())), include_in_schema=False)
    problems.install(api)
    problems.nothing_else(api, "/api", "/v1")
    api.router.routes.extend(over_http.routes)
    api.openapi = lambda: _openapi(api)  # type: ignore[method-assign]  # as FastAPI documents it
    return api


def _openapi(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if not api.openapi_schema:
        schema = get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes)
        problems.describe(schema)
        schemes = {"key": {"type": "http", "scheme": "bearer", "description": "A key of `newsdesk keys add`."}}
        schema["components"]["securitySchemes"] = schemes
        schema["security"] = [{}, {"key": []}]
        api.openapi_schema = schema
    return api.openapi_schema
