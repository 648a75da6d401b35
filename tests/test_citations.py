"""A citation is looked up again before it is shown: it holds to the code point, or it goes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from newsdesk.archive import Archive
from newsdesk.citations import page_of, verified
from newsdesk.types import Answer, Article, Citation, Sentence
from tests.conftest import put

TEXT = "Rain fell. The ferry ran aground at noon. Nobody was hurt."
RAIN = Citation(1, "ferry", "Ferry aground", None, None, None, 0, 10, "Rain fell.")
NOBODY = replace(RAIN, number=2, start=42, end=58, quote="Nobody was hurt.")
ANSWER = Answer(
    question="What happened?",
    standalone_question="What happened?",
    answer="It rained [1]. Nobody was hurt [2].",
    short_answer="Rain",
    answered=True,
    confidence=0.9,
    citations=(RAIN, NOBODY),
    passages=(),
    engine="openai:m",
    sentences=(Sentence("It rained [1].", "supported", (1,)), Sentence("Nobody was hurt [2].", "supported", (2,))),
)


@pytest.fixture(autouse=True)
def ferry(archive: Archive) -> None:
    put(archive, Article("ferry", TEXT, "Ferry aground", pages=(0, 42)))


def test_what_holds_is_kept_with_the_version_and_the_page_it_stands_on(archive: Archive) -> None:
    answer = verified(ANSWER, archive)
    assert [citation.quote for citation in answer.citations] == ["Rain fell.", "Nobody was hurt."]
    assert {citation.version for citation in answer.citations} == {hashlib.sha256(TEXT.encode()).hexdigest()[:12]}
    assert [citation.page for citation in answer.citations] == [1, 2]
    assert replace(answer, citations=ANSWER.citations) == ANSWER
    assert verified(answer, archive) == answer


def test_other_articles_that_tell_the_same_are_named(archive: Archive) -> None:
    put(archive, Article("wire", TEXT + " It rained.", "Ferry", publisher="Northline"))
    archive.find_copies(lambda text: [1], lambda one, other: True)
    (copy,) = verified(ANSWER, archive).citations[0].also_in
    assert (copy.article_id, copy.publisher) == ("wire", "Northline")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(NOBODY, start=41),
        replace(NOBODY, end=57),
        replace(NOBODY, quote="NOBODY WAS HURT."),
        replace(NOBODY, article_id="unknown"),
    ],
    ids=["start", "end", "quote", "article"],
)
def test_what_does_not_hold_goes_with_its_marker_and_its_sentence_is_no_longer_supported(
    wrong: Citation, archive: Archive
) -> None:
    left = verified(replace(ANSWER, citations=(RAIN, wrong)), archive)
    assert [citation.number for citation in left.citations] == [1]
    assert left.answer == "It rained [1]. Nobody was hurt."
    assert left.sentences == (ANSWER.sentences[0], Sentence("Nobody was hurt.", "unsupported", ()))
    assert left.answered


def test_an_answer_that_loses_all_its_citations_is_no_answer(archive: Archive) -> None:
    archive.remove("ferry")
    left = verified(ANSWER, archive)
    assert not left.answered
    assert left.short_answer is None
    assert left.citations == ()
    assert left.sentences == ()
    assert "rained" not in left.answer
    assert left.answer.startswith("The archive does not say.")


def test_a_page_is_counted_from_where_it_begins() -> None:
    assert page_of((), 5) is None
    assert [page_of((0, 10, 20), start) for start in (0, 9, 10, 19, 20, 99)] == [1, 1, 2, 2, 3, 3]
    assert page_of((5, 10), 0) == 1
