"""Where the archive does not agree with itself: its file, its index, its versions, the passages of its articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby

from newsdesk.archive.articles import key_of
from newsdesk.archive.connection import Connection
from newsdesk.archive.rows import ARTICLE, COLUMNS, as_article, from_record, version_of
from newsdesk.archive.schema import INDEX
from newsdesk.archive.writing import replace_passages
from newsdesk.types import Article, Passage

_OF_ARTICLES = ("passages", "versions", "sources", "bands", "copies")
_NO_ARTICLE = "WHERE article NOT IN (SELECT key FROM articles)"
_WORDS = (
    "SELECT p.key, a.title, substr(a.text, p.start + 1, p.end - p.start) AS text "
    "FROM passages p JOIN articles a ON a.key = p.article"
)

Cut = tuple[Article, list[Passage], bool]


def damage(db: Connection) -> list[str]:
    """What SQLite finds wrong with the file itself; empty when all is well."""
    return [line for (line,) in db.execute("PRAGMA integrity_check(20)") if line != "ok"]


def dangling(db: Connection) -> int:
    """How many rows belong to an article that is not there."""
    return sum(int(db.execute(f"SELECT count(*) FROM {table} {_NO_ARTICLE}").fetchone()[0]) for table in _OF_ARTICLES)


def drop_dangling(db: Connection) -> None:
    """Remove the rows that belong to an article that is not there; the vectors of passages are noted for removal."""
    db.execute(f"INSERT OR IGNORE INTO vectors_to_remove SELECT key FROM passages {_NO_ARTICLE}")
    for table in _OF_ARTICLES:
        db.execute(f"DELETE FROM {table} {_NO_ARTICLE}")


def cut(db: Connection) -> Iterator[Cut]:
    """Every article with its passages in order, and whether its version is that of its text."""
    rows = db.execute(
        f"SELECT a.key, a.version, {ARTICLE}, p.start, p.end FROM articles a "
        "LEFT JOIN passages p ON p.article = a.key ORDER BY a.key, p.start, p.key"
    )
    for _, group in groupby(rows, key=lambda row: row[0]):
        first, *rest = list(group)
        article = as_article(first[2 : 2 + len(COLUMNS)])
        passages = [Passage(article.id, *row[-2:]) for row in (first, *rest) if row[-1] is not None]
        yield article, passages, first[1] == version_of(article.text)


def misindexed(db: Connection) -> int:
    """How many passages stand in the index with other words or not at all, and how many of its rows are of none."""
    wrong = db.execute(
        f"SELECT count(*) FROM ({_WORDS}) w LEFT JOIN passage_index i ON i.rowid = w.key "
        "WHERE i.rowid IS NULL OR i.title IS NOT w.title OR i.text IS NOT w.text"
    ).fetchone()[0]
    stray = db.execute("SELECT count(*) FROM passage_index WHERE rowid NOT IN (SELECT key FROM passages)")
    return int(wrong) + int(stray.fetchone()[0])


def indexes_are_sound(db: Connection) -> bool:
    """Whether the indexes of words agree with what they were given, that of articles with the articles."""
    try:
        db.execute("INSERT INTO passage_index (passage_index) VALUES ('integrity-check')")
        db.execute("INSERT INTO article_index (article_index, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return False
    return True


def index_anew(db: Connection) -> None:
    """Make the indexes of words anew from the articles' texts."""
    db.execute("INSERT INTO article_index (article_index) VALUES ('rebuild')")
    db.execute("DROP TABLE passage_index")
    db.execute(INDEX)
    db.execute(f"INSERT INTO passage_index (rowid, title, text) SELECT key, title, text FROM ({_WORDS})")


def mend(db: Connection, article: Article, passages: Sequence[Passage]) -> None:
    """Cut an article anew, and name its version by its text."""
    key = key_of(db, article.id)
    replace_passages(db, key, article, passages)
    db.execute("UPDATE articles SET version = ? WHERE key = ?", (version_of(article.text), key))


def spoilt_versions(db: Connection) -> list[tuple[str, str]]:
    """Article id and version of every kept text that is not the one that it is named for."""
    rows = db.execute("SELECT a.id, v.version, v.record FROM versions v JOIN articles a ON a.key = v.article")
    return [(article_id, version) for article_id, version, record in rows if not _holds(version, record)]


def remove_version(db: Connection, article_id: str, version: str) -> None:
    """Remove a text that was kept."""
    db.execute("DELETE FROM versions WHERE article = ? AND version = ?", (key_of(db, article_id), version))


def owners(db: Connection) -> dict[int, str]:
    """The article's id of every passage that is said to have its vector."""
    return dict(
        db.execute("SELECT p.key, a.id FROM passages p JOIN articles a ON a.key = p.article WHERE p.embedded = 1")
    )


def _holds(version: str, record: str) -> bool:
    try:
        return version_of(from_record(record).text) == version
    except (ValueError, TypeError, AttributeError):
        return False
