"""Nobody comes in who may not: keys and their scopes, the login, other hosts, other sites, too much, too often."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from newsdesk import keys, server
from newsdesk.api import create_api
from newsdesk.assistant import Assistant
from newsdesk.desk import open_desk
from newsdesk.door import behind
from newsdesk.door.guard import needed
from newsdesk.door.headers import policy
from newsdesk.errors import BadInput, NotFound
from newsdesk.logs import Lines
from newsdesk.settings import Settings

Door = Callable[..., TestClient]
HERE = "http://127.0.0.1:7860"
ASK = {"question": "the ferry ran aground at noon"}
ARTICLE = {"id": "ferry", "text": "The ferry ran aground at noon. Nobody was hurt."}
PROGRAMS = ("/api/articles", "/v1/models", "/metrics", "/openapi.json", "/mcp")


@pytest.fixture
def door(assistant: Assistant) -> Iterator[Door]:
    """Opens the API behind its door, with these settings."""
    with ExitStack() as opened:

        def open_door(**settings: Any) -> TestClient:
            given = replace(assistant, settings=assistant.settings.model_copy(update=settings))
            desk = opened.enter_context(open_desk(given))
            return TestClient(behind(create_api(desk), desk), base_url=HERE, follow_redirects=False)

        yield open_door


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def problem(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_where_nothing_is_set_anyone_on_this_machine_may_do_anything(door: Door) -> None:
    client = door()
    assert client.post("/api/articles", json=ARTICLE).json()["added"] == 1
    assert client.post("/api/answer", json=ASK).json()["answered"] is True
    assert client.delete("/api/articles/ferry").status_code == 204


def test_once_there_is_a_key_nothing_is_told_without_one(door: Door, settings: Settings) -> None:
    client, secret = door(), keys.add(settings.home, "me", "read")
    for path in PROGRAMS:
        refused = client.get(path)
        assert "key is needed" in problem(refused, 401)
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert client.get(path, headers=bearer(secret[:-1])).status_code == 401
        if path != "/mcp":  # which takes no GET
            assert client.get(path, headers=bearer(secret)).status_code == 200
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/api/answer", "read"),
        ("POST", "/api/search", "read"),
        ("GET", "/api/articles/a/b", "read"),
        ("POST", "/api/feedback", "read"),
        ("POST", "/v1/chat/completions", "read"),
        ("POST", "/mcp", "read"),
        ("GET", "/metrics", "read"),
        ("POST", "/api/articles", "write"),
        ("POST", "/api/ingest", "write"),
        ("DELETE", "/api/ingest/1", "write"),
        ("POST", "/api/evaluations", "write"),
        ("POST", "/api/question-sets", "write"),
        ("DELETE", "/api/articles/a", "admin"),
        ("GET", "/api/feedback", "admin"),
        ("GET", "/", "admin"),
        ("POST", "/gradio_api/queue/join", "admin"),
        ("GET", "//api/articles", "admin"),
        ("GET", "/healthz", None),
    ],
)
def test_each_request_needs_a_scope(method: str, path: str, scope: str | None) -> None:
    assert needed(method, path) == scope


def test_a_scope_covers_those_below_it_and_none_above(door: Door, settings: Settings) -> None:
    client = door()
    reader, writer, admin = (keys.add(settings.home, scope, scope) for scope in keys.SCOPES)
    assert "scope write" in problem(client.post("/api/articles", json=ARTICLE, headers=bearer(reader)), 403)
    assert client.post("/api/articles", json=ARTICLE, headers=bearer(writer)).status_code == 200
    assert client.post("/api/answer", json=ASK, headers=bearer(writer)).status_code == 200
    assert "scope admin" in problem(client.delete("/api/articles/ferry", headers=bearer(writer)), 403)
    assert client.delete("/api/articles/ferry", headers=bearer(admin)).status_code == 204


def test_a_revoked_key_opens_nothing_and_ends_its_sessions(door: Door, settings: Settings) -> None:
    client, secret = door(), keys.add(settings.home, "me", "admin")
    keys.add(settings.home, "other", "read")
    assert client.post("/login", data={"password": secret}).status_code == 303
    assert client.get("/api/articles").status_code == client.get("/api/articles", headers=bearer(secret)).status_code
    keys.revoke(settings.home, "me")
    assert client.get("/api/articles").status_code == 401
    assert client.get("/api/articles", headers=bearer(secret)).status_code == 401


def test_keys_of_the_setting_have_scopes_too(door: Door) -> None:
    client = door(api_keys=SecretStr("reading-reading-reading, writing-writing-writing:write"))
    assert client.post("/api/articles", json=ARTICLE, headers=bearer("reading-reading-reading")).status_code == 403
    assert client.post("/api/articles", json=ARTICLE, headers=bearer("writing-writing-writing")).status_code == 200


@pytest.mark.parametrize("setting", ["short", "long-enough-long-enough:root"])
def test_a_setting_of_keys_that_are_none_is_refused_without_being_told(door: Door, setting: str) -> None:
    with pytest.raises(BadInput) as refused:
        door(api_keys=SecretStr(setting))
    assert setting.partition(":")[0] not in str(refused.value)


@pytest.mark.parametrize("kept", ["open sesame", keys.hash_password("open sesame")])
def test_a_login_opens_the_page_and_the_api_for_a_session(door: Door, kept: str) -> None:
    client = door(login=SecretStr(f"ada:{kept}"))
    sent = client.get("/", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/")
    assert "<form" in client.get("/login").text
    wrong = client.post("/login", data={"user": "ada", "password": "open barley"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = client.post("/login", data={"user": "ada", "password": "open sesame"})
    assert right.status_code == 303
    for part in ("HttpOnly", "SameSite=strict"):
        assert part in right.headers["set-cookie"]
    assert client.post("/api/articles", json=ARTICLE).status_code == 200
    forged = {"cookie": f"newsdesk_session={client.cookies['newsdesk_session'][:-1]}x"}
    client.cookies.clear()
    assert client.get("/api/articles", headers=forged).status_code == 401


def test_only_an_admin_key_opens_the_page(door: Door, settings: Settings) -> None:
    client, secret = door(), keys.add(settings.home, "me", "write")
    assert client.post("/login", data={"password": secret}).status_code == 401


@pytest.mark.parametrize("login", ["ada", "ada:", ":x"])
def test_half_a_login_is_refused(door: Door, login: str) -> None:
    with pytest.raises(BadInput, match="user:password"):
        door(login=SecretStr(login))


def test_passwords_are_not_tried_without_end(door: Door) -> None:
    client = door(login=SecretStr("ada:open sesame"))
    tried = [client.post("/login", data={"user": "ada", "password": str(n)}).status_code for n in range(12)]
    assert tried[:10] == [401] * 10
    assert tried[-1] == 429


def test_one_caller_may_not_ask_too_often_and_is_told_when_to_come_back(door: Door) -> None:
    client = door(rate_limit="3/minute")
    asked = [client.get("/api/articles") for _ in range(5)]
    assert [one.status_code for one in asked] == [200, 200, 200, 429, 429]
    assert int(asked[-1].headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200


def test_a_rate_that_is_none_is_refused(door: Door) -> None:
    with pytest.raises(BadInput, match="NEWSDESK_RATE_LIMIT"):
        door(rate_limit="often")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "10.0.0.1"])
def test_on_the_own_machine_a_foreign_name_leads_nowhere(door: Door, host: str) -> None:
    assert "name" in problem(door().get("/healthz", headers={"host": host}), 421)


@pytest.mark.parametrize("host", ["localhost:7860", "[::1]:7860", "news.example.org"])
def test_known_names_are_answered(door: Door, host: str) -> None:
    assert door(hosts="news.example.org").get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
def test_another_sites_page_changes_nothing_here(door: Door, origin: str) -> None:
    client = door()
    assert "site" in problem(client.post("/api/articles", json=ARTICLE, headers={"origin": origin}), 403)
    assert client.post("/api/articles", json=ARTICLE, headers={"origin": HERE}).status_code == 200


def test_other_sites_may_call_only_where_they_are_named(door: Door) -> None:
    asks = {"origin": "https://news.example.org", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in door().options("/api/answer", headers=asks).headers
    client = door(cors_origins="https://news.example.org")
    asked = client.options("/api/answer", headers={**asks, "access-control-request-headers": "authorization"})
    assert asked.headers["access-control-allow-origin"] == "https://news.example.org"
    assert client.post("/api/search", json=ASK, headers={"origin": "https://news.example.org"}).status_code == 200
    other = client.options("/api/answer", headers={**asks, "origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


def test_what_is_too_large_is_refused_told_beforehand_or_not(door: Door) -> None:
    client, much = door(), b'{"question": "' + b"x" * (3 * 2**20) + b'"}'
    kind = {"content-type": "application/json"}
    assert "2 MB" in problem(client.post("/api/answer", content=much, headers=kind), 413)
    pieces = (much[at : at + 2**18] for at in range(0, len(much), 2**18))
    assert "2 MB" in problem(client.post("/api/answer", content=pieces, headers=kind), 413)


def test_every_response_carries_the_headers_that_hold_a_browser_back(door: Door) -> None:
    client = door(login=SecretStr("ada:open sesame"))
    for response in (client.get("/healthz"), client.get("/api/articles"), client.get("/login")):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-request-id"]
        assert "server" not in response.headers


def test_a_page_runs_the_scripts_it_was_sent_with_and_no_others() -> None:
    allowed = policy(b"<script>one()</script><script type=module src='/a.js'></script><SCRIPT\n>two()</SCRIPT >")
    assert allowed.count("sha256-") == 2
    assert "'unsafe-inline'" not in allowed.partition("style-src")[0]
    assert "sha256-" not in policy(b"<p>")


def test_logs_name_requests_and_callers_and_tell_no_key_and_no_question(
    door: Door, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client, secret = door(), keys.add(settings.home, "me", "read")
    with caplog.at_level(logging.INFO, "newsdesk"):
        client.post("/api/answer", json=ASK, headers={**bearer(secret), "x-request-id": "of-a-proxy"})
        client.get(f"/api/articles?search={secret}", headers=bearer(f"{secret}x"))
    lines = [Lines().format(record) for record in caplog.records if record.name == "newsdesk.requests"]
    first = json.loads(lines[0])
    assert (first["path"], first["status"], first["caller"]) == ("/api/answer", 200, "me")
    assert secret not in "".join(lines)
    assert "ferry" not in "".join(lines)


def test_a_key_that_reaches_a_log_all_the_same_is_hidden(tmp_path: Path) -> None:
    secret = keys.add(tmp_path, "me", "read")
    record = logging.LogRecord("newsdesk", logging.ERROR, "", 0, "sent %s and Bearer abc", (secret,), None)
    assert json.loads(Lines().format(record))["message"] == "sent (hidden) and Bearer (hidden)"


def test_of_keys_only_hashes_are_kept_for_the_owners_eyes(tmp_path: Path) -> None:
    secret = keys.add(tmp_path, "me", "read")
    path = tmp_path / "keys.json"
    assert secret not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(BadInput, match="already"):
        keys.add(tmp_path, "me", "read")
    with pytest.raises(BadInput, match="no scope"):
        keys.add(tmp_path, "you", "root")
    with pytest.raises(NotFound):
        keys.revoke(tmp_path, "nobody")


def test_a_file_of_keys_that_cannot_be_read_opens_nothing(door: Door, settings: Settings) -> None:
    client = door()
    (settings.home / "keys.json").write_text("{")
    with pytest.raises(BadInput, match="holds no keys"):
        client.get("/api/articles")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.168.1.2"}, True),
        ({"host": "::"}, True),
        ({"host": "127.0.0.1"}, False),
        ({"host": "::1"}, False),
        ({"host": "0.0.0.0", "open": True}, False),
        ({"host": "0.0.0.0", "login": SecretStr("ada:open sesame")}, False),
        ({"host": "0.0.0.0", "api_keys": SecretStr("long-enough-long-enough")}, False),
    ],
)
def test_nobody_listens_on_a_network_without_keys_unless_told_so(
    settings: Settings, given: dict[str, Any], refused: bool
) -> None:
    asked = settings.model_copy(update=given)
    if refused:
        with pytest.raises(BadInput, match="--open-to-anyone"):
            server.refuse_to_be_open(asked)
    else:
        server.refuse_to_be_open(asked)


def test_keys_and_login_are_in_no_text_of_the_settings() -> None:
    settings = Settings(login=SecretStr("ada:open sesame"), api_keys=SecretStr("long-enough-long-enough"))
    for text in (repr(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "sesame" not in text
        assert "enough" not in text
