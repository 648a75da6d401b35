from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.addresses import parse, slug
from ingest.http import Limits
from ingest.pipeline import Report, ingest, remove
from ingest.visits import Visits
from ingest.web import Web, fetch, open_web
from newsdesk.archive import Archive
from newsdesk.errors import Unreadable
from newsdesk.settings import Settings
from newsdesk.types import Article
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder
from tests.site import SENTENCES, Site, serve, story

WHOLE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 3)
PUBLISHED = '<meta property="article:published_time" content="2031-03-04T08:00:00Z">'


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def web(site: Site) -> Web:
    return Web(Visits({site.host}, 0, Limits(connect=20, read=20, total=20)))


def articles(url: str, web: Web) -> list[Article]:
    found = list(fetch(url, web))
    assert [str(one) for one in found if isinstance(one, Unreadable)] == []
    return [one for one in found if isinstance(one, Article)]


def faults(url: str, web: Web) -> list[str]:
    return [str(one) for one in fetch(url, web) if isinstance(one, Unreadable)]


def rss(*items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Tollen Post</title>{inner}</channel></rss>"


def sitemap(*urls: str) -> str:
    inner = "".join(f"<url>{url}</url>" for url in urls)
    return (
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        f" xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{inner}</urlset>"
    )


# Pages


def test_a_page_is_its_article_under_its_address(site: Site, web: Web) -> None:
    url = site.put("/2031/ferry", story(head=PUBLISHED))
    (article,) = articles(url, web)
    assert article.text == "\n\n".join(SENTENCES)
    assert article.title == "Last crossing of the Tollen ferry"
    assert article.url == url
    assert article.id == f"{site.host}/2031/ferry"
    assert article.published == datetime(2031, 3, 4, 8, tzinfo=UTC)


def test_a_page_that_says_no_date_has_none(site: Site, web: Web) -> None:
    url = site.put(
        "/ferry", story(), Last_Modified="Tue, 04 Mar 2031 08:00:00 GMT", Date="Tue, 04 Mar 2031 08:00:00 GMT"
    )
    (article,) = articles(url, web)
    assert (article.published, article.dated_by) == (None, None)


def test_the_same_page_by_another_way_is_the_same_article(site: Site, web: Web) -> None:
    site.put("/ferry", story())
    site.put("/ferry?utm_source=mail&fbclid=x", story())
    site.redirect("/short", "/ferry?utm_source=mail&fbclid=x")
    found = [articles(site.origin + path, web)[0] for path in ("/ferry", "/ferry?utm_source=mail&fbclid=x", "/short")]
    assert found[0] == found[1] == found[2]


def test_a_page_states_its_own_address_but_none_of_another_site(site: Site, web: Web) -> None:
    own = site.put("/amp/ferry", story(head=f'<link rel="canonical" href="{site.origin}/ferry">'))
    other = site.put("/copy", story(head='<link rel="canonical" href="https://other.example/ferry">'))
    assert articles(own, web)[0].id == f"{site.host}/ferry"
    assert articles(other, web)[0].url == f"{site.origin}/copy"


@pytest.mark.parametrize("charset", ["iso-8859-2", "windows-1251", "utf-16"])
def test_the_encoding_that_the_server_states_is_used(site: Site, web: Web, charset: str) -> None:
    title = "Паром ушёл" if charset == "windows-1251" else "Żółta łódź"
    url = site.put("/a", story(title).encode(charset), f"text/html; charset={charset}")
    assert articles(url, web)[0].title == title


def test_an_encoding_that_no_page_is_in_costs_no_time(site: Site, web: Web) -> None:
    """Punycode, which is for the names of hosts, would take hours."""
    page = story("Żółta łódź", head="<meta charset=punycode>").encode("iso-8859-2") + b"<!-- a-" + b"zzz9" * 500_000
    assert len(faults(site.put("/a", page, "text/html; charset=Punycode"), web)) == 1


def test_a_page_without_an_article_names_the_feed_that_it_has(site: Site, web: Web) -> None:
    front = '<link rel="alternate" type="application/rss+xml" href="/feed?a&amp;b"><a href="/1">One</a>'
    (fault,) = faults(site.put("/", front), web)
    assert fault.startswith(f"{site.origin}/: ")
    assert fault.endswith(f"{site.origin}/feed?a&b")


def test_a_fault_names_the_address_and_not_the_password_in_it(web: Web) -> None:
    (fault,) = faults("https://user:hunter2@example.com/\x1b[31ma", web)
    assert "hunter2" not in fault
    assert "example.com" in fault
    assert "\x1b" not in fault


@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://169.254.169.254/", "file:///etc/passwd", "http://[", "http://"]
)
def test_where_nobody_may_go_is_a_fault_and_no_error(web: Web, url: str) -> None:
    assert len(faults(url, web)) == 1


