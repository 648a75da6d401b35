"""Security headers: what a browser may do with what it is sent.

The page needs styles within its markup, and, for the scripts of its own parts, ``unsafe-eval``: Gradio makes functions
of their text. Scripts within the markup run where they are those that were sent: their hashes are named. Nothing is
loaded from elsewhere, no site may frame the page, and no form may lead away.
"""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import Headers as Given
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
DATA = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; frame-src 'none'; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'"
)
_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_SOURCE = re.compile(rb"\bsrc\s*=", re.IGNORECASE)


class Headers:
    """Puts the headers on every response; that of a page of HTML is held until its scripts are known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(_plain(scope), receive, _Sending(send))


class _Sending:
    """What one response is sent through."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self._start = message
                return
            headers["Content-Security-Policy"] = DATA
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            MutableHeaders(scope=self._start).setdefault("Content-Security-Policy", policy(self._body))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": self._body}
            self._start = None
        await self._send(message)


def policy(html: bytes) -> str:
    """The policy of a page: its inline scripts by their hashes."""
    scripts = [body for attributes, body in _SCRIPT.findall(html) if not _SOURCE.search(attributes)]
    hashes = {base64.b64encode(hashlib.sha256(body).digest()).decode() for body in scripts}
    return PAGE.format(hashes="".join(f" 'sha256-{one}'" for one in sorted(hashes)))


def _plain(scope: Scope) -> Scope:
    """A request for a page as one for it uncompressed, so that its scripts can be read."""
    if "text/html" not in Given(scope=scope).get("accept", ""):
        return scope
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != b"accept-encoding"]}
