"""Passage vectors in Chroma: derived from the archive, and rebuildable from it. The only file that knows chromadb."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout

from newsdesk.archive import Pending, epoch
from newsdesk.errors import BadInput, DiskFull, InUse
from newsdesk.settings import Settings
from newsdesk.types import Filters, day

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

COLLECTION = "passages"

Vectors32 = np.ndarray[tuple[int, int], np.dtype[np.float32]]


class Vectors:
    """The vectors of one archive's passages, keyed as the archive keys them, compared by cosine."""

    def __init__(self, client: ClientAPI) -> None:
        """Use the client's collection, making it when there is none."""
        self._client = client
        self._collection = client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        self.batch_size = client.get_max_batch_size()
        """Most passages that one ``put`` or ``remove`` takes."""

    def put(self, passages: Sequence[Pending], vectors: Vectors32) -> None:
        """Store the passages' vectors (n x dimension, unit length), replacing those of the same key.

        Raises DiskFull where there is no room for them.
        """
        with _room():
            self._collection.upsert(
                ids=[str(passage.key) for passage in passages],
                embeddings=vectors,
                metadatas=[_metadata(passage) for passage in passages],
            )

    def search(self, vector: Vectors32, limit: int, filters: Filters = Filters()) -> list[tuple[int, float]]:
        """Passage keys with the cosine of their vector to this one (1 x dimension), nearest first."""
        found = self._collection.query(
            query_embeddings=vector, n_results=limit, where=_where(filters), include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        return [(int(key), 1.0 - float(distance)) for key, distance in zip(found["ids"][0], distances, strict=True)]

    def remove(self, keys: Sequence[int]) -> None:
        """Remove these passages' vectors; keys without one are passed over. Raises DiskFull."""
        for start in range(0, len(keys), self.batch_size):
            with _room():
                self._collection.delete(ids=[str(key) for key in keys[start : start + self.batch_size]])

    def keys(self) -> list[int]:
        """The keys of all vectors."""
        return [key for key, _ in self.articles()]

    def articles(self) -> Iterator[tuple[int, str]]:
        """The key of every vector, and the id of the article that it is filtered by."""
        for start in range(0, self.count(), self.batch_size):
            page = self._collection.get(include=["metadatas"], limit=self.batch_size, offset=start)
            for key, metadata in zip(page["ids"], page["metadatas"] or [], strict=True):
                yield int(key), str(metadata["article_id"])

    def read(self, keys: Sequence[int]) -> dict[int, Vectors32]:
        """The vectors of these keys, as far as there are any; at most ``batch_size`` at once."""
        found = self._collection.get(ids=[str(key) for key in keys], include=["embeddings"])
        held = np.asarray(found["embeddings"], dtype=np.float32)
        return {int(key): vector for key, vector in zip(found["ids"], held, strict=True)}

    def clear(self) -> None:
        """Remove all vectors, so that others of another model can take their place."""
        self._client.delete_collection(COLLECTION)
        self.__init__(self._client)  # type: ignore[misc]

    def count(self) -> int:
        """How many vectors there are."""
        return self._collection.count()


@contextmanager
def open_vectors(settings: Settings) -> Iterator[Vectors]:
    """The vectors in the data folder, held by this process alone, or those on the Chroma server that is set.

    Raises InUse, naming the process that holds the folder, and BadInput when the server does not answer.
    """
    if settings.chroma_url:
        yield Vectors(_server(settings.chroma_url))
        return
    with _sole_owner(settings.home):
        yield Vectors(_embedded(settings.home / "chroma"))


def _embedded(folder: Path) -> ClientAPI:
    import chromadb

    return chromadb.PersistentClient(str(folder), settings=_quiet())


def _server(url: str) -> ClientAPI:
    import chromadb

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"NEWSDESK_CHROMA_URL={url!r} is no address. It looks like http://127.0.0.1:8000")
    try:
        return chromadb.HttpClient(
            parts.hostname,
            parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=_quiet(),
        )
    except Exception as error:  # chromadb raises ValueError, httpx errors and its own for the same cause
        raise BadInput(f"No Chroma server answers at {url}. Start one: chroma run --path FOLDER") from error


@contextmanager
def _room() -> Iterator[None]:
    """A full disk under what is written here, as an error for people."""
    try:
        yield
    except Exception as error:  # chromadb raises its InternalError with SQLite's or the system's words in it
        if re.search(r"disk (?:is full|I/O error)|No space left|File too large", str(error)):
            raise DiskFull(
                f"No room for the vectors: {error}. What was stored before stays. Make room on that disk, "
                "then run the same command again: it goes on where it stopped."
            ) from error
        raise


def _quiet() -> Any:
    from chromadb.config import Settings as ChromaSettings

    return ChromaSettings(anonymized_telemetry=False)


@contextmanager
def _sole_owner(home: Path) -> Iterator[None]:
    """Hold the data folder: two processes on one Chroma folder give wrong results without a word."""
    home.mkdir(parents=True, exist_ok=True)
    lock, owner = FileLock(home / "lock", thread_local=False), home / "owner.json"
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InUse(
            f"The data folder {home} is held by {_named(owner)}. Ask that process (its page or its API), stop it, "
            "or share a Chroma server: run `chroma run --path FOLDER` and set NEWSDESK_CHROMA_URL for both."
        ) from error
    try:
        owner.write_text(json.dumps({"pid": os.getpid(), "command": Path(sys.argv[0]).name}))
        yield
    finally:
        lock.release()


def _named(owner: Path) -> str:
    try:
        who = json.loads(owner.read_text())
        return f"process {who['pid']} ({who['command']})"
    except (OSError, ValueError, KeyError):
        return "another process"


def _metadata(passage: Pending) -> dict[str, str | int]:
    metadata: dict[str, str | int] = {"article_id": passage.article_id}
    if passage.publisher:
        metadata["publisher"] = passage.publisher
    if passage.published:
        metadata["epoch"] = epoch(day(passage.published))
    return metadata


def _where(filters: Filters) -> dict[str, Any] | None:
    clauses: list[dict[str, Any]] = []
    if filters.published_from:
        clauses.append({"epoch": {"$gte": epoch(filters.published_from)}})
    if filters.published_to:
        clauses.append({"epoch": {"$lt": epoch(filters.published_to + timedelta(days=1))}})
    if filters.publishers:
        clauses.append({"publisher": {"$in": list(filters.publishers)}})
    if filters.article_ids:
        clauses.append({"article_id": {"$in": list(filters.article_ids)}})
    if len(clauses) > 1:
        return {"$and": clauses}
    return clauses[0] if clauses else None