@pytest.mark.parametrize(
    "body", ["<div>" * 50_000 + "x", "<html>" + "\0" * 5000, "<!DOCTYPE html>", "<p>" + "a" * 2_000_000]
)
def test_a_hostile_page_is_one_fault(site: Site, web: Web, body: str) -> None:
    assert len(faults(site.put("/", body), web)) == 1


# Files


def test_a_text_or_markdown_file_is_an_article_with_its_address(site: Site, web: Web) -> None:
    for path, kind in [("/notes/ferry.txt", "text/plain"), ("/ferry.md", "application/octet-stream")]:
        url = site.put(path, "The last ferry\n\n" + "\n\n".join(SENTENCES), kind)
        (article,) = articles(url, web)
        assert (article.url, article.id) == (url, slug(parse(url)))


def test_records_keep_their_own_ids_and_addresses(site: Site, web: Web) -> None:
    lines = [
        json.dumps({"text": " ".join(SENTENCES), **more}) for more in ({"id": "a-1"}, {"url": "https://x.example/2"})
    ]
    first, second = articles(site.put("/all.jsonl", "\n".join(lines), "application/x-ndjson"), web)
    assert (first.id, first.url) == ("a-1", None)
    assert second.url == "https://x.example/2"


@pytest.mark.parametrize(("path", "kind"), [("/a.exe", "application/x-msdownload"), ("/a.css", "text/css")])
def test_what_is_no_article_is_refused_by_its_kind(site: Site, web: Web, path: str, kind: str) -> None:
    assert kind in faults(site.put(path, "MZ", kind), web)[0]


# Feeds


def test_a_feed_gives_the_pages_that_it_names_newest_first(site: Site, web: Web) -> None:
    for name in "abc":
        site.put(f"/{name}", story(f"Story {name} of the Tollen ferry"))
    items = [
        f"<link>/{name}</link><pubDate>{day} Mar 2031 08:00:00 GMT</pubDate>"
        for name, day in [("a", 3), ("b", 5), ("c", 4)]
    ]
    found = articles(site.put("/feed", rss(*items), "text/html"), web)
    assert [article.url for article in found] == [f"{site.origin}/{name}" for name in "bca"]


def test_what_the_feed_says_counts_only_where_the_page_says_nothing(site: Site, web: Web) -> None:
    said = "<title>Feed title</title><pubDate>Wed, 05 Mar 2031 08:00:00 GMT</pubDate><author>Ilse Varga</author>"
    site.put("/dated", story(head=PUBLISHED))
    site.put("/silent", story())
    url = site.put("/feed", rss(f"{said}<link>/dated</link>", f"{said}<link>/silent</link>"), "application/rss+xml")
    by_id = {article.id.rpartition("/")[2]: article for article in articles(url, web)}
    dated, silent = by_id["dated"], by_id["silent"]
    assert dated.published == datetime(2031, 3, 4, 8, tzinfo=UTC)
    assert dated.dated_by != "feed"
    assert dated.title == "Last crossing of the Tollen ferry"
    assert silent.published == datetime(2031, 3, 5, 8, tzinfo=UTC)
    assert (silent.dated_by, silent.authors, silent.publisher) == ("feed", ("Ilse Varga",), "Tollen Post")


