"""Conversations, answers with a permanent link, and feedback: what the page and the API keep in one SQLite file.

A conversation belongs to an owner, a name that only its caller can check (see ``newsdesk.page.visitor``), and is
found by no one else. Answers are kept whole, as JSON, so that what was said stays as it was said. What a method
has returned from is on the disk.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from newsdesk.errors import BadInput, NotFound
from newsdesk.types import Answer, Filters

SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, made TEXT NOT NULL, touched TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, touched);
CREATE TABLE IF NOT EXISTS turns (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  question TEXT NOT NULL,
  filters TEXT NOT NULL,
  asked TEXT NOT NULL,
  answer TEXT,
  notice TEXT,
  verdict TEXT,
  words TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (conversation);
CREATE TABLE IF NOT EXISTS links (id TEXT PRIMARY KEY, turn TEXT NOT NULL, made TEXT NOT NULL, kept TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS links_by_turn ON links (turn);
CREATE TABLE IF NOT EXISTS feedback (
  id TEXT PRIMARY KEY, given TEXT NOT NULL, verdict TEXT NOT NULL, question TEXT NOT NULL, reason TEXT NOT NULL,
  answer TEXT, turn TEXT UNIQUE
);
"""

LONGEST_TITLE = 80
MOST_LISTED = 200

Verdict = Literal["up", "down"]

