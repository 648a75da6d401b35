from __future__ import annotations

import gzip
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import feeds, sitemaps
from ingest.addresses import parse
from ingest.links import Link, newest
from newsdesk.errors import Unreadable
from newsdesk.types import day

ADDRESS = parse("https://example.com/feed/rss.xml")
WHOLE = "<p>" + "The ferry left the harbour before dawn. " * 30 + "</p><p>It came back at night.</p>"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "boom">'
    + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    + "]>"
)


def rss(*items: str, channel: str = "<title>Tollen Post</title>", above: str = "") -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'{above}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{channel}{inner}</channel></rss>'
    ).encode()


def atom(*entries: str) -> bytes:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Tollen</title>{inner}</feed>'.encode()


def read(content: bytes) -> list[Link]:
    return feeds.read(content, ADDRESS, "application/xml")


def test_an_entry_says_title_date_author_and_paper_of_the_page_it_links() -> None:
    (link,) = read(
        rss(
            "<title>Last &amp; first</title><link>https://example.com/a</link><dc:creator>Ilse Varga</dc:creator>"
            "<pubDate>Tue, 04 Mar 2031 08:00:00 +0100</pubDate><category>Harbour</category>"
            "<description>A short excerpt.</description>"
        )
    )
    assert (link.url, link.text) == ("https://example.com/a", "")
    assert link.said == {
        "title": "Last & first",
        "published": "Tue, 04 Mar 2031 08:00:00 +0100",
        "authors": ["Ilse Varga"],
        "publisher": "Tollen Post",
        "section": "Harbour",
        "dated_by": "feed",
    }
    assert link.when
    assert day(link.when).isoformat() == "2031-03-04"


def test_an_atom_entrys_update_is_not_its_publication() -> None:
    entry = "<title>A</title><link href='/a'/><updated>2031-03-05T00:00:00Z</updated>"
    (changed,), (both,) = read(atom(entry)), read(atom(f"{entry}<published>2031-03-04T00:00:00Z</published>"))
    assert "published" not in changed.said
    assert changed.said["updated"] == "2031-03-05T00:00:00Z"
    assert (both.said["published"], both.said["language"]) == ("2031-03-04T00:00:00Z", "en")


def test_in_rss_dublin_cores_date_is_that_of_publication() -> None:
    (link,) = read(rss("<link>/a</link><dc:date>2031-03-04</dc:date>"))
    assert (link.said["published"], "updated" in link.said) == ("2031-03-04", False)


def test_an_entry_without_a_date_has_none() -> None:
    (link,) = read(rss("<link>/a</link>", channel="<lastBuildDate>Tue, 04 Mar 2031 08:00:00 GMT</lastBuildDate>"))
    assert (link.when, "published" in link.said) == (None, False)


@pytest.mark.parametrize("element", ["description", "content:encoded"])
def test_a_whole_article_in_the_feed_is_taken_as_text(element: str) -> None:
    (link,) = read(rss(f"<link>/a</link><{element}><![CDATA[{WHOLE}<script>alert(1)</script>]]></{element}>"))
    assert link.text.startswith("The ferry left")
    assert link.text.endswith(".\n\nIt came back at night.")


@pytest.mark.parametrize(
    "end",
    ["<p>It was […]</p>", "<p>And then…</p>", "<p>More [...]</p>", "<a>Continue reading</a>", "<a>Read more »</a>"],
)
def test_an_excerpt_is_not_taken_for_the_article(end: str) -> None:
    (link,) = read(rss(f"<link>/a</link><content:encoded><![CDATA[{WHOLE}{end}]]></content:encoded>"))
    assert link.text == ""


def test_what_a_blog_program_puts_under_the_text_goes() -> None:
    foot = "<p>The post <a href='/a'>Last</a> appeared first on <a href='/'>Tollen</a>.</p>"
    (link,) = read(rss(f"<link>/a</link><content:encoded><![CDATA[{WHOLE}{foot}]]></content:encoded>"))
    assert link.text.endswith("It came back at night.")


def test_a_source_named_by_the_entry_goes_before_the_feeds_title() -> None:
    (link,) = read(rss("<link>/a</link><source url='https://x.example/'>Northline</source>"))
    assert link.said["publisher"] == "Northline"


@pytest.mark.parametrize("title", ["World | Tollen Post", "Tollen Post - Sport", "Latest: harbour news"])
def test_a_feeds_title_that_is_more_than_a_name_is_no_publisher(title: str) -> None:
    (link,) = read(rss("<link>/a</link>", channel=f"<title>{title}</title>"))
    assert "publisher" not in link.said


def test_relative_links_are_on_the_feeds_own_site() -> None:
    assert [link.url for link in read(rss("<link>/a</link>", "<link>b.html</link>"))] == [
        "https://example.com/a",
        "https://example.com/feed/b.html",
    ]


def test_a_broken_feed_is_read_as_far_as_it_goes() -> None:
    content = rss("<link>/a</link>", "<title>R&D <b></title><link>/b</link>")[:-30]
    assert read(content)[0].url == "https://example.com/a"