def test_an_article_that_the_feed_carries_whole_costs_no_visit(site: Site, web: Web) -> None:
    item = (
        "<title>Last crossing</title><link>/ferry?utm_source=rss</link><pubDate>Wed, 05 Mar 2031 08:00:00 GMT</pubDate>"
        f"<description><![CDATA[{WHOLE}]]></description>"
    )
    (article,) = articles(site.put("/feed", rss(item), "application/rss+xml"), web)
    assert site.paths() == ["/feed"]
    assert (article.id, article.url) == (f"{site.host}/ferry", f"{site.origin}/ferry")
    assert (article.title, article.dated_by, article.text) == ("Last crossing", "feed", "\n\n".join(SENTENCES * 3))


def test_a_feed_cannot_put_words_into_another_sites_article(site: Site, web: Web) -> None:
    with serve() as other:
        other.put("/ferry", story())
        item = f"<link>{other.origin}/ferry</link><description>{WHOLE}</description>"
        feed = site.put("/feed", rss(item.replace("<p>", "&lt;p>").replace("</p>", "&lt;/p>")), "application/rss+xml")
        (article,) = articles(feed, Web(Visits({site.host, other.host}, 0)))
        assert other.paths() == ["/ferry"]
        assert article.text == "\n\n".join(SENTENCES)


def test_a_carried_article_without_an_address_has_an_id_that_stays(site: Site, web: Web) -> None:
    items = [f"<title>{title}</title><description><![CDATA[{WHOLE}]]></description>" for title in ("One", "Two")]
    both = articles(site.put("/feed", rss(*items), "application/rss+xml"), web)
    (later,) = articles(site.put("/feed", rss(items[1]), "application/rss+xml"), web)
    assert later.id == both[1].id
    assert {article.url for article in both} == {None}


def test_the_broken_pages_of_a_feed_are_named_and_the_others_go_in(site: Site, web: Web) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /closed\n", "text/plain")
    site.put("/good", story())
    site.put("/list", "<html><body><ul><li><a href='/1'>One</a></ul></body></html>")
    links = ["/missing", "/closed", "/good", "/list", "http://10.0.0.1/", "javascript:alert(1)", "http://["]
    url = site.put("/feed", rss(*[f"<link>{link}</link>" for link in links], "<title>x</title>"), "application/rss+xml")
    found = list(fetch(url, web))
    assert [one.id for one in found if isinstance(one, Article)] == [f"{site.host}/good"]
    reasons = "\n".join(str(one) for one in found if isinstance(one, Unreadable))
    assert len(reasons.split("\n")) == 7
    for words in ("/missing: status 404", "/closed: robots.txt", "no article", "10.0.0.1/: ", "only http", "neither"):
        assert words in reasons


def test_a_feed_that_names_itself_or_another_feed_ends(site: Site, web: Web) -> None:
    site.put("/other", rss("<link>/feed</link>"), "application/rss+xml")
    url = site.put(
        "/feed", rss("<link>/feed</link>", "<link>/other</link>", "<link>/feed</link>"), "application/rss+xml"
    )
    assert ["further feed" in fault for fault in faults(url, web)] == [True, True]
    assert len(site.paths()) == 3


