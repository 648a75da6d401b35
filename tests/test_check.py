"""Whatever does not agree in archive and vectors is found, named, and made anew from the articles' texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest

from ingest.check import find_faults, repair
from ingest.command import check
from ingest.pipeline import add
from newsdesk.archive import Archive, Pending
from newsdesk.settings import Settings
from newsdesk.types import Article
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder

LONG = Article("long", "The ferry ran aground at noon, and nobody was hurt. " * 40, "Ferry aground")
SHORT = Article("short", "The council voted for the harbour wall.", "Council vote")
OLD = Article("short", "The council did not vote.", "Council vote")


@pytest.fixture
def stored(archive: Archive, vectors: Vectors) -> Archive:
    for articles in ([LONG, OLD], [SHORT]):
        add(articles, archive, vectors, WordEmbedder())
    return archive


def sql(*statements: str) -> Callable[[Archive, Vectors], None]:
    """Damage done behind the archive's back."""

    def do(archive: Archive, vectors: Vectors) -> None:
        with closing(sqlite3.connect(archive.path)) as db:  # where foreign keys need not hold
            for statement in statements:
                db.execute(statement)
            db.commit()

    return do


def lose_vector(archive: Archive, vectors: Vectors) -> None:
    vectors.remove([archive.embedded_keys()[1]])


def stray_vector(archive: Archive, vectors: Vectors) -> None:
    vectors.put([Pending(999, "long", "", None, None, "")], WordEmbedder().embed(["stray"]))


def anothers_vector(archive: Archive, vectors: Vectors) -> None:
    key = archive.embedded_keys()[0]
    vectors.put([Pending(key, "short", "", None, None, "")], WordEmbedder().embed(["another"]))


def dead_vector(archive: Archive, vectors: Vectors) -> None:
    key = archive.embedded_keys()[0]
    vectors.put([Pending(key, "long", "", None, None, "")], np.full((1, 512), 0.5, dtype=np.float32))


DAMAGE = {
    "a lost vector": (lose_vector, "passages lack their vector"),
    "a stray vector": (stray_vector, "vectors belong to no passage"),
    "another's vector": (anothers_vector, "vectors are not those of their passage"),
    "a vector of no length": (dead_vector, "vectors are not those of their passage"),
    "a passage not embedded": (sql("UPDATE passages SET embedded = 0 WHERE key = 1"), "not been embedded"),
    "a gap": (sql("UPDATE passages SET end = end - 3 WHERE key = 1"), "do not cover its text"),
    "an overlap": (sql("UPDATE passages SET start = start - 3 WHERE key = 2"), "do not cover its text"),
    "an end too far": (sql("UPDATE passages SET end = 99999 WHERE key = 3"), "do not cover its text"),
    "a lost passage": (sql("DELETE FROM passages WHERE key = 2"), "do not cover its text"),
    "an article without its words in the index": (
        sql(
            "INSERT INTO article_index (article_index, rowid, title, text) "
            "SELECT 'delete', key, title, text FROM articles"
        ),
        "do not stand in it",
    ),
    "a lost index row": (sql("DELETE FROM passage_index WHERE rowid = 2"), "do not stand in it"),
    "a stray index row": (sql("INSERT INTO passage_index (rowid, title, text) VALUES (99, '', 'x')"), "do not stand"),
    "other words in the index": (sql("UPDATE passage_index SET text = 'other' WHERE rowid = 1"), "do not stand"),
    "an index out of step": (
        sql("UPDATE passage_index_content SET c1 = 'other words' WHERE id = 1"),
        "do not stand in it",
    ),
    "a wrong version": (
        sql("UPDATE articles SET version = 'abc' WHERE id = 'long'"),
        "version is not that of its text",
    ),
    "a spoilt version": (sql("UPDATE versions SET record = '{}'"), "is another text"),
    "a passage of no article": (
        sql("INSERT INTO passages (article, start, end, embedded) VALUES (77, 0, 5, 1)"),
        "belong to an article that is not there",
    ),
}


def test_what_agrees_has_no_faults(stored: Archive, vectors: Vectors) -> None:
    assert find_faults(stored, vectors) == []


@pytest.mark.parametrize("name", DAMAGE)
def test_every_kind_of_damage_is_found_and_mended(name: str, stored: Archive, vectors: Vectors) -> None:
    damage, named = DAMAGE[name]
    damage(stored, vectors)
    faults = find_faults(stored, vectors)
    assert any(named in fault.what for fault in faults), faults
    assert repair(stored, vectors, WordEmbedder) == []
    assert (stored.article("long"), stored.article("short")) == (LONG, SHORT)
    assert {hit.article_id for hit in stored.hits(stored.search("ferry noon", 99))} == {"long"}
    assert stored.passage_counts() == (vectors.count(), 0)


def test_the_command_says_what_is_wrong_and_its_exit_status_is_true(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(settings) == 0
    assert "All of it agrees." in capsys.readouterr().err
    archive = Archive(settings.home / "archive.sqlite")
    archive.put(SHORT, [], "")
    archive.close()
    assert check(settings) == 1
    said = capsys.readouterr().err
    assert "short: its passages do not cover its text" in said
    assert "newsdesk check --repair" in said
    assert check(settings, repair=True) == 0
    assert check(settings) == 0
