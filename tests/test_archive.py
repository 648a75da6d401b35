"""The archive keeps articles exactly, finds their passages by words, and forgets them completely."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.split import split
from newsdesk.archive import Archive
from newsdesk.errors import BadInput, Mismatch, NotFound
from newsdesk.types import Article, Filters
from tests.conftest import put

FERRY = Article(
    "ferry",
    "The ferry ran aground at noon. Twelve people were hurt.",
    "Ferry aground",
    "https://example.org/ferry",
    "The Courier",
    date(2031, 3, 4),
    ("Ansa Veldt",),
)
COUNCIL = Article("council", "The council voted for the harbour wall.", "Council vote", publisher="The Herald")


def test_an_article_comes_back_as_it_was_put(archive: Archive) -> None:
    instant = Article("instant", "Text.", published=datetime(2031, 3, 4, 14, 3, tzinfo=UTC))
    put(archive, FERRY, COUNCIL, instant)
    assert archive.article("ferry") == FERRY
    assert archive.article("instant") == instant
    assert [article.id for article in archive.articles()] == ["council", "ferry", "instant"]
    assert archive.publishers() == ["The Courier", "The Herald"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_text_comes_back_to_the_code_point(archive: Archive, text: str) -> None:
    archive.put(Article("any", text), split(Article("any", text)))
    assert archive.article("any").text == text
    archive.remove("any")


def test_the_same_article_again_changes_nothing(archive: Archive) -> None:
    assert archive.put(FERRY, split(FERRY)) == "added"
    archive.mark_embedded([passage.key for passage in archive.pending(10)])
    assert archive.put(FERRY, split(FERRY)) == "unchanged"
    assert archive.passage_counts() == (1, 0)


def test_a_changed_article_replaces_its_passages_and_their_vectors_are_noted_for_removal(archive: Archive) -> None:
    put(archive, FERRY)
    (old,) = archive.pending(10)
    changed = Article("ferry", "The ferry floats again.", "Ferry afloat")
    assert archive.put(changed, split(changed)) == "changed"
    assert archive.vectors_to_remove() == [old.key]
    assert not archive.search("aground", 10)
    assert archive.search("floats", 10)


def test_an_id_held_by_another_source_is_refused_and_nothing_is_lost(archive: Archive) -> None:
    archive.put(FERRY, split(FERRY), source="a/ferry.txt")
    other = Article("ferry", "Another ferry altogether.")
    with pytest.raises(BadInput, match=r"b/ferry\.txt: the id 'ferry' is held by another article, from a/ferry\.txt"):
        archive.put(other, split(other), source="b/ferry.txt")
    assert archive.article("ferry") == FERRY


def test_a_removed_article_leaves_no_trace(archive: Archive) -> None:
    put(archive, FERRY, COUNCIL)
    archive.remove("ferry")
    assert not archive.search("ferry aground", 10)
    with pytest.raises(NotFound, match="ferry"):
        archive.article("ferry")
    with pytest.raises(NotFound, match="ferry"):
        archive.remove("ferry")
    assert archive.count() == 1


def test_search_ranks_the_passage_that_shares_the_rarer_words_first(archive: Archive) -> None:
    put(archive, FERRY, COUNCIL, Article("harbour", "The harbour was calm. The harbour slept."))
    (best, _), *_ = found = archive.search("Who voted about the harbour?", 10)
    assert archive.hits(found)[0].article_id == "council"
    assert archive.hits([(best, 0.5)])[0].text == COUNCIL.text


def test_search_sees_the_title(archive: Archive) -> None:
    put(archive, Article("a", "Nobody was hurt.", "Lighthouse fire"), COUNCIL)
    assert archive.hits(archive.search("lighthouse", 10))[0].article_id == "a"


@pytest.mark.parametrize("question", ['"', "AND", "NEAR(", "title:x *", "' OR 1=1 --", "((", "😀", "\x00", "the of"])
def test_no_question_is_read_as_a_query_language(archive: Archive, question: str) -> None:
    put(archive, FERRY)
    assert len(archive.search(question, 10)) <= 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), {"ferry", "early", "undated"}),
        (Filters(published_from=date(2031, 3, 4)), {"ferry"}),
        (Filters(published_to=date(2031, 3, 3)), {"early"}),
        (Filters(date(2031, 3, 3), date(2031, 3, 4)), {"ferry", "early"}),
        (Filters(publishers=("The Courier",)), {"ferry"}),
        (Filters(article_ids=("early", "undated")), {"early", "undated"}),
        (Filters(publishers=("' OR 1=1 --",)), set()),
    ],
)
def test_filters_limit_what_is_found(archive: Archive, filters: Filters, found: set[str]) -> None:
    early = Article("early", "A ferry sailed.", published=datetime(2031, 3, 3, 23, 59, tzinfo=UTC))
    put(archive, FERRY, early, Article("undated", "Some ferry or other."))
    hits = archive.hits(archive.search("ferry", 10, filters))
    assert {hit.article_id for hit in hits} == found


def test_hits_hold_in_their_article(archive: Archive) -> None:
    text = "One sentence 😀 about ferries. " * 100
    put(archive, Article("long", text))
    hits = archive.hits(archive.search("ferries", 50))
    assert len(hits) > 1
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)


def test_an_archive_refuses_another_embedder_and_names_the_remedy(archive: Archive) -> None:
    archive.hold_to_model("one")
    archive.hold_to_model("one")
    with pytest.raises(Mismatch, match=r"made by one, not by two.*newsdesk ingest --rebuild"):
        archive.hold_to_model("two")


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"not a database, " * 100)
    with pytest.raises(BadInput, match=r"archive\.sqlite"):
        Archive(tmp_path / "archive.sqlite")


def test_threads_read_while_another_writes(archive: Archive) -> None:
    faults: list[Exception] = []

    def read() -> None:
        try:
            for _ in range(50):
                archive.hits(archive.search("ferry", 10))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(50):
        put(archive, Article(f"ferry-{number}", f"Ferry number {number} sailed."))
    for thread in threads:
        thread.join()
    assert not faults
    assert archive.count() == 50
