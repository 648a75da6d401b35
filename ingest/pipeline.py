"""read → clean → split → store → embed, all at once: repeatable, resumable, and told apart article by article."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from ingest.embedding import Embedding, embed_pending, reconcile, remove_stale
from ingest.read import Source, sources
from ingest.reading import Piece, Stopped, piece_of, read_all
from ingest.report import Failure, Report
from ingest.storing import stored
from ingest.visited import FILE, forget
from newsdesk.archive import Archive
from newsdesk.errors import NotFound, Unreadable
from newsdesk.models import Embedder
from newsdesk.settings import Settings
from newsdesk.types import Article
from newsdesk.vectors import Vectors

__all__ = ["Failure", "Progress", "Report", "add", "finish", "ingest", "is_finished", "rebuild", "remove"]

Progress = Callable[[Report], None]
"""Is shown the report as it grows; what it raises ends the ingest."""

Told = queue.SimpleQueue[Report | BaseException | None]


def ingest(
    given: Sequence[str | Path | Source],
    archive: Archive,
    vectors: Vectors,
    embedder: Embedder,
    progress: Progress,
    settings: Settings | None = None,
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    readers: int | None = None,
) -> Report:
    """Bring the articles of files, folders and web addresses into the archive and its vectors, and say what was done.

    Can be stopped at any moment and run again: articles are stored in transactions, and passages without vectors
    are found and embedded by the next run. A broken source is reported; the others go in. ``settings`` say what may
    be visited on the web; ``readers``: see ``read_all``. Raises BadInput where a path does not exist or holds no
    file of a known kind, Mismatch where the archive's vectors are another model's, DiskFull.
    """
    archive.hold_to_model(embedder.name)
    pages = [str(one) for one in given if _is_address(one)]
    others = [one for one in given if not _is_address(one)]
    found = sources(others, include, exclude) if others or not pages else []
    reconcile(archive, vectors)
    stop = threading.Event()
    read = chain(read_all(found, archive.fingerprints(), stop, readers), _visited(pages, archive, settings, stop))
    report = Report(files=len(found) + len(pages), to_embed=archive.passage_counts()[1])
    with _beside(stored(read, archive, report), stop) as told:
        return _embed_beside(told, archive, vectors, embedder, report, progress)


def add(articles: Iterable[Article | Unreadable], archive: Archive, vectors: Vectors, embedder: Embedder) -> Report:
    """Bring ready articles into the archive and its vectors; the same again changes nothing."""
    archive.hold_to_model(embedder.name)
    report = Report()
    for done in stored((piece_of("", [article]) for article in articles), archive, report):
        report = done
    return _embed(archive, vectors, embedder, report, lambda _: None)


def rebuild(archive: Archive, vectors: Vectors, embedder: Embedder, progress: Progress) -> Report:
    """Make all vectors anew from the archive, with this embedder."""
    vectors.clear()
    archive.start_vectors_anew(embedder.name)
    return _embed(archive, vectors, embedder, Report(), progress)


def finish(archive: Archive, vectors: Vectors, embedder: Embedder, progress: Progress) -> Report:
    """Finish what an earlier run that was broken off has stored: make the vectors that are missing."""
    archive.hold_to_model(embedder.name)
    return _embed(archive, vectors, embedder, Report(), progress)


def is_finished(archive: Archive, vectors: Vectors) -> bool:
    """Whether every passage has its vector and nothing else has one, as far as their numbers tell."""
    embedded, pending = archive.passage_counts()
    return not pending and not archive.vectors_to_remove() and embedded == vectors.count()


def remove(article_ids: str | Sequence[str], archive: Archive, vectors: Vectors) -> None:
    """Remove articles from the archive and its vectors, versions and all, so that no trace is left in the files.

    Raises NotFound where one of them is not there; then all stay.
    """
    article_ids = [article_ids] if isinstance(article_ids, str) else article_ids
    with archive.together():
        for article_id in article_ids:
            archive.remove(article_id)
    remove_stale(archive, vectors)
    archive.erase()
    forget(archive.path.parent / FILE, frozenset(article_ids))


def _embed(archive: Archive, vectors: Vectors, embedder: Embedder, report: Report, progress: Progress) -> Report:
    """Embed what is pending, with nothing else going on."""
    reconcile(archive, vectors)
    report = replace(report, to_embed=archive.passage_counts()[1])

    def told(more: int) -> None:
        nonlocal report
        report = replace(report, embedded=report.embedded + more)
        progress(report)

    embed_pending(archive, vectors, embedder, told)
    return report


def _embed_beside(
    told: Told, archive: Archive, vectors: Vectors, embedder: Embedder, report: Report, progress: Progress
) -> Report:
    """Embed what the other thread stores, while it stores more, until it has ended and nothing is left."""
    embedded = 0

    def show(more: int = 0) -> None:
        nonlocal embedded
        embedded += more
        progress(replace(report, embedded=embedded))

    storing = took = True
    with Embedding(archive, vectors, embedder, show) as embedding:
        while storing or took:
            for said in _heard(told, wait=storing and not took):
                storing = said is not None
                report = said or report
                show()
            took = embedding.take(all_are_stored=not storing)
        embedding.written()
    remove_stale(archive, vectors)
    report = replace(report, embedded=embedded, to_embed=embedded)
    progress(report)
    return report


def _heard(told: Told, *, wait: bool) -> Iterator[Report | None]:
    """What the other thread has said since, at least one thing if ``wait``. Raises what it raised."""
    while wait or not told.empty():
        wait = False
        said = told.get()
        if isinstance(said, BaseException):
            raise said
        yield said


@contextmanager
def _beside(reports: Iterator[Report], stop: threading.Event) -> Iterator[Told]:
    """Let a thread of its own work towards the reports: they are told one by one, None at the end."""
    told: Told = queue.SimpleQueue()

    def work() -> None:
        try:
            for report in reports:
                told.put(report)
            told.put(None)
        except Stopped:
            told.put(None)
        except BaseException as error:
            told.put(error)

    thread = threading.Thread(target=work, name="storing")
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def _visited(
    pages: Sequence[str], archive: Archive, settings: Settings | None, stop: threading.Event
) -> Iterator[Piece]:
    """The articles of web addresses, each as it comes."""
    if not pages:
        return
    from ingest.web import fetch, open_web

    def held(article_id: str) -> Article | None:
        try:
            return archive.article(article_id)
        except NotFound:
            return None

    with open_web(settings or Settings(home=archive.path.parent), held) as web:
        for page in pages:
            for one in fetch(page, web):
                if stop.is_set():
                    raise Stopped
                source = one.url or page if isinstance(one, Article) else page
                yield piece_of(source, [one])
            yield Piece(page, last=True)


def _is_address(given: str | Path | Source) -> bool:
    return isinstance(given, str) and given.lower().startswith(("http://", "https://"))
