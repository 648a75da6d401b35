"""Question → hits: passages found by meaning and by words, fused, limited by date, publisher and article."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, InstanceOf

from newsdesk.archive import Archive
from newsdesk.models import Embedder
from newsdesk.repeats import without_repeats
from newsdesk.sentences import sentences
from newsdesk.types import Filters, Hit, day
from newsdesk.vectors import Vectors

DEPTH = 50
"""Candidates taken from each of the two searches."""

RRF_K = 60
"""The constant of reciprocal rank fusion, as in Cormack, Clarke and Büttcher (SIGIR 2009)."""

RECENT_DAYS = 14
RECENT_WEIGHT = 0.5
"""How much a passage published on the day of asking gains (half its score again), and in how many days the
gain falls to 1/e. Chosen on the even-numbered of the RealTimeQA 2023 questions with known articles (BM25 on
passages: MRR@10 .613 → .674), confirmed on the odd-numbered (.640 → .689); half of their gold articles are
older than a month, so that a harder preference loses."""

Ranking = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages in one archive."""

    archive: Archive
    vectors: Vectors
    embedder: Embedder

    def rank(
        self, question: str, depth: int, filters: Filters = Filters(), words: float = 1.0
    ) -> list[tuple[int, float]]:
        """Passage keys with their fused scores; the search by words counts ``words`` times that by meaning."""
        dense = self.vectors.search(self.embedder.embed([question]), depth, filters)
        return fuse([dense, self.archive.search(question, depth, filters)], [1.0, words])

    def retrieve(
        self,
        question: str,
        limit: int,
        filters: Filters = Filters(),
        asked_at: date | None = None,
        words: float = 1.0,
    ) -> list[Hit]:
        """At most ``limit`` hits for the question, best first; ``score`` is the fused one, higher is better.

        With ``asked_at``, articles published shortly before that day gain. ``words``: see ``rank``. What copies of
        one story say in the same words is found once.
        """
        hits = self.archive.hits(self.rank(question, max(limit, DEPTH), filters, words))
        if asked_at:
            recent = [replace(hit, score=hit.score * (1 + RECENT_WEIGHT * recency(hit, asked_at))) for hit in hits]
            hits = sorted(recent, key=lambda hit: -hit.score)
        copies = self.archive.copies_among(list({hit.article_id for hit in hits}))
        return without_repeats(hits, copies)[:limit]

    def telling(self, question: str, hit: Hit, most: int) -> list[tuple[int, int]]:
        """Where the sentences of a hit nearest in meaning to the question stand in its article, in its order.

        A sentence is embedded below its article's title, as passages are.
        """
        spans = sentences(hit.text)
        texts = [f"{hit.title}\n{hit.text[start:end]}" for start, end in spans]
        if not texts:
            return []
        nearness = (self.embedder.embed(texts) @ self.embedder.embed([question]).T)[:, 0]
        nearest = sorted(range(len(spans)), key=lambda n: -float(nearness[n]))[:most]
        return [(hit.start + spans[n][0], hit.start + spans[n][1]) for n in sorted(nearest)]


def recency(hit: Hit, asked_at: date) -> float:
    """How shortly before the day of asking an article appeared: 1 on that day, falling to 0; 0 where unknown.

    What appeared after the day of asking counts as four times as far away: little of it was asked about.
    """
    if hit.published is None:
        return 0.0
    days = (asked_at - day(hit.published)).days
    return math.exp(-(days if days >= 0 else -4 * days) / RECENT_DAYS)


def fuse(rankings: Sequence[Ranking], weights: Sequence[float] | None = None) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: keys with the sum of weight / (60 + rank) over the rankings, best first."""
    scores: defaultdict[int, float] = defaultdict(float)
    for weight, ranking in zip(weights or [1.0] * len(rankings), rankings, strict=True):
        for rank, (key, _) in enumerate(ranking, start=1):
            scores[key] += weight / (RRF_K + rank)
    return sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))


class ArchiveRetriever(BaseRetriever):
    """newsdesk's retrieval for other LangChain programs: documents carry the hit's fields as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    retriever: InstanceOf[Retriever]
    limit: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.retriever.retrieve(query, self.limit, self.filters)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    metadata = asdict(hit)
    return Document(page_content=metadata.pop("text"), metadata=metadata)
