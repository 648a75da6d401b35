"""By which name the server is called: on its own machine alone by names of its own machine.

A page of another site can have its name lead to 127.0.0.1 (DNS rebinding); its requests still carry that name.
"""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from newsdesk.api.problems import problem
from newsdesk.door.guard import listed
from newsdesk.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Hosts:
    """Answers only requests for a name of this server; on a network, for every name unless some are set."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        named = listed(settings.hosts)
        own = [*LOOPBACK, settings.host] if is_loopback(settings.host) or named else []
        self._names = {name.lower() for name in (*own, *named)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        app: ASGIApp = self._app
        if scope["type"] == "http" and self._names and _name(Headers(scope=scope).get("host", "")) not in self._names:
            app = problem(
                HTTPStatus.MISDIRECTED_REQUEST, "This server is not called by that name. NEWSDESK_HOSTS names more."
            )
        await app(scope, receive, send)


def is_loopback(host: str) -> bool:
    """Whether who listens there is heard on the own machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
