"""A set of questions put to the chain, in batches, each written to the journal before the next begins."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from langchain_core.runnables import Runnable

from newsdesk.evaluate import journal as journals
from newsdesk.evaluate.machine import peak_memory_mb
from newsdesk.evaluate.outcomes import GOOD
from newsdesk.evaluate.questions import Archive, GoldQuestion, QuestionSet
from newsdesk.evaluate.records import Record
from newsdesk.evaluate.score import Judge, score
from newsdesk.types import Answer, Question

Chain = Runnable[Question, Answer]

TOP_K = 50
"""Passages asked for: deep enough for recall@50 by passage."""
BATCH = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: questions done (some ``resumed`` from an earlier start) and lost, and the time."""

    done: int
    total: int
    resumed: int
    lost: int
    seconds: float


def run(
    chain: Chain,
    archive: Archive,
    questions: QuestionSet,
    journal: Path,
    *,
    identity: Mapping[str, object],
    top_k: int = TOP_K,
    batch_size: int = BATCH,
    judge: Judge | None = None,
) -> Iterator[Progress]:
    """Ask every question that ``journal`` does not hold yet, and append the records to it.

    Yields after each batch, so that a caller can show progress, or stop by closing the iterator.
    A question that raises is recorded with its error; a first batch in which every question raises ends
    the run with that error. ``identity`` is what makes two runs the same measurement: a journal of
    another one is put aside as ``<journal>.old``. Raises InUse if another run writes to ``journal``.
    """
    head = {"set": questions.sha256, "top_k": top_k, "identity": dict(identity)}
    with journals.opened(journal, head) as (stream, done, lost):
        waiting = [question for question in questions.questions if question.id not in done]
        resumed, begun = len(done), time.perf_counter()
        total, answered = len(questions.questions), resumed
        yield Progress(answered, total, resumed, lost, 0.0)
        for place in range(0, len(waiting), batch_size):
            batch = waiting[place : place + batch_size]
            records = _batch(chain, archive, batch, top_k, judge, stream, first=answered == 0)
            answered += len(batch)
            lost += sum(record["outcome"] not in GOOD for record in records)
            yield Progress(answered, total, resumed, lost, time.perf_counter() - begun)


def _batch(
    chain: Chain,
    archive: Archive,
    batch: Sequence[GoldQuestion],
    top_k: int,
    judge: Judge | None,
    stream: IO[bytes],
    *,
    first: bool,
) -> list[Record]:
    begun = time.perf_counter()
    asked = [question.ask(top_k) for question in batch]
    # One question at a time unless the chain knows better: latencies are measured, not queues.
    given: Sequence[Answer | Exception] = chain.batch(asked, {"max_concurrency": 1}, return_exceptions=True)
    seconds = time.perf_counter() - begun
    errors = [answer for answer in given if isinstance(answer, Exception)]
    if first and len(errors) == len(batch):
        raise errors[0]
    records = score(batch, given, archive, judge)
    lines = [{"question": record} for record in records]
    journals.append(stream, [*lines, {"batch": len(batch), "seconds": seconds, "peak_memory_mb": peak_memory_mb()}])
    return records
