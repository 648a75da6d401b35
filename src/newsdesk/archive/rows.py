"""Articles and hits as the archive's rows hold them, and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from newsdesk.types import Article, Copy, Filters, Hit, Published, day

COLUMNS = (
    *("id", "text", "title", "url", "publisher", "published", "authors"),
    *("updated", "section", "language", "dated_by", "pages"),
)
"""The fields of an Article, in its order, each a column of that name."""
ARTICLE = ", ".join(f"a.{column}" for column in COLUMNS)

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A text that an article has or had. ``stored_at`` is when the archive took it in, in UTC."""

    version: str
    stored_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """A passage that has no vector yet, with what its embedding sees and its vector is filtered by."""

    key: int
    article_id: str
    title: str
    publisher: str | None
    published: Published | None
    text: str


def epoch(moment: date) -> int:
    """Seconds from 1970 to the start of that calendar day, as if in UTC: a number to compare days by."""
    return int(datetime.combine(moment, time(), UTC).timestamp())


def version_of(text: str) -> str:
    """The name of a text among the versions of its article: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def sha256_of(article: Article) -> str:
    """A checksum of everything that is known of an article."""
    return hashlib.sha256(json.dumps(astuple(article), default=str).encode()).hexdigest()


def stored(article: Article) -> Row:
    """The article as a row of ``COLUMNS``."""
    return (
        article.id,
        article.text,
        article.title,
        article.url,
        article.publisher,
        _iso(article.published),
        json.dumps(article.authors),
        _iso(article.updated),
        article.section,
        article.language,
        article.dated_by,
        json.dumps(article.pages),
    )


def as_article(row: Row) -> Article:
    """The article of a row of ``COLUMNS``."""
    (article_id, text, title, url, publisher, published, authors, updated, section, language, dated_by, pages) = row
    return Article(
        article_id,
        text,
        title,
        url,
        publisher,
        as_published(published),
        tuple(json.loads(authors)),
        as_published(updated),
        section,
        language,
        dated_by,
        tuple(json.loads(pages)),
    )


def as_record(row: Row) -> str:
    """A row of ``COLUMNS`` as one text that outlives changes of the columns."""
    return json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)


def from_record(record: str) -> Article:
    """The article that ``as_record`` wrote down."""
    fields = json.loads(record)
    return as_article(tuple(fields.get(column) for column in COLUMNS))


def as_copy(row: Row) -> Copy:
    """A row of id, title, url, publisher and published."""
    return Copy(row[0], row[1], row[2], row[3], as_published(row[4]))


def as_hit(row: Row, score: float) -> Hit:
    """A row of start, end and ``COLUMNS``."""
    article = as_article(row[2:])
    return Hit(
        article_id=article.id,
        title=article.title,
        url=article.url,
        publisher=article.publisher,
        published=article.published,
        start=row[0],
        end=row[1],
        text=article.text[row[0] : row[1]],
        score=score,
    )


def as_pending(row: Row) -> Pending:
    """A row of key, start, end and ``COLUMNS``."""
    hit = as_hit(row[1:], 0.0)
    return Pending(row[0], hit.article_id, hit.title, hit.publisher, hit.published, hit.text)


def as_published(iso: str | None) -> Published | None:
    """A day or an instant as it is stored."""
    if iso is None:
        return None
    return date.fromisoformat(iso) if len(iso) == len("2017-07-05") else datetime.fromisoformat(iso)


def seconds_of(published: Published | None) -> int | None:
    """The day of publication as a number, where it is known."""
    return epoch(day(published)) if published else None


def restrictions(filters: Filters) -> tuple[str, list[object]]:
    """The filters as further conditions on articles ``a``, each with its AND, and their values."""
    clauses: list[str] = []
    values: list[object] = []
    if filters.published_from:
        clauses.append("a.epoch >= ?")
        values.append(epoch(filters.published_from))
    if filters.published_to:
        clauses.append("a.epoch < ?")
        values.append(epoch(filters.published_to + timedelta(days=1)))
    for column, wanted in (("a.publisher", filters.publishers), ("a.id", filters.article_ids)):
        if wanted:
            clauses.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)
    return "".join(f" AND {clause}" for clause in clauses), values


def _iso(published: Published | None) -> str | None:
    return published.isoformat() if published else None
