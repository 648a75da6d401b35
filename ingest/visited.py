"""What is remembered of pages between runs, so that one that has not changed costs a short answer."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsdesk.types import Article

FILE = "web.json"
"""Its name in the data folder."""
_LONGEST = 500
"""Characters of an ETag or date; a longer one is not worth remembering."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A page as it was: what its server calls that state, and the articles that it gave, by id and text."""

    etag: str
    modified: str
    articles: Mapping[str, str]

    @property
    def headers(self) -> dict[str, str]:
        """What to ask with, so that the server answers with the page only if it has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}


def visited(headers: Mapping[str, str], articles: list[Article]) -> Visited | None:
    """What to remember of a page; None where its server gave nothing to ask by, or it had no article."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    if not articles or not (etag or modified) or len(etag) > _LONGEST or len(modified) > _LONGEST:
        return None
    return Visited(etag, modified, {article.id: fingerprint(article) for article in articles})


def fingerprint(article: Article) -> str:
    """The same for the same words under the same headline."""
    return hashlib.sha256(f"{article.title}\n{article.text}".encode()).hexdigest()[:16]


def load(path: Path) -> dict[str, Visited]:
    """What was saved, by address. A file that is missing or damaged costs whole answers, no more."""
    try:
        saved: Any = json.loads(path.read_bytes())
        return {url: Visited(page["etag"], page["modified"], dict(page["articles"])) for url, page in saved.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def save(path: Path, pages: Mapping[str, Visited]) -> None:
    """Save it whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({url: asdict(page) for url, page in pages.items()}, indent=0))
    os.replace(beside, path)


def forget(path: Path, article_ids: Collection[str]) -> None:
    """Leave no trace of articles that were removed."""
    pages = load(path)
    kept = {url: page for url, page in pages.items() if not any(name in article_ids for name in page.articles)}
    if len(kept) < len(pages):
        save(path, kept)
