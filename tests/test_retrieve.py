"""Retrieval fuses two rankings fairly, keeps to the filters, and serves other LangChain programs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.archive import Archive
from newsdesk.models import embedding_text
from newsdesk.retrieve import ArchiveRetriever, Retriever, shares
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


def test_a_score_becomes_its_share_of_the_way_from_the_last_to_the_first() -> None:
    assert shares([(1, 9.0), (2, 8.0), (3, 1.0)]) == {1: 1.0, 2: 0.875, 3: 0.0}
    assert shares([(1, 0.4)]) == {1: 1.0}
    assert shares([]) == {}


@given(st.dictionaries(st.integers(), st.floats(-1e6, 1e6)))
def test_shares_lie_between_0_and_1_and_keep_the_order(scores: dict[int, float]) -> None:
    found = shares(list(scores.items()))
    assert found.keys() == scores.keys()
    assert all(0 <= share <= 1 for share in found.values())
    ranked = sorted(scores, key=lambda key: scores[key])
    assert [found[key] for key in ranked] == sorted(found.values())


def test_what_a_passage_lacks_its_article_makes_up_for(archive: Archive, vectors: Vectors) -> None:
    """Two articles hold the same passage; the one that is about the question's other word comes first."""
    same = "The inquiry opens on Monday and will hear witnesses for a week in the town hall. " * 8
    put(archive, Article("a", f"{same}\n\n{'Harbour pilots spoke of the harbour. ' * 20}", "Inquiry"))
    put(archive, Article("b", f"{same}\n\n{'Glider pilots spoke of the glider. ' * 20}", "Inquiry"))
    embedder = WordEmbedder()
    batch = archive.pending(100)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    hits = Retriever(archive, vectors, embedder).retrieve("which witnesses will the glider inquiry hear?", 20)
    opening = [hit.article_id for hit in hits if hit.start == 0]
    assert opening == ["b", "a"]


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
