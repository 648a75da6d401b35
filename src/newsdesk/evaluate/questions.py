"""Sets of test questions: what one holds, and everything that can be wrong with one.

Every fault is found in one reading and named with its line, because a set is corrected by hand.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, cast

from newsdesk.errors import BadInput, NotFound
from newsdesk.evaluate import formats
from newsdesk.types import Article, Message, Question

FIELDS = (
    "id",
    "question",
    "answers",
    "articles",
    "evidence",
    "answerable",
    "history",
    "asked_at",
    "kind",
    "standalone",
)


class Archive(Protocol):
    """Where articles are looked up; raises NotFound for an unknown id."""

    def article(self, article_id: str, /) -> Article:
        """The article of that id."""
        ...


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what is known to be right: answers, the articles that hold them, the quotes.

    ``answers`` may be empty for a question that only tests retrieval; ``standalone`` is the question as
    a person would ask it without the conversation before it.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    answerable: bool = True
    history: tuple[Message, ...] = ()
    asked_at: date | None = None
    kind: str = ""
    standalone: str | None = None

    def ask(self, top_k: int) -> Question:
        """The question as the chain takes it, with a ranking of ``top_k`` passages."""
        return Question(self.question, history=self.history, top_k=top_k, asked_at=self.asked_at)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file or folder of questions that was read without a fault. ``sha256`` is that of its bytes."""

    path: Path
    format: str
    sha256: str
    questions: tuple[GoldQuestion, ...]

    @property
    def name(self) -> str:
        """The file's or folder's name."""
        return self.path.name

    def articles(self) -> Iterator[Article]:
        """The articles the set itself brings (SQuAD, MRQA, BEIR), read anew; none for the others."""
        return formats.articles(self.path, self.format)


def read_questions(path: Path, archive: Archive | None = None) -> QuestionSet:
    """Read a set: JSONL or CSV of the contract, SQuAD JSON, MRQA JSONL, or a BEIR folder; gzip or not.

    Article ids and quotes are checked against the articles the set brings, and where it brings none,
    against ``archive`` (without one they are taken as they are).
    Raises BadInput with all faults, one on each line, as ``file:line: what is wrong``.
    """
    kind = formats.detect(path)
    faults: list[str] = []
    known = _Known(path, kind, archive)
    first: dict[str, str] = {}
    questions = []
    for row in formats.rows(path, kind):
        question, wrong = _question(row.number, row.fields) if row.fields is not None else (None, [])
        wrong = [*row.faults, *wrong]
        if question is not None:
            wrong += known.faults(question)
            if question.id in first:
                wrong.append(f"id {question.id!r} is used already at {first[question.id]}")
            first.setdefault(question.id, row.where)
            questions.append(question)
        faults += [f"{row.where}: {fault}" for fault in wrong]
    if not faults and not questions:
        faults.append(f"{path}: holds no question")
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise BadInput(f"{count} in {path}; correct the set and run again:\n" + "\n".join(faults))
    return QuestionSet(path, kind, _sha256(path), tuple(questions))


class _Known:
    """Whether articles exist and hold a quote, each article looked up once in a row."""

    def __init__(self, path: Path, kind: str, archive: Archive | None) -> None:
        # BEIR has no quotes to look for, and its corpora can be larger than memory.
        keep = kind != "beir"
        self._own = {article.id: article.text if keep else "" for article in formats.articles(path, kind)}
        self._archive = archive
        self._last: tuple[str, str | None] | None = None

    def faults(self, question: GoldQuestion) -> list[str]:
        if not self._own and self._archive is None:
            return []
        texts = {article: self._text(article) for article in question.articles}
        wrong = [f"article {name!r} is not {self._place}" for name, text in texts.items() if text is None]
        held = [text for text in texts.values() if text is not None]
        if held and not wrong:
            wrong += [
                f"evidence {_short(quote)} is not in the text of {' or '.join(map(repr, texts))}"
                for quote in question.evidence
                if not any(quote in text for text in held)
            ]
        return wrong

    @property
    def _place(self) -> str:
        return "among the set's articles" if self._own else "in the archive (newsdesk ingest adds it)"

    def _text(self, name: str) -> str | None:
        if self._own or self._archive is None:
            return self._own.get(name)
        if self._last is None or self._last[0] != name:
            try:
                self._last = (name, self._archive.article(name).text)
            except NotFound:
                self._last = (name, None)
        return self._last[1]


