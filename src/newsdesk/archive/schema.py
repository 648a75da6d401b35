"""The tables of the archive's file, and how the file of an older newsdesk is brought up to date.

``PRAGMA user_version`` counts the steps a file has taken. Each is one transaction: a file is never between two.
"""

from __future__ import annotations

import sqlite3

from newsdesk.archive.address import address_of
from newsdesk.archive.rows import version_of
from newsdesk.errors import BadInput

INDEX = """
CREATE VIRTUAL TABLE IF NOT EXISTS passage_index USING fts5(
  title, text, tokenize = "porter unicode61 remove_diacritics 2"
);
"""

BEGINNING = f"""
CREATE TABLE IF NOT EXISTS articles (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT,
  publisher TEXT,
  published TEXT,
  epoch INTEGER,
  authors TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  source TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS articles_by_epoch ON articles (epoch);
CREATE TABLE IF NOT EXISTS passages (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  embedded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article);
CREATE INDEX IF NOT EXISTS passages_to_embed ON passages (key) WHERE embedded = 0;
CREATE TABLE IF NOT EXISTS vectors_to_remove (key INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
{INDEX}"""
"""The file as it was before its steps were counted; IF NOT EXISTS, since such files are about."""

VERSIONS_AND_SOURCES = """
ALTER TABLE articles ADD COLUMN updated TEXT;
ALTER TABLE articles ADD COLUMN section TEXT;
ALTER TABLE articles ADD COLUMN language TEXT;
ALTER TABLE articles ADD COLUMN dated_by TEXT;
ALTER TABLE articles ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN stored_at TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN address TEXT;
ALTER TABLE articles ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;
UPDATE articles SET version = version_of(text), address = address_of(url),
  stored_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now');
CREATE INDEX articles_by_version ON articles (version);
CREATE INDEX articles_by_address ON articles (address) WHERE address IS NOT NULL;
CREATE INDEX articles_to_compare ON articles (key) WHERE compared = 0;
CREATE TABLE versions (
  article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  version TEXT NOT NULL,
  record TEXT NOT NULL,
  stored_at TEXT NOT NULL,
  PRIMARY KEY (article, version)
);
CREATE TABLE sources (
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  address TEXT,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX sources_by_id ON sources (id);
CREATE INDEX sources_by_article ON sources (article);
INSERT INTO sources SELECT source, id, key, address, sha256 FROM articles;
ALTER TABLE articles DROP COLUMN source;
ALTER TABLE articles DROP COLUMN sha256;
CREATE TABLE files (source TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bands (
  band INTEGER NOT NULL,
  article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article);
CREATE TABLE copies (
  article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  other INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
  PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE INDEX copies_by_other ON copies (other);
"""
"""Texts that were superseded, every source of an article, files known by their bytes, and copies of one story."""

WHOLE_ARTICLES = """
CREATE VIRTUAL TABLE article_index USING fts5(
  title, text, content = articles, content_rowid = key, tokenize = "porter unicode61 remove_diacritics 2"
);
CREATE TRIGGER article_added AFTER INSERT ON articles BEGIN
  INSERT INTO article_index (rowid, title, text) VALUES (new.key, new.title, new.text);
END;
CREATE TRIGGER article_removed AFTER DELETE ON articles BEGIN
  INSERT INTO article_index (article_index, rowid, title, text) VALUES ('delete', old.key, old.title, old.text);
END;
CREATE TRIGGER article_changed AFTER UPDATE OF title, text ON articles
WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN
  INSERT INTO article_index (article_index, rowid, title, text) VALUES ('delete', old.key, old.title, old.text);
  INSERT INTO article_index (rowid, title, text) VALUES (new.key, new.title, new.text);
END;
INSERT INTO article_index (article_index) VALUES ('rebuild');
"""
"""The words of whole articles, without a copy of their texts."""

STEPS = (VERSIONS_AND_SOURCES, WHOLE_ARTICLES)


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Make the tables of a new file, or take the steps that an older one lacks; all that it holds is kept.

    Raises BadInput for the file of a newer newsdesk, which this one would spoil.
    """
    taken = int(db.execute("PRAGMA user_version").fetchone()[0])
    if taken > len(STEPS):
        raise BadInput(
            f"it was made by a newer newsdesk (format {taken}, this one knows {len(STEPS)}); update newsdesk"
        )
    db.create_function("version_of", 1, version_of, deterministic=True)
    db.create_function("address_of", 1, address_of, deterministic=True)
    if not taken:
        db.executescript(BEGINNING)
    for number, step in enumerate(STEPS[taken:], taken + 1):
        try:
            db.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
