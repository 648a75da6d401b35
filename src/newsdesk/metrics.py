"""What a server measures of itself, for Prometheus to fetch; it is sent nowhere.

The only file that knows prometheus-client.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from newsdesk.chain import Chain
from newsdesk.errors import NewsdeskError
from newsdesk.types import Answer, Event, Question, Step

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = all_of_it = CollectorRegistry()
        self.questions = Counter("newsdesk_questions", "Questions, by how they ended", ["outcome"], registry=all_of_it)
        self.stages = Histogram(
            "newsdesk_stage_seconds", "Time of each step of an answer", ["stage"], buckets=SECONDS, registry=all_of_it
        )
        self.answers = Histogram(
            "newsdesk_answer_seconds", "Time of whole answers", buckets=SECONDS, registry=all_of_it
        )
        self.requests = Counter("newsdesk_requests", "HTTP requests", ["method", "route", "status"], registry=all_of_it)

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Report a value that is asked for whenever it is fetched."""
        Gauge(f"newsdesk_{name}", about, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """Everything measured so far, in Prometheus' text format."""
        return generate_latest(self._registry)


class Measured(Chain):
    """A chain whose every question is counted and timed."""

    def __init__(self, chain: Chain, metrics: Metrics) -> None:
        self.steps = chain.steps
        self._metrics = metrics

    def events(self, question: Question) -> Generator[Event, None, None]:
        """As the chain gives them."""
        began = time.perf_counter()
        try:
            for event in super().events(question):
                self._note(event, began)
                yield event
        except NewsdeskError:
            self._metrics.questions.labels("refused").inc()
            raise
        except Exception:
            self._metrics.questions.labels("failed").inc()
            raise

    def _note(self, event: Event, began: float) -> None:
        if isinstance(event, Step) and event.ms is not None:
            self._metrics.stages.labels(event.name).observe(event.ms / 1000)
        elif isinstance(event, Answer):
            self._metrics.answers.observe(time.perf_counter() - began)
            self._metrics.questions.labels("answered" if event.answered else "declined").inc()
