"""Who may do what: API keys with scopes, sessions of the page, and how often.

Where neither a key nor a login is set, anyone who reaches the server may do anything: it then listens to its own
machine alone. What is not known to need less needs everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newsdesk import keys
from newsdesk.api.problems import problem
from newsdesk.door.sessions import Sessions, login_page
from newsdesk.errors import BadInput
from newsdesk.keys import Key
from newsdesk.settings import Settings

ANYONE = Key("anyone", "admin", "")
LOGINS = parse("10/minute")
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/healthz", "/readyz", "/login", "/favicon.ico")
QUESTIONS = ("/api/answer", "/api/search", "/v1/chat/completions", "/mcp")
PROGRAMS = ("/api/", "/v1/", "/mcp", "/metrics", "/docs", "/openapi.json")


def needed(method: str, path: str) -> keys.Scope | None:
    """The scope that a request needs; None: it is open to all."""
    if path in OPEN:
        return None
    if not path.startswith(PROGRAMS):
        return "admin"  # the page can do everything
    if path == "/api/feedback":
        return "read" if method == "POST" else "admin"
    if method in SAFE or path in QUESTIONS:
        return "read"
    return "admin" if path.startswith("/api/articles/") else "write"


class Guard:
    """Lets through what is allowed, and answers the rest with a problem, or a browser with the login."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Raises BadInput where keys, login or rate limit cannot be used as they are set."""
        self._app = app
        self._settings = settings
        self._given = keys.given(settings.api_keys.get_secret_value())
        self._login = login_of(settings)
        self._sessions = Sessions(settings.home)
        self._origins = listed(settings.cors_origins)
        self._rates = SlidingWindowCounterRateLimiter(MemoryStorage())
        try:
            self._rate = parse(settings.rate_limit)
        except ValueError:
            raise BadInput(f"NEWSDESK_RATE_LIMIT={settings.rate_limit!r} is no rate. Try 1200/minute.") from None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # nothing here speaks it
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        else:
            request = Request(scope, receive)
            answer = await self._answer(request)
            await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """What is said in place of what was asked for; None where it is allowed."""
        if self._from_elsewhere(request):
            return problem(HTTPStatus.FORBIDDEN, "Another site's page sent this; NEWSDESK_CORS_ORIGINS would allow it.")
        known = [*self._given, *keys.stored(self._settings.home)]
        caller = self._caller(request, known)
        if too_often := self._too_often(request, caller):
            return too_often
        if request.url.path == "/login":
            return await login_page(request, self._sessions, self._login, known)
        scope = needed(request.method, request.url.path)
        if scope is None or (caller is not None and caller.allows(scope)):
            request.state.caller = caller
            return None
        return self._refusal(request, caller, scope)

    def _caller(self, request: Request, known: Sequence[Key]) -> Key | None:
        """Who asks: by key, by session, or anyone where nobody needs to say."""
        if not known and not self._login:
            return ANYONE
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind:
            return keys.find(secret.strip(), known) if kind.lower() == "bearer" else None
        return self._sessions.who(request.cookies, self._login, known)

    def _too_often(self, request: Request, caller: Key | None) -> Response | None:
        """A refusal where one caller, or one address that nobody vouches for, asks too often."""
        path, address = request.url.path, request.client.host if request.client else ""
        if path == "/login" and request.method == "POST":
            rate, who = LOGINS, f"login {address}"
        elif path.startswith(PROGRAMS):
            rate, who = self._rate, caller.name if caller and caller is not ANYONE else f"address {address}"
        else:
            return None
        if self._rates.hit(rate, who):
            return None
        headers = {"Retry-After": str(max(1, rate.get_expiry() // max(rate.amount, 1)))}
        return problem(HTTPStatus.TOO_MANY_REQUESTS, f"More than {rate} are not answered. Wait a little.", headers)

    def _from_elsewhere(self, request: Request) -> bool:
        """Whether a browser sends this from another site's page, which must change nothing here."""
        origin = request.headers.get("origin")
        if origin is None or request.method in SAFE or origin in self._origins:
            return False
        return urlsplit(origin).netloc != request.headers.get("host")

    def _refusal(self, request: Request, caller: Key | None, scope: keys.Scope) -> Response:
        path = request.url.path
        if caller is not None:
            return problem(HTTPStatus.FORBIDDEN, f"This needs a key with the scope {scope}; yours has {caller.scope}.")
        if request.method in SAFE and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/login?next={quote(path)}", HTTPStatus.SEE_OTHER)
        return problem(
            HTTPStatus.UNAUTHORIZED,
            "A key is needed, and none that is known was sent. Send one as: Authorization: Bearer KEY",
            {"WWW-Authenticate": 'Bearer realm="newsdesk"'},
        )


def login_of(settings: Settings) -> tuple[str, str] | None:
    """The user and the password, or its hash, that open the page. Raises BadInput for half of them."""
    text = settings.login.get_secret_value()
    user, colon, password = text.partition(":")
    if text and not (user and colon and password):
        raise BadInput("NEWSDESK_LOGIN must be user:password, or user: and what newsdesk keys hash prints.")
    if text:
        keys.is_password("", password)
    return (user, password) if text else None


def guarded(settings: Settings) -> bool:
    """Whether somebody must say who they are."""
    return bool(login_of(settings) or keys.given(settings.api_keys.get_secret_value()) or keys.stored(settings.home))


def listed(text: str) -> list[str]:
    """The parts of a setting with commas."""
    return [part.strip().rstrip("/") for part in text.split(",") if part.strip()]
