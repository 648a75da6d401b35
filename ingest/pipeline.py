"""read → clean → split → store → embed: repeatable, resumable, and told apart article by article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.read import read, sources
from ingest.split import split
from newsdesk.archive import Archive
from newsdesk.errors import BadInput, NewsdeskError, Unreadable
from newsdesk.models import Embedder, embedding_text
from newsdesk.types import Article
from newsdesk.vectors import Vectors

EMBED_AT_ONCE = 256
"""Passages embedded between two notes of progress: a second or so of work on a processor."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest has done so far."""

    files: int = 0
    files_read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    """Articles whose very text the archive holds already, from elsewhere."""
    embedded: int = 0
    to_embed: int = 0
    failed: tuple[str, ...] = field(default=())
    """One message for each source that could not be taken in: what is wrong with it, and where."""


Progress = Callable[[Report], None]


def ingest(
    paths: Sequence[str | Path], archive: Archive, vectors: Vectors, embedder: Embedder, progress: Progress
) -> Report:
    """Bring the articles of files and folders into the archive and its vectors, and say what was done.

    Can be stopped at any moment and run again: each article is stored in one transaction, and passages
    without vectors are found and embedded by the next run. A broken source is reported; the others go in.
    Raises BadInput where a path does not exist or holds no file of a known kind, Mismatch where the
    archive's vectors are another model's.
    """
    archive.hold_to_model(embedder.name)
    found = sources([Path(path) for path in paths])
    report, seen = Report(files=len(found)), set[str]()
    for source in found:
        for article in read(source):
            report = _stored(article, source.name, archive, report, seen)
            progress(report)
        report = replace(report, files_read=report.files_read + 1)
        progress(report)
    return _embed(archive, vectors, embedder, report, progress)


def add(articles: Iterable[Article | Unreadable], archive: Archive, vectors: Vectors, embedder: Embedder) -> Report:
    """Bring ready articles into the archive and its vectors; the same again changes nothing."""
    archive.hold_to_model(embedder.name)
    report, seen = Report(), set[str]()
    for article in articles:
        report = _stored(article, "", archive, report, seen)
    return _embed(archive, vectors, embedder, report, lambda _: None)


def rebuild(archive: Archive, vectors: Vectors, embedder: Embedder, progress: Progress) -> Report:
    """Make all vectors anew from the archive, with this embedder."""
    archive.start_vectors_anew(embedder.name)
    vectors.clear()
    return _embed(archive, vectors, embedder, Report(), progress)


def remove(article_id: str, archive: Archive, vectors: Vectors) -> None:
    """Remove an article from the archive and its vectors. Raises NotFound."""
    archive.remove(article_id)
    _remove_stale(archive, vectors)


def _stored(article: Article | Unreadable, source: str, archive: Archive, report: Report, seen: set[str]) -> Report:
    """Store one article and say in the report what became of it; ``seen`` holds the ids of this run so far."""
    try:
        if isinstance(article, Unreadable):
            raise article
        if article.id in seen and archive.article(article.id) != article:
            raise BadInput(f"{source}: the id {article.id!r} stands twice, with different articles. Give each its own.")
        change = archive.put(article, split(article), source)
    except NewsdeskError as error:
        return replace(report, failed=(*report.failed, str(error)))
    seen.add(article.id)
    return replace(report, **{change: getattr(report, change) + 1})


def _embed(archive: Archive, vectors: Vectors, embedder: Embedder, report: Report, progress: Progress) -> Report:
    _remove_stale(archive, vectors)
    embedded, pending = archive.passage_counts()
    if embedded and not vectors.count():  # the folder of vectors was lost: they are made anew
        archive.start_vectors_anew(embedder.name)
        pending += embedded
    report = replace(report, to_embed=pending)
    while batch := archive.pending(EMBED_AT_ONCE):
        vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
        archive.mark_embedded([passage.key for passage in batch])
        report = replace(report, embedded=report.embedded + len(batch))
        progress(report)
    return report


def _remove_stale(archive: Archive, vectors: Vectors) -> None:
    gone = archive.vectors_to_remove()
    vectors.remove(gone)
    archive.forget_removed(gone)
