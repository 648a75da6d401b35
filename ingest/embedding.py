"""Passages that have no vector yet → vectors, in windows that come out the same however often a run is broken off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import numpy as np

from newsdesk.archive import Archive, Pending
from newsdesk.models import Embedder, embedding_text
from newsdesk.vectors import Vectors, Vectors32

WINDOW = 512
"""Passages embedded and noted as one. Within them those of like length are embedded together, since a batch takes
as long as its longest passage: in smaller windows more is wasted."""
SLICE = 128
"""Passages embedded between two notes of progress: a few seconds of work on a processor."""

Told = Callable[[int], None]
"""Is told how many more passages have their vector."""


class Embedding:
    """Embeds what is pending, window by window, and writes one window while it embeds the next."""

    def __init__(self, archive: Archive, vectors: Vectors, embedder: Embedder, told: Told) -> None:
        self._archive, self._vectors, self._embedder, self._told = archive, vectors, embedder, told
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vectors")
        self._writing: Future[None] | None = None
        self._last = 0

    def __enter__(self) -> Embedding:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.shutdown(wait=True)

    def take(self, *, all_are_stored: bool) -> bool:
        """Embed the next window, if it is full or the last; whether there was one."""
        window = self._archive.pending(WINDOW, after=self._last)
        if not window or (len(window) < WINDOW and not all_are_stored):
            return False
        self._last = window[-1].key
        made = self._embedded(window)
        self.written()
        self._writing = self._thread.submit(self._write, window, made)
        return True

    def written(self) -> None:
        """Wait until what was embedded is written. Raises what went wrong with it."""
        if self._writing:
            self._writing.result()

    def _embedded(self, window: Sequence[Pending]) -> Vectors32:
        """The vectors of a window, in its order, made in the order of length."""
        texts = [embedding_text(passage) for passage in window]
        order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))
        made: list[Vectors32] = []
        for start in range(0, len(order), SLICE):
            numbers = order[start : start + SLICE]
            made.append(self._embedder.embed([texts[n] for n in numbers]))
            self._told(len(numbers))
        return np.concatenate(made)[np.argsort(order)]

    def _write(self, window: Sequence[Pending], made: Vectors32) -> None:
        self._vectors.put(window, made)
        gone = self._archive.mark_embedded([passage.key for passage in window])
        if gone:  # removed or replaced by another thread meanwhile
            self._vectors.remove(gone)


def embed_pending(archive: Archive, vectors: Vectors, embedder: Embedder, told: Told) -> None:
    """Give every stored passage its vector."""
    with Embedding(archive, vectors, embedder, told) as embedding:
        while embedding.take(all_are_stored=True):
            pass
        embedding.written()


def reconcile(archive: Archive, vectors: Vectors) -> None:
    """Make the archive and its vectors agree on what has a vector; what has none is pending after.

    Costs two numbers where they agree, and a list of all keys where they do not.
    """
    remove_stale(archive, vectors)
    if archive.passage_counts()[0] != vectors.count():
        missing, orphans = differences(archive, vectors)
        archive.mark_unembedded(missing)
        vectors.remove(orphans)


def differences(archive: Archive, vectors: Vectors) -> tuple[list[int], list[int]]:
    """Keys of passages that lack the vector they are said to have, and of vectors that are no such passage's."""
    said, held = set(archive.embedded_keys()), set(vectors.keys())
    return sorted(said - held), sorted(held - said)


def remove_stale(archive: Archive, vectors: Vectors) -> None:
    """Remove the vectors of passages that are gone."""
    gone = archive.vectors_to_remove()
    if gone:
        vectors.remove(gone)
        archive.forget_removed(gone)
