"""Ingest brings in what can be read, reports the rest, repeats without change and goes on after a stop."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from ingest.check import find_faults
from ingest.pipeline import Report, add, ingest, rebuild, remove
from ingest.read import READERS, Source
from newsdesk.archive import Archive
from newsdesk.errors import BadInput, DiskFull, Mismatch, NotFound
from newsdesk.settings import Settings
from newsdesk.types import Article, Filters
from newsdesk.vectors import Vectors, Vectors32, open_vectors
from tests.conftest import SEEDS, WordEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text("Ferry aground\n\nThe ferry ran aground at noon. Nobody was hurt.\n")
    (folder / "council.md").write_text("---\ntitle: Council vote\n---\nThe council voted for the harbour wall.\n")
    return folder


def quiet(report: Report) -> None:
    """Progress that nobody watches."""


def run(folder: Path, archive: Archive, vectors: Vectors) -> Report:
    return ingest([folder], archive, vectors, WordEmbedder(), quiet)


def state(archive: Archive, vectors: Vectors) -> tuple[list[Article], int, tuple[int, int]]:
    return list(archive.articles()), vectors.count(), archive.passage_counts()


def test_a_folder_goes_in_and_again_changes_nothing(folder: Path, archive: Archive, vectors: Vectors) -> None:
    first = run(folder, archive, vectors)
    assert (first.files, first.files_read, first.added, first.embedded, first.failed) == (2, 2, 2, 2, ())
    before = state(archive, vectors)
    second = run(folder, archive, vectors)
    assert (second.added, second.changed, second.unchanged, second.embedded) == (0, 0, 2, 0)
    assert state(archive, vectors) == before


def test_a_changed_file_replaces_its_article_in_text_index_and_vectors(
    folder: Path, archive: Archive, vectors: Vectors
) -> None:
    run(folder, archive, vectors)
    (folder / "ferry.txt").write_text("Ferry afloat\n\nThe ferry floats again, the owners said.\n")
    assert run(folder, archive, vectors).changed == 1
    assert archive.article("ferry").title == "Ferry afloat"
    assert vectors.count() == 2
    assert not archive.search("noon", 5)


def test_broken_files_are_reported_by_name_and_the_others_go_in(
    folder: Path, archive: Archive, vectors: Vectors
) -> None:
    (folder / "empty.txt").write_text("")
    (folder / "picture.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "login.html").write_text("<html><body><form><input name=user></form></body></html>")
    (folder / "feed.jsonl").write_text(
        '{"id": "one", "text": "First of the feed."}\n{broken\n[]\n{"title": "No text"}\n'
    )
    report = run(folder, archive, vectors)
    assert report.added == 3
    named = " ".join(report.failed)
    for name in ("empty.txt", "picture.txt", "login.html", "feed.jsonl:2", "feed.jsonl:3", "feed.jsonl:4"):
        assert name in named


def test_nothing_is_taken_for_an_archive_of_nothing(tmp_path: Path, archive: Archive, vectors: Vectors) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        run(tmp_path / "nowhere", archive, vectors)
    (tmp_path / "hollow").mkdir()
    with pytest.raises(BadInput, match="hollow"):
        run(tmp_path / "hollow", archive, vectors)


def test_two_sources_of_one_id_do_not_overwrite_each_other(
    folder: Path, tmp_path: Path, archive: Archive, vectors: Vectors
) -> None:
    run(folder, archive, vectors)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "ferry.txt").write_text("Another ferry\n\nThis one sank, which is another story.\n")
    (failure,) = run(elsewhere, archive, vectors).failed
    assert "ferry" in failure
    assert archive.article("ferry").title == "Ferry aground"


def test_one_id_for_two_articles_of_a_feed_is_reported_and_the_first_stays(
    tmp_path: Path, archive: Archive, vectors: Vectors
) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text('{"id": "a", "text": "The first one."}\n{"id": "a", "text": "The second one."}\n')
    (failure,) = run(feed, archive, vectors).failed
    assert "'a' stands twice" in failure
    assert archive.article("a").text == "The first one."


class Interrupted(WordEmbedder):
    """Stops like a user's Ctrl-C in the middle of embedding."""

    def embed(self, texts: Sequence[str]) -> Vectors32:
        raise KeyboardInterrupt


