"""The work on one question, as the page follows it: steps and words as they come, then the turn with its answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from newsdesk.asking import Line
from newsdesk.conversations import Turn
from newsdesk.errors import NewsdeskError
from newsdesk.page.conversation import Turns
from newsdesk.types import Answer, Message, Question, Step

REMEMBERED = 6
"""Earlier turns that go along with a question, so that it can say "they" or "after that"."""
OFTEN = 0.15
"""Seconds between two looks at a text while it is written."""
FAILED = "Something went wrong here, and this question was not answered. Please ask it again."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: the steps begun and ended, and what is written so far."""

    steps: tuple[Step, ...] = ()
    text: str = ""


async def work(
    line: Line, turn: Turn, before: Turns, stop: threading.Event, anytime: bool = False
) -> AsyncIterator[Progress | Turn]:
    """Answer a question in the light of the turns before it; the turn comes last, an error as its notice in words.

    Once ``stop`` is set, nothing more comes and the chain's work is stopped with its next event.
    """
    try:
        async for state in _followed(line, question(turn, before, anytime), stop):
            yield replace(turn, answer=state) if isinstance(state, Answer) else state
    except NewsdeskError as error:
        yield replace(turn, notice=str(error))
    except Exception:
        log.exception("A question in the chat was not answered.")
        yield replace(turn, notice=FAILED)


def question(turn: Turn, before: Turns, anytime: bool = False) -> Question:
    """The question of a turn as the chain takes it; ``anytime``: without the days that its words would limit it to."""
    return Question(turn.question, history(before), filters=turn.filters, any_time=anytime)


def history(turns: Turns) -> tuple[Message, ...]:
    """The answered turns as messages, oldest first, at most ``REMEMBERED`` of them."""
    answered = [(turn.question, turn.answer.answer) for turn in turns if turn.answer]
    pairs = [(Message("user", asked), Message("assistant", said)) for asked, said in answered[-REMEMBERED:]]
    return tuple(message for pair in pairs for message in pair)


async def _followed(line: Line, asked: Question, stop: threading.Event) -> AsyncIterator[Progress | Answer]:
    """The events of the chain gathered: every step, and the text now and then."""
    progress, shown = Progress(), 0.0
    async with aclosing(line.ask(asked)) as events:
        async for event in events:
            if stop.is_set():
                return
            if isinstance(event, Answer):
                yield event
            elif isinstance(event, Step):
                progress = replace(progress, steps=(*progress.steps, event))
                yield progress
            else:
                progress = replace(progress, text=progress.text + event.text)
                if time.monotonic() - shown > OFTEN:
                    shown = time.monotonic()
                    yield progress
