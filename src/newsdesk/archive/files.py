"""Which files were read whole, by the checksum of their bytes, so that the same again need not be read."""

from __future__ import annotations

from newsdesk.archive.connection import Connection


def fingerprints(db: Connection) -> dict[str, str]:
    """The fingerprint of every file that was read whole and without a fault, by its name as a source."""
    return dict(db.execute("SELECT source, fingerprint FROM files"))


def note(db: Connection, source: str, fingerprint: str) -> None:
    """Remember the fingerprint under which all articles of the file are in the archive."""
    db.execute("INSERT OR REPLACE INTO files (source, fingerprint) VALUES (?, ?)", (source, fingerprint))


def articles(db: Connection, source: str) -> int:
    """How many articles came from that source."""
    return int(db.execute("SELECT count(*) FROM sources WHERE source = ?", (source,)).fetchone()[0])
