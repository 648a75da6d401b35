"""The archive keeps articles exactly, finds their passages by words, and forgets them completely."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.split import split
from newsdesk.archive import Archive, passages, version_of
from newsdesk.archive.schema import BEGINNING
from newsdesk.errors import BadInput, DiskFull, Mismatch, NotFound
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


@pytest.fixture
def harbours(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive so large, for the most that is ranked, that what shares only a common word is passed over."""
    monkeypatch.setattr(passages, "MOST_RANKED", 4)
    put(archive, FERRY, *(Article(f"harbour-{n}", f"The harbour was calm on day {n}.") for n in range(9)))
    return archive


@pytest.mark.parametrize(
    ("question", "filters", "found"),
    [
        ("Did the ferry leave the harbour?", Filters(), 1),
        ("Did the ferry leave the harbour?", Filters(article_ids=("harbour-1", "harbour-2")), 2),
        ("How calm was the harbour?", Filters(), 9),
        ("Is there a cathedral at the harbour?", Filters(), 9),
    ],
    ids=["the rarest words rank", "not beyond the filters", "where all are common", "where the rarest is unknown"],
)
def test_in_a_large_archive_the_rarest_words_choose_what_is_ranked(
    harbours: Archive, question: str, filters: Filters, found: int
) -> None:
    assert len(harbours.search(question, 20, filters)) == found


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


# Versions, sources, copies


def test_a_changed_text_is_kept_as_a_version_that_still_opens(archive: Archive) -> None:
    put(archive, FERRY)
    changed = Article("ferry", "The ferry floats again.", "Ferry afloat")
    assert archive.put(changed, split(changed)) == "changed"
    assert archive.article("ferry") == changed
    assert archive.article("ferry", version_of(FERRY.text)) == FERRY
    assert archive.article("ferry", version_of(changed.text)) == changed
    newest, oldest = archive.versions("ferry")
    assert (newest.version, newest.current) == (version_of(changed.text), True)
    assert (oldest.version, oldest.current) == (version_of(FERRY.text), False)
    assert newest.stored_at.tzinfo is not None
    with pytest.raises(NotFound, match="no version 'ffffffffffff'"):
        archive.article("ferry", "ffffffffffff")


def test_a_text_that_comes_back_is_current_again_and_the_other_is_kept(archive: Archive) -> None:
    other = Article("ferry", "The ferry floats again.")
    put(archive, FERRY, other, FERRY)
    assert [(one.version, one.current) for one in archive.versions("ferry")] == [
        (version_of(FERRY.text), True),
        (version_of(other.text), False),
    ]


def test_a_changed_headline_is_no_new_version(archive: Archive) -> None:
    put(archive, FERRY, replace(FERRY, title="Ferry runs aground"))
    assert archive.article("ferry").title == "Ferry runs aground"
    assert len(archive.versions("ferry")) == 1
    assert archive.search("runs", 5)


def test_what_is_not_embedded_changes_without_new_vectors(archive: Archive) -> None:
    put(archive, FERRY)
    archive.mark_embedded([passage.key for passage in archive.pending(10)])
    put(archive, replace(FERRY, section="Shipping", language="en", dated_by="meta", pages=(0, 31)))
    assert archive.article("ferry").pages == (0, 31)
    assert archive.passage_counts() == (1, 0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://example.org/ferry", "http://www.example.org/ferry/"),
        ("https://example.org/ferry", "https://example.org/ferry?utm_source=mail#top"),
        ("https://example.org/story?id=3", "https://EXAMPLE.org/story?id=3&fbclid=x"),
    ],
)
def test_another_text_at_the_same_address_supersedes_the_article(archive: Archive, first: str, second: str) -> None:
    old = Article("ferry", "The ferry ran aground.", url=first)
    new = Article("ferry-2", "The ferry floats again.", url=second)
    assert archive.put(old, split(old), "a.html") == "added"
    assert archive.put(new, split(new), "b.html") == "changed"
    assert archive.count() == 1
    assert archive.article("ferry").text == new.text
    assert archive.article("ferry-2").id == "ferry"
    assert archive.sources("ferry") == ["a.html", "b.html"]
    assert archive.put(old, split(old), "a.html") == "unchanged"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://example.org/", "https://example.org"),
        ("https://example.org/story?id=3", "https://example.org/story?id=4"),
        ("https://example.org/Ferry", "https://example.org/ferry"),
        (None, None),
    ],
)
def test_articles_of_different_addresses_stay_two(archive: Archive, first: str | None, second: str | None) -> None:
    put(archive, Article("a", "The ferry ran aground.", url=first), Article("b", "It floats.", url=second))
    assert archive.count() == 2


