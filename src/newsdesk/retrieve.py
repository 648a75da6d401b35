"""Question → hits: passages found by meaning and by words, fused, limited by date, publisher and article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from newsdesk.archive import Archive
from newsdesk.models import Embedder
from newsdesk.types import Filters, Hit
from newsdesk.vectors import Vectors

DEPTH = 50
"""Candidates taken from each of the two searches."""

RRF_K = 60
"""The constant of reciprocal rank fusion, as in Cormack, Clarke and Büttcher (SIGIR 2009)."""

Ranking = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages in one archive."""

    archive: Archive
    vectors: Vectors
    embedder: Embedder

    def retrieve(self, question: str, limit: int, filters: Filters = Filters()) -> list[Hit]:
        """At most ``limit`` hits for the question, best first; ``score`` is the fused one, higher is better."""
        dense = self.vectors.search(self.embedder.embed([question]), max(limit, DEPTH), filters)
        lexical = self.archive.search(question, max(limit, DEPTH), filters)
        return self.archive.hits(fuse([dense, lexical])[:limit])


def fuse(rankings: Iterable[Ranking]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: keys with the sum of 1 / (60 + rank) over the rankings, best first."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, (key, _) in enumerate(ranking, start=1):
            scores[key] += 1 / (RRF_K + rank)
    return sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))


class ArchiveRetriever(BaseRetriever):
    """newsdesk's retrieval for other LangChain programs: documents carry the hit's fields as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    retriever: Retriever
    limit: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.retriever.retrieve(query, self.limit, self.filters)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    metadata = asdict(hit)
    return Document(page_content=metadata.pop("text"), metadata=metadata)
