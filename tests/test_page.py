"""Web pages: the article's text and what the page states of it; other parts of the page are never believed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ingest.page import extract
from newsdesk.errors import Unreadable

BODY = [
    "Four people have died and seven are missing after the ferry struck rocks in Harl Sound on Monday evening.",
    "The harbour office said last night that 106 people had been brought ashore alive, 23 of them hurt.",
    '"She was over on her side when we came round the point," said Robin Stannage, skipper of the Good Intent.',
    "All sailings to the island have been suspended until the cause of the accident has been found.",
]


def page(head: str = "", above: str = "", below: str = "", body: list[str] = BODY) -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in body)
    return (
        f"<!doctype html><html><head><title>Ferry strikes rocks</title>{head}</head><body>"
        "<nav><a href='/'>Home</a></nav>"
        f"<article><h1>Ferry strikes rocks</h1>{above}<div class='story-body'>{paragraphs}</div></article>"
        f"<footer>{below}<p>© 2011 The Courier, founded 4 March 1871. Updated 2029-01-01</p></footer></body></html>"
    )


def linked(**fields: Any) -> str:
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **fields})
    return f'<script type="application/ld+json">{data}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def test_the_paragraphs_are_apart_by_a_blank_line_and_the_headline_is_the_title() -> None:
    found = extract(page(above="<div class='share'><a>Share</a></div>", below="<aside><a>Most read</a></aside>"))
    assert found["text"] == "\n\n".join(BODY)
    assert found["title"] == "Ferry strikes rocks"


def test_a_date_elsewhere_on_the_page_is_not_the_articles() -> None:
    related = "<aside class='related'><time datetime='2030-05-05'>5 May</time><a href='/2030/05/05/x'>Storm</a></aside>"
    body = [
        *BODY,
        "The pier was opened on <time datetime='1998-06-01'>1 June 1998</time> by the mayor of the town then.",
    ]
    assert extract(page(below=related, body=body))["published"] is None


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (linked(datePublished="2031-03-04"), ""),
        (meta("article:published_time", "2031-03-04"), ""),
        ('<meta name="DC.date.issued" content="2031-03-04">', ""),
        ('<meta itemprop="datePublished" content="2031-03-04">', ""),
        ("", "<time datetime='2031-03-04'>Tuesday</time>"),
        ("", "<p class='byline'>By Ansa Veldt <time>4 March 2031</time></p>"),
        ("", "<div class='meta'><span>Ansa Veldt</span> <span>4 March 2031</span></div>"),
        ("", "<time class='updated' datetime='2031-03-09'></time><time datetime='2031-03-04'></time>"),
        (linked(datePublished="04/03/2031") + meta("article:published_time", "2031-03-04"), ""),
    ],
)
def test_the_date_is_taken_from_where_the_page_states_it(head: str, above: str) -> None:
    assert extract(page(head, above))["published"] == date(2031, 3, 4)


def test_a_date_in_the_future_is_believed_as_stated() -> None:
    assert extract(page(linked(datePublished="2101-03-04T08:30:00Z")))["published"] == datetime(
        2101, 3, 4, 8, 30, tzinfo=UTC
    )


def test_linked_data_is_found_in_a_graph_and_gives_all_fields() -> None:
    node = {
        "@type": ["Thing", "ReportageNewsArticle"],
        "headline": "Ferry strikes rocks &amp; sinks",
        "author": [{"name": "Ansa Veldt"}, "Tom Pike", {"name": ""}],
        "publisher": {"name": "Maldrey Courier"},
        "mainEntityOfPage": {"@id": "https://courier.example/a"},
        "datePublished": "2031-03-04",
    }
    graph = json.dumps({"@graph": [{"@type": "WebSite", "name": "X"}, node]})
    script = '<script type="application/ld+json">'
    head = f"{script}{{broken</script>{script}{graph}</script>"
    found = extract(page(head))
    assert (found["publisher"], found["authors"]) == ("Maldrey Courier", ["Ansa Veldt", "Tom Pike"])
    assert (found["url"], found["published"]) == ("https://courier.example/a", date(2031, 3, 4))


def test_meta_elements_give_what_linked_data_does_not() -> None:
    head = (
        meta("og:title", "Ferry strikes rocks")
        + meta("og:site_name", "Maldrey Courier")
        + meta("og:url", "https://courier.example/a")
        + '<link rel="canonical" href="/a">'
        + '<meta name="author" content="Ansa Veldt"><meta property="article:author" content="https://courier.example/veldt">'
    )
    found = extract(page(head))
    assert (found["title"], found["publisher"]) == ("Ferry strikes rocks", "Maldrey Courier")
    assert (found["url"], found["authors"]) == ("https://courier.example/a", ["Ansa Veldt"])


@pytest.mark.parametrize(
    "above",
    [
        "<a rel='author' href='/x'>Ansa Veldt</a>",
        "<span itemprop='author'>Ansa  Veldt</span>",
        "<div class='byline'><i>By Ansa Veldt</i><br>Maldrey Courier, 16 April 2031</div>",
    ],
)
def test_the_author_is_taken_from_the_byline(above: str) -> None:
    assert extract(page(above=above))["authors"] == ["Ansa Veldt"]


def test_what_the_page_does_not_state_is_unknown() -> None:
    found = extract(page())
    assert [found[name] for name in ("url", "publisher", "published")] == [None, None, None]
    assert found["authors"] == []


def test_no_script_or_markup_is_left_in_the_text() -> None:
    body = [
        *BODY,
        "The <b>last</b> <a href='javascript:alert(1)'>boat</a> left<script>alert(2)</script> at noon on that day.",
    ]
    text = extract(page(body=body))["text"]
    assert str(text).endswith("The last boat left at noon on that day.")
    assert "alert" not in str(text)


def test_lists_and_tables_stay_readable() -> None:
    body = [
        *BODY,
        "The dead:</p><ul><li>Wil Aske, 34</li><li>Pernille Grade, 61</li></ul><p>They were found on Tuesday night.",
    ]
    assert "- Wil Aske, 34\n- Pernille Grade, 61" in str(extract(page(body=body))["text"])


@pytest.mark.parametrize(
    "markup",
    [
        "just a line of text",
        "<html><body></body></html>",
        "<html><body><p>404 Not found</p></body></html>",
        "<html><body><form><h1>Sign in</h1><p>Enter your e-mail address and your password to read on, or register.</p>"
        "<input type='email'><input type='password'></form></body></html>",
        "<html><body><h1>News</h1><ul>"
        + "<li><a href='/x'>Gull steals chain of mayor</a></li>" * 20
        + "</ul></body></html>",
    ],
)
def test_a_page_without_an_article_is_refused(markup: str) -> None:
    with pytest.raises(Unreadable):
        extract(markup)


@pytest.mark.parametrize(
    "markup",
    ["<div>" * 5000 + "deep" + "</div>" * 5000, "<p>" * 20_000, "<" * 50_000, "<table><tr><td>" * 2000, "&" * 50_000],
)
def test_hostile_markup_is_refused_without_a_crash(markup: str) -> None:
    with pytest.raises((Unreadable, RecursionError)):
        extract(page(body=[markup]))


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="//courier.example/a">', "https://courier.example/a"),
        ('<link rel="canonical" href="courier.example/a">', "https://courier.example/a"),
        ('<base href="https://courier.example/x/"><link rel="canonical" href="a">', "https://courier.example/x/a"),
        ('<link rel="canonical" href="/a">' + meta("og:url", "https://courier.example/b"), "https://courier.example/a"),
        (linked(url="/a", **{"@id": "https://courier.example/#a"}), "https://courier.example/a"),
        ('<link rel="canonical" href="/a">', None),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="http://[broken">', None),
    ],
)
def test_the_address_is_whole_where_the_page_lets_it_be(head: str, url: str | None) -> None:
    assert extract(page(head))["url"] == url


@pytest.mark.parametrize(
    ("head", "above", "by"),
    [
        (linked(datePublished="2031-03-04") + meta("date", "2030-01-01"), "", "json-ld"),
        ("", '<meta itemprop="datePublished" content="2031-03-04">', "microdata"),
        (meta("date", "2031-03-04"), "<time datetime='2030-01-01'></time>", "meta"),
        ("", "<time datetime='2031-03-04'></time><p>1 January 2030</p>", "time"),
        ("", "<p>Published: 4 March 2031</p>", "first lines"),
    ],
)
def test_what_gives_the_date_is_recorded(head: str, above: str, by: str) -> None:
    found = extract(page(head, above))
    assert (found["published"], found["dated_by"]) == (date(2031, 3, 4), by)


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (linked(dateModified="2031-03-05"), ""),
        (meta("article:modified_time", "2031-03-05"), ""),
        ("", '<meta itemprop="dateModified" content="2031-03-05">'),
        ("", "<p>Last updated: 5 March 2031</p>"),
    ],
)
def test_a_change_is_kept_and_is_no_publication(head: str, above: str) -> None:
    found = extract(page(head, above))
    assert (found["published"], found["dated_by"], found["updated"]) == (None, None, date(2031, 3, 5))


def test_section_and_language_are_taken_from_where_the_page_states_them() -> None:
    found = extract(page(meta("article:section", "Sea") + meta("og:locale", "en_GB")))
    assert (found["section"], found["language"]) == ("Sea", "en_GB")
    assert extract(page(linked(articleSection=["Sea", "Ferries"], inLanguage="en")))["section"] == "Sea"
    assert extract(page())["section"] is None


def test_a_very_short_article_is_not_filled_up_with_what_stands_beside_it() -> None:
    words = "The ferry to the island has been running again since eleven o'clock, its owners said."
    beside = "<section><h2>On air now</h2><p>Call and tell us about the worst crossing that you ever had.</p></section>"
    assert extract(page(body=[words]).replace("<footer>", f"{beside}<footer>"))["text"] == words