_ANSWER = TypeAdapter(Answer)
_FILTERS = TypeAdapter(Filters)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in a list: what it is called, and when it was last spoken in."""

    id: str
    title: str
    touched: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A question and what became of it: an answer, a notice in its place, or neither while it is sought.

    ``filters`` are those it was asked with, ``link`` its permanent link where it was given one. A turn that was
    never stored has no ``id``.
    """

    question: str
    answer: Answer | None = None
    notice: str | None = None
    id: str = ""
    asked: datetime | None = None
    filters: Filters = Filters()
    verdict: Verdict | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What someone thought of an answer, with the answer as it was where there was one."""

    id: str
    verdict: Verdict
    question: str
    reason: str
    given: datetime
    answer: Answer | None = None


class Conversations:
    """What is kept in one file. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it and its folder when there is none. Raises BadInput where that cannot be."""
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.create_function("casefold", 1, str.casefold, deterministic=True)
            self._db.executescript(SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise BadInput(
                f"Cannot open the conversations {path}: {error}. Move that file away, or set NEWSDESK_HOME to a "
                "folder that can be written."
            ) from error

    def close(self) -> None:
        """Close the file; nothing can be kept or found after."""
        with self._lock:
            self._db.close()

    # Conversations

    def begin(self, owner: str, title: str) -> Conversation:
        """A new conversation, called after its first question."""
        made = Conversation(_unguessable(), _title(title), _now())
        moment = made.touched.isoformat()
        with self._change() as db:
            db.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", (made.id, owner, made.title, moment, moment))
        return made

    def conversation(self, owner: str, id: str) -> Conversation:
        """The owner's conversation of that id; raises NotFound for every other."""
        with self._lock:
            row = self._db.execute(
                "SELECT id, title, touched FROM conversations WHERE id = ? AND owner = ?", (id, owner)
            ).fetchone()
        if row is None:
            raise NotFound("There is no such conversation, or it was deleted. Begin a new one.")
        return _conversation(row)

    def find(self, owner: str, search: str = "", limit: int = MOST_LISTED) -> list[Conversation]:
        """The owner's conversations, the last spoken in first; with ``search``, those that have all its words."""
        wanted = [f"%{_escaped(word)}%" for word in search.casefold().split()[:8]]
        holds = (
            " AND (casefold(c.title) LIKE ? ESCAPE '!' OR EXISTS "
            "(SELECT 1 FROM turns t WHERE t.conversation = c.id AND t.words LIKE ? ESCAPE '!'))"
        )
        sql = (
            "SELECT id, title, touched FROM conversations c WHERE owner = ?"
            + holds * len(wanted)
            + " ORDER BY touched DESC LIMIT ?"
        )
        values = [word for pattern in wanted for word in (pattern, pattern)]
        with self._lock:
            return [_conversation(row) for row in self._db.execute(sql, (owner, *values, limit))]

    def rename(self, owner: str, id: str, title: str) -> Conversation:
        """Call the owner's conversation otherwise. Raises NotFound, and BadInput for an empty title."""
        if not title.strip():
            raise BadInput("A conversation needs a title. Type one.")
        self.conversation(owner, id)
        with self._change() as db:
            db.execute("UPDATE conversations SET title = ? WHERE id = ?", (_title(title), id))
        return self.conversation(owner, id)

    def delete(self, owner: str, id: str) -> None:
        """Delete the owner's conversation with its turns; links to its answers stay. Raises NotFound."""
        self.conversation(owner, id)
        with self._change() as db:
            db.execute("DELETE FROM conversations WHERE id = ?", (id,))

    # Turns

    def turns(self, owner: str, id: str) -> tuple[Turn, ...]:
        """The turns of the owner's conversation, oldest first. Raises NotFound."""
        self.conversation(owner, id)
        with self._lock:
            rows = self._db.execute(
                "SELECT t.question, t.answer, t.notice, t.id, t.asked, t.filters, t.verdict, l.id FROM turns t "
                "LEFT JOIN links l ON l.turn = t.id WHERE t.conversation = ? ORDER BY t.number",
                (id,),
            ).fetchall()
        return tuple(map(_turn, rows))

    def ask(self, owner: str, id: str, question: str, filters: Filters = Filters()) -> Turn:
        """Put a question at the end of the owner's conversation, its answer still open. Raises NotFound."""
        self.conversation(owner, id)
        turn = Turn(_whole(question), id=_unguessable(), asked=_now(), filters=filters)
        with self._change() as db:
            db.execute(
                "INSERT INTO turns (id, conversation, question, filters, asked, words) VALUES (?, ?, ?, ?, ?, ?)",
                (turn.id, id, turn.question, _json(_FILTERS, filters), _moment(turn), turn.question.casefold()),
            )
            db.execute("UPDATE conversations SET touched = ? WHERE id = ?", (_moment(turn), id))
        return turn

    def settle(self, turn: Turn) -> None:
        """Keep what became of a stored turn: its answer or its notice. Nothing where it was deleted meanwhile."""
        answer = _json(_ANSWER, turn.answer) if turn.answer else None
        words = f"{turn.question}\n{turn.answer.answer if turn.answer else ''}".casefold()
        with self._change() as db:
            db.execute(
                "UPDATE turns SET answer = ?, notice = ?, words = ? WHERE id = ?",
                (answer, turn.notice, words, turn.id),
            )

    def drop(self, owner: str, id: str, turn: str) -> None:
        """Take a turn and all after it from the owner's conversation, to be asked anew. Raises NotFound."""
        self.conversation(owner, id)
        with self._change() as db:
            db.execute(
                "DELETE FROM turns WHERE conversation = ? AND number >= "
                "(SELECT number FROM turns WHERE id = ? AND conversation = ?)",
                (id, turn, id),
            )

    # Permanent links

    def link(self, turn: str, kept: Any) -> str:
        """The id under which ``kept`` (values of JSON) stays as it is: the permanent link of that turn, one each."""
        with self._change() as db:
            row = db.execute("SELECT id FROM links WHERE turn = ?", (turn,)).fetchone()
            if row:
                return str(row[0])
            made = _unguessable()
            db.execute("INSERT INTO links VALUES (?, ?, ?, ?)", (made, turn, _now().isoformat(), json.dumps(kept)))
        return made

    def linked(self, id: str) -> Any:
        """What is kept under a permanent link. Raises NotFound."""
        with self._lock:
            row = self._db.execute("SELECT kept FROM links WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise NotFound("There is no answer at this link. Check that it was copied whole.")
        return json.loads(row[0])

    # Feedback

    def judge(
        self, verdict: Verdict, question: str, reason: str = "", answer: Answer | None = None, turn: str | None = None
    ) -> Feedback:
        """Keep what someone thinks of an answer. Of one turn the last word counts; without a turn all are kept."""
        given = Feedback(_unguessable(), verdict, _whole(question), _whole(reason), _now(), answer)
        row = (given.id, given.given.isoformat(), verdict, given.question, given.reason, _json(_ANSWER, answer), turn)
        with self._change() as db:
            db.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if turn:
                db.execute("UPDATE turns SET verdict = ? WHERE id = ?", (verdict, turn))
        return given

    def feedback(self, limit: int = 100, offset: int = 0) -> list[Feedback]:
        """What was thought of answers, newest first."""
        sql = "SELECT id, verdict, question, reason, given, answer FROM feedback ORDER BY given DESC LIMIT ? OFFSET ?"
        with self._lock:
            return [_feedback(row) for row in self._db.execute(sql, (limit, offset))]

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it on the disk, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


@contextmanager
def open_conversations(home: Path) -> Iterator[Conversations]:
    """The conversations of a data folder, closed at the end."""
    conversations = Conversations(home / "conversations.sqlite")
    try:
        yield conversations
    finally:
        conversations.close()


def _unguessable() -> str:
    """A name of 128 random bits, safe in an address."""
    return secrets.token_urlsafe(16)


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(turn: Turn) -> str:
    return (turn.asked or _now()).isoformat()


def _title(words: str) -> str:
    """The words on one line, cut between two of them where they are long."""
    line = " ".join(_whole(words).split())
    if len(line) <= LONGEST_TITLE:
        return line
    return f"{line[:LONGEST_TITLE].rsplit(' ', 1)[0]}…"


def _whole(words: str) -> str:
    """The words without halves of characters, which no file can hold."""
    return words.encode("utf-8", "replace").decode("utf-8")


def _escaped(word: str) -> str:
    """A word as LIKE takes it with the escape character "!"."""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _json(adapter: TypeAdapter[Any], value: object) -> str | None:
    return None if value is None else adapter.dump_json(value).decode()


def _conversation(row: tuple[str, str, str]) -> Conversation:
    id, title, touched = row
    return Conversation(id, title, datetime.fromisoformat(touched))


def _turn(row: tuple[Any, ...]) -> Turn:
    question, answer, notice, id, asked, filters, verdict, link = row
    said = _ANSWER.validate_json(answer) if answer else None
    moment, limits = datetime.fromisoformat(asked), _FILTERS.validate_json(filters)
    return Turn(question, said, notice, id, moment, limits, verdict, link)


def _feedback(row: tuple[Any, ...]) -> Feedback:
    id, verdict, question, reason, given, answer = row
    said = _ANSWER.validate_json(answer) if answer else None
    return Feedback(id, verdict, question, reason, datetime.fromisoformat(given), said)