def test_the_very_same_text_from_elsewhere_is_one_article_with_two_sources(archive: Archive) -> None:
    twin = replace(FERRY, id="twin", url=None, publisher=None, title="FERRY AGROUND!")
    assert archive.put(FERRY, split(FERRY), "a.txt") == "added"
    assert archive.put(twin, split(twin), "b.txt") == "duplicate"
    assert archive.put(twin, split(twin), "b.txt") == "unchanged"
    assert archive.count() == 1
    assert archive.sources("ferry") == ["a.txt", "b.txt"]
    assert archive.article("twin") == FERRY


@pytest.mark.parametrize(
    "other",
    [{"publisher": "The Herald"}, {"published": date(2031, 3, 5)}, {"title": "Another headline"}],
)
def test_the_same_words_in_another_paper_on_another_day_or_under_another_headline_are_another_article(
    archive: Archive, other: dict[str, str]
) -> None:
    put(archive, FERRY, replace(FERRY, id="other", url=None, **other))  # type: ignore[arg-type]
    assert archive.count() == 2


def test_a_duplicate_that_changes_becomes_an_article_of_its_own(archive: Archive) -> None:
    first, twin = Article("a", "The ferry ran aground."), Article("b", "The ferry ran aground.")
    changed = Article("b", "Something else happened.")
    archive.put(first, split(first), "a.txt")
    archive.put(twin, split(twin), "b.txt")
    assert archive.put(changed, split(changed), "b.txt") == "added"
    assert (archive.article("a"), archive.article("b")) == (first, changed)
    assert archive.sources("a") == ["a.txt"]


def test_when_an_article_changes_its_duplicate_elsewhere_comes_back_with_the_next_reading(archive: Archive) -> None:
    first, twin = Article("a", "The ferry ran aground."), Article("b", "The ferry ran aground.")
    changed = Article("a", "Something else happened.")
    archive.put(first, split(first), "a.txt")
    archive.put(twin, split(twin), "b.txt")
    assert archive.put(changed, split(changed), "a.txt") == "changed"
    assert archive.put(twin, split(twin), "b.txt") == "added"
    assert (archive.article("a"), archive.article("b")) == (changed, twin)


def test_what_is_put_together_lasts_together_or_not_at_all(archive: Archive) -> None:
    def put_two() -> None:
        with archive.together():
            archive.put(FERRY, split(FERRY), "a")
            archive.put(replace(FERRY, text="Another ferry.", url=None), [], "b")

    with pytest.raises(BadInput):
        put_two()
    assert archive.count() == 0
    with archive.together():
        put(archive, FERRY, COUNCIL)
        with pytest.raises(BadInput):
            archive.put(replace(COUNCIL, text="Another council."), [], "b")
    assert archive.count() == 2


# Listing


