"""JSON-LD: the article's node is found, references are followed, and what is broken or another's is passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from trafilatura import load_html

from ingest.linked import linked


def found(*documents: Any) -> dict[str, object]:
    scripts = [given if isinstance(given, str) else json.dumps(given) for given in documents]
    head = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return linked(load_html(f"<html><head>{head}</head><body><p>text</p></body></html>"))


def article(**fields: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Ferry", **fields}


def test_names_are_followed_by_their_id() -> None:
    graph = {
        "@graph": [
            {"@type": "Person", "@id": "#p", "name": "Ansa Veldt"},
            {"@type": "Organization", "@id": "#o", "name": "Courier"},
            article(author=[{"@id": "#p"}, {"@id": "#nobody"}, "Tom Pike"], publisher={"@id": "#o"}),
        ]
    }
    assert (found(graph)["authors"], found(graph)["publisher"]) == (["Ansa Veldt", "Tom Pike"], "Courier")


def test_the_page_stands_in_for_an_article_and_an_article_before_the_page() -> None:
    page = {"@type": "WebPage", "name": "Ferry – Courier", "datePublished": "2030-01-01"}
    site = {"@type": "WebSite", "name": "Courier"}
    alone, both = found([page, site]), found([page, site, article(datePublished="2031-03-04")])
    assert (alone["title"], alone["published"], alone["publisher"]) == (None, "2030-01-01", "Courier")
    assert (both["title"], both["published"]) == ("Ferry", "2031-03-04")


@pytest.mark.parametrize("wrapped", ["//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "<!--\n{}\n-->", "\n {} \n"])
def test_what_old_pages_wrap_a_script_in_is_no_part_of_it(wrapped: str) -> None:
    assert found(wrapped.replace("{}", json.dumps(article())))["title"] == "Ferry"


@pytest.mark.parametrize(
    "broken",
    ["", "{", "7", "null", "[[[[", '{"@type": 7}', '{"@type": "Event", "name": "Gala"}', '{"@graph":' * 3000],
)
def test_what_is_broken_or_no_article_says_nothing(broken: str) -> None:
    assert found(broken) == {}
    assert found(broken, article())["title"] == "Ferry"


def test_values_of_another_kind_are_left_out() -> None:
    odd = article(author={"name": {"first": "Ansa"}}, publisher=["https://x.example"], articleSection=[7, "Sport"])
    assert (found(odd)["authors"], found(odd)["publisher"], found(odd)["section"]) == ([], None, "Sport")
