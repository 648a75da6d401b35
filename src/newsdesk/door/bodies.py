"""How large a request may be, and how long it may take to arrive."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsdesk.api.problems import problem

LARGEST = 2 * 2**20
LARGEST_UPLOAD = 64 * 2**20
SECONDS = 30.0
"""For the next piece of a body; one who sends nothing for so long holds no place any longer."""
UPLOADS = ("/api/articles", "/api/question-sets")


def largest(path: str) -> int:
    """The most bytes that a request of that path may have; the page takes uploads too."""
    return LARGEST_UPLOAD if path in UPLOADS or not path.startswith(("/api/", "/v1/", "/mcp", "/login")) else LARGEST


class Bodies:
    """Refuses bodies that are too large, told beforehand or not, and those that never arrive."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = largest(scope["path"])
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdecimal() or int(told[:20]) > most:
            await problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(most))(scope, receive, send)
            return
        arriving, size = True, 0

        async def limited() -> Message:
            nonlocal arriving, size
            message = await (asyncio.wait_for(receive(), self._seconds) if arriving else receive())
            size += len(message.get("body", b""))
            arriving = arriving and message.get("more_body", False)
            if size > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(most))
            return message

        await self._app(scope, limited, send)


def _too_large(most: int) -> str:
    return f"A request of at most {most // 2**20} MB is taken. Send less at once."
