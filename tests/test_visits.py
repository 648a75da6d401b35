from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ingest.addresses import parse
from ingest.http import Limits, Reply
from ingest.visits import Visits
from newsdesk.errors import Unreadable
from tests.site import Site, serve


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def visits(site: Site, pause: float = 0) -> Visits:
    return Visits({site.host}, pause, Limits(connect=20, read=20, total=20))


def opened(site: Site, path: str) -> Reply:
    return visits(site).open(parse(site.origin + path), {})


def test_redirects_are_followed_to_the_page(site: Site) -> None:
    site.put("/new/page", "hello")
    site.redirect("/older", "/old", 301)
    site.redirect("/old", "new/page", 308)
    reply = opened(site, "/older")
    assert (reply.body, str(reply.address)) == (b"hello", f"{site.origin}/new/page")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "private or reserved"),
        ("http://[::ffff:127.0.0.1]/", "private or reserved"),
        ("http://localhost/", "private or reserved"),
        ("//10.0.0.1/", "private or reserved"),
        ("file:///etc/passwd", "only http"),
        ("http://user:secret@example.com/", "name and password"),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_not_followed(site: Site, target: str, reason: str) -> None:
    site.redirect("/a", target)
    with pytest.raises(Unreadable, match=reason) as refusal:
        opened(site, "/a")
    assert "secret" not in str(refusal.value)


def test_an_allowed_host_may_not_send_to_another_port_of_it(site: Site) -> None:
    with serve() as other:
        other.put("/", "secret")
        site.redirect("/a", other.origin)
        with pytest.raises(Unreadable, match=r"it leads to .*private or reserved"):
            opened(site, "/a")
        assert other.asked == []


def test_redirects_in_a_circle_come_to_an_end(site: Site) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    with pytest.raises(Unreadable, match="more than 5 times"):
        opened(site, "/a")
    assert len(site.paths()) == 6


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "login"),
        (403, "refuses programs"),
        (404, "no such page"),
        (410, "taken away"),
        (500, "trouble"),
        (204, "204"),
    ],
)
def test_a_status_is_said_in_words(site: Site, status: int, reason: str) -> None:
    site.put("/a", "x", status=status)
    with pytest.raises(Unreadable, match=reason):
        opened(site, "/a")


def test_a_304_that_was_not_asked_for_is_a_fault(site: Site) -> None:
    site.put("/a", "", status=304)
    with pytest.raises(Unreadable, match="status 304"):
        opened(site, "/a")


def test_a_page_that_robots_txt_closes_is_not_asked_for(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/*.html$\n", "text/plain")
    site.put("/private/a.html", "x")
    site.put("/private/a.html?b", "open")
    with pytest.raises(Unreadable, match=r"robots\.txt"):
        opened(site, "/private/a.html")
    assert site.paths() == []
    assert opened(site, "/private/a.html?b").body == b"open"


def test_robots_txt_can_speak_to_newsdesk_alone(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nAllow: /\n\nUser-agent: Newsdesk\nDisallow: /\n", "text/plain")
    with pytest.raises(Unreadable, match=r"robots\.txt"):
        opened(site, "/a")


def test_robots_txt_is_asked_of_the_page_that_a_redirect_leads_to(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /b\n", "text/plain")
    site.redirect("/a", "/b")
    with pytest.raises(Unreadable, match=r"it leads to .*robots\.txt"):
        opened(site, "/a")


def test_robots_txt_is_read_once_in_a_run(site: Site) -> None:
    site.put("/a", "x")
    run = visits(site)
    for _ in range(3):
        run.open(parse(f"{site.origin}/a"), {})
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a", "/a", "/a"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_where_robots_txt_cannot_be_had_nothing_is_asked_for(site: Site, status: int) -> None:
    site.put("/robots.txt", "", status=status)
    site.put("/a", "x")
    run = visits(site)
    for _ in range(2):
        with pytest.raises(Unreadable, match=r"robots\.txt cannot be had"):
            run.open(parse(f"{site.origin}/a"), {})
    assert [path for path, _ in site.asked] == ["/robots.txt"]


@pytest.mark.parametrize("body", [b"<html>not found</html>", b"\xff\xfe\x00", b"Disallow", b"a" * 1_000_000])
def test_a_robots_txt_that_is_none_closes_nothing(site: Site, body: bytes) -> None:
    site.put("/robots.txt", body)
    site.put("/a", "x")
    assert opened(site, "/a").body == b"x"


def test_visits_to_one_host_keep_their_distance(site: Site) -> None:
    for path in ("/a", "/b", "/c"):
        site.put(path, "x")
    run = visits(site, pause=0.1)
    began = time.monotonic()
    for path in ("/a", "/b", "/c"):
        run.open(parse(site.origin + path), {})
    assert time.monotonic() - began >= 0.2


def test_a_host_that_asks_for_more_distance_gets_it(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.2\n", "text/plain")
    site.put("/a", "x")
    run = visits(site)
    began = time.monotonic()
    for _ in range(2):
        run.open(parse(f"{site.origin}/a"), {})
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_has_had_enough_is_left_alone_for_the_run(site: Site, status: int) -> None:
    site.put("/a", "x", status=status)
    site.put("/b", "x")
    run = visits(site)
    for path in ("/a", "/b"):
        with pytest.raises(Unreadable, match="in an hour"):
            run.open(parse(site.origin + path), {})
    assert site.paths() == ["/a"]
