"""RSS and Atom feeds → links, with the whole article where the feed carries it. The only file that knows feedparser."""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from ingest import dates
from ingest.addresses import Address
from ingest.links import Link
from ingest.markup import from_html
from newsdesk.errors import Unreadable

MAX_BYTES = 5 * 2**20
"""Largest feed; hostile XML costs its parser up to 15 seconds for each megabyte."""
_WHOLE = 120
"""Words from which on a text in a feed is taken for the whole article, unless it ends as an excerpt does."""
_CUT = re.compile(
    r"(?:…|\.\.\.)[\])]?$|\b(?:read|continue|keep|view|see)\s(?:reading|more|the full|full|on)\b.{0,80}$", re.IGNORECASE
)
_FOOT = re.compile(r"\s*\bThe post .{1,300} (?:appeared first|first appeared) on .{1,100}$", re.IGNORECASE)
"""What a widespread blog program puts under each text."""
_SITE_WORDS = 6


def read(content: bytes, address: Address, content_type: str) -> list[Link]:
    """The entries of a feed, in its order. Broken XML is read as far as it goes.

    Raises Unreadable where there is no entry in it, or more than MAX_BYTES.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(f"a feed of more than {MAX_BYTES / 2**20:.0f} MB is not read; give its sitemap or its pages")
    feed = _parsed(content, address, content_type)
    if not feed.entries:
        raise Unreadable("the feed has no entries; try again later, or give another")
    return [_link(entry, feed) for entry in feed.entries]


def _parsed(content: bytes, address: Address, content_type: str) -> Any:
    """feedparser's reading. It is given a stream, since of bytes it would take some for the name of a file."""
    headers = {"content-location": str(address), "content-type": content_type}
    try:
        return feedparser.parse(
            io.BytesIO(content), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # on hostile input it lets through whatever its parts raise
        raise Unreadable(f"the feed cannot be read ({error!r:.80}); give its pages") from error


def _link(entry: Any, feed: Any) -> Link:
    said = _said(entry, feed)
    when = dates.parse(said.get("published")) or dates.parse(said.get("updated"))
    return Link(entry.get("link") or "", said, _text(entry), when)


def _said(entry: Any, feed: Any) -> dict[str, object]:
    """The fields of an article, as far as the entry gives them."""
    updated = dict.get(entry, "updated")  # feedparser's own get would offer the date of publication instead
    of_rss = str(feed.get("version", "")).startswith("rss")
    said: dict[str, object] = {
        "dated_by": "feed",
        "title": entry.get("title"),
        "published": entry.get("published") or (updated if of_rss else None),  # in RSS that is Dublin Core's date
        "updated": None if of_rss else updated,
        "authors": [author["name"] for author in entry.get("authors", []) if author.get("name")],
        "publisher": entry.get("source", {}).get("title") or entry.get("publisher") or _site(feed),
        "language": feed.feed.get("language"),
        "section": next((tag["term"] for tag in entry.get("tags", []) if tag.get("term")), None),
    }
    return {name: value for name, value in said.items() if value}


def _site(feed: Any) -> str | None:
    """The feed's title where it can be a publisher's name: short, and not "World | The Post"."""
    title = " ".join(str(feed.feed.get("title", "")).split())
    return title if len(title.split()) <= _SITE_WORDS and not re.search(r"\s[-|–—]\s|:\s|»", title) else None


def _text(entry: Any) -> str:
    """The entry's whole article as plain text, or nothing where it is an excerpt."""
    parts = [*entry.get("content", []), entry.get("summary_detail") or {}]
    texts = [_FOOT.sub("", _plain(part)).strip() for part in parts]
    longest = max(texts, key=len, default="")
    return longest if len(longest.split()) >= _WHOLE and not _CUT.search(longest) else ""


def _plain(part: Any) -> str:
    value = str(part.get("value", ""))
    return value if part.get("type") == "text/plain" else from_html(value)
