"""An article into the archive: whether it is new, the same again, the same from elsewhere, or a newer version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from newsdesk.archive import copies
from newsdesk.archive.address import address_of
from newsdesk.archive.connection import Connection
from newsdesk.archive.rows import (
    ARTICLE,
    COLUMNS,
    as_article,
    as_record,
    seconds_of,
    sha256_of,
    stored,
    version_of,
)
from newsdesk.errors import BadInput
from newsdesk.types import Article, Passage

Change = Literal["added", "changed", "unchanged", "duplicate"]


def put(db: Connection, article: Article, passages: Sequence[Passage], source: str) -> Change:
    """Store an article with its passages and their index; see ``Archive.put``."""
    sha256 = sha256_of(article)
    known = db.execute("SELECT sha256 FROM sources WHERE source = ? AND id = ?", (source, article.id)).fetchone()
    if known and known[0] == sha256:
        return "unchanged"
    key, change = _placed(db, article, passages, source)
    db.execute(
        "INSERT OR REPLACE INTO sources (source, id, article, address, sha256) VALUES (?, ?, ?, ?, ?)",
        (source, article.id, key, address_of(article.url), sha256),
    )
    return change


def delete(db: Connection, key: int) -> None:
    """Remove an article with all that hangs on it; its vectors are noted for removal, its files will be read anew."""
    _forget_files(db, [source for (source,) in db.execute("SELECT source FROM sources WHERE article = ?", (key,))])
    _delete_passages(db, key)
    db.execute("DELETE FROM articles WHERE key = ?", (key,))


def replace_passages(db: Connection, key: int, article: Article, passages: Sequence[Passage]) -> None:
    """Give an article these passages in place of those it has; the vectors of the old are noted for removal."""
    _delete_passages(db, key)
    _insert_passages(db, key, article, passages)


def _placed(db: Connection, article: Article, passages: Sequence[Passage], source: str) -> tuple[int, Change]:
    """Where the article is now, and what became of it."""
    if (key := _superseded_by(db, article, source)) is not None:
        row = db.execute(f"SELECT {ARTICLE} FROM articles a WHERE key = ?", (key,)).fetchone()
        old = as_article(row)
        if sha256_of(old) == sha256_of(_as_known(article, old)):
            return key, "unchanged" if old.id == article.id else "duplicate"
        _supersede(db, key, old, _as_known(article, old), passages, source)
        return key, "changed"
    if (key := _same_text(db, article)) is not None:
        return key, "duplicate"
    return _insert(db, article, passages), "added"


def _as_known(article: Article, old: Article) -> Article:
    """The article under the id by which the archive holds it, so that what cites it still finds it."""
    values = {column: getattr(article, column) for column in COLUMNS} | {"id": old.id}
    return Article(**values)


def _superseded_by(db: Connection, article: Article, source: str) -> int | None:
    """The key of the article of which this is another version: of the same id, or of the same address.

    Raises BadInput where the id is held by another article, since one of the two would be lost.
    """
    address = address_of(article.url)
    held = db.execute("SELECT key, address, version FROM articles WHERE id = ?", (article.id,)).fetchone()
    if held:
        sources = [name for (name,) in db.execute("SELECT source FROM sources WHERE article = ?", (held[0],))]
        if source in sources or (address and address == held[1]) or held[2] == version_of(article.text):
            return int(held[0])
        raise BadInput(
            f"{source or 'This article'}: the id {article.id!r} is held by another article"
            f"{', from ' + sources[0] if sources and sources[0] else ''}. Rename the file, give it an id of its own, "
            f"or run: newsdesk articles remove {article.id}"
        )
    row = db.execute("SELECT key FROM articles WHERE address = ? ORDER BY key", (address,)).fetchone()
    return int(row[0]) if row else None


def _same_text(db: Connection, article: Article) -> int | None:
    """The key of an article of the very same text that does not contradict this one in title, publisher or day."""
    rows = db.execute(f"SELECT a.key, {ARTICLE} FROM articles a WHERE version = ?", (version_of(article.text),))
    return next((int(row[0]) for row in rows if _agree(as_article(row[1:]), article)), None)


def _agree(one: Article, other: Article) -> bool:
    """Whether these are one article: a notice that stands under many headlines, papers or days is several."""
    said = [(_words(one.title), _words(other.title)), (one.publisher, other.publisher)]
    return (
        one.text == other.text
        and one.published == other.published
        and all(not mine or not theirs or mine == theirs for mine, theirs in said)
    )


def _words(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))


def _supersede(
    db: Connection, key: int, old: Article, article: Article, passages: Sequence[Passage], source: str
) -> None:
    """Put the article in the place of the old one, whose text is kept as a version if it was another."""
    if old.text != article.text:
        _keep_version(db, key, version_of(article.text))
        db.execute("UPDATE articles SET stored_at = ? WHERE key = ?", (_now(), key))
        copies.forget(db, key)
        _forget_other_sources(db, key, article, source)
    changes = ", ".join(f"{column} = ?" for column in (*COLUMNS, "epoch", "version", "address"))
    db.execute(f"UPDATE articles SET {changes} WHERE key = ?", (*stored(article), *_derived(article), key))
    if _embedded(old) != _embedded(article):
        replace_passages(db, key, article, passages)


def _embedded(article: Article) -> tuple[object, ...]:
    """What passages, their index and their vectors are made of."""
    return article.text, article.title, article.publisher, article.published


def _keep_version(db: Connection, key: int, becoming: str) -> None:
    """Keep the text that the article has; the one that it is about to have (again) is old no more."""
    row = db.execute(f"SELECT a.version, a.stored_at, {ARTICLE} FROM articles a WHERE key = ?", (key,)).fetchone()
    db.execute(
        "INSERT OR REPLACE INTO versions (article, version, record, stored_at) VALUES (?, ?, ?, ?)",
        (key, row[0], as_record(row[2:]), row[1]),
    )
    db.execute("DELETE FROM versions WHERE article = ? AND version = ?", (key, becoming))


def _forget_other_sources(db: Connection, key: int, article: Article, source: str) -> None:
    """Sources that had the old text may tell another story now: they are read anew, unless of the same page."""
    address = address_of(article.url)
    others = db.execute(
        "SELECT source, id FROM sources WHERE article = ? AND source <> ? AND (address IS NULL OR address IS NOT ?)",
        (key, source, address),
    ).fetchall()
    db.executemany("DELETE FROM sources WHERE source = ? AND id = ?", others)
    _forget_files(db, [name for name, _ in others])


def _forget_files(db: Connection, sources: Iterable[str]) -> None:
    db.executemany("DELETE FROM files WHERE source = ?", [(source,) for source in sources])


def _insert(db: Connection, article: Article, passages: Sequence[Passage]) -> int:
    columns = (*COLUMNS, "epoch", "version", "address", "stored_at")
    key = db.execute(
        f"INSERT INTO articles ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        (*stored(article), *_derived(article), _now()),
    ).lastrowid
    assert key is not None
    _insert_passages(db, key, article, passages)
    return key


def _derived(article: Article) -> tuple[int | None, str, str | None]:
    """The columns epoch, version and address."""
    return seconds_of(article.published), version_of(article.text), address_of(article.url)


def _insert_passages(db: Connection, article_key: int, article: Article, passages: Sequence[Passage]) -> None:
    for passage in passages:
        key = db.execute(
            "INSERT INTO passages (article, start, end) VALUES (?, ?, ?)", (article_key, passage.start, passage.end)
        ).lastrowid
        db.execute(
            "INSERT INTO passage_index (rowid, title, text) VALUES (?, ?, ?)",
            (key, article.title, article.text[passage.start : passage.end]),
        )


def _delete_passages(db: Connection, key: int) -> None:
    of_article = "(SELECT key FROM passages WHERE article = ?)"
    db.execute(f"INSERT INTO vectors_to_remove SELECT key FROM passages WHERE key IN {of_article}", (key,))
    db.execute(f"DELETE FROM passage_index WHERE rowid IN {of_article}", (key,))
    db.execute("DELETE FROM passages WHERE article = ?", (key,))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
