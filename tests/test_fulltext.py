"""A question becomes a query for its telling words, and nothing in it is read as syntax."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from newsdesk.fulltext import any_word


def test_common_words_are_left_out_and_each_word_asked_once() -> None:
    assert any_word("Where were the targets, the TARGETS?") == '"targets"'


def test_a_question_of_common_words_alone_keeps_them() -> None:
    assert any_word("who was it?") == '"who" OR "was" OR "it"'


def test_without_words_there_is_no_query() -> None:
    assert any_word('" ( * ') == ""


@given(st.text())
def test_every_query_is_a_list_of_quoted_words(question: str) -> None:
    assert re.fullmatch(r'("\w+"( OR "\w+")*)?', any_word(question))
