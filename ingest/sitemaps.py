"""Sitemaps, news sitemaps and their indexes → links. The only file that parses XML of the web with lxml."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ingest import dates
from ingest.links import Link
from newsdesk.errors import Unreadable

_NEWS = {"title": "title", "publication_date": "published", "name": "publisher", "language": "language"}
"""Elements of a news sitemap, and the fields of an article that they give."""


def read(content: bytes) -> tuple[list[Link], list[Link]]:
    """The pages, and the further sitemaps, that a sitemap names.

    ``lastmod`` is when a page changed in any way, so it serves for order alone and dates no article. Broken XML
    is read as far as it goes. Raises Unreadable where no address is in it.
    """
    root = _root(content)
    pages = [_link(element) for element in root.iter("{*}url")]
    maps = [_link(element) for element in root.iter("{*}sitemap")]
    pages, maps = [link for link in pages if link.url], [link for link in maps if link.url]
    if not pages and not maps:
        raise Unreadable("the sitemap names no page; give another")
    return pages, maps


def _root(content: bytes) -> Any:
    """The document's first element. No entity is expanded, no DTD loaded, nothing fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"its XML cannot be read ({error})") from error
    if root is None:
        raise Unreadable("its XML cannot be read; try again later")
    return root


def _link(element: Any) -> Link:
    said: dict[str, object] = {field: _text(element, f".//{{*}}news//{{*}}{name}") for name, field in _NEWS.items()}
    when = dates.parse(said["published"]) or dates.parse(_text(element, "{*}lastmod"))
    said = {"dated_by": "news sitemap"} | {name: value for name, value in said.items() if value}
    return Link(_text(element, "{*}loc"), said, when=when)


def _text(element: Any, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())
