"""Every request has a name, a line in the log, and a place in the counters; what was asked is in none of them."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsdesk.logs import request_id
from newsdesk.metrics import Metrics

log = logging.getLogger("newsdesk.requests")

_GIVEN = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Requests:
    """Names requests, and says of each what it was and how it ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _name(Headers(scope=scope).get("x-request-id", ""))
        request_id.set(name)
        began, status = time.perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            self._note(scope, status, (time.perf_counter() - began) * 1000)

    def _note(self, scope: Scope, status: int, ms: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "page"
        self._metrics.requests.labels(scope["method"][:10], route, str(status)).inc()
        caller = scope.get("state", {}).get("caller")
        more = {"method": scope["method"], "path": scope["path"], "status": status, "ms": round(ms, 1)}
        log.info("request", extra={"more": {**more, "caller": caller.name if caller else None}})


def _name(given: str) -> str:
    """The name that a proxy gave it, where it is one; else a new one."""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
