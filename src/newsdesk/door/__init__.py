"""What every request passes before it reaches the API or the page."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from newsdesk.desk import Desk
from newsdesk.door.bodies import Bodies
from newsdesk.door.guard import Guard, listed
from newsdesk.door.headers import Headers
from newsdesk.door.hosts import Hosts
from newsdesk.door.requests import Requests


def behind(app: ASGIApp, desk: Desk) -> ASGIApp:
    """The application behind its door: named and logged, from a known host, not too large, not too often, allowed."""
    settings = desk.assistant.settings
    app = Guard(Bodies(app), settings)
    if origins := listed(settings.cors_origins):
        app = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        )
    return Requests(Headers(Hosts(app, settings)), desk.metrics)
