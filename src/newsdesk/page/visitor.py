"""Whose conversations a visitor sees: those of the name that logged in, or else of a secret that the browser keeps."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsdesk.keys import Key

COOKIE = "newsdesk-visitor"
A_YEAR = 365 * 24 * 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def owner(cookies: Mapping[str, str], caller: Key | None = None) -> str | None:
    """The owner's name in the store: the caller's, or the cookie's hash; None for a visitor who has neither.

    ``caller`` is who the door let in; where it lets in anyone, its key has no digest.
    """
    if caller is not None and caller.digest:
        return f"caller:{caller.name}"
    secret = cookies.get(COOKIE, "")
    return f"browser:{hashlib.sha256(secret.encode()).hexdigest()}" if _SECRET.fullmatch(secret) else None


class RememberVisitors:
    """Gives each browser that opens the page a secret of its own, readable by no script."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the cookie along with the page itself where the browser has none."""
        if scope["type"] != "http" or scope["path"] != "/" or _known(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _cookie(scope["scheme"] == "https"))
            await send(message)

        await self.app(scope, receive, with_cookie)


def _known(headers: Headers) -> bool:
    cookies = {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    return owner(cookies) is not None


def _cookie(secure: bool) -> str:
    kept = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={A_YEAR}; HttpOnly; SameSite=Lax"
    return f"{kept}; Secure" if secure else kept
