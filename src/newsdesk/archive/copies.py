"""Which articles of the archive tell one story in nearly the same words, as they were found when they came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newsdesk.archive.connection import Connection
from newsdesk.archive.rows import as_copy
from newsdesk.types import Copy

MOST = 200
"""Articles that one is compared with: those with which it shares most bands."""

Bands = Callable[[str], Sequence[int]]
"""Numbers of which texts of nearly the same words share some."""
Alike = Callable[[str, str], bool]
"""Whether two texts tell one story in nearly the same words."""


def find(db: Connection, bands: Bands, alike: Alike) -> None:
    """Compare the articles that were not compared yet with those that share a band with them."""
    for key, text in db.execute("SELECT key, text FROM articles WHERE compared = 0 ORDER BY key").fetchall():
        found = bands(text)
        others = [other for other, words in _sharing(db, found) if alike(text, words)]
        db.executemany("INSERT OR IGNORE INTO bands (band, article) VALUES (?, ?)", [(band, key) for band in found])
        db.executemany("INSERT OR IGNORE INTO copies (article, other) VALUES (?, ?)", [(key, one) for one in others])
        db.execute("UPDATE articles SET compared = 1 WHERE key = ?", (key,))


def forget(db: Connection, key: int) -> None:
    """Note that the article is to be compared anew."""
    db.execute("DELETE FROM bands WHERE article = ?", (key,))
    db.execute("DELETE FROM copies WHERE article = ? OR other = ?", (key, key))
    db.execute("UPDATE articles SET compared = 0 WHERE key = ?", (key,))


def of(db: Connection, key: int) -> tuple[Copy, ...]:
    """The copies of an article, the earliest first."""
    rows = db.execute(
        "SELECT a.id, a.title, a.url, a.publisher, a.published FROM articles a WHERE a.key IN "
        "(SELECT other FROM copies WHERE article = :key UNION SELECT article FROM copies WHERE other = :key) "
        "ORDER BY a.epoch IS NULL, a.epoch, a.id",
        {"key": key},
    )
    return tuple(as_copy(row) for row in rows)


def among(db: Connection, article_ids: Sequence[str]) -> set[frozenset[str]]:
    """The pairs of these articles that are copies of each other."""
    marks = ", ".join("?" * len(article_ids))
    rows = db.execute(
        "SELECT a.id, b.id FROM copies c JOIN articles a ON a.key = c.article JOIN articles b ON b.key = c.other "
        f"WHERE a.id IN ({marks}) AND b.id IN ({marks})",
        (*article_ids, *article_ids),
    )
    return {frozenset(pair) for pair in rows}


def _sharing(db: Connection, bands: Sequence[int]) -> list[tuple[int, str]]:
    """Keys and texts of the articles that share bands, those that share most first."""
    if not bands:
        return []
    rows = db.execute(
        "SELECT a.key, a.text FROM articles a JOIN (SELECT article, count(*) AS shared FROM bands "
        f"WHERE band IN ({', '.join('?' * len(bands))}) GROUP BY article ORDER BY shared DESC, article LIMIT ?) b "
        "ON a.key = b.article ORDER BY b.shared DESC, a.key",
        (*bands, MOST),
    )
    return rows.fetchall()