def _question(number: int, fields: Mapping[str, object]) -> tuple[GoldQuestion | None, list[str]]:
    """The question of one row, and what is wrong with it; none where it cannot be told what is meant."""
    wrong = [_misspelt(name) for name in fields if name not in FIELDS and _near(name)]
    given = {name: value for name, value in fields.items() if value is not None}
    name = given.get("id", f"line-{number}")
    if not isinstance(name, str | int) or isinstance(name, bool) or not str(name).strip():
        wrong.append("id must be a text that is not empty")
    answerable = given.get("answerable", True)
    if not isinstance(answerable, bool):
        wrong.append(f"answerable must be true or false, not {_short(answerable)}")
    question = GoldQuestion(
        id=str(name),
        question=_text(given, "question", wrong) or "",
        answers=_texts(given, "answers", wrong),
        articles=_texts(given, "articles", wrong),
        evidence=_texts(given, "evidence", wrong),
        answerable=answerable is not False,
        history=_history(given.get("history", []), wrong),
        asked_at=_date(given.get("asked_at"), wrong),
        kind=_text(given, "kind", wrong) or "" if "kind" in given else "",
        standalone=_text(given, "standalone", wrong) if "standalone" in given else None,
    )
    wrong += _contradictions(question, fields)
    return (None if wrong else question), wrong


def _contradictions(question: GoldQuestion, fields: Mapping[str, object]) -> list[str]:
    if not question.answerable:
        return ["answers are given for a question marked as not answerable"] if question.answers else []
    if fields.get("answers") == []:
        return ["answers is empty; give one, or set answerable to false"]
    if "answers" not in fields and not question.articles:
        return ["neither answers nor articles: nothing here could be right or wrong"]
    return []


def _near(name: str) -> list[str]:
    return difflib.get_close_matches(name.lower(), FIELDS, n=1, cutoff=0.75)


def _misspelt(name: str) -> str:
    return f"unknown field {name!r}. Did you mean {_near(name)[0]!r}?"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= 80 else text[:79] + "…"
    return text.encode("utf-8", "backslashreplace").decode()


def _is_text(value: object) -> bool:
    """Whether it is a text with something in it that can be written as UTF-8 (no lone surrogate)."""
    if not isinstance(value, str) or not value.strip():
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _text(given: Mapping[str, object], name: str, wrong: list[str]) -> str | None:
    if _is_text(given.get(name)):
        return str(given[name])
    wrong.append(f"{name} must be a text that is not empty" + (f", not {_short(given[name])}" if name in given else ""))
    return None


def _texts(given: Mapping[str, object], name: str, wrong: list[str]) -> tuple[str, ...]:
    values = given.get(name, [])
    if not isinstance(values, list):
        wrong.append(f"{name} must be a list of texts, not {_short(values)}")
        return ()
    bad = [value for value in values if not _is_text(value)]
    wrong += [f"{name} holds {_short(value)}; each must be a text that is not empty" for value in bad]
    return tuple(dict.fromkeys(str(value) for value in values if _is_text(value)))


def _history(turns: object, wrong: list[str]) -> tuple[Message, ...]:
    if not isinstance(turns, list):
        wrong.append("history must be a list of turns {role, content}")
        return ()
    messages = []
    for number, turn in enumerate(turns, 1):
        role, content = (turn.get("role"), turn.get("content")) if isinstance(turn, dict) else (None, None)
        if role not in ("user", "assistant") or not _is_text(content):
            wrong.append(f"history turn {number} must have the role user or assistant, and a content")
        else:
            messages.append(Message(role, cast("str", content)))
    return tuple(messages)


def _date(value: object, wrong: list[str]) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        wrong.append(f"asked_at must be a day as 2024-05-31, not {_short(value)}")
        return None


def _sha256(path: Path) -> str:
    """The digest of a file's bytes, or of the names and bytes of a folder's files."""
    digest = hashlib.sha256()
    for file in formats.files(path):
        if path.is_dir():
            digest.update(f"{file.relative_to(path)}\0".encode())
        with file.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()