def test_a_stopped_ingest_is_finished_by_the_next(folder: Path, archive: Archive, vectors: Vectors) -> None:
    with pytest.raises(KeyboardInterrupt):
        ingest([folder], archive, vectors, Interrupted(), quiet)
    assert archive.passage_counts() == (0, 2)
    assert run(folder, archive, vectors).embedded == 2
    assert (archive.passage_counts(), vectors.count()) == ((2, 0), 2)


def test_lost_vectors_are_made_anew(folder: Path, archive: Archive, settings: Settings) -> None:
    with open_vectors(settings) as vectors:
        run(folder, archive, vectors)
        vectors.clear()
        run(folder, archive, vectors)
        assert vectors.count() == 2


def test_another_embedder_is_refused_until_the_vectors_are_rebuilt(
    folder: Path, archive: Archive, vectors: Vectors
) -> None:
    run(folder, archive, vectors)
    other = WordEmbedder()
    other.name = "other words"
    with pytest.raises(Mismatch, match="--rebuild"):
        ingest([folder], archive, vectors, other, quiet)
    assert rebuild(archive, vectors, other, quiet).embedded == 2
    assert ingest([folder], archive, vectors, other, quiet).unchanged == 2


def test_a_removed_article_is_found_by_neither_search(folder: Path, archive: Archive, vectors: Vectors) -> None:
    run(folder, archive, vectors)
    remove("ferry", archive, vectors)
    assert vectors.count() == 1
    assert not vectors.search(WordEmbedder().embed(["ferry"]), 5, Filters(article_ids=("ferry",)))
    assert not archive.search("ferry", 5)
    with pytest.raises(NotFound):
        remove("ferry", archive, vectors)


def test_ready_articles_go_in_without_a_file(archive: Archive, vectors: Vectors) -> None:
    assert add([Article("a", "Some text.")], archive, vectors, WordEmbedder()).added == 1
    assert vectors.count() == 1


def test_every_seed_article_goes_in_and_every_passage_holds(archive: Archive, vectors: Vectors) -> None:
    report = ingest([SEEDS / "articles"], archive, vectors, WordEmbedder(), quiet)
    assert report.failed == ()
    texts = {article.id: article.text for article in archive.articles()}
    assert len(texts) == report.added >= 31
    for pending in archive.hits((key, 0.0) for key in range(1, sum(archive.passage_counts()) + 1)):
        assert texts[pending.article_id][pending.start : pending.end] == pending.text


def test_what_the_seed_questions_quote_stands_in_the_articles(archive: Archive, vectors: Vectors) -> None:
    ingest([SEEDS / "articles"], archive, vectors, WordEmbedder(), quiet)
    for path in sorted((SEEDS / "questions").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            question = json.loads(line)
            texts = [archive.article(article_id).text for article_id in question["articles"]]
            for quote in [*question["answers"], *question.get("evidence", [])]:
                assert any(quote in text for text in texts), f"{question['id']}: {quote!r}"


def test_a_moved_folder_is_the_same_archive(folder: Path, tmp_path: Path, archive: Archive, vectors: Vectors) -> None:
    run(folder, archive, vectors)
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved)
    again = run(moved, archive, vectors)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)


def test_a_file_that_did_not_change_is_not_read_again(
    folder: Path, archive: Archive, vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, archive, vectors)
    archive.remove("council")
    monkeypatch.setitem(READERS, ".txt", no_reader)
    assert (again := run(folder, archive, vectors)).failed == ()
    assert (again.unchanged, again.added) == (1, 1)  # what was removed comes back from its file


def no_reader(source: Source) -> Iterator[Article]:
    raise AssertionError(f"{source.name} was read")


