"""Connections to the archive's file: one that writes, others that read, and what goes wrong with a disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsdesk.archive.schema import bring_up_to_date
from newsdesk.errors import BadInput, DiskFull

Connection = sqlite3.Connection

_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class Connections:
    """The file of one archive, safe to share between threads. Foreign keys hold; what is deleted is overwritten."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it and its folder when there is none; raises BadInput where that cannot be."""
        self.path = path
        self._readers: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._writing = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._writer.execute("PRAGMA journal_mode = WAL")
            bring_up_to_date(self._writer)
        except (OSError, sqlite3.DatabaseError, BadInput) as error:
            raise BadInput(
                f"Cannot open the archive {path}: {error}. Set NEWSDESK_HOME to a folder that can be written."
            ) from error

    def close(self) -> None:
        """Close every connection."""
        while not self._readers.empty():
            self._readers.get().close()
        self._writer.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read by, of nobody else's until the end."""
        try:
            db = self._readers.get_nowait()
        except queue.Empty:
            db = self._connect()
        try:
            yield db
        finally:
            self._readers.put(db)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The connection to write by: all that is done with it lasts, or none of it.

        Within another transaction of the same thread, it lasts when that one does. Raises DiskFull.
        """
        with self._writing:
            outer = self._writer.in_transaction
            begin, undo, end = _WITHIN if outer else _ALONE
            try:
                self._writer.execute(begin)
                try:
                    yield self._writer
                    self._writer.execute(end)
                except BaseException:
                    with suppress(sqlite3.OperationalError):  # a full disk has rolled back already
                        for statement in undo:
                            self._writer.execute(statement)
                    raise
            except sqlite3.OperationalError as error:
                raise self._explained(error) from error

    def erase(self) -> None:
        """Overwrite what the file and its journal still hold of deleted rows: the words in the index too."""
        with self.transaction() as db:
            db.execute("INSERT INTO passage_index (passage_index) VALUES ('optimize')")
            db.execute("INSERT INTO article_index (article_index) VALUES ('optimize')")
        with self._writing:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connect(self) -> Connection:
        db = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        return db

    def _explained(self, error: sqlite3.OperationalError) -> Exception:
        if (error.sqlite_errorcode & 0xFF) not in _OF_THE_DISK:
            return error
        return DiskFull(
            f"Nothing more can be written to {self.path}: {error}. What was stored before stays. Make room on that "
            "disk, then run the same command again: it goes on where it stopped."
        )


_ALONE = ("BEGIN IMMEDIATE", ("ROLLBACK",), "COMMIT")
_WITHIN = ("SAVEPOINT inner_part", ("ROLLBACK TO inner_part", "RELEASE inner_part"), "RELEASE inner_part")
