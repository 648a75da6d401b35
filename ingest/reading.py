"""Sources → articles cut into passages, in the sources' order; a large heap is read by processes of their own.

A reader that dies or hangs over a source is ended, the source is reported, and the others are read on.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.read import Source, read
from ingest.split import split
from newsdesk.errors import Unreadable
from newsdesk.types import Article, Passage

AT_ONCE = 16
"""Articles handed on together."""
LARGE = 4 * 2**20
"""Bytes from which on reading is worth processes of its own, each of which takes a second to start."""
MOST_READERS = 8
PATIENCE = 300.0
"""Seconds after which a reader that hands on nothing is taken to hang."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a source's articles, with what could not be read of it.

    The ``last`` piece carries the fingerprint of a source that was read whole and without a fault. A source
    whose fingerprint is known already is ``unchanged`` and not read at all.
    """

    source: str
    articles: tuple[tuple[Article, tuple[Passage, ...]], ...] = ()
    faults: tuple[str, ...] = ()
    fingerprint: str = ""
    last: bool = False
    unchanged: bool = False


class Stopped(Exception):
    """Reading was stopped on request."""


def read_all(
    sources: Sequence[Source], known: Mapping[str, str], stop: threading.Event, readers: int | None = None
) -> Iterator[Piece]:
    """The pieces of all sources in their order, of each at least the last.

    ``known`` are the fingerprints of earlier runs by source. ``readers`` is the number of processes; None lets the
    size of the heap and of the machine decide, 0 reads in this one. Raises Stopped soon after ``stop`` is set.
    """
    count = _worthwhile(sources) if readers is None else readers
    if count:
        yield from _by_processes(sources, known, stop, count)
        return
    for source in sources:
        for piece in pieces(source, known.get(source.name)):
            if stop.is_set():
                raise Stopped
            yield piece


def pieces(source: Source, known: str | None) -> Iterator[Piece]:
    """The pieces of one source; never raises for what it holds."""
    fingerprint = _fingerprint(source)
    if fingerprint and fingerprint == known:
        yield Piece(source.name, last=True, unchanged=True)
        return
    flawless = True
    articles = _safely(source)
    while batch := list(islice(articles, AT_ONCE)):
        piece = piece_of(source.name, batch)
        flawless = flawless and not piece.faults
        yield piece
    yield Piece(source.name, fingerprint=fingerprint if flawless else "", last=True)


def piece_of(source: str, batch: Sequence[Article | Unreadable]) -> Piece:
    """What was read, cut into passages, with the faults told apart."""
    articles = tuple((one, tuple(split(one))) for one in batch if isinstance(one, Article))
    return Piece(source, articles, tuple(str(one) for one in batch if isinstance(one, Unreadable)))


def can_be_reopened(source: Source) -> bool:
    """Whether the source is a file or bytes in memory, not a stream that is gone when it was read."""
    return isinstance(source.open, partial)


def _safely(source: Source) -> Iterator[Article | Unreadable]:
    """What is read of the source; a fault of a library's own is one of the source, and ends none of the others."""
    try:
        yield from read(source)
    except Exception as error:
        yield Unreadable(f"{source.name}: cannot be read ({type(error).__name__}: {error}); mend or remove it")


def _fingerprint(source: Source) -> str:
    """A checksum of the source's bytes, of its name for articles, and of the code that would read it."""
    if not can_be_reopened(source):
        return ""
    try:
        with source.open() as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    except OSError:
        return ""
    return hashlib.sha256(f"{content} {source.article_id} {_code()}".encode()).hexdigest()


@cache
def _code() -> str:
    """A checksum of this package: when reading gets better, everything is read again."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _worthwhile(sources: Sequence[Source]) -> int:
    """How many processes should read these: none for a few, or for what cannot be handed to another process."""
    if not all(can_be_reopened(source) for source in sources):
        return 0
    spare = len(os.sched_getaffinity(0)) - 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) - 1
    return min(max(spare, 1), MOST_READERS, len(sources)) if _is_large(sources) else 0


def _is_large(sources: Sequence[Source]) -> bool:
    size = 0
    for source in sources:
        with suppress(OSError), source.open() as stream:
            size += stream.seek(0, os.SEEK_END)
        if size >= LARGE:
            return True
    return False


# Processes


def _by_processes(
    sources: Sequence[Source], known: Mapping[str, str], stop: threading.Event, count: int
) -> Iterator[Piece]:
    """Every ``count``-th source is read by the same process; a pipe that is full makes it wait."""
    readers = [_Reader(sources[number::count], known, stop) for number in range(count)]
    try:
        for number in range(len(sources)):
            yield from readers[number % count].next_source()
    finally:
        for reader in readers:
            reader.end()


class _Reader:
    """A process that reads some sources, one after the other."""

    def __init__(self, sources: Sequence[Source], known: Mapping[str, str], stop: threading.Event) -> None:
        self._left = list(sources)
        self._known = known
        self._stop = stop
        self._start()

    def next_source(self) -> Iterator[Piece]:
        """The pieces of the next source."""
        source = self._left.pop(0)
        while True:
            piece = self._received() or self._lost(source)
            yield piece
            if piece.last:
                return

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._pieces.close()

    def _start(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._pieces, sending = spawning.Pipe(duplex=False)
        known = {source.name: self._known[source.name] for source in self._left if source.name in self._known}
        self._process = spawning.Process(target=_read_and_send, args=(self._left, known, sending), daemon=True)
        self._process.start()
        sending.close()

    def _received(self) -> Piece | None:
        """The next piece; None where the process has died, or had to be ended since it hung."""
        begun = time.monotonic()
        while not self._pieces.poll(0.1):
            if self._stop.is_set():
                raise Stopped
            if time.monotonic() - begun > PATIENCE:
                return None
        try:
            piece: Piece = self._pieces.recv()
        except (EOFError, OSError):
            return None
        return piece

    def _lost(self, source: Source) -> Piece:
        """The end of a source over which its reader was lost; another reader takes on the rest."""
        self.end()
        if self._left:
            self._start()
        return Piece(
            source.name,
            faults=(f"{source.name}: reading it ended the reader or took too long; mend or remove it",),
            last=True,
        )


def _read_and_send(sources: Sequence[Source], known: Mapping[str, str], sending: Connection) -> None:
    """What a reader process does. Ctrl-C is the parent's to act on; without a parent there is nobody to read for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        for source in sources:
            for piece in pieces(source, known.get(source.name)):
                sending.send(piece)
