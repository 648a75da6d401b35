"""What is kept of conversations: for their owner, as it was said, and through the death of the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsdesk.conversations import LONGEST_TITLE, Conversations, Turn, open_conversations
from newsdesk.errors import BadInput, NotFound
from newsdesk.types import Answer, Citation, Copy, Filters, Hit, Sentence

ANSWER = Answer(
    "q?",
    "standalone?",
    "Said [1].",
    "Said",
    True,
    0.75,
    (
        Citation(
            1, "a", "Title", None, "The Courier", date(2031, 3, 4), 0, 4, "Said", "0123456789ab", 2,
            (Copy("b", "Copy", None, None, datetime(2031, 3, 5, 9, 30, tzinfo=UTC)),),
        ),
    ),
    (Hit("a", "Title", None, None, None, 0, 4, "Said", 1.5),),
    "extractive",
    {"search": 1.5},
    (Sentence("Said [1].", "weak", (1,)),),
    "since 1 March 2031",
    ("A note.",),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Conversations]:
    with open_conversations(tmp_path) as store:
        yield store


def settled(store: Conversations, owner: str = "me", question: str = "q?", answer: Answer | None = ANSWER) -> Turn:
    here = store.begin(owner, question)
    turn = replace(store.ask(owner, here.id, question, Filters(date(2031, 3, 1), None, ("X",))), answer=answer)
    store.settle(turn)
    return turn


def test_an_answer_comes_back_as_it_was_said(store: Conversations) -> None:
    turn = settled(store)
    (here,) = store.find("me")
    (kept,) = store.turns("me", here.id)
    assert kept.answer == ANSWER
    assert (kept.question, kept.filters, kept.asked) == (turn.question, turn.filters, turn.asked)


def test_nobody_else_finds_changes_or_deletes_a_conversation(store: Conversations) -> None:
    settled(store)
    (here,) = store.find("me")
    assert store.find("you") == []
    for attempt in (
        lambda: store.turns("you", here.id),
        lambda: store.rename("you", here.id, "mine"),
        lambda: store.delete("you", here.id),
        lambda: store.ask("you", here.id, "q?"),
        lambda: store.drop("you", here.id, "turn"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_the_last_spoken_in_comes_first_and_a_search_finds_all_its_words_anywhere(store: Conversations) -> None:
    settled(store, question="Where is ÄPFEL?")
    settled(store, question="Who sold pears?", answer=replace(ANSWER, answer="Nobody_sold 100% of them [1]"))
    assert [one.title for one in store.find("me")] == ["Who sold pears?", "Where is ÄPFEL?"]
    assert [one.title for one in store.find("me", "äpfel WHERE")] == ["Where is ÄPFEL?"]
    assert [one.title for one in store.find("me", "100% pears")] == ["Who sold pears?"]
    assert store.find("me", "nobodyxsold") == []
    assert store.find("me", "%") == [one for one in store.find("me") if "pears" in one.title]


def test_a_title_is_one_line_of_bearable_length(store: Conversations) -> None:
    assert len(store.begin("me", "word " * 100).title) <= LONGEST_TITLE + 1
    here = store.begin("me", "a\n\tb \ud83d")
    assert here.title == "a b ?"
    with pytest.raises(BadInput):
        store.rename("me", here.id, "  ")


def test_dropping_a_turn_takes_those_after_it_too(store: Conversations) -> None:
    here = store.begin("me", "1")
    turns = [store.ask("me", here.id, str(number)) for number in range(4)]
    store.drop("me", here.id, turns[2].id)
    assert [turn.question for turn in store.turns("me", here.id)] == ["0", "1"]


def test_a_turn_of_another_conversation_drops_nothing_here(store: Conversations) -> None:
    other = settled(store)
    here = store.begin("me", "1")
    store.ask("me", here.id, "1")
    store.drop("me", here.id, other.id)
    store.drop("me", here.id, "no such turn")
    assert len(store.turns("me", here.id)) == 1
    assert len(store.find("me")) == 2


def test_what_is_settled_after_its_conversation_was_deleted_is_let_go(store: Conversations) -> None:
    turn = settled(store)
    (here,) = store.find("me")
    store.delete("me", here.id)
    store.settle(turn)
    assert store.find("me") == []


def test_a_link_keeps_the_same_address_and_outlives_its_conversation(store: Conversations) -> None:
    turn = settled(store)
    link = store.link(turn.id, {"said": "this"})
    assert store.link(turn.id, {"said": "that"}) == link
    (here,) = store.find("me")
    assert store.turns("me", here.id)[0].link == link
    store.delete("me", here.id)
    assert store.linked(link) == {"said": "this"}
    with pytest.raises(NotFound):
        store.linked("guessed")


def test_of_one_turn_the_last_judgement_counts(store: Conversations) -> None:
    turn = settled(store)
    store.judge("up", "q?", turn=turn.id)
    store.judge("down", "q?", "wrong \ud83d", ANSWER, turn.id)
    store.judge("up", "from a program")
    newest, older = store.feedback()
    assert (newest.question, newest.answer) == ("from a program", None)
    assert (older.verdict, older.reason, older.answer) == ("down", "wrong ?", ANSWER)
    (here,) = store.find("me")
    assert store.turns("me", here.id)[0].verdict == "down"


def test_a_file_that_is_none_of_ours_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    path.write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(BadInput, match="Move that file away"):
        Conversations(path)


def test_what_was_acknowledged_outlives_a_killed_server(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from newsdesk.conversations import Conversations
        store = Conversations(Path(sys.argv[1]))
        number = 0
        while True:
            here = store.begin("me", f"question {number}")
            store.ask("me", here.id, f"question {number}")
            store.judge("up", f"question {number}")
            print(number, flush=True)
            number += 1
    """)
    path = tmp_path / "conversations.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdout.close()
    with open_conversations(tmp_path) as store:
        kept = {one.title for one in store.find("me", limit=100_000)}
        judged = {one.question for one in store.feedback(limit=100_000)}
        assert all(f"question {number}" in kept & judged for number in acknowledged)