def test_articles_are_listed_filtered_and_sorted_and_what_is_not_known_comes_last(archive: Archive) -> None:
    early = Article("early", "A ferry sailed.", "a calm day", None, "The Courier", date(2031, 1, 2))
    put(archive, FERRY, COUNCIL, early)

    def ids(**wanted: Any) -> list[str]:
        found = [article.id for article in archive.articles(**wanted)]
        assert archive.count(**{name: value for name, value in wanted.items() if name != "sort"}) == len(found)
        return found

    assert ids(sort="published") == ["early", "ferry", "council"]
    assert ids(sort="-published") == ["ferry", "early", "council"]
    assert ids(sort="title") == ["early", "council", "ferry"]
    assert ids(sort="publisher") == ["early", "ferry", "council"]
    assert ids(search="ferr") == ["early", "ferry"]
    assert ids(search="ferry agr") == ["ferry"]
    assert ids(search='"; DROP TABLE') == ids(search="?!") == []
    assert ids(publishers=["The Herald"]) == ["council"]
    assert ids(published_from=date(2031, 3, 4), published_to=date(2031, 3, 4)) == ["ferry"]
    assert [article.id for article in archive.articles(1, 1)] == ["early"]


def test_the_days_of_the_archive_are_counted_by_publisher(archive: Archive) -> None:
    put(archive, FERRY, replace(FERRY, id="second", text="More.", url=None), COUNCIL, Article("x", "Words."))
    assert archive.days() == [(date(2031, 3, 4), "The Courier", 2), (None, "The Herald", 1), (None, None, 1)]


# The file


def test_the_file_of_an_older_newsdesk_is_brought_up_to_date_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(BEGINNING)
        db.execute(
            "INSERT INTO articles (id, text, title, url, published, epoch, authors, sha256, source) VALUES "
            "('ferry', 'It ran aground.', 'Ferry', 'https://example.org/f', '2031-03-04', 1930435200, "
            "'[]', 'x', 'f.txt')"
        )
        db.execute("INSERT INTO passages (article, start, end, embedded) VALUES (1, 0, 15, 1)")
        db.execute("INSERT INTO passage_index (rowid, title, text) VALUES (1, 'Ferry', 'It ran aground.')")
        db.execute("INSERT INTO facts VALUES ('embedding_model', 'words')")
        db.commit()
    with closing(Archive(path)) as archive:
        old = archive.article("ferry")
        assert old == Article("ferry", "It ran aground.", "Ferry", "https://example.org/f", None, date(2031, 3, 4))
        assert [one.version for one in archive.versions("ferry")] == [version_of(old.text)]
        assert archive.sources("ferry") == ["f.txt"]
        assert archive.hits(archive.search("aground", 1))[0].text == old.text
        assert archive.put(old, split(old), "f.txt") == "unchanged"
        assert (archive.passage_counts(), archive.embedding_model()) == ((1, 0), "words")
    with closing(Archive(path)) as archive:
        assert archive.count() == 1


def test_the_file_of_a_newer_newsdesk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(BadInput, match="newer newsdesk"):
        Archive(path)


def test_a_full_disk_is_named_and_takes_nothing_away(archive: Archive) -> None:
    put(archive, FERRY)
    with archive.together() as db:
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(DiskFull, match=r"Make room.*goes on where it stopped"):
        put(archive, Article("large", "Many words. " * 10_000))
    assert [article.id for article in archive.articles()] == ["ferry"]
    with archive.together() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    put(archive, Article("large", "Many words. " * 10_000))
    assert archive.count() == 2


def test_nothing_of_a_removed_article_is_left_in_the_file(archive: Archive) -> None:
    secret = Article("secret", "Quillfeather told the zyzzyva everything. " * 50, "Zanzibarian confession")
    put(archive, FERRY, secret, replace(secret, text="Quillfeather changed the zyzzyva tale."), COUNCIL)
    archive.remove("secret")
    archive.erase()
    left = b"".join(path.read_bytes() for path in archive.path.parent.glob("archive.sqlite*")).lower()
    for word in (b"quillfeather", b"zyzzyva", b"zanzibarian", b"quillfeath", b"zyzzyv"):
        assert word not in left
    assert b"ferry" in left
