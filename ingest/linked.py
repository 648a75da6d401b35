"""JSON-LD in a page → what it says of the page's article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Fields = dict[str, object]
Node = dict[str, Any]

_ARTICLE = re.compile(r"(?:\w*NewsArticle|Article|Report|BlogPosting|LiveBlogPosting|SocialMediaPosting)$")
_PAGE = re.compile(r"(?:Web|Item)Page$")
_SITE = re.compile(r"(?:WebSite|Organization|NewsMediaOrganization)$")
_WRAPPING = re.compile(r"^\s*(?:/[/*]\s*)?(?:<!\[CDATA\[|<!--)?(?:\s*\*/)?|(?:/[/*]\s*)?(?:\]\]>|-->)(?:\s*\*/)?\s*$")
"""What old pages put around a script's text, so that XML parsers pass over it."""


def linked(tree: Any) -> Fields:
    """Title, url, publisher, published, updated, authors, section and language, as far as JSON-LD states them.

    ``base`` is an address on the page's own site, from which a relative url counts.
    Where no node is an article, the node of the page itself counts, without its name, which is the browser's title.
    """
    nodes = [node for script in tree.xpath("//script[@type='application/ld+json']") for node in _document(script)]
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    article = next(_of_type(nodes, _ARTICLE), None)
    page = next(_of_type(nodes, _PAGE), None)
    if article is None and page is None:
        return {}
    found = _fields(article or page or {}, named)
    found["publisher"] = found["publisher"] or next((_name(node, named) for node in _of_type(nodes, _SITE)), None)
    found["base"] = next(_addresses(nodes), None)
    return found if article else {**found, "title": None}


def _addresses(nodes: Iterable[Node]) -> Iterator[str]:
    """The whole web addresses that name nodes, from which relative ones count."""
    given = (node.get(key) for node in nodes for key in ("url", "@id"))
    return (url for url in given if isinstance(url, str) and url.startswith(("https://", "http://")))


def _document(script: Any) -> list[Node]:
    """The nodes of one script; of a broken one, none."""
    try:
        return list(_nodes(json.loads(_WRAPPING.sub("", script.text or ""), strict=False)))
    except (ValueError, RecursionError):
        return []


def _nodes(value: object) -> Iterator[Node]:
    """Every object of a document that can be the page's subject, or be named by it."""
    for item in _listed(value):
        if isinstance(item, dict):
            yield item
            yield from _nodes(item.get("@graph"))
            yield from _nodes(item.get("mainEntity"))


def _of_type(nodes: Iterable[Node], kind: re.Pattern[str]) -> Iterator[Node]:
    return (node for node in nodes if any(kind.match(str(name)) for name in _listed(node.get("@type"))))


def _fields(node: Node, named: Mapping[str, Node]) -> Fields:
    page = node.get("mainEntityOfPage")
    return {
        "title": node.get("headline") or node.get("name"),
        "url": node.get("url") or (page.get("@id") if isinstance(page, dict) else page),
        "publisher": next(_names(node.get("publisher"), named), None),
        "published": node.get("datePublished"),
        "updated": node.get("dateModified"),
        "authors": list(_names(node.get("author"), named)),
        "section": next((name for name in _listed(node.get("articleSection")) if isinstance(name, str)), None),
        "language": node.get("inLanguage"),
    }


def _names(value: object, named: Mapping[str, Node]) -> Iterator[str]:
    """The names of people or organizations, given as text, as objects, or by the id of an object."""
    return (name for item in _listed(value) if (name := _name(item, named)))


def _name(item: object, named: Mapping[str, Node]) -> str | None:
    if isinstance(item, dict):
        item = item.get("name") or named.get(str(item.get("@id")), {}).get("name")
    return item if isinstance(item, str) and item.strip() and "://" not in item else None


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
