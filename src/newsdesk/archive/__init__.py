"""The archive: articles, their versions and passages and a full-text index, in one SQLite file. The source of truth.

The only package that knows SQL, but for the conversations'. A passage's text is never stored apart: it is cut from
its article, so ``article.text[passage.start:passage.end]`` cannot come to differ from what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

from newsdesk.archive import articles, checking, copies, files, passages, writing
from newsdesk.archive.articles import Sort, Wanted
from newsdesk.archive.checking import Cut
from newsdesk.archive.connection import Connection, Connections
from newsdesk.archive.copies import Alike, Bands
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
            return copies.of(db, articles.key_of(db, article_id))

    def copies_among(self, article_ids: Sequence[str]) -> set[frozenset[str]]:
        """The pairs of these articles that tell one story in nearly the same words."""
        with self._file.reading() as db:
            return copies.among(db, article_ids)

    def find_copies(self, bands: Bands, alike: Alike) -> None:
        """Compare the articles that are new or changed since the last time with those that share a band with them."""
        with self._file.transaction() as db:
            copies.find(db, bands, alike)

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

    def search_articles(self, question: str, limit: int, filters: Filters = Filters()) -> list[tuple[str, float]]:
        """Article ids with the BM25 scores of title and whole text for the question's words, best first."""
        with self._file.reading() as db:
            return passages.search_articles(db, question, limit, filters)

    def hits(self, scores: Iterable[tuple[int, float]]) -> list[Hit]:
        """The passages of those keys as hits with those scores, in the given order; unknown keys are left out."""
        with self._file.reading() as db:
            return passages.hits(db, scores)

    def pending(self, limit: int, after: int = 0) -> list[Pending]:
        """Passages without a vector, oldest first, at most ``limit``, of keys above ``after``."""
        with self._file.reading() as db:
            return passages.pending(db, limit, after)

    def passages(self, keys: Sequence[int]) -> list[Pending]:
        """The passages of these keys as an embedder sees them; unknown keys are left out."""
        with self._file.reading() as db:
            return passages.some(db, keys)

    def passage_counts(self) -> tuple[int, int]:
        """How many passages have their vector, and how many have none yet."""
        with self._file.reading() as db:
            return passages.counts(db)

    def mark_embedded(self, keys: Sequence[int]) -> list[int]:
        """Note that these passages have their vectors; the keys of those that are gone since they were pending."""
        with self._file.transaction() as db:
            return passages.mark(db, keys, embedded=True)

    def mark_unembedded(self, keys: Sequence[int]) -> None:
        """Note that these passages have no vectors (any more)."""
        with self._file.transaction() as db:
            passages.mark(db, keys, embedded=False)

    def embedded_keys(self) -> list[int]:
        """The keys of the passages that are said to have their vectors, in order."""
        with self._file.reading() as db:
            return passages.embedded_keys(db)

    def vectors_to_remove(self) -> list[int]:
        """Keys of passages that are gone while their vectors may still be there."""
        with self._file.reading() as db:
            return passages.vectors_to_remove(db)

    def forget_removed(self, keys: Sequence[int]) -> None:
        """Note that these vectors are removed."""
        with self._file.transaction() as db:
            passages.forget_removed(db, keys)

    # Files

    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of every file that was read whole and without a fault, by its name as a source."""
        with self._file.reading() as db:
            return files.fingerprints(db)

    def note_file(self, source: str, fingerprint: str) -> None:
        """Remember the fingerprint under which all articles of a file are in the archive."""
        with self._file.transaction() as db:
            files.note(db, source, fingerprint)

    def count_from(self, source: str) -> int:
        """How many articles came from that source."""
        with self._file.reading() as db:
            return files.articles(db, source)

    # Checking and mending, from the articles' texts: see ``ingest.check``

    def damage(self) -> list[str]:
        """What is wrong with the file itself, which no text can mend; empty when all is well."""
        with self._file.reading() as db:
            return checking.damage(db)

    def dangling(self) -> int:
        """How many rows belong to an article that is not there."""
        with self._file.reading() as db:
            return checking.dangling(db)

    def drop_dangling(self) -> None:
        """Remove the rows that belong to an article that is not there."""
        with self._file.transaction() as db:
            checking.drop_dangling(db)

    def cut(self) -> Iterator[Cut]:
        """Every article with its passages in order, and whether its version is that of its text."""
        with self._file.reading() as db:
            yield from checking.cut(db)

    def mend(self, article: Article, passages: Sequence[Passage]) -> None:
        """Give an article these passages, and name its version by its text."""
        with self._file.transaction() as db:
            checking.mend(db, article, passages)

    def misindexed(self) -> int:
        """How many passages the index does not hold as they stand, and rows it has of none; 1 if an index is broken."""
        with self._file.transaction() as db:
            return checking.misindexed(db) or int(not checking.indexes_are_sound(db))

    def index_anew(self) -> None:
        """Make the indexes of words anew from the articles' texts."""
        with self._file.transaction() as db:
            checking.index_anew(db)

    def spoilt_versions(self) -> list[tuple[str, str]]:
        """Article id and version of every kept text that is not the one that it is named for."""
        with self._file.reading() as db:
            return checking.spoilt_versions(db)

    def remove_version(self, article_id: str, version: str) -> None:
        """Remove a text that was kept; raises NotFound."""
        with self._file.transaction() as db:
            checking.remove_version(db, article_id, version)

    def owners(self) -> dict[int, str]:
        """The article's id of every passage that is said to have its vector."""
        with self._file.reading() as db:
            return checking.owners(db)

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
