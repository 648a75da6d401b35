"""The retrieval chain, a LangChain Runnable: understand the question | search | read | write | verify."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from newsdesk import followup
from newsdesk.chronology import asks_for_chronology, chronology
from newsdesk.citations import verified
from newsdesk.errors import BadInput
from newsdesk.extract import MOST_SENTENCES, Extract, extract, quote
from newsdesk.followup import Standalone
from newsdesk.provider import ModelFailure
from newsdesk.reader import Reader, Reading
from newsdesk.retrieve import Retriever
from newsdesk.timeframe import Timeframe, timeframe
from newsdesk.types import Answer, Event, Filters, Hit, Question, Step, StepName, Token, cite
from newsdesk.window import prefer, within
from newsdesk.written import Writer

LONGEST_QUESTION = 2000
"""Code points. A longer text is not a question, and the reader would see only its beginning."""
MOST_PASSAGES = 100
DEFAULT_PASSAGES = 10
CANDIDATES = 12
"""Passages read for one question. On the invented seed archive 14 and 16 answer the same questions right."""
LEAST = 0.3
"""Least confidence at which a question is answered. Chosen on the questions of the invented seed archive, reported on
the real article's: below it the answers' F1 rises by .01 at most, above it by .04 and more for each .05 it falls."""
RELEVANT = 1.0
"""The highest relevance (a logit, so .73) from which the archive is taken to answer though no span in it is sure.
Chosen on the invented seed archive, where answerable questions answered and others declined add up to most."""
LISTED, QUOTED = 2.0, 0.5
"""How much a passage's place in the search counts beside its relevance (see ``_best_first``): where passages are
listed, and where one is chosen to be quoted though no span in it is sure. The first was chosen on 250 of NewsQA's
questions in their own words, the invented archive and the even-numbered RealTimeQA questions (mean MRR@10 .743, in the
search's order .729, in that of confidence .728), the second on the invented archive."""
OUTSIDE = "“{}” lies outside the days that the search is limited to, so only that limit was used."
WRITTEN_FROM = 8
"""Passages that a chat model is given, those that the reader is surest of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way through the chain: as understood, and what was found for it.

    ``failure`` is why a chat model could not help to understand it.
    """

    question: Question
    standalone: Standalone
    frame: Timeframe | None = None
    notes: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    failure: ModelFailure | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that is still to be verified, and the hits that a chat model may write another one from."""

    asked: Asked
    answer: Answer
    best: tuple[Hit, ...]


class Chain(Runnable[Question, Answer]):
    """Question → Answer, step by step; ``events`` tells of the steps as well, and of the words as they are written.

    ``steps`` are done in their order, each on what the one before it made. A step that is a generator function tells
    of its words as Tokens; what it makes comes last. Each is a Runnable of its own name for those who trace the chain.
    """

    name = "newsdesk"

    def __init__(self, steps: Mapping[StepName, Callable[[Any], Any]]):
        self.steps = {name: RunnableLambda(step, name=name) for name, step in steps.items()}

    def invoke(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """The answer. Raises BadInput for what is no question."""
        return self._call_with_config(self._last, input, config)

    def events(self, question: Question) -> Generator[Event, None, None]:
        """Each step as it begins and as it ends, words while they are written, and the answer last.

        Closing the iterator stops the work where it is. Raises BadInput for what is no question.
        """
        made: Any = question
        spent: dict[str, float] = {}
        for name, step in self.steps.items():
            yield Step(name)
            started = time.perf_counter()
            for part in step.stream(made):
                if isinstance(part, Token):
                    yield part
            made = part
            spent[name] = round((time.perf_counter() - started) * 1000, 1)
            yield Step(name, spent[name])
        yield replace(made, timings_ms=spent)

    def search(self, question: Question) -> Asked:
        """The question as understood, and its hits, best first, before they are read. Raises as ``invoke`` does."""
        asked: Asked = self.steps["search"].invoke(self.steps["understand"].invoke(question))
        return asked

    def _last(self, question: Question) -> Answer:
        *_, answer = self.events(question)
        assert isinstance(answer, Answer)
        return answer


def build_chain(
    retriever: Retriever, reader: Reader, threshold: float | None = None, writer: Writer | None = None
) -> Chain:
    """The chain over one archive. ``threshold`` is the least confidence to answer at; None: ``LEAST``."""

    def understand(question: Question) -> Asked:
        checked = check_question(question)
        written = writer.rewrite(checked.question, checked.history) if writer and checked.history else None
        if isinstance(written, str):
            standalone = Standalone(written, written)
        else:
            standalone = followup.standalone(checked.question, checked.history, retriever, checked.filters)
        frame, notes = _frame(checked)
        return Asked(checked, standalone, frame, notes, failure=written if isinstance(written, ModelFailure) else None)

    def search(asked: Asked) -> Asked:
        limit = max(CANDIDATES, asked.question.top_k or 0)
        return replace(asked, hits=tuple(_search(asked, retriever, limit)))

    def read(asked: Asked) -> Draft:
        readings = reader.read(asked.standalone.reading, asked.hits[:CANDIDATES])
        said = _said(asked, readings, retriever, threshold)
        best = tuple(dict.fromkeys(reading.hit for reading in readings))
        if asks_for_chronology(asked.question.question):
            listed = chronology(asked.standalone.question, asked.hits[:CANDIDATES], retriever.embedder)
            if listed:
                return Draft(asked, _answer(asked, readings, listed), ())
        return Draft(asked, _answer(asked, readings, said), best[:WRITTEN_FROM])

    def verify(draft: Draft) -> Answer:
        return verified(draft.answer, retriever.archive)

    first: dict[StepName, Callable[[Any], Any]] = {"understand": understand, "search": search, "read": read}
    if writer is None:
        return Chain({**first, "verify": verify})

    def write(draft: Draft) -> Iterator[Token | Draft]:
        asked = draft.asked
        for one in writer.write(asked.question, draft.answer, draft.best, retriever.archive, asked.failure):
            yield one if isinstance(one, Token) else replace(draft, answer=one)

    return Chain({**first, "write": write, "verify": verify})


def check_question(question: Question | str) -> Question:
    """The question without white space around it.

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
    return replace(question, question=words)


def _frame(question: Question) -> tuple[Timeframe | None, tuple[str, ...]]:
    """The window in time that the question speaks of, unless it must not be used; and what the asker should know."""
    asked_at = question.asked_at or date.today()
    frame = None if question.any_time else timeframe(question.question, asked_at)
    if frame and within(question.filters, frame) is None:
        words = question.question[frame.phrase_start : frame.phrase_end]
        return None, (OUTSIDE.format(words),)
    return frame, ()


def _search(asked: Asked, retriever: Retriever, limit: int) -> Sequence[Hit]:
    """The hits for the question; those published in the time it asks for come first, or alone where it says so."""
    question, frame = asked.question, asked.frame

    def found(filters: Filters) -> list[Hit]:
        asked_at = question.asked_at or (date.today() if frame and frame.latest else None)
        return followup.search(asked.standalone, retriever, limit, filters, asked_at)

    inside = within(question.filters, frame) if frame else None
    if frame is None or inside is None or inside == question.filters:
        return found(question.filters)
    return prefer(found(inside), found(question.filters))[:limit] if frame.soft else found(inside)


def _said(asked: Asked, readings: Sequence[Reading], retriever: Retriever, threshold: float | None) -> Extract:
    """The surest span and its sentences; where none is sure, the sentences of the passage that most likely answers.

    A ``threshold`` of the user's own is held to: nothing is answered below it.
    """
    said = extract(readings, LEAST if threshold is None else threshold)
    relevant = max((reading.relevance for reading in readings), default=-math.inf) >= RELEVANT
    if said.answered or threshold is not None or not relevant:
        return said
    hit, *_ = _best_first(asked.hits, readings, QUOTED)
    places = retriever.telling(asked.standalone.reading, hit, MOST_SENTENCES)
    return quote([cite(hit, start, end) for start, end in places], said.confidence)


def _best_first(hits: Sequence[Hit], readings: Sequence[Reading], place_counts: float) -> list[Hit]:
    """The hits that were read, by their relevance and their place in the search, both as logarithms of odds."""
    relevance = {reading.hit: reading.relevance for reading in readings}
    standing = {
        hit: relevance[hit] - place_counts * math.log(place)
        for place, hit in enumerate(hits, start=1)
        if hit in relevance
    }
    return sorted(standing, key=lambda hit: -standing[hit])


def _answer(asked: Asked, readings: Sequence[Reading], said: Extract) -> Answer:
    surest = {reading.hit: reading.confidence for reading in reversed(readings)}
    read = tuple(replace(hit, score=surest[hit]) for hit in _best_first(asked.hits, readings, LISTED))
    return Answer(
        question=asked.question.question,
        standalone_question=asked.standalone.question,
        answer=said.text,
        short_answer=said.short_answer,
        answered=said.answered,
        confidence=said.confidence,
        citations=said.citations,
        passages=(read + asked.hits[CANDIDATES:])[: asked.question.top_k or DEFAULT_PASSAGES],
        engine="extractive",
        timeframe=asked.frame.label if asked.frame else None,
        notes=asked.notes,
    )
