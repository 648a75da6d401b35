"""What a run keeps of each question: the shapes of the result file. Plain data, ready for JSON."""

from __future__ import annotations

from typing import TypedDict

from newsdesk.evaluate.questions import GoldQuestion


class CitationRecord(TypedDict):
    """A citation and what became of it: ``holds`` at its place, of a ``gold`` article, ``supports``."""

    number: int
    article_id: str
    title: str
    publisher: str | None
    published: str | None
    start: int
    end: int
    quote: str
    before: str
    after: str
    holds: bool
    gold: bool
    supports: bool


class PassageRecord(TypedDict):
    """A retrieved passage: ``gold`` if of a gold article, ``covers`` if it holds gold evidence."""

    article_id: str
    title: str
    start: int
    end: int
    score: float
    text: str
    gold: bool
    covers: bool


class Record(TypedDict):
    """One question of a run, as the result file holds it."""

    id: str
    kind: str
    question: str
    standalone_question: str
    history: list[dict[str, str]]
    asked_at: str | None
    answerable: bool
    answers: list[str]
    articles: list[str]
    evidence: list[str]
    answered: bool
    answer: str
    short_answer: str | None
    confidence: float
    engine: str
    citations: list[CitationRecord]
    retrieved: list[PassageRecord]
    ranking: list[str]
    timings_ms: dict[str, float]
    scores: dict[str, float | None]
    outcome: str
    error: str | None


def blank(gold: GoldQuestion) -> Record:
    """The record of a question that nothing is known about yet but what was asked."""
    return Record(
        id=gold.id,
        kind=gold.kind,
        question=gold.question,
        standalone_question=gold.question,
        history=[{"role": turn.role, "content": turn.content} for turn in gold.history],
        asked_at=gold.asked_at.isoformat() if gold.asked_at else None,
        answerable=gold.answerable,
        answers=list(gold.answers),
        articles=list(gold.articles),
        evidence=list(gold.evidence),
        answered=False,
        answer="",
        short_answer=None,
        confidence=0.0,
        engine="",
        citations=[],
        retrieved=[],
        ranking=[],
        timings_ms={},
        scores={},
        outcome="",
        error=None,
    )
