"""NITF, NewsML-G2 and NewsML 1 → the fields of their articles. The parser reads no other file and knows no entity."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.markup import from_tree, plain
from ingest.records import Fields
from newsdesk.errors import Unreadable

_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_OF_XML = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_FEEDS = {"rss", "feed", "RDF", "urlset", "sitemapindex"}
_ITEMS = "//*[local-name()='newsItem' or local-name()='NewsItem']"
_TEXTS = "(.//*[local-name()='body.content'] | .//*[local-name()='body'][not(.//*[local-name()='body.content'])])[1]"
_INLINE = ".//*[local-name()='inlineData' or local-name()='DataContent'][1]"


def articles_of(content: bytes) -> Iterator[Fields | Unreadable]:
    """The articles of a document in its order. Raises Unreadable where it is none of the known kinds."""
    root = _parsed(content)
    kind = etree.QName(root).localname
    if kind in _FEEDS:
        raise Unreadable("it is a feed or a sitemap, not an article; give its address instead")
    items = root.xpath(_ITEMS)
    if not items and kind != "nitf":
        raise Unreadable(f"<{kind:.40}> is neither NITF nor NewsML; give the text as .txt, .html or .jsonl")
    for item in items or [root]:
        yield _fields(item)


def _parsed(content: bytes) -> Any:
    """The root element. Nothing outside is fetched; a document that declares entities of its own is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_ENTITY.sub(_as_number, content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise Unreadable(f"broken XML ({reason}); mend it or remove the file") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise Unreadable("the XML declares entities of its own, which are not read; save it without them")
    return root


def _as_number(entity: re.Match[bytes]) -> bytes:
    """HTML's names of characters, which NITF's own definition would explain, as XML knows them."""
    code = html.entities.name2codepoint.get(entity[1].decode()) if entity[1] not in _OF_XML else None
    return b"&#%d;" % code if code else entity[0]


def _fields(item: Any) -> Fields | Unreadable:
    """What an item says; it may hold its text as NITF or XHTML, which can say more."""
    if any("canceled" in said or "withheld" in said for said in _attributes(item, "pubStatus/@qcode")):
        return Unreadable("the item is withdrawn by its publisher (its status says so)")
    text = _text(item)
    if not text:
        return Unreadable("the item holds no text (a picture, a package or a mere reference?)")
    return {name: value for name, value in {**_said(item), "text": text}.items() if value}


def _said(item: Any) -> Fields:
    """The fields beside the text, each from the first place that states it."""
    return {
        "id": _first(item, "@guid", "doc-id/@id-string", "PublicIdentifier", "NewsItemId"),
        "title": _first(item, "contentMeta/headline", "HeadLine", "hedline/hl1", "head/title", "title"),
        "published": _first(item, "date.issue/@norm", "firstCreated", "contentCreated", "FirstCreated")
        or _first(item, "story.date/@norm", "pubdata/@date.publication", "versionCreated"),
        "updated": _first(item, "versionCreated", "ThisRevisionCreated"),
        "authors": _all(item, "contentMeta/by", "ByLine", "byline/person", "byline/byttl", "byline"),
        "publisher": _first(item, "pubdata/@name", "provider/name", "infoSource/name", "ProviderId", "CreditLine"),
        "section": _first(item, "pubdata/@position.section", "@section"),
        "language": _first(item, "language/@tag", "Language/@FormalName", "@lang"),
        "url": _first(item, "pubdata/@ex-ref", "link/@href"),
    }


def _text(item: Any) -> str:
    """The words of the body, or of text given without markup."""
    bodies = item.xpath(_TEXTS)
    if bodies:
        return from_tree(_bare(bodies[0]))
    return "\n\n".join(plain("".join(held.itertext())) for held in item.xpath(_INLINE)).strip()


def _bare(body: Any) -> Any:
    """The body with its elements' names as in HTML, without namespaces, pictures and their lines."""
    for element in body.iter(etree.Element):
        element.tag = etree.QName(element).localname
    etree.strip_elements(body, "media", "body.head", "tagline", "nitf-table-metadata", with_tail=False)
    return body


def _first(item: Any, *paths: str) -> str:
    return next((value for path in paths for value in _all(item, path)), "")


def _all(item: Any, *paths: str) -> list[str]:
    """The values at the first of the paths that has any: words of elements, or attributes, anywhere below."""
    return next((values for path in paths if (values := _attributes(item, path))), [])


def _attributes(item: Any, path: str) -> list[str]:
    steps = [
        f"@*[local-name()='{one[1:]}']" if one[0] == "@" else f"*[local-name()='{one}']" for one in path.split("/")
    ]
    found = item.xpath(f"descendant-or-self::{steps[0]}" if steps[0][0] == "*" else f"({steps[0]} | .//{steps[0]})")
    for step in steps[1:]:
        found = [value for one in found for value in one.xpath(step)]
    return [words for one in found if (words := " ".join(_words(one).split()))]


def _words(found: Any) -> str:
    return found if isinstance(found, str) else "".join(found.itertext())
