"""What a server sent → its kind, and the articles in it."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from ingest import page, record
from ingest.addresses import Address, canonical, parse, slug, suffix
from ingest.decode import decode, decoded
from ingest.guess import kind_of as guessed
from ingest.http import Reply
from ingest.read import READERS, read
from ingest.source import Source
from newsdesk.errors import Unreadable
from newsdesk.types import Article

_ROOTS = {"rss": "feed", "feed": "feed", "rdf": "feed", "urlset": "sitemap", "sitemapindex": "sitemap", "html": ".html"}
_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/feed+json": ".json",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "message/rfc822": ".eml",
}
_VAGUE = {"", "text/plain", "application/octet-stream", "binary/octet-stream", "application/x-gzip", "application/gzip"}
"""Types that servers give to files of any kind."""
_ONE_ARTICLE = {".txt", ".md", ".markdown", ".pdf", ".docx"}
"""Kinds of file that are one article, so that the file's address is the article's."""
_NO_MARKUP = re.compile(rb"<!--.*?-->|<\?.*?\?>|<![^>]*>|\0", re.DOTALL)
_ELEMENT = re.compile(rb"\s*[^<]{0,20}<(?:[\w.-]+:)?([a-z][\w.-]*)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_FEED = re.compile(
    r"<link\b(?=[^>]{0,500}application/(?:rss|atom)\+xml)[^>]{0,500}\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.I
)


def kind_of(reply: Reply) -> str:
    """ "feed", "sitemap", or the suffix of the files of its kind; what the document says of itself counts most."""
    head = reply.body[: 2**14]
    root = _ELEMENT.match(_NO_MARKUP.sub(b"", head))
    if root and (kind := _ROOTS.get(root[1].decode("ascii").lower())):
        return kind
    if reply.content_type in _TYPES:
        return _TYPES[reply.content_type]
    if reply.content_type not in _VAGUE:
        return ""
    named = suffix(reply.address)
    return named if named in READERS else guessed(head)


def articles_in(reply: Reply, said: Mapping[str, object]) -> Iterator[Article | Unreadable]:
    """The articles of a page or file."""
    kind = kind_of(reply)
    if kind == ".html":
        yield _page(reply, said)
        return
    if kind not in READERS:
        raise Unreadable(
            f"it is no article but {reply.content_type or 'of no known kind'}; give the article's own page"
        )
    address = canonical(None, reply.address)
    for one in read(Source(str(address), slug(address), kind, partial(io.BytesIO, reply.body))):
        is_whole = isinstance(one, Article) and not one.url and kind in _ONE_ARTICLE
        yield replace(one, url=str(address)) if isinstance(one, Article) and is_whole else one


def _page(reply: Reply, said: Mapping[str, object]) -> Article:
    """The article of a web page, under the address that the page states for itself."""
    markup = decode(_in_utf8(reply), page.CHARSET)
    try:
        fields = page.extract(markup)
    except Unreadable as error:
        raise Unreadable(f"{error}{_feed_of(markup, reply.address)}") from error
    own = canonical(fields.get("url"), reply.address)
    return article_of({**fields, "url": str(own)}, slug(own), said, str(fields["text"]))


def article_of(own: Mapping[str, object], article_id: str, said: Mapping[str, object], text: str) -> Article:
    """An article of what its page says, and where that is silent, of what the feed or sitemap said."""
    fields = {**said, **{name: value for name, value in own.items() if value}}
    if own.get("published"):
        fields["dated_by"] = own.get("dated_by")
    return record.article(fields, article_id, text)


def _in_utf8(reply: Reply) -> bytes:
    """The body, out of the encoding that the server states, which goes before what the page states."""
    stated = _CHARSET.search(reply.headers.get("content-type", ""))
    try:
        reply.body.decode()
    except UnicodeDecodeError:
        with suppress(Unreadable):
            return decoded(reply.body, stated[1]).encode("utf-8", "replace") if stated else reply.body
    return reply.body


def _feed_of(markup: str, base: Address) -> str:
    """A hint at the feed that a page without an article names, such as a front page."""
    named = _FEED.search(markup)
    try:
        return f"; it names a feed, which can be given instead: {parse(html.unescape(named[1]), base)}" if named else ""
    except Unreadable:
        return ""
