"""The archive: articles, their passages and a full-text index, in one SQLite file. The source of truth.

The only file that knows SQL. A passage's text is never stored apart: it is cut from its article, so
``article.text[passage.start:passage.end]`` cannot come to differ from what was found.
"""

from __future__ import annotations

import hashlib
import json
import queue
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from newsdesk.errors import BadInput, Mismatch, NotFound
from newsdesk.fulltext import any_word
from newsdesk.settings import Settings
from newsdesk.types import Article, Filters, Hit, Passage, Published, day

SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT,
  publisher TEXT,
  published TEXT,
  epoch INTEGER,
  authors TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  source TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS articles_by_epoch ON articles (epoch);
CREATE TABLE IF NOT EXISTS passages (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  embedded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article);
CREATE INDEX IF NOT EXISTS passages_to_embed ON passages (key) WHERE embedded = 0;
CREATE TABLE IF NOT EXISTS vectors_to_remove (key INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS passage_index USING fts5(
  title, text, tokenize = "porter unicode61 remove_diacritics 2"
);
"""

Change = Literal["added", "changed", "unchanged"]


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


class Archive:
    """The articles of one data folder. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the archive file, making it and its folder when there is none.

        Raises BadInput where the file is no archive or the folder cannot be written.
        """
        self.path = path
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._writing = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.executescript(SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise BadInput(
                f"Cannot open the archive {path}: {error}. Set NEWSDESK_HOME to a folder that can be written."
            ) from error

    def close(self) -> None:
        """Close every connection; the archive cannot be used after."""
        while not self._readers.empty():
            self._readers.get().close()
        self._writer.close()

    # Articles

    def put(self, article: Article, passages: Sequence[Passage], source: str = "") -> Change:
        """Store an article, its passages and their index in one transaction; the same again changes nothing.

        ``source`` says where the article came from (a path, a URL). An article whose id is held by an
        article of another source replaces nothing: BadInput, since one of the two would be lost.
        """
        sha256 = _sha256(article)
        with self._transaction() as db:
            old = db.execute("SELECT key, sha256, source FROM articles WHERE id = ?", (article.id,)).fetchone()
            if old and old[1] == sha256:
                return "unchanged"
            if old and old[2] != source:
                raise BadInput(
                    f"{source or 'This article'}: the id {article.id!r} is held by another article"
                    f"{', from ' + old[2] if old[2] else ''}. Rename the file, give it an id of its own, or run: "
                    f"newsdesk articles remove {article.id}"
                )
            if old:
                self._delete(db, old[0])
            self._insert(db, article, passages, sha256, source)
            return "changed" if old else "added"

    def article(self, article_id: str) -> Article:
        """The article of that id; raises NotFound."""
        with self._reading() as db:
            row = db.execute(f"SELECT {ARTICLE} FROM articles a WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            raise NotFound(f"No article {article_id!r} in the archive. See: newsdesk articles list")
        return _article(row)

    def articles(self, limit: int = -1, offset: int = 0) -> Iterator[Article]:
        """Articles by id, from the ``offset``-th, at most ``limit`` (below 0: all)."""
        with self._reading() as db:
            rows = db.execute(f"SELECT {ARTICLE} FROM articles a ORDER BY id LIMIT ? OFFSET ?", (limit, offset))
            for row in rows:
                yield _article(row)

    def remove(self, article_id: str) -> None:
        """Remove an article, its passages and their index; its vectors are noted for removal. Raises NotFound."""
        with self._transaction() as db:
            row = db.execute("SELECT key FROM articles WHERE id = ?", (article_id,)).fetchone()
            if row is None:
                raise NotFound(f"No article {article_id!r} in the archive. See: newsdesk articles list")
            self._delete(db, row[0])

    def count(self) -> int:
        """How many articles there are."""
        return self._number("SELECT count(*) FROM articles")

    def publishers(self) -> list[str]:
        """The names of all publishers, in alphabetical order."""
        with self._reading() as db:
            rows = db.execute("SELECT DISTINCT publisher FROM articles WHERE publisher IS NOT NULL ORDER BY 1")
            return [name for (name,) in rows]

    # Passages

    def search(self, question: str, limit: int, filters: Filters = Filters()) -> list[tuple[int, float]]:
        """Passage keys with their BM25 scores for the question's words, best first, higher is better.

        BM25 as in SQLite's FTS5 (Okapi, k1 = 1.2, b = 0.75) over the article's title and the passage.
        """
        match = any_word(question)
        if not match:
            return []
        where, values = _where(filters)
        sql = (
            "SELECT i.rowid, -bm25(passage_index) AS score FROM passage_index i"
            + (" JOIN passages p ON p.key = i.rowid JOIN articles a ON a.key = p.article" if where else "")
            + f" WHERE passage_index MATCH ?{where} ORDER BY score DESC LIMIT ?"
        )
        with self._reading() as db:
            return list(db.execute(sql, (match, *values, limit)))

    def hits(self, scores: Iterable[tuple[int, float]]) -> list[Hit]:
        """The passages of those keys as hits with those scores, in the given order; unknown keys are left out."""
        found = []
        with self._reading() as db:
            for key, score in scores:
                row = db.execute(
                    f"SELECT p.start, p.end, {ARTICLE} FROM passages p JOIN articles a ON a.key = p.article "
                    "WHERE p.key = ?",
                    (key,),
                ).fetchone()
                if row is not None:
                    found.append(_hit(row, score))
        return found

    def pending(self, limit: int) -> list[Pending]:
        """Passages without a vector, oldest first, at most ``limit``."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT p.key, p.start, p.end, {ARTICLE} FROM passages p JOIN articles a ON a.key = p.article "
                "WHERE p.embedded = 0 ORDER BY p.key LIMIT ?",
                (limit,),
            ).fetchall()
        return [_pending(row) for row in rows]

    def passage_counts(self) -> tuple[int, int]:
        """How many passages have their vector, and how many have none yet."""
        embedded = self._number("SELECT count(*) FROM passages WHERE embedded = 1")
        return embedded, self._number("SELECT count(*) FROM passages WHERE embedded = 0")

    def mark_embedded(self, keys: Sequence[int]) -> None:
        """Note that these passages have their vectors."""
        with self._transaction() as db:
            db.executemany("UPDATE passages SET embedded = 1 WHERE key = ?", [(key,) for key in keys])

    def vectors_to_remove(self) -> list[int]:
        """Keys of passages that are gone while their vectors may still be there."""
        with self._reading() as db:
            return [key for (key,) in db.execute("SELECT key FROM vectors_to_remove")]

    def forget_removed(self, keys: Sequence[int]) -> None:
        """Note that these vectors are removed."""
        with self._transaction() as db:
            db.executemany("DELETE FROM vectors_to_remove WHERE key = ?", [(key,) for key in keys])

    # Facts about the archive itself

    def embedding_model(self) -> str | None:
        """The name of the embedder that made the vectors; None before the first."""
        with self._reading() as db:
            row = db.execute("SELECT value FROM facts WHERE name = 'embedding_model'").fetchone()
        return None if row is None else str(row[0])

    def hold_to_model(self, name: str) -> None:
        """Remember the embedder of a new archive; raise Mismatch for any other later: vectors do not mix."""
        held = self.embedding_model()
        if held is None:
            self._remember_model(name)
        elif held != name:
            raise Mismatch(
                f"The vectors of {self.path} were made by {held}, not by {name}. "
                "Set NEWSDESK_EMBEDDING_MODEL back, or make them anew: newsdesk ingest --rebuild"
            )

    def start_vectors_anew(self, model: str) -> None:
        """Note that no passage has a vector yet and that this embedder will make them."""
        with self._transaction() as db:
            db.execute("UPDATE passages SET embedded = 0")
            db.execute("DELETE FROM vectors_to_remove")
        self._remember_model(model)

    def _remember_model(self, name: str) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES ('embedding_model', ?)", (name,))

    # Inside

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        return db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._readers.get_nowait()
        except queue.Empty:
            db = self._connect()
        try:
            yield db
        finally:
            self._readers.put(db)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def _number(self, sql: str) -> int:
        with self._reading() as db:
            return int(db.execute(sql).fetchone()[0])

    @staticmethod
    def _insert(
        db: sqlite3.Connection, article: Article, passages: Sequence[Passage], sha256: str, source: str
    ) -> None:
        published = article.published
        cursor = db.execute(
            "INSERT INTO articles (id, text, title, url, publisher, published, epoch, authors, sha256, source) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.id,
                article.text,
                article.title,
                article.url,
                article.publisher,
                published.isoformat() if published else None,
                epoch(day(published)) if published else None,
                json.dumps(article.authors),
                sha256,
                source,
            ),
        )
        for passage in passages:
            key = db.execute(
                "INSERT INTO passages (article, start, end) VALUES (?, ?, ?)",
                (cursor.lastrowid, passage.start, passage.end),
            ).lastrowid
            db.execute(
                "INSERT INTO passage_index (rowid, title, text) VALUES (?, ?, ?)",
                (key, article.title, article.text[passage.start : passage.end]),
            )

    @staticmethod
    def _delete(db: sqlite3.Connection, article: int) -> None:
        of_article = "(SELECT key FROM passages WHERE article = ?)"
        db.execute(f"INSERT INTO vectors_to_remove SELECT key FROM passages WHERE key IN {of_article}", (article,))
        db.execute(f"DELETE FROM passage_index WHERE rowid IN {of_article}", (article,))
        db.execute("DELETE FROM articles WHERE key = ?", (article,))


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """The archive of the data folder, closed at the end."""
    archive = Archive(settings.home / "archive.sqlite")
    try:
        yield archive
    finally:
        archive.close()


