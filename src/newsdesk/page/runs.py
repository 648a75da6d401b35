"""The questions in work: one for each conversation, which can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Runs:
    """What is in work now. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stops: dict[str, threading.Event] = {}

    @contextmanager
    def run(self, turn: str) -> Iterator[threading.Event]:
        """The work on a turn; the event is set once it is to stop."""
        stop = threading.Event()
        with self._lock:
            self._stops[turn] = stop
        try:
            yield stop
        finally:
            with self._lock:
                self._stops.pop(turn, None)

    def stop(self, turn: str) -> bool:
        """Have the work on a turn stop; whether there was any."""
        with self._lock:
            stop = self._stops.pop(turn, None)
        if stop:
            stop.set()
        return stop is not None

    def __contains__(self, turn: str) -> bool:
        with self._lock:
            return turn in self._stops

    def __len__(self) -> int:
        """How many questions are in work."""
        with self._lock:
            return len(self._stops)
