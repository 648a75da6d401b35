"""Suggestions: made from sentences by their form, and offered only where the archive answers them."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdesk import suggest
from newsdesk.assistant import open_assistant
from newsdesk.settings import Settings
from newsdesk.types import Hit, Question


def hit(text: str, start: int = 0) -> Hit:
    return Hit("a", "Title", None, None, None, start, start + len(text), text, 1.0)


def made(text: str) -> list[tuple[str, str]]:
    """Each question with the words that answer it."""
    found = suggest.candidates([hit(text, start=7)])
    return [(one.question, text[one.start - 7 : one.end - 7]) for one in found]


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Ada Brunt saved the old lighthouse, the board said.", "Who saved the old lighthouse?", "Ada Brunt"),
        ("They met Gwen Tolliver, the harbour master, on Monday.", "Who is Gwen Tolliver?", "the harbour master"),
        ("It was the mayor of Wexholt, Dilys Hanrahan, who spoke.", "Who is the mayor of Wexholt?", "Dilys Hanrahan"),
        ("Four people were taken to hospital.", "How many people were taken to hospital?", "Four"),
        ("The bell was found in Tollenhythe after the storm.", "Where was the bell found?", "Tollenhythe"),
        ("The bridge was built in 1904 by the county.", "When was the bridge built?", "1904"),
    ],
)
def test_a_sentence_gives_a_question_and_its_own_answer(text: str, question: str, answer: str) -> None:
    assert (question, answer) in made(text)


@pytest.mark.parametrize(
    "text",
    [
        "She was found in Wick.",
        "Ada Brunt saved it from them, the board said.",
        "They went to New Corvane, a row of pebble-dashed houses, on Monday.",
        "He said: “Nobody was hurt.”",
        "<script>alert(1)</script>",
        "",
    ],
)
def test_a_sentence_that_points_elsewhere_or_says_nothing_of_the_kind_gives_none(text: str) -> None:
    assert made(text) == []


def test_the_same_question_is_made_once() -> None:
    text = "The bell was found in Tollenhythe. The bell was found in Tollenhythe."
    assert len(made(text)) == 1


def test_what_is_offered_is_answered_and_the_same_each_time(seed_home: Path) -> None:
    with open_assistant(Settings(home=seed_home)) as assistant:
        first = assistant.chain.invoke(Question("How many people died in the sinking of the Maid of Ouvel?"))
        offered = suggest.follow_ups(assistant, first, ())
        assert offered == suggest.follow_ups(assistant, first, ())
        beginnings = suggest.beginnings(assistant, most=2)
        assert beginnings
        for question in [*offered, *beginnings]:
            assert assistant.chain.invoke(Question(question)).answered
        assert first.question not in offered
