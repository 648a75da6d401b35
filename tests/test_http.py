from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler

import httpcore2
import pytest
import trustme

from ingest import http
from ingest.addresses import parse
from ingest.http import Limits, Reply, get, unpacked
from newsdesk.errors import Unreadable
from tests.site import Site, serve

LIMITS = Limits(connect=20, read=20, total=20, size=100_000)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def got(site: Site, path: str, limits: Limits = LIMITS) -> Reply:
    return get(parse(site.origin + path), {site.host}, limits)


def test_a_reply_is_what_the_server_sent(site: Site) -> None:
    site.put("/a?b=c", "<p>hello", "Text/HTML; charset=utf-8", ETag='"1"')
    reply = got(site, "/a?b=c")
    assert (reply.status, reply.body) == (200, b"<p>hello")
    assert (reply.content_type, reply.headers["etag"]) == ("text/html", '"1"')


def test_the_server_is_told_who_asks_and_by_which_name_it_was_called(site: Site) -> None:
    site.put("/", "x")
    got(site, "/")
    asked = site.asked[0][1]
    assert asked["user-agent"].startswith("newsdesk/")
    assert asked["host"] == site.host
    assert "cookie" not in asked


def test_a_private_host_gets_no_connection_unless_it_is_allowed(site: Site) -> None:
    site.put("/", "secret")
    with pytest.raises(Unreadable, match="private or reserved"):
        get(parse(site.origin), {"example.com"}, LIMITS)
    assert site.asked == []


def test_the_connection_goes_to_the_number_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time (DNS rebinding): it is asked only once."""
    site.put("/", "hello")
    port = parse(site.origin).port
    answers = ["127.0.0.1", "169.254.169.254"]
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *args: int, **kwargs: int) -> list[object]:
        name = answers.pop(0) if host == "rebinding.example" else host
        return list(real(name, port, *args, **kwargs))

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    reply = get(parse(f"http://rebinding.example:{port}/"), {"rebinding.example"}, LIMITS)
    assert reply.body == b"hello"
    assert answers == ["169.254.169.254"]
    assert site.asked[0][1]["host"] == f"rebinding.example:{port}"


def test_one_private_number_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(host: str, port: int, *args: int, **kwargs: int) -> list[object]:
        return [(2, 1, 6, "", (number, port)) for number in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(Unreadable, match="private or reserved"):
        get(parse("http://both.example/"), (), LIMITS)


def test_no_proxy_of_the_environment_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.origin)
    monkeypatch.setenv("ALL_PROXY", site.origin)
    with pytest.raises(Unreadable, match="private or reserved"):
        get(parse("http://10.0.0.1/"), (), LIMITS)
    assert site.asked == []


def test_gzip_is_undone(site: Site) -> None:
    site.put("/", gzip.compress(b"hello " * 1000), Content_Encoding="gzip")
    assert got(site, "/").body == b"hello " * 1000


@pytest.mark.parametrize("length", [0, 1, 2**16 - 1, 2**16, 2**16 + 1, 99_999])
def test_gzip_is_undone_to_the_last_byte(length: int) -> None:
    assert unpacked(gzip.compress(b"a" * length), 100_000) == b"a" * length


def test_a_gzip_bomb_is_refused_before_it_swells(site: Site) -> None:
    site.put("/", gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
    with pytest.raises(Unreadable, match="larger than"):
        got(site, "/")


@pytest.mark.parametrize(
    ("content", "coding", "reason"),
    [
        (b"no gzip at all", "gzip", "damaged"),
        (gzip.compress(b"hello" * 100)[:-9], "gzip", "broke off"),
        (b"x", "br", "not asked for"),
        (b"x", "gzip, gzip", "not asked for"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_refused(site: Site, content: bytes, coding: str, reason: str) -> None:
    site.put("/", content, Content_Encoding=coding)
    with pytest.raises(Unreadable, match=reason):
        got(site, "/")


def test_a_body_that_is_announced_too_large_is_not_read(site: Site) -> None:
    site.put("/", b"a" * 100_001)
    with pytest.raises(Unreadable, match="larger than"):
        got(site, "/")


def test_an_endless_body_is_left(site: Site) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"a" * 10_000)

    site.do("/", endless)
    with pytest.raises(Unreadable, match="larger than"):
        got(site, "/")


@pytest.mark.parametrize("after_headers", [True, False])
def test_a_slow_drip_is_left_when_the_time_is_over(site: Site, after_headers: bool) -> None:
    """Each byte comes well within the time for one read; only the time for the whole ends it."""

    pause = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        if after_headers:
            request.send_response(200)
            request.end_headers()
        else:
            request.wfile.write(b"HTTP/1.0 200 OK\r\nX-Header: ")
        while True:
            request.wfile.write(b"a")
            pause.wait(0.02)

    site.do("/", drip)
    began = time.monotonic()
    with pytest.raises(Unreadable, match="no answer in time"):
        got(site, "/", Limits(total=0.4))
    assert time.monotonic() - began < 10


def test_a_server_that_says_nothing_is_left(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreadable, match="no answer in time"):
            get(parse(f"http://{address}/"), {address}, Limits(read=0.2))


def test_a_port_where_nobody_listens_is_said_to_give_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(Unreadable, match="no connection"):
        get(parse(f"http://{address}/"), {address}, LIMITS)


def test_a_server_without_tls_is_said_to_give_no_secure_connection(site: Site) -> None:
    with pytest.raises(Unreadable, match="no secure connection"):
        get(parse(site.origin.replace("http", "https")), {site.host}, LIMITS)


def trusted(monkeypatch: pytest.MonkeyPatch, authority: trustme.CA) -> None:
    """Take the certificates of an authority of the test's own for good."""
    context = httpcore2.default_ssl_context()
    authority.configure_trust(context)
    monkeypatch.setattr(http, "_tls", lambda: context)


def served_with_tls(authority: trustme.CA, name: str) -> AbstractContextManager[Site]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return serve(context)


def test_a_certificate_is_held_against_the_name_though_the_connection_goes_to_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = trustme.CA()
    trusted(monkeypatch, authority)
    with served_with_tls(authority, "localhost") as site:
        site.put("/", "hello")
        port = parse(site.origin).port
        assert get(parse(f"https://localhost:{port}/"), {"localhost"}, LIMITS).body == b"hello"
        with pytest.raises(Unreadable, match=r"certificate is not to be trusted .*127\.0\.0\.1"):
            get(parse(f"https://127.0.0.1:{port}/"), {"127.0.0.1"}, LIMITS)


def test_a_certificate_of_nobody_known_is_not_trusted() -> None:
    with served_with_tls(trustme.CA(), "localhost") as site:
        address = parse(site.origin.replace("127.0.0.1", "localhost"))
        with pytest.raises(Unreadable, match="certificate is not to be trusted"):
            get(address, {"localhost"}, LIMITS)
        assert site.asked == []


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "audio/mpeg", "font/woff2"])
def test_a_picture_or_film_is_not_loaded(site: Site, kind: str) -> None:
    site.put("/", b"a" * 1000, kind)
    with pytest.raises(Unreadable, match=f"no article but {kind}"):
        got(site, "/")


@pytest.mark.parametrize("raw", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b""])
def test_an_answer_that_is_no_http_is_said_to_break_off(site: Site, raw: bytes) -> None:
    site.do("/", lambda request: request.wfile.write(raw))
    with pytest.raises(Unreadable, match="broke off"):
        got(site, "/")
