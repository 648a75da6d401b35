"""The retrieval chain, a LangChain Runnable: understand the question | search | answer | verify."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from langchain_core.runnables import Runnable, RunnableLambda

from newsdesk.archive import Archive
from newsdesk.errors import BadInput, NotFound
from newsdesk.extract import extract
from newsdesk.reader import Reader
from newsdesk.retrieve import Retriever
from newsdesk.types import Answer, Citation, Hit, Question

LONGEST_QUESTION = 2000
"""Code points. A longer text is not a question, and the reader would see only its beginning."""
MOST_PASSAGES = 100
DEFAULT_PASSAGES = 10
CANDIDATES = 32
"""Passages read for one question: see docs/reader.md for quality against time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way through the chain."""

    question: Question
    standalone: str
    hits: tuple[Hit, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


def build_chain(retriever: Retriever, reader: Reader, threshold: float | None = None) -> Runnable[Question, Answer]:
    """The chain over one archive. ``threshold`` is the least confidence to answer at; None: the reader's own."""
    bar = reader.threshold if threshold is None else threshold

    def search(asked: Asked) -> Asked:
        question = asked.question
        limit = max(CANDIDATES, question.top_k or 0)
        hits = retriever.retrieve(asked.standalone, limit, question.filters, question.asked_at)
        return replace(asked, hits=tuple(hits))

    def answer(asked: Asked) -> Answer:
        readings = reader.read(asked.question.question, asked.hits[:CANDIDATES])
        said = extract(readings, bar)
        read = tuple(replace(reading.hit, score=reading.relevance) for reading in readings)
        return Answer(
            question=asked.question.question,
            standalone_question=asked.standalone,
            answer=said.text,
            short_answer=said.short_answer,
            answered=said.answered,
            confidence=said.confidence,
            citations=said.citations,
            passages=(read + asked.hits[CANDIDATES:])[: asked.question.top_k or DEFAULT_PASSAGES],
            engine="extractive",
            timings_ms=asked.timings_ms,
        )

    def verify(said: Answer) -> Answer:
        return verified(said, retriever.archive)

    return (
        RunnableLambda(understand) | _timed("search", search) | _timed("read", answer) | _timed("verify", verify)
    ).with_config(run_name="newsdesk")


def understand(question: Question | str) -> Asked:
    """Check what is asked and make it stand alone: earlier questions of the conversation go before it.

    Raises BadInput for an empty or overlong question and for a ``top_k`` out of range.
    """
    if isinstance(question, str):
        question = Question(question)
    words = question.question.strip()
    if not words:
        raise BadInput("The question is empty. Ask something, for example: where were the targets?")
    if len(words) > LONGEST_QUESTION:
        raise BadInput(
            f"The question has {len(words):,} characters; at most {LONGEST_QUESTION:,} are read. Shorten it."
        )
    if question.top_k is not None and not 1 <= question.top_k <= MOST_PASSAGES:
        raise BadInput(f"top_k is {question.top_k}; it must lie between 1 and {MOST_PASSAGES}.")
    return Asked(replace(question, question=words), _standalone(question, words))


def _standalone(question: Question, words: str) -> str:
    earlier = [message.content.strip() for message in question.history if message.role == "user"]
    return " ".join([*(part[:LONGEST_QUESTION] for part in (earlier[:1] + earlier[1:][-1:]) if part), words])


def verified(answer: Answer, archive: Archive) -> Answer:
    """The answer with only those citations that hold, to the code point, in the archive as it is now.

    A dropped citation's marker goes from the text too; an answer that loses all of them is no answer.
    """
    kept = tuple(citation for citation in answer.citations if _holds(citation, archive))
    if kept == answer.citations:
        return answer
    text = answer.answer
    for citation in set(answer.citations) - set(kept):
        text = text.replace(f"[{citation.number}]", "")
    return replace(answer, answer=text, citations=kept, answered=answer.answered and bool(kept))


def _holds(citation: Citation, archive: Archive) -> bool:
    try:
        text = archive.article(citation.article_id).text
    except NotFound:
        return False
    return text[citation.start : citation.end] == citation.quote


Before = TypeVar("Before", Asked, Answer)
After = TypeVar("After", Asked, Answer)


def _timed(name: str, step: Callable[[Before], After]) -> RunnableLambda[Before, After]:
    """The step as a Runnable that adds its own milliseconds to the timings."""

    def run(before: Before) -> After:
        started = time.perf_counter()
        after = step(before)
        spent = (time.perf_counter() - started) * 1000
        return replace(after, timings_ms={**after.timings_ms, name: round(spent, 1)})

    return RunnableLambda(run, name=name)
