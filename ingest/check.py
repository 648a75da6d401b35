"""Whether the archive and its vectors agree with themselves and each other, and how to make them agree again.

The articles' texts are the ground. Passages, index and vectors can all be made anew from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest import stories
from ingest.embedding import differences, embed_pending, remove_stale
from ingest.split import split
from newsdesk.archive import Archive
from newsdesk.models import Embedder
from newsdesk.types import Article, Passage
from newsdesk.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not agree: where, and what is wrong there."""

    where: str
    what: str


def find_faults(archive: Archive, vectors: Vectors) -> list[Fault]:
    """Everything that does not agree; nothing is changed."""
    return [*_of_archive(archive), *_of_vectors(archive, vectors)]


def repair(archive: Archive, vectors: Vectors, embedder: Callable[[], Embedder]) -> list[Fault]:
    """Make anew what does not agree with the articles' texts; the faults that are left, which no text can mend.

    ``embedder`` is called only where vectors are missing.
    """
    archive.drop_dangling()
    for article, _ in list(_uncut(archive)):
        archive.mend(article, split(article))
    for article_id, version in archive.spoilt_versions():
        archive.remove_version(article_id, version)
    if archive.misindexed():
        archive.index_anew()
    archive.find_copies(stories.bands, stories.alike)
    _mend_vectors(archive, vectors, embedder)
    return find_faults(archive, vectors)


def _mend_vectors(archive: Archive, vectors: Vectors, embedder: Callable[[], Embedder]) -> None:
    """Remove the vectors that are no passage's, and make those that are missing or wrong."""
    remove_stale(archive, vectors)
    strays = _strays(archive, vectors)
    missing, orphans = differences(archive, vectors)
    archive.mark_unembedded([*missing, *strays])
    vectors.remove(orphans)
    if archive.passage_counts()[1]:
        embed_pending(archive, vectors, embedder(), lambda _: None)


def _of_archive(archive: Archive) -> Iterator[Fault]:
    yield from (Fault("the archive's file", what) for what in archive.damage())
    if number := archive.dangling():
        yield Fault("the archive", f"{number:,} rows belong to an article that is not there")
    yield from (Fault(article.id, what) for article, what in _uncut(archive))
    for article_id, version in archive.spoilt_versions():
        yield Fault(article_id, f"what is kept as its version {version} is another text")
    if number := archive.misindexed():
        yield Fault("the index of words", f"{number:,} passages do not stand in it as they should")


def _uncut(archive: Archive) -> Iterator[tuple[Article, str]]:
    """Articles whose passages do not tile their text, or whose version is not that of their text."""
    for article, passages, version_holds in archive.cut():
        if not _tile(article.text, passages):
            yield article, "its passages do not cover its text, each character once"
        elif not version_holds:
            yield article, "its version is not that of its text"


def _tile(text: str, passages: list[Passage]) -> bool:
    """Whether the passages follow one another from the first character to the last; white space alone has none."""
    if not passages:
        return not text.strip()
    edges = [0, *(passage.end for passage in passages)]
    starts = [passage.start for passage in passages]
    return edges[:-1] == starts and edges[-1] == len(text) and all(start < end for start, end in pairwise(edges))


def _of_vectors(archive: Archive, vectors: Vectors) -> Iterator[Fault]:
    missing, orphans = differences(archive, vectors)
    for number, what in (
        (len(missing), "passages lack their vector"),
        (len(orphans), "vectors belong to no passage"),
        (len(_strays(archive, vectors)), "vectors are not those of their passage"),
        (archive.passage_counts()[1], "passages have not been embedded yet"),
    ):
        if number:
            yield Fault("the vectors", f"{number:,} {what}")


def _strays(archive: Archive, vectors: Vectors) -> list[int]:
    """Keys of vectors that are filtered by another article than their passage's, or have not unit length."""
    owners = archive.owners()
    wrong = {key for key, article_id in vectors.articles() if key in owners and owners[key] != article_id}
    keys = sorted(owners)
    for start in range(0, len(keys), vectors.batch_size):
        for key, vector in vectors.read(keys[start : start + vectors.batch_size]).items():
            if abs(float(np.linalg.norm(vector)) - 1) > 0.01:
                wrong.add(key)
    return sorted(wrong)
