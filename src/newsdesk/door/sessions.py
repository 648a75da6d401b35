"""Sessions of the page: a login or an admin key, once given, is remembered in a signed cookie.

The cookie says who, until when, and is signed with a secret of the data folder and the credential itself: a changed
password or a revoked key ends the sessions that were begun with it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from html import escape
from http import HTTPStatus
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from newsdesk import keys
from newsdesk.keys import Key

COOKIE = "newsdesk_session"
SECONDS = 14 * 24 * 3600
Login = tuple[str, str] | None
"""User, and password or its hash."""


class Sessions:
    """Signs and checks the cookies of one data folder."""

    def __init__(self, home: Path) -> None:
        self._secret = _secret(home / "session.key")

    def begin(self, who: Key) -> str:
        """The cookie of a session that begins now."""
        return self._signed(who, int(time.time()) + SECONDS)

    def who(self, cookies: Mapping[str, str], login: Login, known: Sequence[Key]) -> Key | None:
        """Whose session the cookies carry; None for none that holds."""
        cookie = cookies.get(COOKIE, "")
        until = cookie.partition(".")[0]
        if not until.isdecimal() or len(until) > 12 or int(until) < time.time():
            return None
        for one in [*known, *([_of_login(login)] if login else [])]:
            if hmac.compare_digest(self._signed(one, int(until)).encode(), cookie.encode("utf-8", "replace")):
                return one
        return None

    def _signed(self, who: Key, until: int) -> str:
        words = f"{until}\n{who.name}\n{who.scope}\n{who.digest}"
        return f"{until}.{hmac.new(self._secret, words.encode(), hashlib.sha256).hexdigest()}"


async def login_page(request: Request, sessions: Sessions, login: Login, known: Sequence[Key]) -> Response:
    """The form, or what became of what was filled in."""
    if request.method != "POST":
        return _form("", HTTPStatus.OK)
    async with request.form(max_fields=4, max_files=0) as form:
        user, password = str(form.get("user", ""))[:200], str(form.get("password", ""))[:1000]
    who = await run_in_threadpool(_recognised, user, password, login, known)
    if who is None:
        return _form("That is not known here.", HTTPStatus.UNAUTHORIZED)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, sessions.begin(who), SECONDS, httponly=True, samesite="strict", secure=secure)
    return answer


def _recognised(user: str, password: str, login: Login, known: Sequence[Key]) -> Key | None:
    """Who logs in: the user of the login, or the bearer of an admin key, given as the password."""
    if login and hmac.compare_digest(user.encode(), login[0].encode()) and keys.is_password(password, login[1]):
        return _of_login(login)
    key = keys.find(password, known)
    return key if key and key.allows("admin") else None


def _of_login(login: tuple[str, str]) -> Key:
    return Key(f"login {login[0]}", "admin", keys.digest(login[1]))


def _secret(path: Path) -> bytes:
    """The secret of that file, made where there is none, for its owner's eyes alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def _form(notice: str, status: int) -> HTMLResponse:
    told = f'<p role="alert">{escape(notice)}</p>' if notice else ""
    return HTMLResponse(FORM.replace("NOTICE", told), status)


FORM = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>newsdesk</title><style>
body{font:1.05rem/1.5 Georgia,serif;max-width:22rem;margin:18vh auto;padding:0 1rem}
label{display:block;margin:.8rem 0}input{display:block;width:100%;font:inherit;padding:.4rem;box-sizing:border-box}
button{font:inherit;padding:.4rem 1.2rem}</style></head>
<body><main><h1>newsdesk</h1>NOTICE<form method="post" action="/login">
<label>User <input name="user" autocomplete="username" autofocus></label>
<label>Password, or an admin key
<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form></main></body></html>"""
