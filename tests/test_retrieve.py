"""Retrieval fuses two rankings fairly, keeps to the filters, and serves other LangChain programs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.archive import Archive
from newsdesk.models import embedding_text
from newsdesk.retrieve import ArchiveRetriever, Retriever, fuse
from newsdesk.types import Article, Filters
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder, put


@pytest.fixture
def retriever(archive: Archive, vectors: Vectors) -> Retriever:
    put(
        archive,
        Article("ferry", "The ferry ran aground at noon.", "Ferry aground", None, "The Courier", date(2031, 3, 4)),
        Article("council", "The council voted for the harbour wall.", "Council vote", None, "The Herald"),
    )
    embedder = WordEmbedder()
    batch = archive.pending(10)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    return Retriever(archive, vectors, embedder)


def test_what_both_searches_rank_high_comes_first() -> None:
    dense, lexical = [(1, 0.9), (2, 0.8), (3, 0.7)], [(3, 9.0), (2, 8.0), (4, 7.0)]
    assert [key for key, _ in fuse([dense, lexical])] == [3, 2, 1, 4]


@given(st.lists(st.lists(st.integers(0, 20), unique=True)))
def test_fusion_keeps_every_key_once_and_orders_by_score(rankings: list[list[int]]) -> None:
    fused = fuse([[(key, 0.0) for key in ranking] for ranking in rankings])
    assert sorted(key for key, _ in fused) == sorted({key for ranking in rankings for key in ranking})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)


def test_retrieval_finds_the_passage_within_the_limit_and_the_filters(retriever: Retriever) -> None:
    assert retriever.retrieve("when did the ferry run aground?", 1)[0].article_id == "ferry"
    everything = retriever.retrieve("ferry", 10)
    assert {hit.article_id for hit in everything} == {"ferry", "council"}
    limited = retriever.retrieve("ferry", 10, Filters(publishers=("The Herald",)))
    assert {hit.article_id for hit in limited} == {"council"}


def test_a_vector_without_its_passage_is_left_out(retriever: Retriever) -> None:
    retriever.archive.remove("ferry")
    assert {hit.article_id for hit in retriever.retrieve("ferry", 10)} == {"council"}


def test_a_langchain_program_gets_documents_with_exact_places(retriever: Retriever) -> None:
    (document,) = ArchiveRetriever(retriever=retriever, limit=1).invoke("when did the ferry run aground?")
    article = retriever.archive.article(document.metadata["article_id"])
    assert document.page_content == article.text[document.metadata["start"] : document.metadata["end"]]
    assert document.metadata["published"] == date(2031, 3, 4)


def test_with_the_day_of_asking_the_latest_of_like_articles_comes_first(archive: Archive, vectors: Vectors) -> None:
    days = {"old": date(2031, 3, 1), "late": date(2031, 4, 30), "asked": date(2031, 4, 1)}
    put(archive, *(Article(name, "The ferry sailed.", published=published) for name, published in days.items()))
    put(archive, Article("undated", "The ferry sailed."))
    retriever = Retriever(archive, vectors, WordEmbedder())
    hits = retriever.retrieve("ferry", 10, asked_at=date(2031, 4, 2))
    assert [hit.article_id for hit in hits][:2] == ["asked", "old"]
    assert {hit.article_id for hit in hits} == {"old", "late", "asked", "undated"}
