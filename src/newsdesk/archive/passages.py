"""Passages in the archive: found by their words, and told apart by whether they have their vector yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsdesk.archive.connection import Connection
from newsdesk.archive.rows import ARTICLE, Pending, as_hit, as_pending, restrictions
from newsdesk.fulltext import any_of, telling_words
from newsdesk.types import Filters, Hit

MOST_RANKED = 10_000
"""Passages that a search of the whole archive ranks, a microsecond each: one that shares only a question's commoner
words with it is not among the first. Of RealTimeQA's 98,828 passages, half share a word with a question: ranking them
took 44 ms, this takes 23, and 99.6% of the first 50 are the same."""

_OF_ARTICLE = "FROM passages p JOIN articles a ON a.key = p.article"


def search(db: Connection, question: str, limit: int, filters: Filters) -> list[tuple[int, float]]:
    """Passage keys with their BM25 scores for the question's words; see ``Archive.search``."""
    words = telling_words(question)
    if not words:
        return []
    where, values = restrictions(filters)
    if where:
        join = "JOIN passages p ON p.key = i.rowid JOIN articles a ON a.key = p.article"
    else:
        join, where = "", " AND +i.rowid IN (SELECT rowid FROM passage_index WHERE passage_index MATCH ?)"
        values = [any_of(_rarest(db, words))]
    sql = (
        f"SELECT i.rowid, -bm25(passage_index) AS score FROM passage_index i {join} "
        f"WHERE passage_index MATCH ?{where} ORDER BY score DESC LIMIT ?"
    )
    return list(db.execute(sql, (any_of(words), *values, limit)))


def _rarest(db: Connection, words: Sequence[str]) -> list[str]:
    """The rarest of the words, as many as stand in at most ``MOST_RANKED`` passages, but one that is known at least."""
    found = "SELECT count(*) FROM passage_index WHERE passage_index MATCH ?"
    frequency = {word: int(db.execute(found, (word,)).fetchone()[0]) for word in words}
    rarest = list[str]()
    ranked = 0
    for word in sorted(words, key=lambda word: frequency[word]):
        if ranked and ranked + frequency[word] > MOST_RANKED:
            break
        rarest.append(word)
        ranked += frequency[word]
    return rarest


def search_articles(db: Connection, question: str, limit: int, filters: Filters) -> list[tuple[str, float]]:
    """Article ids with the BM25 scores of their whole texts; see ``Archive.search_articles``."""
    words = telling_words(question)
    if not words:
        return []
    where, values = restrictions(filters)
    sql = (
        "SELECT (SELECT id FROM articles WHERE key = best.rowid), score FROM ("
        "SELECT i.rowid, -bm25(article_index) AS score FROM article_index i"
        + (" JOIN articles a ON a.key = i.rowid" if where else "")
        + f" WHERE article_index MATCH ?{where} ORDER BY score DESC LIMIT ?) best ORDER BY score DESC"
    )
    return list(db.execute(sql, (any_of(words), *values, limit)))


def hits(db: Connection, scores: Iterable[tuple[int, float]]) -> list[Hit]:
    """The passages of those keys as hits with those scores, in the given order; unknown keys are left out."""
    found = []
    for key, score in scores:
        row = db.execute(f"SELECT p.start, p.end, {ARTICLE} {_OF_ARTICLE} WHERE p.key = ?", (key,)).fetchone()
        if row is not None:
            found.append(as_hit(row, score))
    return found


def pending(db: Connection, limit: int, after: int) -> list[Pending]:
    """Passages without a vector, oldest first, at most ``limit``, of keys above ``after``."""
    rows = db.execute(
        f"SELECT p.key, p.start, p.end, {ARTICLE} {_OF_ARTICLE} WHERE p.embedded = 0 AND p.key > ? "
        "ORDER BY p.key LIMIT ?",
        (after, limit),
    ).fetchall()
    return [as_pending(row) for row in rows]


def some(db: Connection, keys: Sequence[int]) -> list[Pending]:
    """The passages of these keys as an embedder sees them; unknown keys are left out."""
    sql = f"SELECT p.key, p.start, p.end, {ARTICLE} {_OF_ARTICLE} WHERE p.key = ?"
    rows = (db.execute(sql, (key,)).fetchone() for key in keys)
    return [as_pending(row) for row in rows if row]


def counts(db: Connection) -> tuple[int, int]:
    """How many passages have their vector, and how many have none yet."""
    embedded = db.execute("SELECT count(*) FROM passages WHERE embedded = 1").fetchone()[0]
    return int(embedded), int(db.execute("SELECT count(*) FROM passages WHERE embedded = 0").fetchone()[0])


def embedded_keys(db: Connection) -> list[int]:
    """The keys of the passages that are said to have their vectors, in order."""
    return [key for (key,) in db.execute("SELECT key FROM passages WHERE embedded = 1 ORDER BY key")]


def mark(db: Connection, keys: Sequence[int], *, embedded: bool) -> list[int]:
    """Note whether these passages have their vectors; the keys of those that are gone."""
    sql = "UPDATE passages SET embedded = ? WHERE key = ?"
    return [key for key in keys if not db.execute(sql, (int(embedded), key)).rowcount]


def vectors_to_remove(db: Connection) -> list[int]:
    """Keys of passages that are gone while their vectors may still be there."""
    return [key for (key,) in db.execute("SELECT key FROM vectors_to_remove")]


def forget_removed(db: Connection, keys: Sequence[int]) -> None:
    """Note that these vectors are removed."""
    db.executemany("DELETE FROM vectors_to_remove WHERE key = ?", [(key,) for key in keys])
