"""A web page → the fields of its article. The only file that knows trafilatura's extractor.

The date is taken only where the page says that it is the article's: JSON-LD, meta elements, a ``time`` element
beside the text. Dates elsewhere (copyright lines, other stories) are never looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from trafilatura import bare_extraction, load_html

from ingest import dates
from ingest.byline import credits_of
from ingest.markup import from_tree
from newsdesk.errors import Unreadable

Fields = dict[str, object]

CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
"""Where a page states its encoding."""

_ARTICLE_TYPES = re.compile(r"(?:\w*NewsArticle|Article|Report|BlogPosting|LiveBlogPosting|SocialMediaPosting)$")
_PUBLISHED = (
    "article:published_time og:published_time og:article:published_time datepublished date.published publish-date"
    " publish_date publication_date publicationdate publishdate pubdate date parsely-pub-date sailthru.date"
    " citation_publication_date citation_date dc.date dc.date.issued dcterms.date dcterms.issued dcterms.created"
)
_AUTHORS = ["author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl"]
_PUBLISHER = [
    "og:site_name",
    "publisher",
    "dc.publisher",
    "dcterms.publisher",
    "citation_publisher",
    "application-name",
]
_TITLE = ["og:title", "headline", "title", "dc.title", "twitter:title"]
_ASIDE = (
    "ancestor-or-self::*[self::aside or self::footer or self::nav or self::form or not(self::body or self::html) and ("
    "contains(@class, 'related') or contains(@class, 'comment') or contains(@id, 'comment')"
    " or contains(@class, 'sidebar') or contains(@class, 'most-read') or contains(@class, 'teaser'))]"
)
"""Parts of a page that speak of other stories."""
_CHANGED = "contains(@class, 'updated') or contains(@class, 'modified') or @itemprop='dateModified'"
_WORDS = 12
"""A shorter text on a page is a notice or a form, not an article."""
_BYLINE_CHARS = 120


def extract(markup: str) -> Fields:
    """The article's text, and what the page says about it. Raises Unreadable where there is no article."""
    tree = load_html(markup)
    if tree is None:
        raise Unreadable("it is not HTML; save the page itself, with its tags, or give the text as .txt")
    return {**_metadata(tree), "text": _body(markup, tree)}


def _body(markup: str, tree: Any) -> str:
    """The paragraphs of the article, blank lines between them."""
    found = bare_extraction(markup, favor_precision=True, include_comments=False, include_tables=True)
    text = from_tree(found.body) if found is not None and not isinstance(found, dict) else ""
    sentence = any(len(line.split()) >= 6 and re.search(r"[.!?…][\"'”’)]*$", line) for line in text.split("\n"))
    login = bool(tree.xpath("//input[@type='password']")) and len(text.split()) < 10 * _WORDS
    if not sentence or login or len(text.split()) < _WORDS:
        raise Unreadable("the page holds no article (a list, a form or a notice?); give the article's own page")
    return text


def _metadata(tree: Any) -> Fields:
    """Title, url, publisher, date and authors, each from the first place that states it."""
    linked, meta = _linked(tree), _meta(tree)
    return {
        "title": linked.get("title") or _first(meta, _TITLE) or _heading(tree),
        "url": next(_urls(tree, linked, meta), None),
        "publisher": linked.get("publisher") or _first(meta, _PUBLISHER),
        "published": _published(tree, linked, meta),
        "authors": linked.get("authors") or _authors(tree, meta),
    }


def _published(tree: Any, linked: Fields, meta: dict[str, list[str]]) -> object:
    stated = [
        linked.get("published"),
        *(value for name in _PUBLISHED.split() for value in meta.get(name, [])),
        *_times(tree),
    ]
    return next((found for value in stated if (found := dates.parse(value))), None)


def _meta(tree: Any) -> dict[str, list[str]]:
    """The content of meta elements by their lower-case name."""
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content := element.get("content").strip():
            found.setdefault(name.lower(), []).append(content)
    return found


def _first(meta: dict[str, list[str]], names: list[str]) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _urls(tree: Any, linked: Fields, meta: dict[str, list[str]]) -> Iterator[object]:
    """The page's own addresses; one without its host is none."""
    stated = [linked.get("url"), *tree.xpath("//link[@rel='canonical']/@href"), *meta.get("og:url", [])]
    yield from (url for url in stated if str(url).startswith(("http://", "https://")))


def _heading(tree: Any) -> str | None:
    """The page's first heading, else its title."""
    found = tree.xpath("//h1") or tree.xpath("//title")
    return " ".join(found[0].text_content().split()) if found else None


def _times(tree: Any) -> Iterator[object]:
    """The times beside the headline: marked as publication, else the first that is not part of a sentence."""
    marked = tree.xpath(f"//*[@itemprop='datePublished' or @pubdate][not({_ASIDE})]")
    times = tree.xpath(f"(//article|//main|//h1/..)//time[not({_ASIDE}) and not({_CHANGED})]")
    beside = [time for time in times if time.getparent().tag != "p" or _is_byline(time.getparent())]
    for element in [*marked, *beside[:1]]:
        yield element.get("datetime") or element.get("content") or element.text_content()
    for element in tree.xpath(f"//h1/following::*[position() <= 6][not(*) and not({_ASIDE})]"):
        found = dates.line(element.text_content())
        yield found[0] if found and not found[1] else None


def _is_byline(element: Any) -> bool:
    """Whether an element is too short to be a paragraph, and no sentence."""
    text = element.text_content().strip()
    return len(text) <= _BYLINE_CHARS and not text.endswith((".", "!", "?"))


def _authors(tree: Any, meta: dict[str, list[str]]) -> list[str]:
    """Those that meta elements name, else those marked as authors, else those of the byline."""
    named = [name for key in _AUTHORS for name in meta.get(key, []) if "://" not in name]
    marked = tree.xpath(f"//*[@rel='author' or @itemprop='author'][not({_ASIDE})]")
    bylines = tree.xpath(f"//*[contains(@class, 'byline')][not({_ASIDE})]")
    lines = [line for element in bylines if _is_byline(element) for line in from_tree(element).split("\n")]
    written = [name for line in lines if (said := credits_of(line)) for name in said.authors]
    return list(dict.fromkeys(named or [" ".join(element.text_content().split()) for element in marked] or written))


def _linked(tree: Any) -> Fields:
    """What JSON-LD says of the article."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            nodes = list(_nodes(json.loads(script.text or "", strict=False)))
        except (ValueError, RecursionError):
            continue
        for node in nodes:
            if any(_ARTICLE_TYPES.match(str(kind)) for kind in _listed(node.get("@type"))):
                return _of_node(node)
    return {}


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every object of a JSON-LD document that can be the page's subject."""
    for item in _listed(value):
        if isinstance(item, dict):
            yield item
            yield from _nodes(item.get("@graph"))
            yield from _nodes(item.get("mainEntity"))


def _of_node(node: dict[str, Any]) -> Fields:
    page = node.get("mainEntityOfPage")
    return {
        "title": node.get("headline") or node.get("name"),
        "url": node.get("url") or (page.get("@id") if isinstance(page, dict) else page),
        "publisher": next(_names(node.get("publisher")), None),
        "published": node.get("datePublished"),
        "authors": list(_names(node.get("author"))),
    }


def _names(value: object) -> Iterator[str]:
    for item in _listed(value):
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip() and "://" not in name:
            yield name


def _listed(value: object) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
