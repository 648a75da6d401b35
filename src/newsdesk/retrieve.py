"""Question → hits: passages found by meaning, by their words and by their articles', limited by date and publisher."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TypeVar

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
"""Candidates taken from each of the three searches."""

RECENT_DAYS = 14
RECENT_WEIGHT = 1.0
"""How much a passage published on the day of asking gains (its score again), and in how many days the gain falls to
1/e. Chosen on the even-numbered of the 638 RealTimeQA 2023 questions with known articles (MRR@10 .656 → .704),
confirmed on the odd-numbered (.668 → .717); half of their gold articles are older than a month, so that a search of the
last weeks alone, or a gain of twice the score, finds fewer of them among the passages that are read."""

Ranking = Sequence[tuple[int, float]]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages in one archive."""

    archive: Archive
    vectors: Vectors
    embedder: Embedder

    def rank(self, question: str, depth: int, filters: Filters = Filters(), words: float = 1.0) -> list[Hit]:
        """Hits with their fused scores, best first: what a passage means, what it says, and what its article says.

        The score is the sum of three shares of the best one's (see ``shares``), so that it lies between 0 and
        1 + 2 x ``words``, the weight of the two searches by words. ``depth``: results taken from each search.
        """
        dense = shares(self.vectors.search(self.embedder.embed([question]), depth, filters))
        passages = shares(self.archive.search(question, depth, filters))
        articles = shares(self.archive.search_articles(question, depth, filters))
        hits = self.archive.hits(
            (key, dense.get(key, 0.0) + words * passages.get(key, 0.0)) for key in dense | passages
        )
        fused = [replace(hit, score=hit.score + words * articles.get(hit.article_id, 0.0)) for hit in hits]
        return best_first(fused)

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
        hits = self.rank(question, max(limit, DEPTH), filters, words)
        if asked_at:
            hits = best_first(
                replace(hit, score=hit.score * (1 + RECENT_WEIGHT * recency(hit, asked_at))) for hit in hits
            )
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


def shares(ranking: Sequence[tuple[Key, float]]) -> dict[Key, float]:
    """Scores as shares of the way from the last of a ranking (0) to its first (1); each 1 where all are equal.

    Added up over several searches these rank better than reciprocal ranks do, for a score says how far the first is
    ahead of the second (Bruch, Gai and Ingber, ACM TOIS 2023; the sum is Fox and Shaw's CombSUM, TREC-2).
    """
    if not ranking:
        return {}
    low, high = min(score for _, score in ranking), max(score for _, score in ranking)
    return {key: (score - low) / (high - low) if high > low else 1.0 for key, score in ranking}


def best_first(hits: Iterable[Hit]) -> list[Hit]:
    """Hits by their score; equal ones by article and place, so that the same archive always gives the same order."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.article_id, hit.start))


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
