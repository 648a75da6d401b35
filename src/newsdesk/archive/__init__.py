"""The archive: articles, their versions and passages and a full-text index, in one SQLite file. The source of truth.

The only package that knows SQL, but for the conversations'. A passage's text is never stored apart: it is cut from
its article, so ``article.text[passage.start:passage.end]`` cannot come to differ from what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

from newsdesk.archive import articles, passages, writing
from newsdesk.archive.articles import Sort, Wanted
from newsdesk.archive.connection import Connection, Connections
from newsdesk.archive.rows import Pending, Version, epoch, version_of
from newsdesk.archive.writing import Change
from newsdesk.errors import Mismatch
from newsdesk.settings import Settings
from newsdesk.types import Article, Copy, Filters, Hit, Passage

__all__ = ["Archive", "Change", "Pending", "Sort", "Version", "epoch", "open_archive", "version_of"]


class Archive:
    """The articles of one data folder. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the archive's file, making it and its folder when there is none.

        An older newsdesk's file is brought up to date. Raises BadInput where the file is no archive, a newer
        newsdesk's, or the folder cannot be written.
        """
        self.path = path
        self._file = Connections(path)

    def close(self) -> None:
        """Close every connection; the archive cannot be used after."""
        self._file.close()

    def together(self) -> AbstractContextManager[Connection]:
        """What is written meanwhile by this thread lasts as one: all of it, or after a crash none."""
        return self._file.transaction()

    # Articles

    def put(self, article: Article, passages: Sequence[Passage], source: str = "") -> Change:
        """Store an article, its passages and their index in one transaction; the same again changes nothing.

        ``source`` says where the article came from (a path, a URL). Another text under the same id from the same
        source, or under the same URL, supersedes the one that is held, which is kept as a version. The very same
        text under another id is a "duplicate": the article has one source more, and the id leads to it. An id that
        is held by an article of another source replaces nothing: BadInput, since one of the two would be lost.
        """
        with self._file.transaction() as db:
            return writing.put(db, article, passages, source)

    def article(self, article_id: str, version: str | None = None) -> Article:
        """The article of that id, as it stands or as it stood in that version; raises NotFound."""
        with self._file.reading() as db:
            return articles.article(db, article_id, version)

    def versions(self, article_id: str) -> list[Version]:
        """The texts that the article has and had, newest first; raises NotFound."""
        with self._file.reading() as db:
            return articles.versions(db, article_id)

    def sources(self, article_id: str) -> list[str]:
        """The files and addresses that the article came from; raises NotFound."""
        with self._file.reading() as db:
            return articles.sources(db, article_id)

    def copies(self, article_id: str) -> tuple[Copy, ...]:
        """The other articles that tell the story in nearly the same words, the earliest first; raises NotFound."""
        with self._file.reading() as db:
            return articles.copies(db, article_id)

    def articles(
        self,
        limit: int = -1,
        offset: int = 0,
        *,
        search: str = "",
        publishers: Sequence[str] = (),
        published_from: date | None = None,
        published_to: date | None = None,
        sort: Sort = "id",
    ) -> Iterator[Article]:
        """Articles in that order, from the ``offset``-th, at most ``limit`` (below 0: all).

        ``search`` is words that all must stand in one passage or its title; days are inclusive.
        """
        wanted = Wanted(search, publishers, published_from, published_to)
        with self._file.reading() as db:
            yield from articles.listed(db, wanted, sort, limit, offset)

    def count(
        self,
        *,
        search: str = "",
        publishers: Sequence[str] = (),
        published_from: date | None = None,
        published_to: date | None = None,
    ) -> int:
        """How many articles there are of those that ``articles`` would give."""
        with self._file.reading() as db:
            return articles.count(db, Wanted(search, publishers, published_from, published_to))

    def days(self) -> list[tuple[date | None, str | None, int]]:
        """How many articles each publisher has of each day, by day; what has no day comes last."""
        with self._file.reading() as db:
            return articles.days(db)

    def publishers(self) -> list[str]:
        """The names of all publishers, in alphabetical order."""
        with self._file.reading() as db:
            return articles.publishers(db)

    def remove(self, article_id: str) -> None:
        """Remove an article, its versions, passages and index; its vectors are noted for removal. Raises NotFound."""
        with self._file.transaction() as db:
            writing.delete(db, articles.key_of(db, article_id))

    def erase(self) -> None:
        """Overwrite what the file still holds of removed articles; takes seconds in a large archive."""
        self._file.erase()

    # Passages

    def search(self, question: str, limit: int, filters: Filters = Filters()) -> list[tuple[int, float]]:
        """Passage keys with their BM25 scores for the question's words, best first, higher is better.

        BM25 as in SQLite's FTS5 (Okapi, k1 = 1.2, b = 0.75) over the article's title and the passage.
        """
        with self._file.reading() as db:
            return passages.search(db, question, limit, filters)

    def hits(self, scores: Iterable[tuple[int, float]]) -> list[Hit]:
        """The passages of those keys as hits with those scores, in the given order; unknown keys are left out."""
        with self._file.reading() as db:
            return passages.hits(db, scores)

    def pending(self, limit: int) -> list[Pending]:
        """Passages without a vector, oldest first, at most ``limit``."""
        with self._file.reading() as db:
            return passages.pending(db, limit)

    def passage_counts(self) -> tuple[int, int]:
        """How many passages have their vector, and how many have none yet."""
        with self._file.reading() as db:
            return passages.counts(db)

    def mark_embedded(self, keys: Sequence[int]) -> None:
        """Note that these passages have their vectors."""
        with self._file.transaction() as db:
            passages.mark(db, keys, embedded=True)

    def vectors_to_remove(self) -> list[int]:
        """Keys of passages that are gone while their vectors may still be there."""
        with self._file.reading() as db:
            return passages.vectors_to_remove(db)

    def forget_removed(self, keys: Sequence[int]) -> None:
        """Note that these vectors are removed."""
        with self._file.transaction() as db:
            passages.forget_removed(db, keys)

    # Facts about the archive itself

    def embedding_model(self) -> str | None:
        """The name of the embedder that made the vectors; None before the first."""
        with self._file.reading() as db:
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
        with self._file.transaction() as db:
            db.execute("UPDATE passages SET embedded = 0")
            db.execute("DELETE FROM vectors_to_remove")
            self._remember_model(model)

    def _remember_model(self, name: str) -> None:
        with self._file.transaction() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES ('embedding_model', ?)", (name,))


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """The archive of the data folder, closed at the end."""
    archive = Archive(settings.home / "archive.sqlite")
    try:
        yield archive
    finally:
        archive.close()
