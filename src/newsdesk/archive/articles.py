"""Articles found in the archive: one by its id, many by what is asked of them, their versions and sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from newsdesk.archive.connection import Connection
from newsdesk.archive.rows import ARTICLE, Row, Version, as_article, from_record, restrictions
from newsdesk.errors import NotFound
from newsdesk.fulltext import every_word
from newsdesk.types import Article, Filters

Sort = Literal["id", "published", "-published", "title", "publisher"]

_ORDERS: dict[Sort, str] = {
    "id": "a.id",
    "published": "a.epoch IS NULL, a.epoch, a.published, a.id",
    "-published": "a.epoch IS NULL, a.epoch DESC, a.published DESC, a.id",
    "title": "a.title = '', a.title COLLATE NOCASE, a.id",
    "publisher": "a.publisher IS NULL, a.publisher COLLATE NOCASE, a.id",
}
"""What is not known comes last, in either direction."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are asked for; an empty field does not restrict. ``search`` is words that all must stand there."""

    search: str = ""
    publishers: Sequence[str] = ()
    published_from: date | None = None
    published_to: date | None = None


def key_of(db: Connection, article_id: str) -> int:
    """The key of the article of that id, or of the one that another id's article was found to be; raises NotFound."""
    row = db.execute("SELECT key FROM articles WHERE id = ?", (article_id,)).fetchone()
    row = row or db.execute("SELECT article FROM sources WHERE id = ? ORDER BY source", (article_id,)).fetchone()
    if row is None:
        raise NotFound(f"No article {article_id!r} in the archive. See: newsdesk articles list")
    return int(row[0])


def article(db: Connection, article_id: str, version: str | None) -> Article:
    """The article as it stands, or as it stood in that version; raises NotFound."""
    key = key_of(db, article_id)
    current = db.execute(f"SELECT a.version, {ARTICLE} FROM articles a WHERE key = ?", (key,)).fetchone()
    if version in (None, "", current[0]):
        return as_article(current[1:])
    row = db.execute("SELECT record FROM versions WHERE article = ? AND version = ?", (key, version)).fetchone()
    if row is None:
        raise NotFound(f"The archive holds no version {version!r} of the article {article_id!r}.")
    return from_record(row[0])


def versions(db: Connection, article_id: str) -> list[Version]:
    """The texts that the article has and had, newest first; raises NotFound."""
    key = key_of(db, article_id)
    rows = db.execute(
        "SELECT version, stored_at, 1 AS current FROM articles WHERE key = :key "
        "UNION ALL SELECT version, stored_at, 0 FROM versions WHERE article = :key "
        "ORDER BY current DESC, stored_at DESC, version",
        {"key": key},
    )
    return [Version(name, datetime.fromisoformat(stored_at), bool(current)) for name, stored_at, current in rows]


def sources(db: Connection, article_id: str) -> list[str]:
    """The files and addresses that the article came from; raises NotFound."""
    rows = db.execute(
        "SELECT DISTINCT source FROM sources WHERE article = ? AND source <> '' ORDER BY source",
        (key_of(db, article_id),),
    )
    return [source for (source,) in rows]


def listed(db: Connection, wanted: Wanted, sort: Sort, limit: int, offset: int) -> Iterator[Article]:
    """The articles that are asked for, in that order, from the ``offset``-th, at most ``limit`` (below 0: all)."""
    where, values = _where(wanted)
    rows = db.execute(
        f"SELECT {ARTICLE} FROM articles a{where} ORDER BY {_ORDERS[sort]} LIMIT ? OFFSET ?", (*values, limit, offset)
    )
    for row in rows:
        yield as_article(row)


def count(db: Connection, wanted: Wanted) -> int:
    """How many articles are asked for."""
    where, values = _where(wanted)
    return int(db.execute(f"SELECT count(*) FROM articles a{where}", values).fetchone()[0])


def days(db: Connection) -> list[tuple[date | None, str | None, int]]:
    """How many articles each publisher has of each day, by day; what has no day comes last."""
    rows: list[Row] = db.execute(
        "SELECT substr(published, 1, 10) AS day, publisher, count(*) FROM articles "
        "GROUP BY day, publisher ORDER BY day IS NULL, day, publisher IS NULL, publisher"
    ).fetchall()
    return [(date.fromisoformat(day) if day else None, publisher, number) for day, publisher, number in rows]


def publishers(db: Connection) -> list[str]:
    """The names of all publishers, in alphabetical order."""
    rows = db.execute("SELECT DISTINCT publisher FROM articles WHERE publisher IS NOT NULL ORDER BY 1")
    return [name for (name,) in rows]


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    filters = Filters(wanted.published_from, wanted.published_to, tuple(wanted.publishers))
    clauses, values = restrictions(filters)
    if wanted.search.strip():
        clauses += (
            " AND a.key IN (SELECT p.article FROM passage_index i JOIN passages p ON p.key = i.rowid"
            " WHERE passage_index MATCH ?)"
        )
        values.append(every_word(wanted.search))
    return f" WHERE 1{clauses}", values
