"""Pieces of sources → the archive, a small batch in each transaction: after a crash all of it is there, or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest import stories
from ingest.reading import Piece
from ingest.report import Failure, Report
from newsdesk.archive import Archive, version_of
from newsdesk.errors import BadInput
from newsdesk.types import Article, Passage

BATCH = 32
"""Articles in a transaction: so few that a crash costs little, so many that the disk is not waited for."""
BATCH_SECONDS = 1.0
"""A batch is not held back for longer, be it ever so small."""


def stored(pieces: Iterable[Piece], archive: Archive, report: Report) -> Iterator[Report]:
    """Store the pieces as they come, and say after each batch what has been done since ``report``."""
    run = _Run(archive, report)
    for batch in _batches(pieces):
        with archive.together():
            for piece in batch:
                run.take(piece)
            archive.find_copies(stories.bands, stories.alike)
        yield run.report


@dataclass(slots=True)
class _Run:
    """One run: what it did, which ids it has met with which text, and which sources were not free of faults."""

    archive: Archive
    report: Report
    seen: dict[str, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)

    def take(self, piece: Piece) -> None:
        for fault in piece.faults:
            self._fail(piece.source, fault)
        for article, passages in piece.articles:
            self._put(article, passages, piece.source)
        if piece.unchanged:
            self._count(unchanged=self.archive.count_from(piece.source))
        if piece.last:
            self._count(files_read=1)
            if piece.fingerprint and piece.source not in self.faulty:
                self.archive.note_file(piece.source, piece.fingerprint)

    def _put(self, article: Article, passages: Sequence[Passage], source: str) -> None:
        try:
            text = version_of(article.text)
            if self.seen.setdefault(article.id, text) != text:
                raise BadInput(
                    f"{source}: the id {article.id!r} stands twice, with different articles. Give each its own."
                )
            change = self.archive.put(article, passages, source)
        except (BadInput, UnicodeError) as error:
            self._fail(source, str(error))
        else:
            self._count(**{change: 1}, to_embed=len(passages) if change in ("added", "changed") else 0)

    def _fail(self, source: str, reason: str) -> None:
        self.faulty.add(source)
        self.report = replace(self.report, failures=(*self.report.failures, Failure(source, reason)))

    def _count(self, **more: int) -> None:
        self.report = replace(self.report, **{name: getattr(self.report, name) + n for name, n in more.items()})


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    begun = time.monotonic()
    for piece in pieces:
        batch.append(piece)
        if sum(max(len(one.articles), 1) for one in batch) >= BATCH or time.monotonic() - begun > BATCH_SECONDS:
            yield batch
            batch, begun = [], time.monotonic()
    if batch:
        yield batch
