"""A question becomes a query for its telling words, and nothing in it is read as syntax."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from newsdesk.fulltext import any_of, telling_words


def test_common_words_are_left_out_and_each_word_asked_once() -> None:
    assert telling_words("Where were the targets, the TARGETS?") == ['"targets"']


def test_a_question_of_common_words_alone_keeps_them() -> None:
    assert any_of(telling_words("who was it?")) == '"who" OR "was" OR "it"'


def test_without_words_there_is_no_query() -> None:
    assert telling_words('" ( * ') == []


@given(st.text())
def test_every_query_is_a_list_of_quoted_words(question: str) -> None:
    assert re.fullmatch(r'("\w+"( OR "\w+")*)?', any_of(telling_words(question)))
