"""What copies of one story say in the same words is found once; what they say otherwise stays."""

from __future__ import annotations

import pytest

from ingest.pipeline import add
from newsdesk.archive import Archive
from newsdesk.repeats import without_repeats
from newsdesk.retrieve import Retriever
from newsdesk.types import Article, Hit
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder
from tests.test_pipeline import WIRE

SAID = (
    "The ferry ran aground at noon on Tuesday. Six people were hurt, the coastguard said in the evening. "
    "Divers will look."
)
PAIR = {frozenset(("a", "b"))}


def hit(article_id: str, text: str) -> Hit:
    return Hit(article_id, "", None, None, None, 0, len(text), text, 1.0)


@pytest.mark.parametrize(
    "copy",
    [
        SAID,
        SAID.upper(),
        "The ferry ran aground at noon on Tuesday.",
        SAID.replace("in the evening", "in an evening"),
        "Divers will look. Six people were hurt, the coastguard said in the evening.",
    ],
)
def test_a_copy_that_adds_nothing_goes(copy: str) -> None:
    assert without_repeats([hit("a", SAID), hit("b", copy)], PAIR) == [hit("a", SAID)]


@pytest.mark.parametrize(
    "other",
    [
        SAID.replace("Six", "Five"),
        SAID.replace("Six", "6"),
        SAID.replace("hurt", "killed"),
        SAID.replace("Tuesday", "Monday"),
        SAID.replace("were hurt", "were not hurt"),
        SAID.replace("will look", "would look"),
        SAID + " The harbour is closed.",
    ],
)
def test_a_copy_that_differs_in_anything_that_tells_stays(other: str) -> None:
    assert len(without_repeats([hit("a", SAID), hit("b", other)], PAIR)) == 2


@pytest.mark.parametrize(
    ("one", "other"), [("It cost 1.5 million.", "It cost 15 million."), ("-3 degrees.", "3 degrees.")]
)
def test_figures_are_compared_whole(one: str, other: str) -> None:
    assert len(without_repeats([hit("a", one), hit("b", other)], PAIR)) == 2


def test_articles_that_are_no_copies_are_left_alone() -> None:
    assert len(without_repeats([hit("a", SAID), hit("b", SAID)], set())) == 2
    assert len(without_repeats([hit("a", SAID), hit("a", SAID)], PAIR)) == 2


def test_an_answer_is_not_filled_with_one_wire_story(archive: Archive, vectors: Vectors) -> None:
    papers = [Article(f"paper-{number}", WIRE, publisher=f"Paper {number}") for number in range(8)]
    papers.append(Article("later", WIRE.replace("112 people", "114 people"), publisher="Another"))
    add([*papers, Article("own", "The ferry was built in 1987.")], archive, vectors, WordEmbedder())
    hits = Retriever(archive, vectors, WordEmbedder()).retrieve("ferry aground people on board", 5)
    assert sorted(one.article_id for one in hits) == sorted({*[hits[0].article_id, "later", "own"], hits[1].article_id})
    assert sum(one.text == WIRE for one in hits) == 1