def test_a_file_with_a_fault_is_read_and_reported_every_time(folder: Path, archive: Archive, vectors: Vectors) -> None:
    (folder / "feed.jsonl").write_text('{"id": "one", "text": "First of the feed."}\n{broken\n')
    assert len(run(folder, archive, vectors).failures) == 1
    again = run(folder, archive, vectors)
    assert (len(again.failures), again.unchanged) == (1, 3)
    assert again.failures[0].source == str(folder / "feed.jsonl")


def test_progress_tells_what_is_read_and_what_is_embedded(folder: Path, archive: Archive, vectors: Vectors) -> None:
    seen: list[Report] = []
    report = ingest([folder], archive, vectors, WordEmbedder(), seen.append)
    assert seen[-1] == report
    assert (report.files, report.files_read, report.embedded, report.to_embed) == (2, 2, 2, 2)
    assert [one.embedded for one in seen] == sorted(one.embedded for one in seen)


def test_a_fault_while_storing_ends_the_ingest_and_is_told(folder: Path, archive: Archive, vectors: Vectors) -> None:
    with archive.together() as db:
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    (folder / "long.txt").write_text("A long tale\n\n" + "The ferry sailed on and on, they said. " * 5000)
    with pytest.raises(DiskFull, match="Make room"):
        run(folder, archive, vectors)
    with archive.together() as db:
        db.execute("PRAGMA max_page_count = 100000")
    assert run(folder, archive, vectors).added + 2 >= 3
    assert archive.count() == 3
    assert find_faults(archive, vectors) == []


def test_a_passage_that_goes_while_it_is_embedded_leaves_no_vector(
    folder: Path, archive: Archive, vectors: Vectors
) -> None:
    class Removing(WordEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors32:
            archive.remove("ferry")
            return super().embed(texts)

    ingest([folder], archive, vectors, Removing(), quiet)
    assert (vectors.count(), archive.passage_counts()) == (1, (1, 0))


def test_wire_copy_is_one_story_and_a_story_of_its_own_is_not(archive: Archive, vectors: Vectors) -> None:
    add([Article("a", WIRE, publisher="The Courier", published=date(2031, 3, 5))], archive, vectors, WordEmbedder())
    others = [
        Article("b", WIRE.replace("noon", "midday"), publisher="The Herald", published=date(2031, 3, 4)),
        Article("c", WIRE.split("Divers")[0], publisher="Northline"),
        Article("d", "The council voted for the harbour wall. " + "It will cost 4 million and take two years. " * 3),
    ]
    add(others, archive, vectors, WordEmbedder())
    assert [copy.article_id for copy in archive.copies("a")] == ["b", "c"]
    assert [copy.publisher for copy in archive.copies("b")] == ["The Courier", "Northline"]
    assert archive.copies("d") == ()
    add([Article("b", "The ferry sails again, and all is well. " * 9)], archive, vectors, WordEmbedder())
    assert [copy.article_id for copy in archive.copies("a")] == ["c"]


WIRE = (
    "TOLLENHYTHE, 4 March (Northline) - The ferry Maid of Ouvel ran aground at noon on Tuesday with 112 people on "
    "board, the coastguard said. A spokeswoman for the owners said that all of them had been taken off by fishing "
    "boats, some of them by rope, and that nobody was hurt. The harbour was closed until the evening. Divers were to "
    "look at the hull on Wednesday, and until then nothing could be said about the cause, she added."
)


def test_many_removed_articles_leave_no_trace_and_an_unknown_id_removes_none(
    folder: Path, archive: Archive, vectors: Vectors
) -> None:
    run(folder, archive, vectors)
    with pytest.raises(NotFound, match="nowhere"):
        remove(["ferry", "nowhere"], archive, vectors)
    assert archive.count() == 2
    remove(["ferry", "council"], archive, vectors)
    assert (archive.count(), vectors.count(), archive.search("ferry council", 5)) == (0, 0, [])
    assert b"aground" not in b"".join(path.read_bytes() for path in archive.path.parent.glob("archive.sqlite*"))
