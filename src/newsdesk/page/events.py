"""The events of the web chat: a question is asked, a quote or a whole article is opened.

What is asked goes through the assistant's chain; what is opened is looked up in the answers of the session that
asks for it, and in no others. Details of an event come from a browser and are checked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from newsdesk.assistant import Assistant
from newsdesk.errors import NewsdeskError, NotFound
from newsdesk.page import conversation, panel
from newsdesk.page.conversation import Turn
from newsdesk.page.panel import Place, Source
from newsdesk.types import Answer, Article, Message, Question

Turns = tuple[Turn, ...]
Detail = Mapping[str, object]
"""What a browser says about an event: to be checked."""

REMEMBERED = 6
"""Earlier turns that go along with a question, so that it can say "they" or "after that"."""

EXAMPLES = (
    ("where were the targets?", "000_659fbcd3d4add74c"),
    ("Who brokered the talks?", "000_659fbcd3d4add74c"),
    ("How many witnesses did the ferry inquiry plan to call?", "2031-04-09-inquiry-told-of-pump-warnings"),
    ("How long is the sentence the brass band's treasurer got?", "2031-03-15-band-treasurer-jailed"),
    ("How thick is the Corvane Dam at its base?", "2031-03-23-explainer-how-the-corvane-dam-works"),
)
"""Questions to begin with, each with the article that answers it: shown where the archive holds that."""

HINT = "Type a question first: who, what, when or where?"
FAILED = "Something went wrong here, and this question was not answered. Please ask it again."

log = logging.getLogger(__name__)


class View(NamedTuple):
    """What the page shows after an event: a value for each of its parts, in their order; None: as before."""

    turns: Turns
    conversation: str | None
    sources: str | None
    box: str | None
    hint: str


@dataclass(frozen=True, slots=True)
class Chat:
    """The events of the page. All state comes with them: each session has its own."""

    assistant: Assistant

    def greet(self, turns: Turns) -> tuple[str, str]:
        """Masthead and conversation as a visitor finds them."""
        return conversation.masthead(self.assistant.archive.count()), self.show(turns)

    def show(self, turns: Turns) -> str:
        """The conversation so far; before its first turn, what can be asked."""
        archive = self.assistant.archive
        if turns:
            return conversation.show(turns)
        return conversation.show((), conversation.welcome(archive.count(), archive.publishers(), self.examples()))

    def examples(self) -> list[str]:
        """The example questions whose article is in the archive."""
        return [question for question, article in EXAMPLES if self.article(article)]

    def ask(self, question: str, turns: Turns) -> Iterator[View]:
        """Show the question and that it is being looked into, then what came of it."""
        words = _clean(question)
        if not words:
            yield View(turns, None, None, None, conversation.hint(HINT))
            return
        pending = (*turns, Turn(words))
        yield View(pending, self.show(pending), panel.no_sources(), "", conversation.hint(""))
        done = (*turns, self.answer(words, turns))
        yield View(done, self.show(done), self.first_sources(done), None, conversation.hint(""))

    def ask_example(self, turns: Turns, detail: Detail) -> Iterator[View]:
        """Ask the example question that was chosen."""
        examples, number = self.examples(), _number(detail, "number")
        if number is not None and number < len(examples):
            yield from self.ask(examples[number], turns)

    def answer(self, question: str, turns: Turns) -> Turn:
        """Answer a question in the light of the turns before it; an error becomes a notice in words."""
        try:
            return Turn(question, self.assistant.chain.invoke(Question(question, history(turns))))
        except NewsdeskError as error:
            return Turn(question, notice=str(error))
        except Exception:
            log.exception("A question in the chat was not answered.")
            return Turn(question, notice=FAILED)

    def first_sources(self, turns: Turns) -> str:
        """The panel beside a new answer: its sources, without moving the page there."""
        answer = turns[-1].answer
        if answer is None or not answer.answered or not answer.citations:
            return panel.no_sources()
        return panel.sources(self.cited(answer), Place(len(turns) - 1, answer.citations[0].number), touched="")

    def open(self, turns: Turns, detail: Detail) -> str | None:
        """The panel with what was chosen: a quote among its answer's sources, a near passage, or its whole article.

        None where this conversation has no such place.
        """
        place = _place(turns, detail)
        answer = turns[place.turn].answer if place else None
        if place is None or answer is None:
            return None
        found = [self.near(answer, place.number)] if place.near else self.cited(answer)
        touched = str(time.monotonic_ns())
        if _text(detail, "do") == "whole":
            chosen = next((source for source in found if source.bears(place)), None)
            return panel.whole(chosen, place, touched) if chosen else None
        return panel.sources(found, place, touched)

    def cited(self, answer: Answer) -> list[Source]:
        """The articles of an answer, in the order in which it cites them."""
        ids = dict.fromkeys(citation.article_id for citation in answer.citations)
        groups = [[cited for cited in answer.citations if cited.article_id == id] for id in ids]
        return [panel.source_of(cited, self.article(cited[0].article_id)) for cited in groups]

    def near(self, answer: Answer, number: int) -> Source:
        """The article of a passage that came near."""
        hit = answer.passages[number - 1]
        return panel.source_near(hit, self.article(hit.article_id))

    def article(self, article_id: str) -> Article | None:
        """The article of that id, or None where it is not (or no longer) in the archive."""
        try:
            return self.assistant.archive.article(article_id)
        except NotFound:
            return None


def history(turns: Turns) -> tuple[Message, ...]:
    """The answered turns as messages, oldest first, at most ``REMEMBERED`` of them."""
    answered = [(turn.question, turn.answer.answer) for turn in turns if turn.answer]
    pairs = [(Message("user", asked), Message("assistant", said)) for asked, said in answered[-REMEMBERED:]]
    return tuple(message for pair in pairs for message in pair)


def _clean(question: str | None) -> str:
    """What was typed, without what no question needs: surrounding space, NUL, halves of characters."""
    words = (question or "").replace("\0", " ")
    return words.encode("utf-8", "replace").decode("utf-8").strip()


def _text(detail: Detail, name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""


def _number(detail: Detail, name: str) -> int | None:
    """A detail that is a number of a few digits."""
    value = _text(detail, name)
    return int(value) if value.isdecimal() and len(value) < 7 else None


def _place(turns: Turns, detail: Detail) -> Place | None:
    """The place that an event names, or None where this conversation has no such place."""
    turn, number, near = _number(detail, "turn"), _number(detail, "number"), bool(_text(detail, "near"))
    answer = turns[turn].answer if turn is not None and turn < len(turns) else None
    if turn is None or number is None or answer is None:
        return None
    known = range(1, len(answer.passages) + 1) if near else {citation.number for citation in answer.citations}
    return Place(turn, number, near) if number in known else None
