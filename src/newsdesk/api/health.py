"""Whether the server lives, whether it can answer, and what it has measured of itself."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from newsdesk import __version__
from newsdesk.api.bodies import Health
from newsdesk.api.problems import documented
from newsdesk.desk import Desk
from newsdesk.errors import Busy
from newsdesk.metrics import MEDIA_TYPE


def router(desk: Desk) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    routes = APIRouter(tags=["server"])
    assistant = desk.assistant

    @routes.get("/healthz", responses=documented())
    def health() -> Health:
        """Say that the server works."""
        return Health(version=__version__, articles=assistant.archive.count(), passages=assistant.vectors.count())

    @routes.get("/readyz", responses=documented())
    def ready() -> Health:
        """Say whether a question would be taken now."""
        if desk.line.full:
            raise Busy("As many questions as can wait are waiting.")
        return health()

    @routes.get("/metrics", response_class=PlainTextResponse, responses=documented())
    def metrics() -> Response:
        """What was measured since the server began, as Prometheus reads it."""
        return Response(desk.metrics.text(), media_type=MEDIA_TYPE)

    return routes
