"""Sentences are found where a reader sees them, and their spans hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.sentences import sentences


@pytest.mark.parametrize(
    "said",
    [
        ["Mr Lavrentyev said so.", "He left."],
        ["The U.S. said no.", "It was 5 p.m. on Monday."],
        ["Dr. K. L. Voss came to St. Orrin.", "It cost $3.5 million."],
        ["“We failed,” he said.", "“But we go on.”"],
    ],
)
def test_abbreviations_and_quotes_do_not_end_a_sentence(said: list[str]) -> None:
    text = " ".join(said)
    assert [text[start:end] for start, end in sentences(text)] == said


@given(st.text("Ab. -!?\n\"“”'()😀中。\u00a0\u0085\u2028\r\t1") | st.text())
def test_spans_are_in_order_and_between_them_is_white_space(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


def test_half_a_character_does_no_harm() -> None:
    assert sentences("One \ud800 two. Three.") == [(0, 10), (11, 17)]


@pytest.mark.parametrize("space", ["\u00a0", "\u0085", "\u2009", "\u2028", "\u3000"])
def test_wide_white_space_before_a_full_stop_does_no_harm(space: str) -> None:
    text = f"F{space}.- Then it rained. And stopped."
    assert text[slice(*sentences(text)[-1])] == "And stopped."