def test_of_a_long_feed_the_newest_are_read_and_that_is_said(
    site: Site, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    site.put("/1", story())
    items = [f"<link>/{n}</link><pubDate>{10 - n} Mar 2031 08:00:00 GMT</pubDate>" for n in range(1, 6)]
    url = site.put("/feed", rss(*items), "application/rss+xml")
    assert [article.id for article in articles(url, replace(web, pages=1))] == [f"{site.host}/1"]
    assert f"{url} names more than 1 pages; the newest are read" in caplog.text


# Sitemaps


def test_a_sitemaps_lastmod_dates_no_article(site: Site, web: Web) -> None:
    site.put("/a", story())
    url = site.put("/sitemap.xml", sitemap(f"<loc>{site.origin}/a</loc><lastmod>2031-03-04</lastmod>"), "text/xml")
    (article,) = articles(url, web)
    assert (article.published, article.dated_by) == (None, None)


def test_a_news_sitemap_gives_day_and_paper_where_the_page_does_not(site: Site, web: Web) -> None:
    site.put("/a", story())
    news = (
        "<news:news><news:publication><news:name>Tollen Post</news:name></news:publication>"
        "<news:publication_date>2031-03-04</news:publication_date><news:title>Another title</news:title></news:news>"
    )
    url = site.put("/news.xml", sitemap(f"<loc>{site.origin}/a</loc>{news}"), "application/xml")
    (article,) = articles(url, web)
    assert (article.published, article.dated_by) == (date(2031, 3, 4), "news sitemap")
    assert (article.publisher, article.title) == ("Tollen Post", "Last crossing of the Tollen ferry")


def test_an_index_is_followed_to_the_newest_pages_and_no_further_than_needed(site: Site, web: Web) -> None:
    for name in ("new", "old"):
        site.put(f"/{name}", story(f"A {name} story of the ferry"))
    newer = sitemap(
        f"<loc>{site.origin}/old</loc><lastmod>2031-03-02</lastmod>",
        f"<loc>{site.origin}/new</loc><lastmod>2031-03-03</lastmod>",
        f"<loc>{site.origin}/older</loc><lastmod>2031-03-01</lastmod>",
    )
    site.put("/newer.xml.gz", gzip.compress(newer.encode()), "application/x-gzip")
    index = "".join(
        f"<sitemap><loc>{site.origin}/{name}</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in [("ancient.xml", "2020-01-01"), ("newer.xml.gz", "2031-03-03")]
    )
    url = site.put("/index.xml", f"<sitemapindex>{index}</sitemapindex>", "application/xml")
    assert [article.id for article in articles(url, replace(web, pages=2))] == [f"{site.host}/new", f"{site.host}/old"]
    assert "/ancient.xml" not in site.paths()


def test_an_index_that_names_itself_ends_and_a_missing_sitemap_is_named(site: Site, web: Web) -> None:
    site.put("/a", story())
    site.put("/1.xml", sitemap(f"<loc>{site.origin}/a</loc>"), "application/xml")
    index = "".join(f"<sitemap><loc>{site.origin}/{name}.xml</loc></sitemap>" for name in ("index", "missing", "1"))
    found = list(fetch(site.put("/index.xml", f"<sitemapindex>{index}</sitemapindex>", "application/xml"), web))
    assert [one.id for one in found if isinstance(one, Article)] == [f"{site.host}/a"]
    assert [f"{site.origin}/missing.xml: status 404" in str(one) for one in found if isinstance(one, Unreadable)] == [
        True
    ]


# From one run to the next


def remembering(site: Site, home: Path, stored: dict[str, Article]) -> Settings:
    """One run over /a that stores what it finds; the settings of the next."""
    settings = Settings(home=home, allow_hosts=f" Example.com, {site.host} ")
    with open_web(settings, stored.get) as web:
        for article in articles(f"{site.origin}/a", web):
            stored[article.id] = article
    return settings


def tagged(site: Site, body: str, tag: str) -> None:
    """A page whose server answers 304 where the tag is known."""
    page = Site()
    page.put("/a", body, ETag=tag)
    page.put("/304", "", status=304)

    def send(request: object) -> object:
        known = request.headers.get("If-None-Match") == tag  # type: ignore[attr-defined]
        return page.pages["/304" if known else "/a"](request)  # type: ignore[arg-type]

    site.do("/a", send)


def test_a_page_that_has_not_changed_costs_one_short_answer(site: Site, tmp_path: Path) -> None:
    tagged(site, story(), '"1"')
    stored: dict[str, Article] = {}
    settings = remembering(site, tmp_path, stored)
    with open_web(settings, stored.get) as web:
        assert articles(f"{site.origin}/a", web) == list(stored.values())
    assert [headers.get("if-none-match") for path, headers in site.asked if path == "/a"] == [None, '"1"']


def test_a_page_that_has_changed_is_read_again(site: Site, tmp_path: Path) -> None:
    tagged(site, story(), '"1"')
    stored: dict[str, Article] = {}
    settings = remembering(site, tmp_path, stored)
    tagged(site, story(sentences=4), '"2"')
    with open_web(settings, stored.get) as web:
        (article,) = articles(f"{site.origin}/a", web)
    assert article.text == "\n\n".join(SENTENCES[:4])


@pytest.mark.parametrize("loss", ["removed", "changed"])
def test_a_page_that_the_archive_does_not_have_is_asked_for_whole(site: Site, tmp_path: Path, loss: str) -> None:
    """Nothing is lost where a run was killed before the article was stored, or where it was removed since."""
    tagged(site, story(), '"1"')
    stored: dict[str, Article] = {}
    settings = remembering(site, tmp_path, stored)
    stored = {} if loss == "removed" else {name: Article(name, "Another text.") for name in stored}
    with open_web(settings, stored.get) as web:
        assert articles(f"{site.origin}/a", web)[0].text == "\n\n".join(SENTENCES)
    assert [headers.get("if-none-match") for path, headers in site.asked if path == "/a"] == [None, None]


def test_a_page_is_not_remembered_before_its_article_was_taken(site: Site, web: Web) -> None:
    tagged(site, story(), '"1"')
    run = fetch(f"{site.origin}/a", web)
    next(run)
    assert web.known == {}
    assert list(run) == []
    assert list(web.known) == [f"{site.origin}/a"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', "\x00", "[" * 100_000])
def test_a_damaged_memory_costs_whole_answers_and_nothing_more(site: Site, tmp_path: Path, content: str) -> None:
    tagged(site, story(), '"1"')
    (tmp_path / "web.json").write_text(content)
    remembering(site, tmp_path, {})
    assert json.loads((tmp_path / "web.json").read_text())[f"{site.origin}/a"]["etag"] == '"1"'


# The whole ingest


def test_addresses_and_paths_are_ingested_together(
    site: Site, settings: Settings, archive: Archive, vectors: Vectors, tmp_path: Path
) -> None:
    tagged(site, story(head=PUBLISHED), '"1"')
    (tmp_path / "b.txt").write_text("A second story\n\n" + " ".join(SENTENCES[:2]) + " And it ended well for all.")
    allowing = settings.model_copy(update={"allow_hosts": site.host})

    def run(*given: str) -> Report:
        return ingest(given, archive, vectors, WordEmbedder(), lambda _: None, allowing, readers=0)

    first = run(f"{site.origin}/a", str(tmp_path / "b.txt"), "http://10.0.0.1/")
    assert (first.added, len(first.failed)) == (2, 1)
    assert "http://10.0.0.1/: 10.0.0.1 lies in a private" in first.failed[0]
    assert archive.article(f"{site.host}/a").published == datetime(2031, 3, 4, 8, tzinfo=UTC)
    again = run(f"{site.origin}/a")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    tagged(site, story(sentences=4), '"2"')
    assert run(f"{site.origin}/a?utm_source=mail").failed  # the site of this test knows no such address
    assert run(f"{site.origin}/a").changed == 1
    assert archive.article(f"{site.host}/a").text == "\n\n".join(SENTENCES[:4])


def test_an_article_that_was_removed_comes_back_with_its_page(
    site: Site, settings: Settings, archive: Archive, vectors: Vectors
) -> None:
    tagged(site, story(), '"1"')
    allowing = settings.model_copy(update={"allow_hosts": site.host})
    for _ in range(2):
        report = ingest([f"{site.origin}/a"], archive, vectors, WordEmbedder(), lambda _: None, allowing)
        assert (report.added, report.failed) == (1, ())
        remove(f"{site.host}/a", archive, vectors)
        assert site.host not in (settings.home / "web.json").read_text()