ARTICLE = "a.id, a.text, a.title, a.url, a.publisher, a.published, a.authors"

Row = tuple[str, str, str, str | None, str | None, str | None, str]


def _article(row: Row) -> Article:
    article_id, text, title, url, publisher, published, authors = row
    return Article(article_id, text, title, url, publisher, _published(published), tuple(json.loads(authors)))


def _published(stored: str | None) -> Published | None:
    if stored is None:
        return None
    return date.fromisoformat(stored) if len(stored) == len("2017-07-05") else datetime.fromisoformat(stored)


def _hit(row: tuple[object, ...], score: float) -> Hit:
    start, end = int(str(row[0])), int(str(row[1]))
    article = _article(row[2:])  # type: ignore[arg-type]  # the columns named by ARTICLE
    return Hit(
        article_id=article.id,
        title=article.title,
        url=article.url,
        publisher=article.publisher,
        published=article.published,
        start=start,
        end=end,
        text=article.text[start:end],
        score=score,
    )


def _pending(row: tuple[object, ...]) -> Pending:
    hit = _hit(row[1:], 0.0)
    return Pending(int(str(row[0])), hit.article_id, hit.title, hit.publisher, hit.published, hit.text)


def _sha256(article: Article) -> str:
    fields = (article.text, article.title, article.url, article.publisher, str(article.published), article.authors)
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def _where(filters: Filters) -> tuple[str, list[object]]:
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