@pytest.mark.parametrize("content", [b"", b"<rss>", rss(), b"<feed", b"\x00\xff", os.urandom(500)])
def test_a_feed_without_entries_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="no entries"):
        read(content)


def test_an_entity_bomb_in_a_feed_does_not_go_off() -> None:
    links = read(rss("<title>&a12;</title><link>/a</link>", above=BOMB))
    assert "boom" not in str(links)


def test_no_file_or_address_is_fetched_for_a_feed() -> None:
    above = '<!DOCTYPE x [<!ENTITY p SYSTEM "file:///etc/hostname">]>'
    assert read(rss("<title>&p;</title><link>/a</link>", above=above))[0].said.get("title") in {None, "&p;"}
    with pytest.raises(Unreadable, match="no entries"):
        read(b"/etc/hostname")


def test_a_feed_that_is_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match="5 MB"):
        read(b" " * (feeds.MAX_BYTES + 1))


TEXTS = st.text("<>&;!/[]\"'= abc\x00é", max_size=40)


@given(TEXTS, TEXTS, TEXTS)
def test_a_hostile_feed_gives_links_or_is_refused(one: str, other: str, third: str) -> None:
    content = rss(f"<title>{one}</title><link>{other}</link><pubDate>{third}</pubDate>", f"<link>http://[{one}</link>")
    for text in (content, content.replace(b"item>", b"item " + third.encode() + b">")):
        try:
            links = read(text)
        except Unreadable:
            continue
        assert all(isinstance(link.url, str) for link in links)


NEWS = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
MAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def test_a_sitemap_names_pages_and_dates_none_of_them() -> None:
    page = "<url><loc> https://example.com/a?b&amp;c </loc><lastmod>2031-03-04</lastmod></url>"
    pages, maps = sitemaps.read(f"<urlset {MAP}>{page}</urlset>".encode())
    assert maps == []
    assert pages[0].url == "https://example.com/a?b&c"
    assert "published" not in pages[0].said
    assert pages[0].when is not None


def test_a_news_sitemap_says_title_paper_language_and_day() -> None:
    news = (
        "<n:publication><n:name>Tollen Post</n:name><n:language>en</n:language></n:publication>"
        "<n:publication_date>2031-03-04T08:00:00Z</n:publication_date><n:title>Last &lt;crossing&gt;</n:title>"
    )
    url = f"<url><loc>/a</loc><lastmod>2031-04-01</lastmod><n:news>{news}</n:news></url>"
    (page,), _ = sitemaps.read(f"<urlset {MAP} {NEWS}>{url}</urlset>".encode())
    assert page.said == {
        "title": "Last <crossing>",
        "publisher": "Tollen Post",
        "language": "en",
        "published": "2031-03-04T08:00:00Z",
        "dated_by": "news sitemap",
    }
    assert page.when
    assert day(page.when).isoformat() == "2031-03-04"


def test_an_index_names_sitemaps() -> None:
    pages, maps = sitemaps.read(f"<sitemapindex {MAP}><sitemap><loc>/1.xml</loc></sitemap></sitemapindex>".encode())
    assert (pages, [link.url for link in maps]) == ([], ["/1.xml"])


def test_a_broken_sitemap_is_read_as_far_as_it_goes() -> None:
    pages, _ = sitemaps.read(b"<urlset><url><loc>/a</loc></url><url><loc>/b?c&d</loc></url><url><lo")
    assert [page.url for page in pages] == ["/a", "/b?c"]


@pytest.mark.parametrize(
    "content", [b"", b"<urlset/>", b"<html></html>", b"\x00", gzip.compress(b"<urlset/>"), BOMB.encode()]
)
def test_a_sitemap_that_names_nothing_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        sitemaps.read(content)


@pytest.mark.parametrize("above", [BOMB, '<!DOCTYPE x [<!ENTITY a12 SYSTEM "file:///etc/hostname">]>'])
def test_no_entity_of_a_sitemap_is_expanded(above: str) -> None:
    pages, _ = sitemaps.read(f"{above}<urlset><url><loc>/a</loc></url><url><loc>/b&a12;</loc></url></urlset>".encode())
    assert [page.url for page in pages] == ["/a", "/b"]


@given(TEXTS, TEXTS)
def test_a_hostile_sitemap_gives_links_or_is_refused(one: str, other: str) -> None:
    try:
        sitemaps.read(f"<urlset><url><loc>{one}</loc><lastmod>{other}</lastmod></url><!{one}></urlset>".encode())
    except Unreadable:
        return


def test_the_newest_links_come_first_and_those_without_a_time_last() -> None:
    pages, _ = sitemaps.read(
        b"<urlset><url><loc>/none</loc></url><url><loc>/old</loc><lastmod>2030-01-01</lastmod></url>"
        b"<url><loc>/new</loc><lastmod>2031-01-01T10:00:00Z</lastmod></url><url><loc>/never</loc></url></urlset>"
    )
    assert [link.url for link in newest(pages, 3)] == ["/new", "/old", "/none"]
