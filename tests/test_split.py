"""Passages: whole sentences, exact offsets, every character of the text in exactly one of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.split import MAX_CHARS, split
from newsdesk.sentences import sentences
from newsdesk.types import Article, Passage

WORDS = st.sampled_from(
    ["Mr Lavrentyev", "the U.S.", "said.", '"We failed."', "3.5", "No. 14", "p.m.", "Hama", "?", "\n\n", "😀", "é"]
)
PROSE = st.lists(WORDS, max_size=120).map(" ".join)
TEXTS = st.one_of(st.text(max_size=400), PROSE)

ARTICLE = """Mr Lavrentyev said Russia plans to deploy its military police. He said the U.S. and Jordan would help.

"We so far have failed to agree," the envoy said at 7.12 p.m. on Monday. "But we will go on." Dr. K. L. Voss disagreed.

Neither process has made much progress. Notice No. 14 was sent to J. Smith in St. Orrin on 3 Jan. 2031."""


def passages(text: str, max_chars: int = MAX_CHARS) -> list[Passage]:
    return split(Article("a", text), max_chars)


@given(TEXTS, st.integers(1, 300))
@example("a" * 50, 7)
@example("\n\n \n a", 1)
@example("One. Two.\n\n", 4)
def test_passages_tile_the_text_whatever_it_holds(text: str, max_chars: int) -> None:
    found = passages(text, max_chars)
    assert "".join(text[passage.start : passage.end] for passage in found) == (text if text.strip() else "")
    assert [passage.end for passage in found[:-1]] == [passage.start for passage in found[1:]]


@given(TEXTS, st.integers(1, 300))
def test_no_passage_is_empty_or_longer_than_the_limit(text: str, max_chars: int) -> None:
    assert all(0 < passage.end - passage.start <= max_chars for passage in passages(text, max_chars))


@given(PROSE, st.integers(40, 300))
@example("It was read out in the hall on a Monday. Then they all went home.", 40)
def test_a_sentence_that_fits_is_never_cut(text: str, max_chars: int) -> None:
    inner = {passage.start for passage in passages(text, max_chars)}
    for start, end in sentences(text):
        if end - start <= max_chars:
            assert not inner & set(range(start + 1, end))


@given(TEXTS, st.integers(1, 300))
def test_the_same_text_is_always_split_alike(text: str, max_chars: int) -> None:
    assert passages(text, max_chars) == passages(text, max_chars)


def test_titles_abbreviations_initials_and_numbers_end_no_sentence() -> None:
    pieces = [ARTICLE[start:end] for start, end in sentences(ARTICLE)]
    assert pieces[:2] == [
        "Mr Lavrentyev said Russia plans to deploy its military police.",
        "He said the U.S. and Jordan would help.",
    ]
    assert "Dr. K. L. Voss disagreed." in pieces
    assert pieces[-1] == "Notice No. 14 was sent to J. Smith in St. Orrin on 3 Jan. 2031."


def test_a_quotation_stays_with_the_one_who_said_it() -> None:
    pieces = [ARTICLE[start:end] for start, end in sentences(ARTICLE)]
    assert '"We so far have failed to agree," the envoy said at 7.12 p.m. on Monday.' in pieces
    assert any(piece.startswith('"But we will go on.') for piece in pieces)


def test_every_passage_begins_with_a_sentence() -> None:
    starts = {start for start, _ in sentences(ARTICLE)} | {0}
    found = passages(ARTICLE, 140)
    assert len(found) > 2
    assert {passage.start for passage in found} <= starts


def test_a_short_text_is_one_passage() -> None:
    assert passages(ARTICLE) == [Passage("a", 0, len(ARTICLE))]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t \n"])
def test_a_text_of_white_space_has_no_passage(text: str) -> None:
    assert passages(text) == []


def test_passages_are_even_without_a_runt_at_the_end() -> None:
    text = " ".join(f"The count of ward {number:03d} was read out." for number in range(30))
    lengths = [passage.end - passage.start for passage in passages(text, 400)]
    assert len(lengths) == -(-len(text) // 400)
    assert max(lengths) - min(lengths) <= 80


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    text = " ".join(f"word{number:03d}" for number in range(200))
    found = passages(text, 300)
    assert all(text[passage.start :].startswith("word") for passage in found)


def test_a_word_longer_than_a_passage_is_cut_where_it_must_be() -> None:
    assert [passage.end for passage in passages("x" * 25, 10)][-1] == 25


def test_passages_carry_the_id_of_their_article() -> None:
    assert {passage.article_id for passage in split(Article("some/id", ARTICLE), 100)} == {"some/id"}
