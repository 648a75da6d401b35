"""Test questions made of answers that were wrong: appended to a question set of the data folder."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from newsdesk.conversations import Turn
from newsdesk.errors import BadInput
from newsdesk.evaluate.sets import FEEDBACK
from newsdesk.types import Message


@dataclass(frozen=True, slots=True)
class Case:
    """What a reader filled in: the question, the answer it should get (empty: none), and the article that has it."""

    question: str
    answer: str
    article: str


def add(
    home: Path, case: Case, turn: Turn, history: Sequence[Message], known: Callable[[str], bool] = lambda id: True
) -> Path:
    """Append a case to the question set of the data folder. Raises BadInput for what no evaluation could use."""
    if not case.question:
        raise BadInput("The test question is empty. Type the question that was asked.")
    if case.answer and not case.article:
        raise BadInput("Name the article that has the expected answer: choose one from the list, or type its id.")
    if case.article and not known(case.article):
        raise BadInput(f"There is no article {case.article[:80]!r} in the archive. Choose one from the list.")
    path = home / "question-sets" / FEEDBACK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(_record(case, turn, history), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def _record(case: Case, turn: Turn, history: Sequence[Message]) -> dict[str, object]:
    """The case as a line of a question set."""
    answerable = bool(case.answer)
    return {
        "id": f"feedback-{secrets.token_hex(6)}",
        "question": case.question,
        "answers": [case.answer] if answerable else [],
        "articles": [case.article] if answerable else [],
        "answerable": answerable,
        "history": [asdict(message) for message in history],
        "asked_at": turn.asked.date().isoformat() if turn.asked else None,
        "kind": "feedback",
    }
