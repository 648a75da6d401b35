"""Questions in work: a few at once, some waiting, the rest sent away; each stops when nobody waits for it.

The work of a question runs in a thread from its first step to its last and hands over its events as they come, so
that whoever reads them slowly holds up nobody else.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, closing

from newsdesk.errors import Busy, TooSlow
from newsdesk.types import Answer, Event, Question

Stream = Callable[[Question], Generator[Event, None, None]]
Said = Event | BaseException | None
"""What a thread hands over: an event, the error that ended its work, or None for its end."""


class Line:
    """Questions that are answered ``at_once``, and those ``waiting``; each is given up after ``seconds``."""

    def __init__(self, stream: Stream, at_once: int, waiting: int, seconds: float) -> None:
        self._stream = stream
        self._room = at_once + waiting
        self._at_once = at_once
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="question")
        self._lock = threading.Lock()
        self._inside = 0

    @property
    def inside(self) -> int:
        """Questions in work or waiting."""
        return self._inside

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return max(self._inside - self._at_once, 0)

    @property
    def full(self) -> bool:
        """Whether one more would be sent away."""
        return self._inside >= self._room

    def ask(self, question: Question) -> AsyncGenerator[Event, None]:
        """The events of a question, which is in the line from now on; the answer comes last.

        Raises Busy where the line is full. While it is read: TooSlow, and what the work raises. Closing it stops
        the work with its next event.
        """
        self._enter()
        arrived: asyncio.Queue[Said] = asyncio.Queue()
        loop, gone = asyncio.get_running_loop(), threading.Event()

        def hand_over(said: Said) -> None:
            if not gone.is_set():
                loop.call_soon_threadsafe(arrived.put_nowait, said)

        context = contextvars.copy_context()
        work = self._threads.submit(context.run, self._work, question, gone, hand_over)
        work.add_done_callback(self._leave)
        return self._events(arrived, gone, work)

    def close(self) -> None:
        """Wait for what is in work; nothing can be asked after."""
        self._threads.shutdown()

    def _enter(self) -> None:
        with self._lock:
            if self.full:
                raise Busy(f"{self._inside} questions are in work or waiting. Ask again in a few seconds.")
            self._inside += 1

    def _leave(self, work: Future[None]) -> None:
        with self._lock:
            self._inside -= 1

    def _work(self, question: Question, gone: threading.Event, hand_over: Callable[[Said], None]) -> None:
        try:
            with closing(self._stream(question)) as events:
                for event in events:
                    hand_over(event)
                    if gone.is_set():
                        return
            hand_over(None)
        except BaseException as error:
            hand_over(error)

    async def _events(
        self, arrived: asyncio.Queue[Said], gone: threading.Event, work: Future[None]
    ) -> AsyncGenerator[Event, None]:
        until = time.monotonic() + self._seconds
        try:
            while (said := await asyncio.wait_for(arrived.get(), until - time.monotonic())) is not None:
                if isinstance(said, BaseException):
                    raise said
                yield said
        except TimeoutError:
            raise TooSlow(
                f"No answer was found in {self._seconds:g} seconds. Ask again, or more simply; "
                "NEWSDESK_TIME_LIMIT allows more time."
            ) from None
        finally:
            gone.set()
            work.cancel()


async def answer_of(events: AsyncGenerator[Event, None]) -> Answer:
    """The answer at the end of the events."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Answer):
                return event
    raise AssertionError("a stream of events ends with its answer")
